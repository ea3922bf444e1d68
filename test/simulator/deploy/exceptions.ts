/** Where the laws of a resource's life do not hold, with the reason. */
import { forcedOf } from '../../../src/provider/facts/shape.ts';
import type { Given } from '../../../src/simulator/deploy/deployer.ts';
import type { Exception } from '../../parity/law.ts';

/** What stays on the shelves when everything has been taken away. */
export const LEFT: readonly { readonly what: RegExp; readonly why: string }[] = [
  { what: /^rds:event /, why: 'RDS keeps events for 14 days' },
  { what: /^rds:kept-backup /, why: 'what was replicated stays until it expires' },
  { what: /^route53:change /, why: 'Route 53 remembers changes' },
  { what: /^kms:alias .* alias\/aws\//, why: 'keys of AWS stay' },
  { what: /^kms:key /, why: 'keys are scheduled for deletion, and keys of AWS stay' },
];

/** Meanings that an update leaves otherwise than a creation. */
export const UNLIKE: readonly Exception[] = [
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
  ...ALWAYS[given.type],
});

/** Properties whose change replaces the resource, and what the provider refuses to change. */
export const replaces = (type: string): readonly string[] => [
  ...forcedOf(type).map((path) => path.split('.')[0] ?? path),
  ...(REFUSED[type] ?? []),
];

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  // "cannot elect new source database for replication"
  'aws:rds/instance:Instance': ['replicateSourceDb'],
  'aws:ec2/natGateway:NatGateway': ['availabilityMode', 'vpcId'],
  // A public hosted zone stays public.
  'aws:route53/zone:Zone': ['vpcs'],
};
