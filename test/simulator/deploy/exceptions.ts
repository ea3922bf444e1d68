/** Where the laws of a resource's life do not hold, with the reason. */
import { forcedOf } from '../../../src/provider/facts/shape.ts';
import type { Given, Plain } from '../../../src/simulator/deploy/deployer.ts';
import type { Declaration, Exception } from '../../parity/law.ts';

/** What stays on the shelves when everything has been taken away. */
export const LEFT: readonly {
  readonly what: RegExp;
  /** Only what no resource stands for. */
  readonly unmade?: true;
  readonly why: string;
}[] = [
  { what: /^rds:event /, why: 'RDS keeps events for 14 days' },
  { what: /^rds:kept-backup /, why: 'what was replicated stays until it expires' },
  { what: /^ecs:task-definition /, why: 'a definition that nobody runs any more can still be described' },
  { what: /^dynamodb:backup .*\/backup\//, why: 'a table with point-in-time recovery leaves a system backup for 35 days' },
  { what: /^efs:file-system /, unmade: true, why: 'what a replication has made stays when it goes' },
  { what: /^ec2:volume /, unmade: true, why: 'volumes that do not go with their instance stay' },
  { what: /^arc-region-switch:health-check /, why: "the health checks of a plan are AWS's own" },
  { what: /^fis:client-token /, why: 'FIS knows a creation again that is repeated' },
  { what: /^secrets-manager:secret /, why: 'a deleted secret can be had back for 30 days' },
  { what: /^backup:desk /, why: 'an account has a desk from its first call on' },
  { what: /^route53:change /, why: 'Route 53 remembers changes' },
  { what: /^kms:alias .* alias\/aws\//, why: 'keys of AWS stay' },
  { what: /^kms:key /, why: 'keys are scheduled for deletion, and keys of AWS stay' },
];

/** Meanings that an update leaves otherwise than a creation. */
export const UNLIKE: readonly Exception[] = [
  {
    type: 'aws:elasticache/cluster:Cluster',
    at: /^(?:under\.az|placement\.spread)/,
    why: 'nodes stay where they are when `azMode` changes: those that are added alone are spread (API ModifyCacheCluster)',
  },
  {
    type: 'aws:elb/loadBalancer:LoadBalancer',
    at: /^placement\.spread\.zones\.\d$/,
    why: 'AZs that are added come after those that stay: their order means nothing',
  },
];

/** What switches off the locks that hold a thing. */
const LOCKS: Given['inputs'] = {
  deletionProtection: false,
  deletionProtectionEnabled: false,
  enableDeletionProtection: false,
  // An Auto Scaling group that may terminate nothing is never empty.
  suspendedProcesses: [],
};

const ALWAYS: Readonly<Record<string, Given['inputs']>> = {
  'aws:rds/instance:Instance': { skipFinalSnapshot: true },
  'aws:rds/cluster:Cluster': { skipFinalSnapshot: true },
  'aws:docdb/cluster:Cluster': { skipFinalSnapshot: true },
  'aws:neptune/cluster:Cluster': { skipFinalSnapshot: true },
  'aws:rds/globalCluster:GlobalCluster': { forceDestroy: true },
  'aws:docdb/globalCluster:GlobalCluster': { forceDestroy: true },
  'aws:neptune/globalCluster:GlobalCluster': { forceDestroy: true },
};

export const free = (given: Given): Given['inputs'] => ({
  ...Object.fromEntries(Object.entries(LOCKS).filter(([property]) => given.inputs[property] !== undefined)),
  ...(Array.isArray(given.inputs.replicas) ? { replicas: given.inputs.replicas.map(released) } : {}),
  ...ALWAYS[given.type],
});

const released = (replica: Plain): Plain =>
  typeof replica === 'object' && replica !== null && 'deletionProtectionEnabled' in replica
    ? { ...replica, deletionProtectionEnabled: false }
    : replica;

/** Properties whose change replaces the resource, and what the provider refuses to change. */
export const replaces = ({ type, inputs }: Declaration): readonly string[] => [
  ...forcedOf(type).map((path) => path.split('.')[0] ?? path),
  ...(REFUSED[type] ?? []),
  ...(BESIDE[type] ?? []).filter((property) => inputs[property] === undefined),
];

/** What another resource says in its place: both at once fight. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'aws:s3/bucket:Bucket': [
    'versioning',
    'replicationConfiguration',
    'lifecycleRules',
    'serverSideEncryptionConfiguration',
    'objectLockConfiguration',
  ],
  'aws:elasticache/replicationGroup:ReplicationGroup': [
    'numCacheClusters',
    'numberCacheClusters',
    'numNodeGroups',
    'replicasPerNodeGroup',
    'clusterMode',
    'nodeGroupConfigurations',
  ],
};

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  // "cannot elect new source database for replication"
  'aws:rds/instance:Instance': ['replicateSourceDb'],
  'aws:ec2/natGateway:NatGateway': ['availabilityMode', 'vpcId'],
  // The provider asks for AZs when nodes are made, and compares them no more.
  'aws:elasticache/replicationGroup:ReplicationGroup': [
    'preferredCacheClusterAzs',
    'availabilityZones',
    'durability',
    'nodeGroupConfigurations',
  ],
  // A public hosted zone stays public.
  'aws:route53/zone:Zone': ['vpcs'],
};
