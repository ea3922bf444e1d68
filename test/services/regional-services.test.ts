import { expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { ACM_CERTIFICATE, acmCertificate } from '../../src/services/acm-certificate.ts';
import { USER_POOL, userPool } from '../../src/services/cognito-user-pool.ts';
import { SSM_PARAMETER, ssmParameter } from '../../src/services/ssm-parameter.ts';
import { STATE_MACHINE, stateMachine } from '../../src/services/step-functions.ts';
import { armed, declared, estate, factsOf, hole, impact, meaningOf } from './support-storage.ts';

it.each<[string, Values, string]>([
  ['a tier that allows replicas', {}, 'unknown'],
  ['a tier that does not', { userPoolTier: 'LITE' }, 'absent'],
  ['an unknown tier', { userPoolTier: hole }, 'unknown'],
])('a user pool is never known to have a replica: %s', (_, inputs, expected) => {
  const pool = declared(USER_POOL, 'p', inputs);
  const m = meaningOf(userPool, estate(pool), pool);
  expect([armed(m, 'cognito-multi-region', 'region'), impact(m, 'region'), impact(m, 'data')]).toEqual([
    expected,
    'lost',
    'lost',
  ]);
});

it.each<[string, Values, boolean, string | undefined]>([
  ['validated by DNS', { domainName: 'shop.example', validationMethod: 'DNS' }, false, 'DNS'],
  ['imported', { certificateBody: 'x', privateKey: hole }, true, undefined],
  ['private', { domainName: 'a', certificateAuthorityArn: 'arn' }, false, undefined],
])('a certificate is of one Region: %s', (_, inputs, imported, validation) => {
  const certificate = declared(ACM_CERTIFICATE, 'c', inputs);
  const view = estate(certificate);
  expect(factsOf(acmCertificate, view, certificate)).toMatchObject({
    imported: { value: imported },
    validation: { value: validation },
  });
  expect(impact(meaningOf(acmCertificate, view, certificate), 'region')).toBe('lost');
});

it.each<[Values, string]>([
  [{ type: 'String' }, 'config'],
  [{ type: 'SecureString' }, 'secret'],
  [{ type: hole }, 'secret'],
])('a parameter is config or a secret: %o', (inputs, kind) => {
  const parameter = declared(SSM_PARAMETER, 'p', inputs);
  const m = meaningOf(ssmParameter, estate(parameter), parameter);
  expect([m.kind, impact(m, 'region'), m.protections.length]).toEqual([kind, 'lost', 0]);
});

it('a state machine is of one Region, STANDARD by default', () => {
  const machine = declared(STATE_MACHINE, 'm');
  const view = estate(machine);
  expect(factsOf(stateMachine, view, machine).type).toMatchObject({ value: 'STANDARD' });
  expect([
    impact(meaningOf(stateMachine, view, machine), 'region'),
    impact(meaningOf(stateMachine, view, machine), 'az'),
  ]).toEqual(['lost', 'unaffected']);
});
