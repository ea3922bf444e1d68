/** The life of resources over gRPC, as the engine asks for it. */
import provider from '@pulumi/pulumi/proto/provider_pb.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { textOf } from '../../src/provider/values.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke } from '../../src/simulator/world/invoke.ts';
import { UNKNOWN } from '../../src/stacks/signatures.ts';
import { ACCOUNT, type Engine, engine, ground, REGION, urnOf } from './support.ts';

const INSTANCE = 'aws:rds/instance:Instance';
const QUEUE = 'aws:sqs/queue:Queue';
const VPC = 'aws:ec2/vpc:Vpc';
const DATABASE = {
  engine: 'postgres',
  instanceClass: 'db.r6g.large',
  allocatedStorage: 20,
  username: 'u',
  password: 'a-password',
  skipFinalSnapshot: true,
};
const SECRET = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270' };

let subject: Engine;
const call = (client: string, operation: string, input: object, region = REGION) =>
  invoke(subject.aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });

beforeEach(async () => {
  subject = await engine();
  return () => subject.close();
});

describe('create', () => {
  it('shows in a preview what AWS will fill in as unknown, and makes nothing', async () => {
    const { inputs } = await subject.check(urnOf(INSTANCE, 'orders'), DATABASE);
    const planned = await subject.create(urnOf(INSTANCE, 'orders'), inputs, true);
    expect(planned.state).toMatchObject({
      endpoint: UNKNOWN,
      arn: UNKNOWN,
      multiAz: UNKNOWN,
      engine: 'postgres',
      region: REGION,
    });
    expect(planned.id).toBe('');
    expect(await call('rds', 'DescribeDBInstances', {})).toMatchObject({ DBInstances: [] });
  });

  it('makes it, and knows what AWS filled in', async () => {
    const made = await subject.up(INSTANCE, 'orders', DATABASE);
    expect(made.state).toMatchObject({ instanceClass: 'db.r6g.large', region: REGION, backupRetentionPeriod: 0 });
    expect(made.state.endpoint).toContain('.rds.amazonaws.com:5432');
    expect(made.state.password).toEqual({ ...SECRET, value: 'a-password' });
    expect(await subject.diff(made, made.inputs)).toMatchObject({ paths: {}, replaces: [] });
  });

  it('goes to the Region of the resource, then of the provider', async () => {
    const here = await subject.up(VPC, 'here', { cidrBlock: '10.0.0.0/16' });
    const there = await subject.up(VPC, 'there', { cidrBlock: '10.0.0.0/16', region: 'us-west-2' });
    expect([here.state.arn, there.state.arn].map((arn) => textOf(arn)?.split(':')[3])).toEqual([REGION, 'us-west-2']);
    await subject.configure({ region: 'eu-central-1', assumeRoles: '[{"roleArn":"arn:aws:iam::444455556666:role/deploy"}]' });
    const away = await subject.up(VPC, 'away', { cidrBlock: '10.0.0.0/16' });
    expect(textOf(away.state.arn)?.split(':').slice(3, 5)).toEqual(['eu-central-1', '444455556666']);
  });

  it('tags with the default tags', async () => {
    await subject.configure({ region: REGION, defaultTags: '{"tags":{"application":"shop"}}' });
    const made = await subject.up(QUEUE, 'orders', { tags: { tier: '1' } });
    expect(made.state.tagsAll).toEqual({ application: 'shop', tier: '1' });
    expect(await call('sqs', 'ListQueueTags', { QueueUrl: made.id })).toEqual({ Tags: { application: 'shop', tier: '1' } });
  });

  it('says in AWS’s words what AWS refuses', async () => {
    await subject.up('aws:s3/bucket:Bucket', 'media', { bucket: 'media' });
    await expect(subject.up('aws:s3/bucket:Bucket', 'again', { bucket: 'media' })).rejects.toThrow(/creating s3 Bucket .*Bucket/);
    await expect(subject.up('aws:ec2/subnet:Subnet', 'lost', { vpcId: 'vpc-none', cidrBlock: '10.0.0.0/24' })).rejects.toThrow(
      /InvalidVpcID.NotFound/,
    );
  });

  it('keeps what simulated AWS does not know as it is declared, and says so', async () => {
    const made = await subject.up('aws:cloudtrail/trail:Trail', 'trail', { s3BucketName: 'logs' });
    expect(made.state).toMatchObject({ s3BucketName: 'logs', arn: expect.stringContaining('arn:aws:cloudtrail:') });
    expect(subject.clerk.opaque()).toEqual([urnOf('aws:cloudtrail/trail:Trail', 'trail')]);
    expect(subject.log).toMatchObject([{ severity: 'info' }]);
    expect((await subject.read(made)).id).toBe(made.id);
    await subject.remove(made);
  });

  it('waits until AWS shows it, however late that is', async () => {
    subject.close();
    subject = await engine(ground(20_000));
    const made = await subject.up(VPC, 'late', { cidrBlock: '10.0.0.0/16' });
    expect(await subject.read(made)).toMatchObject({ id: made.id });
  });
});

describe('read', () => {
  it('shows no drift where there is none', async () => {
    const made = await subject.up(INSTANCE, 'orders', { ...DATABASE, multiAz: true, backupRetentionPeriod: 7 });
    const read = await subject.read(made);
    expect(read.inputs).toEqual(made.inputs);
    expect(await subject.diff(read, made.inputs)).toMatchObject({ paths: {} });
  });

  it('shows what somebody changed by hand: stated, unstated and tags', async () => {
    const made = await subject.up(INSTANCE, 'orders', { ...DATABASE, multiAz: true, tags: { tier: '1' } });
    const DBInstanceIdentifier = textOf(made.inputs.identifier);
    await call('rds', 'ModifyDBInstance', {
      DBInstanceIdentifier,
      MultiAZ: false,
      DeletionProtection: true,
      ApplyImmediately: true,
    });
    await call('rds', 'AddTagsToResource', { ResourceName: textOf(made.state.arn), Tags: [{ Key: 'by', Value: 'hand' }] });
    subject.aws.world.clock.advance(3_600_000);
    const read = await subject.read(made);
    expect(read.state).toMatchObject({ multiAz: false, deletionProtection: true, tags: { tier: '1', by: 'hand' } });
    expect((await subject.diff(read, made.inputs)).paths).toEqual({
      multiAz: 'update',
      deletionProtection: 'delete',
      'tags.by': 'delete',
    });
    const mended = await subject.update(read, made.inputs);
    expect((await subject.diff(await subject.read(mended), made.inputs)).paths).toEqual({});
  });

  it('gives no id for what is gone', async () => {
    const queue = await subject.up(QUEUE, 'orders', {});
    await call('sqs', 'DeleteQueue', { QueueUrl: queue.id });
    subject.aws.world.clock.advance(3_600_000);
    expect((await subject.read(queue)).id).toBe('');
    const role = await subject.up('aws:iam/role:Role', 'role', { assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' });
    expect((await subject.read(role)).id).toBe(role.id);
    await call('iam', 'DeleteRole', { RoleName: role.id });
    expect((await subject.read(role)).id).toBe('');
  });

  it('takes a key for gone that waits for its deletion, as the provider does', async () => {
    const key = await subject.up('aws:kms/key:Key', 'orders', {});
    expect((await subject.read(key)).id).toBe(key.id);
    await call('kms', 'ScheduleKeyDeletion', { KeyId: key.id, PendingWindowInDays: 7 });
    subject.aws.world.clock.advance(3_600_000);
    expect((await subject.read(key)).id).toBe('');
    await call('kms', 'CancelKeyDeletion', { KeyId: key.id });
    subject.aws.world.clock.advance(3_600_000);
    expect(await subject.read(key)).toMatchObject({ id: key.id, state: { isEnabled: false } });
  });

  it('imports by id, also from another Region', async () => {
    const made = await subject.up(VPC, 'there', { cidrBlock: '10.9.0.0/16', region: 'us-west-2', tags: { tier: '1' } });
    const read = await subject.read({ urn: urnOf(VPC, 'taken'), id: `${made.id}@us-west-2`, inputs: {}, state: {} });
    expect(read).toMatchObject({
      id: made.id,
      inputs: { cidrBlock: '10.9.0.0/16', tags: { tier: '1' } },
      state: { region: 'us-west-2' },
    });
    expect((await subject.read({ urn: urnOf(VPC, 'none'), id: 'vpc-none', inputs: {}, state: {} })).id).toBe('');
    await expect(
      subject.read({ urn: urnOf('aws:ec2/securityGroup:SecurityGroup', 'g'), id: 'sg-1', inputs: {}, state: {} }),
    ).rejects.toThrow(/cannot be imported/);
  });

  it('finds both groups of a Global Datastore in it, whichever is the primary', async () => {
    const GROUP = 'aws:elasticache/replicationGroup:ReplicationGroup';
    const words = { replicationGroupId: 'words', description: 'words' };
    const home = await subject.up(GROUP, 'home', {
      ...words,
      engine: 'valkey',
      nodeType: 'cache.r7g.large',
      numCacheClusters: 2,
    });
    const everywhere = { globalReplicationGroupIdSuffix: 'words', primaryReplicationGroupId: home.id };
    const { id: GlobalReplicationGroupId } = await subject.up(
      'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup',
      'everywhere',
      everywhere,
    );
    const joining = { ...words, region: 'us-west-2', globalReplicationGroupId: GlobalReplicationGroupId };
    const away = await subject.up(GROUP, 'away', joining);
    const failover = { GlobalReplicationGroupId, PrimaryRegion: 'us-west-2', PrimaryReplicationGroupId: away.id };
    await call('elasticache', 'FailoverGlobalReplicationGroup', failover, 'us-west-2');
    subject.aws.world.clock.advance(3_600_000);
    for (const group of [home, away]) {
      const read = await subject.read(group);
      expect(read.state).toMatchObject({ globalReplicationGroupId: GlobalReplicationGroupId });
      expect(await subject.diff(read, group.inputs)).toMatchObject({ paths: {}, replaces: [] });
    }
  });

  it('takes a lost Region for no answer, not for absence', async () => {
    const made = await subject.up(VPC, 'orders', { cidrBlock: '10.0.0.0/16' });
    await subject.clerk.settle();
    subject.aws.world.inject({ kind: 'region-loss', region: REGION });
    await expect(subject.read(made)).rejects.toThrow(/ec2:DescribeVpcs/);
  });
});

describe('update and delete', () => {
  it('changes in place, and knows in a preview what stays', async () => {
    const made = await subject.up(INSTANCE, 'orders', DATABASE);
    const inputs = { ...made.inputs, instanceClass: 'db.r6g.xlarge' };
    expect((await subject.update(made, inputs, true)).state).toMatchObject({
      instanceClass: 'db.r6g.xlarge',
      arn: made.state.arn,
    });
    const changed = await subject.update(made, inputs);
    expect(changed.state).toMatchObject({ instanceClass: 'db.r6g.xlarge', arn: made.state.arn });
    expect(await call('rds', 'DescribeDBInstances', {})).toMatchObject({ DBInstances: [{ DBInstanceClass: 'db.r6g.xlarge' }] });
  });

  it('takes it away, unless AWS refuses', async () => {
    const made = await subject.up(INSTANCE, 'orders', { ...DATABASE, deletionProtection: true });
    await expect(subject.remove(made)).rejects.toThrow(/deleting rds Instance/);
    const open = await subject.update(made, { ...made.inputs, deletionProtection: false });
    await subject.remove(open);
    expect((await subject.read(open)).id).toBe('');
  });
});

describe('the rest of the protocol', () => {
  it('has a version, and a schema with every type and data source', async () => {
    const schema = await new Promise<string>((resolve, reject) =>
      subject.client.getSchema(new provider.GetSchemaRequest(), (error, reply) =>
        error ? reject(error) : resolve(reply.getSchema()),
      ),
    );
    const { name, version, resources, functions } = JSON.parse(schema);
    expect({ name, version }).toEqual({ name: 'aws', version: '7.48.0' });
    expect(resources[INSTANCE].requiredInputs).toEqual(['instanceClass']);
    expect(functions).toHaveProperty('aws:ec2/getVpc:getVpc');
  });

  it('needs a Region and an account that are allowed', async () => {
    await expect(subject.configure({ region: 'moon' })).rejects.toThrow(/invalid AWS Region/);
  });
});
