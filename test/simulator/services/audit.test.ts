/** What auditors ask and nobody configures: the answers are AWS's defaults. */
import { describe, expect, it } from 'vitest';
import { backup } from '../../../src/simulator/services/backup.ts';
import { dynamodb } from '../../../src/simulator/services/dynamodb.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { rds } from '../../../src/simulator/services/rds.ts';
import { route53 } from '../../../src/simulator/services/route-53.ts';
import { s3 } from '../../../src/simulator/services/s3.ts';
import { ACCOUNT, computeWorld, REGION } from './support-compute.ts';

const world = () => computeWorld([ec2, rds, s3, dynamodb, backup, route53], ['us-east-1a']);
const Bucket = 'holdfast-orders';

describe('what auditors ask of', () => {
  it.each([
    ['route-53', 'ListQueryLoggingConfigs', { QueryLoggingConfigs: [] }],
    ['backup', 'ListReportPlans', { ReportPlans: [] }],
    ['rds', 'DescribeEventSubscriptions', { EventSubscriptionsList: [] }],
    ['rds', 'DescribeCertificates', { DefaultCertificateForNewLaunches: 'rds-ca-rsa2048-g1' }],
    ['ec2', 'GetEbsEncryptionByDefault', { EbsEncryptionByDefault: false }],
    ['ec2', 'GetSnapshotBlockPublicAccessState', { State: 'unblocked' }],
    ['ec2', 'GetImageBlockPublicAccessState', { ImageBlockPublicAccessState: 'block-new-sharing' }],
    ['ec2', 'DescribeNetworkInterfaces', { NetworkInterfaces: [] }],
  ])('%s %s', async (client, operation, answer) => {
    const { call } = await world();
    expect(await call(client, operation, {})).toMatchObject(answer);
  });

  it('a bucket: public access is blocked and ACLs are off, until somebody says otherwise', async () => {
    const { call } = await world();
    await call('s3', 'CreateBucket', { Bucket });
    const block = async () => (await call('s3', 'GetPublicAccessBlock', { Bucket })).PublicAccessBlockConfiguration;
    expect(Object.values(await block())).toEqual([true, true, true, true]);
    const { OwnershipControls } = await call('s3', 'GetBucketOwnershipControls', { Bucket });
    expect(OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const { Owner, Grants } = await call('s3', 'GetBucketAcl', { Bucket });
    expect(Grants).toMatchObject([{ Grantee: Owner, Permission: 'FULL_CONTROL' }]);
    await call('s3', 'PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } });
    expect(await block()).toMatchObject({ BlockPublicAcls: true, RestrictPublicBuckets: false });
    await call('s3', 'DeletePublicAccessBlock', { Bucket });
    await expect(block()).rejects.toMatchObject({ code: 'NoSuchPublicAccessBlockConfiguration', status: 404 });
  });

  it.each([
    ['aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { blockPublicPolicy: true }, [false, false, true, false]],
    ['aws:s3/bucketOwnershipControls:BucketOwnershipControls', { rule: { objectOwnership: 'ObjectWriter' } }, 'ObjectWriter'],
  ])('%s', async (type, inputs, expected) => {
    const { call, world: made } = await world();
    await call('s3', 'CreateBucket', { Bucket });
    const deployer = s3.deployers?.find((d) => d.type === type);
    const given = { urn: 'urn', type, name: 'a', tags: {}, account: ACCOUNT, region: REGION, id: undefined, outputs: {} };
    const deployment = { world: made, call, physicalName: () => 'a', until: async () => undefined };
    await deployer?.create({ ...given, inputs: { ...inputs, bucket: Bucket } }, deployment);
    const { PublicAccessBlockConfiguration: block } = await call('s3', 'GetPublicAccessBlock', { Bucket });
    const { OwnershipControls } = await call('s3', 'GetBucketOwnershipControls', { Bucket });
    const flags = [block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets];
    expect(Array.isArray(expected) ? flags : OwnershipControls.Rules[0].ObjectOwnership).toEqual(expected);
  });

  it('RDS: versions of one engine, page by page', async () => {
    const { call } = await world();
    const ask = (Marker?: string) =>
      call('rds', 'DescribeDBEngineVersions', { Engine: 'postgres', MaxRecords: 2, ...(Marker === undefined ? {} : { Marker }) });
    const first = await ask();
    const second = await ask(first.Marker);
    const versions = [...first.DBEngineVersions, ...second.DBEngineVersions];
    expect(versions.map((v: { EngineVersion: string }) => v.EngineVersion)).toEqual(['16.4', '16.8', '17.4']);
    expect(second.Marker).toBeUndefined();
  });

  it('EC2: an instance has a network interface for as long as it lives', async () => {
    const { call, world: made, subnets } = await world();
    const run = { ImageId: 'ami-1', InstanceType: 't3.small', MinCount: 1, MaxCount: 1, SubnetId: subnets[0] };
    const { Instances } = await call('ec2', 'RunInstances', run);
    const [{ InstanceId }] = Instances;
    const interfaces = async () => (await call('ec2', 'DescribeNetworkInterfaces', {})).NetworkInterfaces;
    expect(await interfaces()).toMatchObject([{ SubnetId: subnets[0], Attachment: { InstanceId } }]);
    await call('ec2', 'TerminateInstances', { InstanceIds: [InstanceId] });
    made.clock.advance(5 * 60_000);
    expect(await interfaces()).toEqual([]);
  });

  it('a table: it has no resource policy', async () => {
    const { call } = await world();
    await expect(call('dynamodb', 'GetResourcePolicy', { ResourceArn: 'arn:aws:dynamodb:::table/a' })).rejects.toMatchObject({
      code: 'PolicyNotFoundException',
    });
  });
});
