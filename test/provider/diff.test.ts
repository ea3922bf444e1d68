/** What needs a new resource, what changes in place and what is no difference. */
import { describe, expect, it } from 'vitest';
import { diff } from '../../src/provider/diff.ts';
import type { Props } from '../../src/provider/values.ts';
import { UNKNOWN } from '../../src/stacks/signatures.ts';

const INSTANCE = 'aws:rds/instance:Instance';
const of = (type: string, before: Props, inputs: Props, state: Props = before, ignoreChanges: readonly string[] = []) =>
  diff({ type, state, before, inputs, ignoreChanges });
const paths = (answer: ReturnType<typeof diff>) =>
  Object.fromEntries(Object.entries(answer.detailed).map(([path, { kind }]) => [path, kind]));

describe('diff', () => {
  it.each<[type: string, before: Props, inputs: Props, expected: Readonly<Record<string, string>>]>([
    [INSTANCE, { instanceClass: 'db.t3.micro' }, { instanceClass: 'db.r6g.large' }, { instanceClass: 'update' }],
    [INSTANCE, { storageEncrypted: true }, { storageEncrypted: false }, { storageEncrypted: 'update-replace' }],
    [INSTANCE, {}, { kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1' }, { kmsKeyId: 'add-replace' }],
    [INSTANCE, { availabilityZone: 'eu-west-1a' }, { availabilityZone: 'eu-west-1b' }, { availabilityZone: 'update-replace' }],
    // AWS keeps what nobody states any more.
    [INSTANCE, { availabilityZone: 'eu-west-1a', multiAz: true }, {}, {}],
    [INSTANCE, { deletionProtection: true }, {}, { deletionProtection: 'delete' }],
    ['aws:s3/bucket:Bucket', { bucket: 'a' }, { bucket: 'b' }, { bucket: 'update-replace' }],
    ['aws:ec2/vpc:Vpc', { cidrBlock: '10.0.0.0/16' }, { cidrBlock: '10.1.0.0/16' }, { cidrBlock: 'update-replace' }],
    ['aws:ec2/vpc:Vpc', { enableDnsHostnames: false }, { enableDnsHostnames: true }, { enableDnsHostnames: 'update' }],
    ['aws:ec2/subnet:Subnet', { vpcId: 'vpc-1' }, { vpcId: 'vpc-2' }, { vpcId: 'update-replace' }],
    [
      'aws:ec2/natGateway:NatGateway',
      { availabilityMode: 'zonal' },
      { availabilityMode: 'regional' },
      { availabilityMode: 'update-replace' },
    ],
    ['aws:ec2/instance:Instance', { userData: 'a' }, { userData: 'b' }, { userData: 'update' }],
    [
      'aws:ec2/instance:Instance',
      { userData: 'a' },
      { userData: 'b', userDataReplaceOnChange: true },
      { userData: 'update-replace', userDataReplaceOnChange: 'add' },
    ],
    [
      'aws:ec2/instance:Instance',
      { rootBlockDevice: { encrypted: false, volumeSize: 8 } },
      { rootBlockDevice: { encrypted: true, volumeSize: 8 } },
      { 'rootBlockDevice.encrypted': 'update-replace' },
    ],
    [
      'aws:ec2/instance:Instance',
      { rootBlockDevice: { volumeSize: 8 } },
      { rootBlockDevice: { volumeSize: 9 } },
      { 'rootBlockDevice.volumeSize': 'update' },
    ],
    [
      'aws:ecs/taskDefinition:TaskDefinition',
      { containerDefinitions: '[{"image":"a:1"}]' },
      { containerDefinitions: '[{"image":"a:2"}]' },
      { containerDefinitions: 'update-replace' },
    ],
    ['aws:ecs/service:Service', { desiredCount: 2 }, { desiredCount: 4 }, { desiredCount: 'update' }],
    ['aws:route53/record:Record', { name: 'a', ttl: 60 }, { name: 'b', ttl: 300 }, { name: 'update-replace', ttl: 'update' }],
    [
      'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup',
      { primaryReplicationGroupId: 'a' },
      { primaryReplicationGroupId: 'b' },
      { primaryReplicationGroupId: 'update-replace' },
    ],
    ['aws:iam/role:Role', { assumeRolePolicy: '{"Statement":[]}' }, { assumeRolePolicy: '{ "Statement": [] }' }, {}],
    ['aws:backup/plan:Plan', { name: 'a' }, { name: 'b' }, { name: 'update' }],
    // Nothing is known of this type but its inputs.
    ['aws:nowhere/thing:Thing', { size: 1, name: 'a' }, { size: 2, name: 'b' }, { size: 'update', name: 'update-replace' }],
  ])('%s %j → %j', (type, before, inputs, expected) => {
    expect(paths(of(type, before, inputs))).toEqual(expected);
  });

  it('sees what somebody switched on in AWS, and not what AWS chose', () => {
    const answer = of(
      INSTANCE,
      { instanceClass: 'x' },
      { instanceClass: 'x' },
      {
        instanceClass: 'x',
        deletionProtection: true,
        availabilityZone: 'eu-west-1b',
        arn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
      },
    );
    expect(answer.detailed).toEqual({ deletionProtection: { kind: 'delete', inputDiff: false } });
  });

  it('takes what is not known yet for a change', () => {
    expect(paths(of(INSTANCE, { dbName: 'a' }, { dbName: UNKNOWN }))).toEqual({ dbName: 'update-replace' });
  });

  it('leaves alone what the program ignores, deep or whole', () => {
    const before = { desiredCount: 2, tags: { a: '1', b: '2' } };
    const inputs = { desiredCount: 3, tags: { a: '2', b: '3' } };
    const type = 'aws:ecs/service:Service';
    expect(paths(of(type, before, inputs, before, ['desiredCount', 'tags.a']))).toEqual({ 'tags.b': 'update' });
    expect(paths(of(type, before, inputs, before, ['desiredCount', 'tags["*"]', 'tags[*]']))).toEqual({});
  });

  it('deletes first where the program fixes the name', () => {
    const type = 'aws:lb/targetGroup:TargetGroup';
    const fixed = { name: 'web', port: 80 };
    expect(of(type, fixed, { ...fixed, port: 81 })).toMatchObject({ replaces: ['port'], deleteBeforeReplace: true });
    const made = { ...fixed, __defaults: ['name'] };
    expect(of(type, made, { ...made, port: 81 })).toMatchObject({ replaces: ['port'], deleteBeforeReplace: false });
    expect(of(type, fixed, { name: 'web', port: 80, tags: { a: 'b' } }).deleteBeforeReplace).toBe(false);
    expect(of(type, fixed, { name: 'other', port: 80 }).deleteBeforeReplace).toBe(false);
  });
});
