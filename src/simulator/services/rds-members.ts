/** DB instances that join a cluster of simulated RDS: the first one writes. */
import type { CreateDBInstanceCommandInput, Tag } from '@aws-sdk/client-rds';
import { type CallContext, ServiceFault } from '../service.ts';
import { failClusterOver } from './rds-failover.ts';
import { CREATION, makeInstance } from './rds-make.ts';
import { type Cluster, clusterOr404, type Instance, membersOf } from './rds-state.ts';

interface MemberRequest {
  readonly id: string | undefined;
  readonly instanceClass: string | undefined;
  readonly zone: string | undefined;
  readonly tier: number | undefined;
  readonly tags: readonly Tag[] | undefined;
}

/** Subnets, key, backups and deletion protection are the cluster's. */
export function makeMember(cluster: Cluster, request: MemberRequest, context: CallContext): Instance {
  const member = makeInstance(
    {
      id: request.id,
      engine: cluster.engine,
      engineVersion: cluster.engineVersion,
      instanceClass: request.instanceClass,
      multiAz: false,
      zone: request.zone,
      subnetGroup: cluster.subnetGroup,
      parameterGroup: undefined,
      encrypted: cluster.encrypted,
      kmsKey: cluster.kmsKey,
      secretKey: undefined,
      deletionProtection: false,
      retentionDays: cluster.retentionDays,
      source: undefined,
      lag: 0,
      port: cluster.port,
      cluster: cluster.id,
      tier: request.tier,
      allocatedStorage: undefined,
      tags: request.tags,
      takes: CREATION.single,
    },
    context,
    (made) => {
      const { world } = context;
      const writer = membersOf(world, cluster).find((m) => m.id === cluster.writer);
      // Nobody could take over before.
      const isAway = writer !== undefined && (world.zoneIsLost(writer.zone) || writer.outage !== undefined);
      if (isAway && made.id !== writer.id) failClusterOver(world, cluster, 0);
    },
  );
  cluster.members = [...cluster.members, member.id];
  cluster.writer ??= member.id;
  cluster.endpointTo ??= member.id;
  return member;
}

export function joinCluster(input: CreateDBInstanceCommandInput, context: CallContext): Instance {
  const cluster = clusterOr404(context.world, context.account, context.region, input.DBClusterIdentifier);
  if (cluster.kind !== 'volume')
    throw new ServiceFault('InvalidDBClusterStateFault', `DB cluster ${cluster.id} takes no instances: RDS runs its own.`);
  if (input.Engine !== undefined && input.Engine !== cluster.engine)
    throw new ServiceFault(
      'InvalidParameterCombination',
      `The engine name requested for your DB instance (${input.Engine}) doesn't match the engine name of your DB cluster (${cluster.engine}).`,
    );
  if (input.MultiAZ === true)
    throw new ServiceFault(
      'InvalidParameterCombination',
      'The requested DB Instance will be a member of a DB cluster. Set its MultiAZ on the cluster.',
    );
  return makeMember(
    cluster,
    {
      id: input.DBInstanceIdentifier,
      instanceClass: input.DBInstanceClass,
      zone: input.AvailabilityZone,
      tier: input.PromotionTier,
      tags: input.Tags,
    },
    context,
  );
}
