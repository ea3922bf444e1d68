import { describe, expect, it } from 'vitest';
import { parity } from '../../checks/parity.ts';
import { hole, out, type Spec } from '../services/support-traffic.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, factsOf, inputOf, noAws, objectionsOf, rulesOf } from './support.ts';

const DB = 'aws:rds/instance:Instance';
const GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const group = (name: string, value: Spec['inputs'], region = 'us-east-1'): Spec => ({
  type: GROUP,
  name,
  region,
  inputs: { name, family: 'postgres16', ...value },
});
const primary = (inputs: Spec['inputs'] = {}): Spec => ({
  type: DB,
  name: 'orders',
  inputs: { identifier: 'orders', engine: 'postgres', instanceClass: 'db.r6g.large', engineVersion: '16.4', ...inputs },
  outputs: { arn: 'arn:aws:rds:us-east-1:111122223333:db:orders' },
});
const standby = (inputs: Spec['inputs'] = {}): Spec => ({
  type: DB,
  name: 'orders-dr',
  region: 'eu-west-1',
  inputs: {
    identifier: 'orders-dr',
    instanceClass: 'db.r6g.large',
    engineVersion: '16.4',
    replicateSourceDb: out(DB, 'orders', 'arn'),
    ...inputs,
  },
});
const quota = (values: Readonly<Record<string, number>>) =>
  answering(noAws, { 'servicequotas:GetServiceQuota': (_, at) => ({ Quota: { Value: values[at.region] } }) });
const EQUAL = quota({ 'us-east-1': 40, 'eu-west-1': 40 });

const found = async (specs: readonly Spec[], aws = EQUAL) => rulesOf(await parity.run(inputOf(specs, undefined, aws)));

describe('a primary and its standby', () => {
  const custom = [
    group('one', { parameters: [{ name: 'max_connections', value: '500' }] }),
    group('same', { parameters: [{ name: 'max_connections', value: '500' }] }, 'eu-west-1'),
    group('less', { parameters: [{ name: 'max_connections', value: '100' }] }, 'eu-west-1'),
    group('unread', { parameters: hole }, 'eu-west-1'),
  ];
  const named = (name: string) => ({ parameterGroupName: out(GROUP, name, 'name') });
  it.each<[string, readonly Spec[], readonly string[]]>([
    ['are alike', [primary(), standby()], []],
    ['differ in class', [primary(), standby({ instanceClass: 'db.t4g.medium' })], ['live-parity-class']],
    ['may differ in class', [primary(), standby({ instanceClass: hole })], ['live-parity-class?']],
    ['differ in version', [primary(), standby({ engineVersion: '15.8' })], ['live-parity-version']],
    ['may differ in version', [primary(), standby({ engineVersion: hole })], ['live-parity-version?']],
    ['have equal parameters', [primary(named('one')), standby(named('same')), ...custom], []],
    ['differ in parameters', [primary(named('one')), standby(named('less')), ...custom], ['live-parity-parameters']],
    ['differ in having any', [primary(named('one')), standby(), ...custom], ['live-parity-parameters']],
    ['may differ in parameters', [primary(named('one')), standby(named('unread')), ...custom], ['live-parity-parameters?']],
  ])('%s', async (_, specs, rules) => {
    expect(await found(specs)).toEqual(rules);
  });

  it('tell what is equal', async () => {
    expect(factsOf(await parity.run(inputOf([primary(), standby()], undefined, EQUAL)))).toEqual([
      'same size as orders (instanceClass): true',
      'same version as orders (engineVersion): true',
      'quota DB instances in eu-west-1: 40',
    ]);
  });
});

describe('quotas', () => {
  it.each([
    ['equal', EQUAL, []],
    ['lower where the standby is', quota({ 'us-east-1': 100, 'eu-west-1': 40 }), ['live-quota-lower']],
    ['higher where the standby is', quota({ 'us-east-1': 40, 'eu-west-1': 100 }), []],
    ['not to be read', noAws, ['live-quota-lower?']],
    [
      'at their defaults',
      answering(noAws, {
        'servicequotas:GetServiceQuota': () => undefined,
        'servicequotas:GetAWSDefaultServiceQuota': () => ({ Quota: { Value: 40 } }),
      }),
      [],
    ],
  ])('that are %s', async (_, aws, rules) => {
    expect(await found([primary(), standby()], aws)).toEqual(rules);
  });
});

describe('capacity', () => {
  const pool = (name: string, region: string, desired: number, max: number): Spec => ({
    type: 'aws:autoscaling/group:Group',
    name,
    region,
    inputs: { name, minSize: 1, maxSize: max, desiredCapacity: desired, availabilityZones: [`${region}a`, `${region}b`] },
  });
  it.each([
    ['may grow to what runs', 6, []],
    ['may not', 2, ['live-parity-capacity']],
  ])('%s', async (_, max, rules) => {
    expect(await found([pool('web-primary', 'us-east-1', 4, 6), pool('web-standby', 'eu-west-1', 1, max)])).toEqual(rules);
  });
});

describe('keys', () => {
  const main: Spec = {
    type: 'aws:kms/key:Key',
    name: 'main',
    inputs: { multiRegion: true },
    outputs: { arn: 'arn:aws:kms:us-east-1:111122223333:key/mrk-1' },
  };
  const copy = (inputs: Spec['inputs'], outputs: Spec['outputs'] = {}): Spec => ({
    type: 'aws:kms/replicaKey:ReplicaKey',
    name: 'copy',
    region: 'eu-west-1',
    inputs: { primaryKeyArn: out('aws:kms/key:Key', 'main', 'arn'), ...inputs },
    outputs,
  });
  it.each<[string, Spec, readonly string[]]>([
    ['enabled', copy({ enabled: true }, { keyState: 'Enabled' }), []],
    ['disabled', copy({ enabled: false }), ['live-key-replica-unusable']],
    ['to be deleted', copy({}, { keyState: 'PendingDeletion' }), ['live-key-replica-unusable']],
    ['unread', copy({ enabled: hole }), ['live-key-replica-unusable?']],
  ])('that are %s', async (_, key, rules) => {
    expect(await found([main, key])).toEqual(rules);
  });
});

describe('certificates', () => {
  const certificate = (outputs: Spec['outputs']): Spec => ({
    type: 'aws:acm/certificate:Certificate',
    name: 'shop',
    inputs: { domainName: 'shop.example', validationMethod: 'DNS' },
    outputs: outputs ?? {},
  });
  it.each([
    ['issued for long', { status: 'ISSUED', notAfter: '2026-12-01T00:00:00Z' }, []],
    ['issued for 29 days', { status: 'ISSUED', notAfter: '2026-06-30T00:00:00Z' }, ['live-certificate-ends-soon']],
    ['pending', { status: 'PENDING_VALIDATION' }, ['live-certificate-not-issued']],
    ['of no known state', {}, ['live-certificate-ends-soon?', 'live-certificate-not-issued?']],
  ])('that are %s', async (_, outputs, rules) => {
    expect(await found([certificate(outputs)])).toEqual(rules);
  });
});

describe('secrets', () => {
  const secret: Spec = {
    type: 'aws:secretsmanager/secret:Secret',
    name: 'db',
    inputs: { name: 'db', replicas: [{ region: 'eu-west-1' }] },
    outputs: { arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db-1' },
  };
  const shown = (Status: string) =>
    answering(noAws, { 'secretsmanager:DescribeSecret': () => ({ ReplicationStatus: [{ Region: 'eu-west-1', Status }] }) });
  it.each([
    ['in sync', shown('InSync'), []],
    ['behind', shown('Failed'), ['live-secret-replica-not-in-sync']],
    ['unread', noAws, ['live-secret-replica-not-in-sync?']],
  ])('that are %s', async (_, aws, rules) => {
    expect(await found([secret], aws)).toEqual(rules);
  });
});

describe('images', () => {
  const task = (name: string, region: string): Spec => ({
    type: 'aws:lambda/function:Function',
    name,
    region,
    inputs: {
      name: 'web',
      packageType: 'Image',
      memorySize: 512,
      imageUri: `111122223333.dkr.ecr.${region}.amazonaws.com/shop/web:v7`,
    },
  });
  const both = [task('web-primary', 'us-east-1'), task('web-standby', 'eu-west-1')];
  const registry = (digests: Readonly<Record<string, string | undefined>>) =>
    answering(EQUAL, {
      'ecr:DescribeImages': (_, at) => {
        const digest = digests[at.region];
        return digest === undefined ? undefined : { imageDetails: [{ imageDigest: digest }] };
      },
    });
  it.each([
    ['are in both registries', registry({ 'us-east-1': 'sha256:a', 'eu-west-1': 'sha256:a' }), []],
    ['are missing in one', registry({ 'us-east-1': 'sha256:a' }), ['live-image-missing']],
    ['differ', registry({ 'us-east-1': 'sha256:a', 'eu-west-1': 'sha256:b' }), ['live-image-differs']],
    ['may not be read', EQUAL, ['live-image-differs?', 'live-image-missing?']],
  ])('that %s', async (_, aws, rules) => {
    expect(await found(both, aws)).toEqual(rules);
  });

  it('leave the promise of the Region unknown when they are missing', async () => {
    const result = await parity.run(inputOf(both, promising('{ RTO: { region: 1h } }'), registry({ 'us-east-1': 'sha256:a' })));
    expect(objectionsOf(result)).toEqual(['RTO-region unknown']);
  });
});
