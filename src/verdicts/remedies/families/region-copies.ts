/** Stores with a copy in another Region that answers there, or can be made to. */
import { factsOf } from '../../../estate/estate.ts';
import { fold, is, not } from '../../../model/known.ts';
import type { Resource } from '../../../model/resource.ts';
import type { Value, Values } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { dynamodbTable } from '../../../services/dynamodb-table.ts';
import { efsFileSystem } from '../../../services/efs-file-system.ts';
import { elasticacheReplicationGroup } from '../../../services/elasticache-replication-group.ts';
import { RDS_INSTANCE, RDS_SUBNET_GROUP, rdsInstance } from '../../../services/rds-instance.ts';
import type { Identity, ServiceModule } from '../../../services/service.ts';
import type { Candidate, Cost, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Place, Site } from '../site.ts';
import { told } from '../site.ts';
import { keyIn } from './keys.ts';

const BY_USE: Cost = { class: 'low', rests: 'copies and their storage, by use' };

/** The facts of a store of this service whose Region is lost, and the Region to go to. */
function leaving<F extends Identity>(spot: Spot, module: ServiceModule<F>, site: Site): { facts: F; to: Place } | undefined {
  const facts = spot.scope === 'region' ? factsOf(module, spot.item) : undefined;
  const to = facts === undefined ? undefined : site.otherRegion(spot.item, spot.metric.serviceId);
  return facts === undefined || to === undefined ? undefined : { facts, to };
}

/** Amazon RDS: a read replica in the other Region. To promote it is another matter: see promotion.ts. */
export const rdsReplica: Family = (spot, site) => {
  const at = leaving(spot, rdsInstance, site);
  if (at === undefined || at.facts.replicas.some((r) => holds(r.otherRegion)) || !holds(not(at.facts.isReplica))) return [];
  const { resource } = spot.item;
  const like = kept(resource, RDS_REPLICA_INPUTS);
  const key = keyIn(at.to, spot.item, told(at.facts.key), holds(at.facts.encrypted), site);
  const network = site.find(RDS_SUBNET_GROUP, at.to, resource);
  return [
    {
      mechanism: 'rds-cross-region-replica',
      says: `keep a read replica in ${at.to.region}`,
      changes: [
        ...(key?.changes ?? []),
        site.add(resource, {
          type: RDS_INSTANCE,
          name: `${resource.name}-${at.to.region}`,
          place: at.to,
          inputs: {
            ...like,
            // Once promoted it keeps what is promised for an AZ as well.
            ...(site.promises(spot.metric.serviceId, 'az') ? { multiAz: true } : {}),
            replicateSourceDb: reference(resource.urn, 'arn'),
            ...(key === undefined ? {} : { kmsKeyId: key.value }),
            ...(network === undefined ? {} : { dbSubnetGroupName: reference(network, 'name') }),
          },
        }),
      ],
      cost: { class: 'doubled', rests: 'a second instance of the same class, and transfer between the Regions' },
    },
  ];
};

/** What a replica needs of its own; the rest it has from its source (docs of `replicateSourceDb` in @pulumi/aws). */
const RDS_REPLICA_INPUTS = new Set([
  'instanceClass',
  'storageEncrypted',
  'deletionProtection',
  'deleteAutomatedBackups',
  'backupRetentionPeriod',
  'skipFinalSnapshot',
]);

const kept = (resource: Resource, properties: ReadonlySet<string>): Values =>
  Object.fromEntries(Object.entries(resource.inputs).filter(([property]) => properties.has(property)));

/** Amazon DynamoDB: a replica in the other Region; three Regions where nothing may be lost. */
export const tableReplica: Family = (spot, site) => {
  const at = leaving(spot, dynamodbTable, site);
  if (at === undefined) return [];
  const { facts, to } = at;
  const found: Candidate[] = [];
  const own = told(facts.region);
  const replicas = spot.item.props.raw('replicas');
  const listed = Array.isArray(replicas) ? (replicas as readonly Value[]) : [];
  const regions = fold(
    facts.replicas,
    (list) => list.map((r) => told(r.region)).filter((r) => r !== undefined),
    () => undefined,
  );
  // Replicas that are not written out are made elsewhere: nobody can add to them here.
  if (regions === undefined) return [];
  const block = (region: string, mode: 'EVENTUAL' | 'STRONG'): Value => ({
    regionName: region,
    ...(mode === 'STRONG' ? { consistencyMode: mode } : {}),
    pointInTimeRecovery: true,
    deletionProtectionEnabled: true,
  });
  const set = (property: string, value: Value): Change => ({ kind: 'set', resource: facts.id, property, to: value });
  const streams = holds(facts.streamEnabled) ? [] : [set('streamEnabled', true), set('streamViewType', 'NEW_AND_OLD_IMAGES')];
  if (regions.length === 0) {
    found.push({
      mechanism: 'dynamodb-global-table',
      says: `make it a global table with a replica in ${to.region}`,
      changes: [set('replicas', [block(to.region, 'EVENTUAL')]), ...streams],
      cost: { class: 'low', rests: 'replicated writes and a second copy of the storage, by use' },
    });
  }
  const second = regions.find((r) => r !== own) ?? to.region;
  const third = own === undefined ? undefined : (told(facts.witnessRegion) ?? witness(own, second));
  if (third !== undefined && !holds(facts.strongTopology)) {
    const strong = listed.length === 0 ? [set('replicas', [block(second, 'STRONG')])] : stronger(listed, set);
    found.push({
      mechanism: 'dynamodb-global-table',
      says: `make it strongly consistent over ${second}, with a witness in ${third}`,
      changes: [
        ...strong,
        ...(told(facts.witnessRegion) === undefined ? [set('globalTableWitness', { regionName: third })] : []),
      ],
      cost: { class: 'low', rests: 'replicated writes and a second copy of the storage, by use' },
      caution: 'a table that holds data cannot become strongly consistent: make a new one and copy the data',
    });
  }
  return found;
};

const stronger = (listed: readonly Value[], set: (property: string, value: Value) => Change): readonly Change[] =>
  listed.flatMap((block, i) =>
    typeof block === 'object' && block !== null && 'consistencyMode' in block && block.consistencyMode === 'STRONG'
      ? []
      : [set(`replicas[${i}].consistencyMode`, 'STRONG')],
  );

/**
 * Regions of one set: strong consistency does not reach beyond
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html, MRSC Regions).
 */
const STRONG_SETS = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
];

function witness(a: string, b: string): string | undefined {
  return STRONG_SETS.find((set) => set.includes(a) && set.includes(b))?.find((r) => r !== a && r !== b);
}

/** Amazon ElastiCache: a secondary of a Global Datastore. To promote it is another matter. */
export const globalDatastore: Family = (spot, site) => {
  const at = leaving(spot, elasticacheReplicationGroup, site);
  if (at === undefined || !holds(is(at.facts.datastore, (d) => d === undefined))) return [];
  const { resource } = spot.item;
  const datastore = site.add(resource, {
    type: 'aws:elasticache/globalReplicationGroup:GlobalReplicationGroup',
    name: resource.name,
    untagged: true,
    inputs: { globalReplicationGroupIdSuffix: resource.name, primaryReplicationGroupId: reference(resource.urn, 'id') },
  });
  const secondary = site.add(resource, {
    type: resource.type,
    name: `${resource.name}-${at.to.region}`,
    place: at.to,
    inputs: {
      ...kept(resource, CACHE_INPUTS),
      globalReplicationGroupId: reference(datastore.resource.urn, 'globalReplicationGroupId'),
    },
  });
  return [
    {
      mechanism: 'elasticache-global-failover',
      says: `keep a secondary of a Global Datastore in ${at.to.region}`,
      changes: [datastore, secondary],
      cost: { class: 'doubled', rests: 'as many nodes again, and transfer between the Regions' },
    },
  ];
};

const CACHE_INPUTS = new Set(['description', 'numCacheClusters', 'automaticFailoverEnabled', 'multiAzEnabled']);

/** Amazon EFS: replication to the other Region. */
export const fileSystemReplication: Family = (spot, site) => {
  const at = leaving(spot, efsFileSystem, site);
  if (at === undefined || !holds(is(at.facts.replication, (r) => r === undefined))) return [];
  const { resource } = spot.item;
  return [
    {
      mechanism: 'efs-replication-failover',
      says: `replicate it to ${at.to.region}`,
      changes: [
        site.add(resource, {
          type: 'aws:efs/replicationConfiguration:ReplicationConfiguration',
          name: resource.name,
          untagged: true,
          inputs: { sourceFileSystemId: reference(resource.urn, 'id'), destination: { region: at.to.region } },
        }),
      ],
      cost: BY_USE,
    },
  ];
};
