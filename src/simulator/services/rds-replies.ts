/** Instances and clusters as the API shows them. */
import type { DBCluster, DBInstance, Tag } from '@aws-sdk/client-rds';
import { groupBy } from '../../model/collections.ts';
import type { World } from '../world/world.ts';
import { KEPT_BACKUPS, restoreWindow } from './rds-backups-state.ts';
import { replicasOf } from './rds-endpoints.ts';
import { subnetGroupReply, zonesOfGroup } from './rds-groups.ts';
import { CLUSTERS, type Cluster, INSTANCES, type Instance, membersOf } from './rds-state.ts';

export const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const time = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

/** What is copied from where in an account, worked out once for a page of instances. */
export interface Copies {
  readonly replicas: ReadonlyMap<string | undefined, readonly (Instance | Cluster)[]>;
  readonly backups: ReadonlyMap<string, readonly string[]>;
}

export function copiesIn(world: World, account: string): Copies {
  const stores = [...world.everywhere(INSTANCES, account), ...world.everywhere(CLUSTERS, account)].map((p) => p.item);
  const kept = world.everywhere(KEPT_BACKUPS, account).filter((p) => p.item.status === 'replicating');
  const backups = groupBy(kept, (p) => p.item.source);
  return {
    replicas: groupBy(stores, (s) => s.source),
    backups: new Map([...backups].map(([source, of]) => [source, of.map((p) => p.item.arn)])),
  };
}

export function instanceReply(world: World, instance: Instance, copies = copiesIn(world, instance.account)): DBInstance {
  const replicas = copies.replicas.get(instance.arn) ?? [];
  const near = (r: { readonly region: string }): boolean => r.region === instance.region;
  const replications = copies.backups.get(instance.arn) ?? [];
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DbiResourceId: instance.resourceId,
    DBInstanceClass: instance.instanceClass,
    DBInstanceStatus: instance.status,
    Engine: instance.engine,
    EngineVersion: instance.engineVersion,
    AllocatedStorage: instance.allocatedStorage,
    AutoMinorVersionUpgrade: instance.autoMinorVersionUpgrade,
    // The endpoint is shown once there is one.
    Endpoint: instance.status === 'creating' ? undefined : { Address: instance.host, Port: instance.port },
    InstanceCreateTime: time(instance.createdAt),
    AvailabilityZone: instance.zone,
    SecondaryAvailabilityZone: instance.secondaryZone,
    MultiAZ: instance.multiAz,
    DBSubnetGroup: subnetGroupReply(world, instance),
    // Networks do not filter in simulated AWS: nothing is kept of security groups.
    VpcSecurityGroups: [],
    DBParameterGroups: [{ DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: 'in-sync' }],
    BackupRetentionPeriod: instance.retentionDays,
    LatestRestorableTime: instance.cluster === undefined ? time(restoreWindow(world, instance)?.until) : undefined,
    DeletionProtection: instance.deletionProtection,
    StorageEncrypted: instance.encrypted,
    KmsKeyId: instance.kmsKey,
    MasterUserSecret: secretReply(instance, 'db'),
    ReadReplicaSourceDBInstanceIdentifier: sourceName(instance, ':db:'),
    ReadReplicaSourceDBClusterIdentifier: sourceName(instance, ':cluster:'),
    ReadReplicaDBInstanceIdentifiers: replicas.filter((r) => !('members' in r)).map((r) => (near(r) ? r.id : r.arn)),
    StatusInfos:
      instance.source === undefined ? undefined : [{ StatusType: 'read replication', Normal: true, Status: 'replicating' }],
    DBClusterIdentifier: instance.cluster,
    PromotionTier: instance.cluster === undefined ? undefined : instance.tier,
    DBInstanceAutomatedBackupsReplications: replications.map((arn) => ({ DBInstanceAutomatedBackupsArn: arn })),
    TagList: tagList(instance.tags),
  };
}

/** RDS names the secret of a master user after what it belongs to. */
function secretReply(owner: Instance | Cluster, kind: 'db' | 'cluster'): DBInstance['MasterUserSecret'] {
  if (owner.secretKey === undefined) return undefined;
  const { region, account, resourceId, secretKey } = owner;
  const SecretArn = `arn:aws:secretsmanager:${region}:${account}:secret:rds!${kind}-${resourceId.toLowerCase()}`;
  return { SecretArn, SecretStatus: 'active', KmsKeyId: secretKey };
}

/** Within the Region by identifier, from another one by ARN (API DBInstance, ReadReplicaSourceDBInstanceIdentifier). */
function sourceName(instance: Instance, kind: ':db:' | ':cluster:'): string | undefined {
  const { source } = instance;
  if (source === undefined || !source.includes(kind)) return undefined;
  const home = `:${instance.region}:${instance.account}:`;
  return source.includes(home) && kind === ':db:' ? source.slice(source.indexOf(kind) + kind.length) : source;
}

export function clusterReply(world: World, cluster: Cluster): DBCluster {
  const window = restoreWindow(world, cluster);
  const members = membersOf(world, cluster);
  return {
    DBClusterIdentifier: cluster.id,
    DBClusterArn: cluster.arn,
    DbClusterResourceId: cluster.resourceId,
    Status: cluster.status,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    EngineMode: cluster.engineMode,
    ClusterScalabilityType: cluster.scalability === 'limitless' ? 'limitless' : undefined,
    DBClusterInstanceClass: cluster.instanceClass,
    MultiAZ: cluster.kind === 'multi-az' || new Set(members.map((m) => m.zone)).size > 1,
    // Of the storage; what computes is in the AZs of the members.
    AvailabilityZones: [...zonesOfGroup(world, cluster)].slice(0, 3),
    DBSubnetGroup: cluster.subnetGroup,
    DBClusterParameterGroup: cluster.parameterGroup,
    Endpoint: cluster.host,
    ReaderEndpoint: cluster.readerHost,
    Port: cluster.port,
    BackupRetentionPeriod: cluster.retentionDays,
    EarliestRestorableTime: time(window?.from),
    LatestRestorableTime: time(window?.until),
    BacktrackWindow: cluster.backtrackSeconds === 0 ? undefined : cluster.backtrackSeconds,
    ClusterCreateTime: time(cluster.createdAt),
    DeletionProtection: cluster.deletionProtection,
    StorageEncrypted: cluster.encrypted,
    KmsKeyId: cluster.kmsKey,
    MasterUsername: cluster.masterUsername,
    MasterUserSecret: secretReply(cluster, 'cluster'),
    ReplicationSourceIdentifier: cluster.source,
    ReadReplicaIdentifiers: replicasOf(world, cluster)
      .filter((r) => !('members' in r) || r.global === undefined)
      .map((r) => r.arn),
    GlobalClusterIdentifier: cluster.global,
    ServerlessV2ScalingConfiguration:
      cluster.capacity === undefined ? undefined : { MinCapacity: cluster.capacity.min, MaxCapacity: cluster.capacity.max },
    DBClusterMembers: members.map((m) => ({
      DBInstanceIdentifier: m.id,
      IsClusterWriter: m.id === cluster.writer,
      PromotionTier: m.tier,
      DBClusterParameterGroupStatus: 'in-sync',
    })),
    HostedZoneId: 'Z2R2ITUGPM61AM',
    TagList: tagList(cluster.tags),
  };
}
