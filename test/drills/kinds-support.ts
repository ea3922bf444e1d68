/** Small services in simulated AWS, and one drill of them. */
import { regionsOf } from '../../scripts/commands/places.ts';
import { rehearsal } from '../../scripts/commands/rehearsing.ts';
import { membersIn } from '../../scripts/commands/simulated-world.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { type Held, observationsOf } from '../../src/drills/observe.ts';
import { membersOf } from '../../src/drills/prepare.ts';
import { type DrillSpec, SCOPE_OF } from '../../src/model/drill.ts';
import { known } from '../../src/model/known.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import type { Observation } from '../../src/verdicts/kpi5.ts';
import { out, type Spec, urnOf } from '../services/support-traffic.ts';
import { DAY, promising, reading, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

export const PLACE = { account: '111122223333', region: 'us-east-1' };
export const AWAY = 'eu-west-1';

/** `account`: where it is not in that of the service. */
export type Placed = Spec & { readonly account?: string };

export interface Asked {
  readonly specs: readonly Placed[];
  readonly metrics: string;
  readonly drill: Partial<DrillSpec> & Pick<DrillSpec, 'kind'>;
  /** Name of the member in the world; by default the first. */
  readonly member?: string;
  readonly services?: string;
  readonly rest?: string;
}

export interface Shown {
  readonly held: Held;
  readonly observations: readonly Observation[];
}

export const SPEC: Omit<DrillSpec, 'kind'> = {
  id: 'the-drill',
  title: 'The drill',
  service: 'shop',
  member: undefined,
  hypothesis: { steady: undefined, metrics: [] },
  preconditions: [],
  recover: undefined,
  probes: [],
  stops: [],
  points: [],
  limit: undefined,
  dwell: undefined,
  afterCrash: 'roll-back',
  blastRadius: { tags: {}, most: undefined },
  approvals: { by: [], count: 1 },
  window: undefined,
  every: undefined,
  controls: [],
  participants: [],
  place: { file: 'holdfast.yaml', line: 1, column: 1 },
};

export async function hold({ specs, metrics, drill, member, services, rest }: Asked): Promise<Shown> {
  const catalogue = parseCatalogue(promising(metrics, rest, services), 'holdfast.yaml', {});
  const plain = reading(specs);
  const accounts = new Map(specs.flatMap((s) => (s.account === undefined ? [] : [[urnOf(s.type, s.name), s.account] as const])));
  const source: SourceReading = {
    ...plain,
    resources: plain.resources.map((r) => ({ ...r, account: known(accounts.get(r.urn) ?? PLACE.account) })),
  };
  const made = await rehearsal({ readings: [source], catalogue, today: DAY, seed: 1, place: PLACE });
  const spec: DrillSpec = { ...SPEC, ...drill };
  const members = membersOf(spec, made.judgement).flatMap((m) => membersIn(m, regionsOf([source])));
  const of = member === undefined ? members[0] : members.find((m) => m.name === member);
  if (of === undefined) throw new Error(`no ${member ?? 'member'} among ${members.map((m) => m.name).join(', ')}`);
  const target = { spec, kind: spec.kind, service: spec.service, scope: SCOPE_OF[spec.kind] ?? of.scope, member: of.name, of };
  const held = await made.drill(target);
  if (held === undefined) throw new Error('nothing was held');
  return { held, observations: observationsOf(held, made.judgement) };
}

/** By type of metric. */
export const valuesOf = ({ observations }: Shown): Readonly<Record<string, Observation['value']>> =>
  Object.fromEntries(observations.map((o) => [o.metric.replace(/^.*\/([A-Z_]+)-.*$/, '$1'), o.value]));

export const MULTI: Spec = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: { engine: 'postgres', multiAz: true, backupRetentionPeriod: 7, deletionProtection: true },
};

/** Single-AZ, and nobody keeps a backup of it. */
export const BARE: Spec = { ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, backupRetentionPeriod: 0 } };

export const BARE_TABLE: Spec = { ...TABLE, inputs: { name: 'carts', deletionProtectionEnabled: true } };

/** A table with a replica in the other Region. */
export const GLOBAL_TABLE: Spec = {
  ...TABLE,
  inputs: {
    ...TABLE.inputs,
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    replicas: [{ regionName: AWAY, pointInTimeRecovery: true, deletionProtectionEnabled: true }],
  },
};

const GLOBAL: Spec = {
  type: 'aws:rds/globalCluster:GlobalCluster',
  name: 'orders',
  inputs: { globalClusterIdentifier: 'orders', engine: 'aurora-postgresql', engineVersion: '16.6', databaseName: 'app' },
};

function auroraIn(region: string, letters: string, first: boolean): readonly Spec[] {
  const name = `orders-${region}`;
  return [
    {
      type: 'aws:rds/cluster:Cluster',
      name,
      region,
      inputs: {
        clusterIdentifier: name,
        engine: 'aurora-postgresql',
        engineVersion: '16.6',
        globalClusterIdentifier: out(GLOBAL.type, GLOBAL.name, 'id'),
        ...(first ? { masterUsername: 'app', masterPassword: 'hunter22', databaseName: 'app' } : {}),
        backupRetentionPeriod: 7,
        deletionProtection: true,
        availabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
      },
    },
    ...[...letters].map((zone) => ({
      type: 'aws:rds/clusterInstance:ClusterInstance',
      name: `${name}-${zone}`,
      region,
      inputs: {
        identifier: `${name}-${zone}`,
        clusterIdentifier: out('aws:rds/cluster:Cluster', name, 'id'),
        engine: 'aurora-postgresql',
        instanceClass: 'db.r7g.large',
        availabilityZone: `${region}${zone}`,
      },
    })),
  ];
}

/** An Aurora global database; its second cluster has as many instances as letters. */
export const auroraGlobal = (letters = 'ab'): readonly Spec[] => [
  GLOBAL,
  ...auroraIn('us-east-1', 'ab', true),
  ...auroraIn(AWAY, letters, false),
];

export const cache = (nodes: number): Spec => ({
  type: 'aws:elasticache/replicationGroup:ReplicationGroup',
  name: 'sessions',
  inputs: {
    replicationGroupId: 'sessions',
    description: 'sessions',
    engine: 'valkey',
    nodeType: 'cache.r7g.large',
    numCacheClusters: nodes,
    automaticFailoverEnabled: nodes > 1,
    multiAzEnabled: nodes > 1,
    preferredCacheClusterAzs: ['us-east-1a', 'us-east-1b'].slice(0, nodes),
    snapshotRetentionLimit: 7,
  },
});

export const KEY: Spec = {
  type: 'aws:kms/key:Key',
  name: 'carts',
  inputs: { deletionWindowInDays: 30, enableKeyRotation: true },
};
export const ENCRYPTED: Spec = {
  ...TABLE,
  inputs: { ...TABLE.inputs, serverSideEncryption: { enabled: true, kmsKeyArn: out(KEY.type, KEY.name, 'arn') } },
};
