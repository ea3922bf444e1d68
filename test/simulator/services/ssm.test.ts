import type * as SSM from '@aws-sdk/client-ssm';
import { beforeEach, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { ssm } from '../../../src/simulator/services/ssm.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

let aws: SimulatedAws;
const caller = { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) };
beforeEach(() => {
  aws = freshAws([ssm, kms]);
});
const call = async <O>(operation: string, input: object): Promise<O> => (await invoke(aws, 'ssm', operation, input, caller)) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const put = (Name: string, more: object = {}): Promise<SSM.PutParameterCommandOutput> =>
  call('PutParameter', { Name, Type: 'String', Value: 'one', ...more });

it('a parameter is overwritten only when asked, as a new version', async () => {
  await put('/orders/host');
  expect(await codeOf(put('/orders/host'))).toBe('ParameterAlreadyExists');
  expect((await put('/orders/host', { Overwrite: true, Value: 'two' })).Version).toBe(2);
  const arn = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/orders/host`;
  for (const Name of ['/orders/host', arn])
    expect((await call<SSM.GetParameterCommandOutput>('GetParameter', { Name })).Parameter?.Value).toBe('two');
  expect(await codeOf(call('GetParameter', { Name: 'none' }))).toBe('ParameterNotFound');
});

it('a secure one is under the key of the account, and cannot be read without it', async () => {
  await put('plain');
  await put('secret', { Type: 'SecureString' });
  const key = (await invoke(aws, 'kms', 'CreateKey', {}, caller)) as { KeyMetadata: { Arn: string } };
  await put('own', { Type: 'SecureString', KeyId: key.KeyMetadata.Arn });
  const listed = await call<SSM.DescribeParametersCommandOutput>('DescribeParameters', {});
  expect(listed.Parameters?.map((p) => p.KeyId)).toEqual([undefined, 'alias/aws/ssm', key.KeyMetadata.Arn]);
  aws.world.inject({ kind: 'key-disabled', arn: key.KeyMetadata.Arn });
  expect(await codeOf(call('GetParameter', { Name: 'own' }))).toBe('InvalidKeyId');
  expect(await codeOf(call('GetParameter', { Name: 'secret' }))).toBe('none');
});

it('they are listed in pages', async () => {
  for (let i = 0; i < 3; i++) await put(`p${i}`);
  const first = await call<SSM.DescribeParametersCommandOutput>('DescribeParameters', { MaxResults: 2 });
  const rest = await call<SSM.DescribeParametersCommandOutput>('DescribeParameters', {
    MaxResults: 2,
    NextToken: first.NextToken,
  });
  expect([...(first.Parameters ?? []), ...(rest.Parameters ?? [])].map((p) => p.Name)).toEqual(['p0', 'p1', 'p2']);
});

const CALENDAR = (type: string, ...events: readonly (readonly string[])[]): string =>
  ['BEGIN:VCALENDAR', 'PRODID:-//AWS//Change Calendar 1.0//EN', 'VERSION:2.0', `X-CALENDAR-TYPE:${type}`]
    .concat(
      events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'SUMMARY:freeze', 'END:VEVENT']),
      'END:VCALENDAR',
    )
    .join('\r\n');
const FREEZE = ['DTSTART:20270101T000000Z', 'DTEND:20270103T000000Z'];
const document = (Name: string, Content: string, DocumentType = 'ChangeCalendar'): Promise<unknown> =>
  call('CreateDocument', { Name, Content, DocumentType, DocumentFormat: 'TEXT' });
const stateAt = (AtTime: string, ...CalendarNames: readonly string[]) =>
  call<SSM.GetCalendarStateCommandOutput>('GetCalendarState', { CalendarNames, AtTime });

it('a change calendar is open but in its events, or closed but in them', async () => {
  await document('retail', CALENDAR('DEFAULT_OPEN', FREEZE));
  await document('windows', CALENDAR('DEFAULT_CLOSED', FREEZE));
  const before = { AtTime: '2026-12-31T00:00:00Z', NextTransitionTime: '2027-01-01T00:00:00Z' };
  expect(await stateAt('2026-12-31T00:00:00Z', 'retail')).toEqual({ State: 'OPEN', ...before });
  expect(await stateAt('2026-12-31T00:00:00Z', 'windows')).toEqual({ State: 'CLOSED', ...before });
  expect(await stateAt('2027-01-01T00:00:00Z', 'retail')).toMatchObject({
    State: 'CLOSED',
    NextTransitionTime: '2027-01-03T00:00:00Z',
  });
  expect(await stateAt('2027-01-03T00:00:00Z', `arn:aws:ssm:${REGION}:${ACCOUNT}:document/retail`)).toEqual({
    State: 'OPEN',
    AtTime: '2027-01-03T00:00:00Z',
  });
  // Several are open only together: these two never are.
  expect(await stateAt('2027-01-02T00:00:00Z', 'retail', 'windows')).toEqual({ State: 'CLOSED', AtTime: '2027-01-02T00:00:00Z' });
});

it('a calendar that is not there, is none, or cannot be read here tells nobody that it is open', async () => {
  await document('run', '{}', 'Automation');
  expect(await codeOf(stateAt('2027-01-01T00:00:00Z', 'none'))).toBe('InvalidDocument');
  expect(await codeOf(stateAt('2027-01-01T00:00:00Z', 'run'))).toBe('InvalidDocumentType');
  expect(await codeOf(document('run', '{}', 'Automation'))).toBe('DocumentAlreadyExists');
  expect(await codeOf(document('a', CALENDAR('DEFAULT_OPEN', [...FREEZE, 'RRULE:FREQ=WEEKLY'])))).toBe('InvalidDocumentContent');
  expect(
    await codeOf(
      document('b', CALENDAR('DEFAULT_OPEN', ['DTSTART;TZID=Europe/Paris:20270101T000000', 'DTEND:20270103T000000Z'])),
    ),
  ).toBe('InvalidDocumentContent');
  expect(await codeOf(document('c', CALENDAR('SOMETIMES')))).toBe('InvalidDocumentContent');
  await call('DeleteDocument', { Name: 'run' });
  expect(await codeOf(call('DeleteDocument', { Name: 'run' }))).toBe('InvalidDocument');
});

it('a calendar says what its default version says', async () => {
  await document('retail', CALENDAR('DEFAULT_OPEN'));
  const update = (Content: string) => call<SSM.UpdateDocumentCommandOutput>('UpdateDocument', { Name: 'retail', Content });
  const state = async () => (await stateAt('2027-01-01T00:00:00Z', 'retail')).State;
  expect(await codeOf(update(CALENDAR('DEFAULT_OPEN')))).toBe('DuplicateDocumentContent');
  expect((await update(CALENDAR('DEFAULT_CLOSED'))).DocumentDescription?.DocumentVersion).toBe('2');
  expect(await state()).toBe('OPEN');
  await call('UpdateDocumentDefaultVersion', { Name: 'retail', DocumentVersion: '2' });
  expect(await state()).toBe('CLOSED');
  expect(await codeOf(call('UpdateDocumentDefaultVersion', { Name: 'retail', DocumentVersion: '3' }))).toBe(
    'InvalidDocumentVersion',
  );
});
