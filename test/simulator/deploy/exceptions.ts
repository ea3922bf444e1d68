/** Where the laws of a resource's life do not hold, with the reason. */
import type { Given } from '../../../src/simulator/deploy/deployer.ts';
import type { Exception } from '../../parity/law.ts';

/** What stays on the shelves when everything has been taken away. */
export const LEFT: readonly { readonly what: RegExp; readonly why: string }[] = [
  { what: /^rds:event /, why: 'RDS keeps events for 14 days' },
  { what: /^rds:kept-backup /, why: 'what was replicated stays until it expires' },
  { what: /^kms:key /, why: 'keys are scheduled for deletion, and keys of AWS stay' },
];

/** Meanings that an update leaves otherwise than a creation. */
export const UNLIKE: readonly Exception[] = [];

/** What switches off the locks that hold a thing. */
const LOCKS: Given['inputs'] = {
  deletionProtection: false,
  deletionProtectionEnabled: false,
  enableDeletionProtection: false,
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
  ...ALWAYS[given.type],
});

/** Properties whose change replaces the resource (provider schema, "Changing this forces a new resource"). */
const REPLACES: Readonly<Record<string, readonly string[]>> = {
  'aws:rds/instance:Instance': [
    'engine',
    'availabilityZone',
    'storageEncrypted',
    'kmsKeyId',
    'snapshotIdentifier',
    'replicateSourceDb',
    'restoreToPointInTime',
  ],
  'aws:rds/cluster:Cluster': [
    'engine',
    'engineMode',
    'masterUsername',
    'storageEncrypted',
    'kmsKeyId',
    'dbSubnetGroupName',
    'replicationSourceIdentifier',
    'globalClusterIdentifier',
  ],
  'aws:rds/clusterInstance:ClusterInstance': ['availabilityZone', 'engine', 'clusterIdentifier'],
};

const SAME: Readonly<Record<string, string>> = { docdb: 'rds', neptune: 'rds' };

export const replaces = (type: string): readonly string[] => {
  const [, service = ''] = type.split(/[:/]/);
  return REPLACES[type] ?? REPLACES[type.replace(service, SAME[service] ?? service)] ?? [];
};
