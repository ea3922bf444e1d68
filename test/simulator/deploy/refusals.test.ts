/** What AWS does not let go, and what it says. */
import { describe, expect, it } from 'vitest';
import { removeOne } from '../../../src/simulator/deploy/one.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { type Declaration, ref, urnOf } from '../../parity/law.ts';
import { ACCOUNT, REGION } from '../../services/observed/support.ts';
import { deployed, inState } from './support.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const vpc: Declaration = { type: VPC, name: 'vpc', inputs: { cidrBlock: '10.0.0.0/16' } };
const subnet = (zone: string, i: number): Declaration => ({
  type: SUBNET,
  name: zone,
  inputs: { vpcId: ref(VPC, 'vpc'), cidrBlock: `10.0.${i}.0/24`, availabilityZone: `${REGION}${zone}` },
});
const network = [vpc, subnet('a', 0), subnet('b', 1)];
const subnets = [ref(SUBNET, 'a'), ref(SUBNET, 'b')];
const TABLE = { name: 'orders', hashKey: 'id', attributes: [{ name: 'id', type: 'S' }], billingMode: 'PAY_PER_REQUEST' };

interface Refusal {
  readonly what: string;
  readonly declarations: readonly Declaration[];
  /** The last one unless told otherwise. */
  readonly of?: string;
  readonly says: RegExp;
  /** A call before, by the operation's client. */
  readonly first?: readonly [client: string, operation: string, input: object];
}

const one = (type: string, inputs: Declaration['inputs']): Declaration => ({ type, name: 'it', inputs });

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a DB instance under deletion protection',
    declarations: [
      one('aws:rds/instance:Instance', {
        engine: 'postgres',
        instanceClass: 'db.t4g.micro',
        deletionProtection: true,
        skipFinalSnapshot: true,
      }),
    ],
    says: /Cannot delete protected DB Instance/,
  },
  {
    what: 'a DB instance without a name for its final snapshot',
    declarations: [one('aws:rds/instance:Instance', { engine: 'postgres', instanceClass: 'db.t4g.micro' })],
    says: /finalSnapshotIdentifier is required/,
  },
  {
    what: 'a DB cluster under deletion protection',
    declarations: [
      one('aws:rds/cluster:Cluster', {
        engine: 'aurora-mysql',
        masterUsername: 'admin',
        deletionProtection: true,
        skipFinalSnapshot: true,
      }),
    ],
    says: /Cannot delete protected Cluster/,
  },
  {
    what: 'a DB cluster that still has instances',
    declarations: [
      one('aws:rds/cluster:Cluster', { engine: 'aurora-mysql', masterUsername: 'admin', skipFinalSnapshot: true }),
      {
        type: 'aws:rds/clusterInstance:ClusterInstance',
        name: 'writer',
        inputs: {
          clusterIdentifier: ref('aws:rds/cluster:Cluster', 'it'),
          engine: 'aurora-mysql',
          instanceClass: 'db.r6g.large',
        },
      },
    ],
    of: urnOf('aws:rds/cluster:Cluster', 'it'),
    says: /still contains DB instances/,
  },
  {
    what: 'a global cluster that still has clusters',
    declarations: [
      one('aws:rds/cluster:Cluster', { engine: 'aurora-mysql', masterUsername: 'admin' }),
      {
        type: 'aws:rds/globalCluster:GlobalCluster',
        name: 'world',
        inputs: {
          globalClusterIdentifier: 'world',
          sourceDbClusterIdentifier: ref('aws:rds/cluster:Cluster', 'it', 'arn'),
        },
      },
    ],
    says: /still has clusters/,
  },
  {
    what: 'a table under deletion protection',
    declarations: [one('aws:dynamodb/table:Table', { ...TABLE, deletionProtectionEnabled: true })],
    says: /protected against deletion/,
  },
  {
    what: 'a bucket that holds something',
    declarations: [one('aws:s3/bucket:Bucket', { bucket: 'full-bucket' })],
    first: ['s3', 'PutObject', { Bucket: 'full-bucket', Key: 'one', Body: 'one' }],
    says: /not empty/,
  },
  {
    what: 'a load balancer under deletion protection',
    declarations: [
      ...network,
      one('aws:lb/loadBalancer:LoadBalancer', { name: 'front', subnets, enableDeletionProtection: true }),
    ],
    says: /deletion protection is enabled/,
  },
  {
    what: 'an EKS cluster under deletion protection',
    declarations: [
      ...network,
      one('aws:eks/cluster:Cluster', { name: 'pods', vpcConfig: { subnetIds: subnets }, deletionProtection: true }),
    ],
    says: /deletion protection/,
  },
  {
    what: 'an instance that nobody may terminate',
    declarations: [
      ...network,
      one('aws:ec2/instance:Instance', {
        ami: 'ami-0123456789abcdef0',
        instanceType: 't3.small',
        subnetId: ref(SUBNET, 'a'),
        disableApiTermination: true,
      }),
    ],
    says: /disableApiTermination/,
  },
  { what: 'a VPC with subnets', declarations: network, of: urnOf(VPC, 'vpc'), says: /has dependencies/ },
  {
    what: 'a hosted zone with records',
    declarations: [
      one('aws:route53/zone:Zone', { name: 'shop.example' }),
      {
        type: 'aws:route53/record:Record',
        name: 'www',
        inputs: { zoneId: ref('aws:route53/zone:Zone', 'it'), name: 'www', type: 'A', ttl: 60, records: ['192.0.2.1'] },
      },
    ],
    of: urnOf('aws:route53/zone:Zone', 'it'),
    says: /non-required resource record sets/,
  },
  {
    what: 'a repository with images',
    declarations: [one('aws:ecr/repository:Repository', { name: 'images' })],
    first: ['ecr', 'PutImage', { repositoryName: 'images', imageTag: '1', imageManifest: '{}' }],
    says: /images/i,
  },
  {
    what: 'a file system with mount targets',
    declarations: [
      ...network,
      one('aws:efs/fileSystem:FileSystem', {}),
      {
        type: 'aws:efs/mountTarget:MountTarget',
        name: 'target',
        inputs: { fileSystemId: ref('aws:efs/fileSystem:FileSystem', 'it'), subnetId: ref(SUBNET, 'a') },
      },
    ],
    of: urnOf('aws:efs/fileSystem:FileSystem', 'it'),
    says: /has mount targets/,
  },
];

describe('what AWS refuses to delete stays', () => {
  it.each(REFUSALS)('$what', async ({ declarations, of, says, first }) => {
    const estate = await deployed(declarations);
    expect(estate.notes).toEqual([]);
    if (first !== undefined)
      await invoke(estate.aws, ...first, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });
    const made = of === undefined ? [...estate.made.values()].at(-1) : estate.made.get(of);
    if (made === undefined) throw new Error('nothing was made');
    const before = [...estate.shelves];
    await expect(removeOne(estate.aws, inState(made))).rejects.toThrow(says);
    expect(before.filter((item) => !estate.shelves.has(item))).toEqual([]);
  });
});
