/** How a DB cluster comes into being in simulated RDS, whichever call asks for it. */
import type { Tag } from '@aws-sdk/client-rds';
import { type CallContext, ServiceFault } from '../service.ts';
import { between } from '../world/procedure.ts';
import { listenCluster } from './rds-endpoints.ts';
import { DEFAULT_GROUP, subnetGroupOr404, zonesOfGroup } from './rds-groups.ts';
import { makeMember } from './rds-members.ts';
import { CLUSTER_PARAMETER_GROUPS } from './rds-parameters.ts';
import { CLUSTERS, type Cluster, type ClusterKind, clusterHost, isVolumeEngine, portOf, record, tagsOf } from './rds-state.ts';

/** Seconds until a new cluster is available; our assumption. */
const CREATION = [60, 180] as const;

export interface ClusterRequest {
  readonly id: string | undefined;
  readonly engine: string;
  readonly engineVersion: string | undefined;
  readonly engineMode: string | undefined;
  readonly scalability: string | undefined;
  readonly capacity: Cluster['capacity'];
  readonly instanceClass: string | undefined;
  readonly masterUsername: string | undefined;
  readonly subnetGroup: string | undefined;
  readonly parameterGroup: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly retentionDays: number;
  readonly backtrackSeconds: number | undefined;
  readonly source: string | undefined;
  readonly lag: number;
  readonly global: string | undefined;
  readonly port: number | undefined;
  readonly tags: readonly Tag[] | undefined;
  /** Seconds until it is available; undefined: as long as an empty one takes. */
  readonly takes?: readonly [number, number];
}

export function kindOf(engine: string, engineMode: string | undefined): ClusterKind {
  if (engineMode === 'serverless') return 'serverless-v1';
  if (isVolumeEngine(engine)) return 'volume';
  if (engine === 'mysql' || engine === 'postgres') return 'multi-az';
  throw new ServiceFault('InvalidParameterValue', `Invalid DB engine: ${engine}`);
}

export function makeCluster(request: ClusterRequest, context: CallContext, ready?: (made: Cluster) => void): Cluster {
  const { world, account, region } = context;
  const id = (request.id ?? '').toLowerCase();
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id))
    throw new ServiceFault('InvalidParameterValue', `The parameter DBClusterIdentifier is not a valid identifier: ${id}`);
  if (context.get(CLUSTERS, id) !== undefined) throw new ServiceFault('DBClusterAlreadyExistsFault', 'DB Cluster already exists');
  if (request.retentionDays < 1 || request.retentionDays > 35)
    throw new ServiceFault('InvalidParameterValue', `Invalid backup retention period: ${request.retentionDays}`);
  const kind = kindOf(request.engine, request.engineMode);
  const subnetGroup =
    request.subnetGroup === undefined || request.subnetGroup === DEFAULT_GROUP
      ? DEFAULT_GROUP
      : subnetGroupOr404(request.subnetGroup, context).name;
  const zones = zonesOfGroup(world, { account, region, subnetGroup });
  if (kind === 'multi-az' && zones.length < 3)
    throw new ServiceFault(
      'DBSubnetGroupDoesNotCoverEnoughAZs',
      'The DB subnet group doesn’t meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least 3 AZs.',
    );
  const custom = request.parameterGroup?.toLowerCase();
  if (custom !== undefined && !custom.startsWith('default.') && context.get(CLUSTER_PARAMETER_GROUPS, custom) === undefined)
    throw new ServiceFault('DBClusterParameterGroupNotFound', `DBClusterParameterGroup not found: ${custom}`, 404);
  const cluster: Cluster = {
    account,
    region,
    id,
    arn: context.arn('rds', `cluster:${id}`),
    resourceId: `cluster-${world.random.hex(26)}`,
    engine: request.engine,
    engineVersion: request.engineVersion,
    createdAt: world.clock.now(),
    status: 'creating',
    subnetGroup,
    parameterGroup: custom ?? `default.${request.engine}`,
    encrypted: request.encrypted,
    kmsKey: request.kmsKey,
    secretKey: request.secretKey,
    deletionProtection: request.deletionProtection ?? false,
    retentionDays: request.retentionDays,
    backupsFrom: undefined,
    lostAt: undefined,
    source: request.source,
    lag: request.lag,
    port: request.port ?? portOf(request.engine),
    outage: undefined,
    epoch: 0,
    tags: tagsOf(request.tags),
    kind,
    engineMode: request.engineMode ?? 'provisioned',
    scalability: request.scalability,
    capacity: request.capacity,
    backtrackSeconds: request.backtrackSeconds ?? 0,
    instanceClass: request.instanceClass,
    masterUsername: request.masterUsername,
    members: [],
    writer: undefined,
    endpointTo: undefined,
    host: clusterHost(account, region, id, request.engine, 'cluster'),
    readerHost: clusterHost(account, region, id, request.engine, 'cluster-ro'),
    zone: zones[Math.floor(world.random.next() * zones.length)] ?? '',
    global: request.global,
  };
  context.put(CLUSTERS, id, cluster);
  listenCluster(world, cluster);
  if (kind === 'multi-az') {
    // One writer and two readers, each in an AZ of its own (multi-az-db-clusters-concepts).
    const { instanceClass, tags } = request;
    for (const [i, zone] of zones.slice(0, 3).entries())
      makeMember(cluster, { id: `${id}-instance-${i + 1}`, instanceClass, zone, tier: 1, tags }, context);
  }
  const [low, high] = request.takes ?? CREATION;
  world.clock.after(between(world, low, high), () => {
    if (cluster.status !== 'creating') return;
    cluster.status = 'available';
    cluster.backupsFrom = world.clock.now();
    record(world, cluster, 'creation', 'DB cluster created');
    ready?.(cluster);
  });
  return cluster;
}
