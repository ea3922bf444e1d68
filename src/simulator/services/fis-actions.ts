/**
 * Actions of experiments, and what each does to the world. Parameters, targets and durations are those of
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html; the sets that drills use are the scenarios
 * "AZ Availability: Power Interruption" and "Cross-Region: Connectivity" of the same guide.
 */
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as ElastiCache from '@aws-sdk/client-elasticache';
import type * as Rds from '@aws-sdk/client-rds';
import { type CallContext, ServiceFault } from '../service.ts';
import type { Fault } from '../world/faults.ts';
import { shelf } from '../world/world.ts';
import { limitZone } from './ec2-instances.ts';
import type { Found } from './fis-targets.ts';

export type Parameters = Readonly<Record<string, string>>;

interface ActionRun {
  readonly context: CallContext;
  readonly found: readonly Found[];
  readonly parameters: Parameters;
  /** Parameters of the target: an AZ. */
  readonly target: Parameters;
}

/** What it has changed, and how that ends. */
export interface Effect {
  readonly faults?: readonly Fault[];
  /** Tried again and again until it does not reject. */
  readonly undo?: () => Promise<unknown>;
}

export interface Action {
  readonly id: string;
  readonly description: string;
  /** Name of its target and the type of resource that it takes. */
  readonly target: readonly [name: string, type: string] | undefined;
  /** Names of parameters without which a template is refused. */
  readonly needs: readonly string[];
  /** Which parameter says how long it lasts; undefined: it is done when it has begun. */
  readonly lasts: string | undefined;
  /** True: its effects on the network come before those of the rest. */
  readonly first?: boolean;
  readonly begin: (run: ActionRun) => Promise<Effect>;
}

const lastOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? '';

const stopInstances = async ({ context, found, parameters }: ActionRun): Promise<Effect> => {
  const ids = found.map((f) => lastOf(f.arn));
  await context.call('ec2', 'StopInstances', { InstanceIds: ids });
  if (parameters.startInstancesAfterDuration === undefined) return {};
  return {
    undo: async () => {
      const { Reservations } = (await context.call('ec2', 'DescribeInstances', {
        Filters: [{ Name: 'instance-id', Values: ids }],
      })) as EC2.DescribeInstancesCommandOutput;
      const there = (Reservations ?? [])
        .flatMap((r) => r.Instances ?? [])
        .filter((i) => i.State?.Name !== 'terminated' && i.State?.Name !== 'shutting-down')
        .flatMap((i) => i.InstanceId ?? []);
      // What its Auto Scaling group has replaced meanwhile is gone for good (completeIfInstancesTerminated).
      if (there.length > 0) await context.call('ec2', 'StartInstances', { InstanceIds: there });
    },
  };
};

/**
 * Network ACLs that deny everything: an AZ of which every subnet is cut off is lost to everybody; of one that keeps subnets, the
 * instances in those that are cut off do not answer. Narrower scopes leave clients' traffic alone, and so the world as it is.
 */
const disruptConnectivity = async ({ context, found, parameters }: ActionRun): Promise<Effect> => {
  if (parameters.scope !== 'all') return {};
  const { Subnets = [] } = (await context.call('ec2', 'DescribeSubnets', {})) as EC2.DescribeSubnetsCommandOutput;
  const cut = new Set(found.map((f) => lastOf(f.arn)));
  const whole = new Set(Subnets.filter((s) => cut.has(s.SubnetId ?? '')).map((s) => s.AvailabilityZone ?? ''));
  for (const s of Subnets) if (!cut.has(s.SubnetId ?? '')) whole.delete(s.AvailabilityZone ?? '');
  const { Reservations } = (await context.call('ec2', 'DescribeInstances', {})) as EC2.DescribeInstancesCommandOutput;
  const alone = (Reservations ?? [])
    .flatMap((r) => r.Instances ?? [])
    .filter((i) => cut.has(i.SubnetId ?? '') && !whole.has(i.Placement?.AvailabilityZone ?? ''));
  return {
    faults: [
      ...[...whole].map((zone): Fault => ({ kind: 'az-loss', zone })),
      ...alone.map((i): Fault => ({ kind: 'unreachable', arn: context.arn('ec2', `instance/${i.InstanceId ?? ''}`) })),
    ],
  };
};

/** Volumes that do not answer hang the instances that they are attached to. */
const pauseVolumes = async ({ context, found }: ActionRun): Promise<Effect> => ({
  faults: found
    .flatMap((f) => (f.shown as EC2.Volume).Attachments ?? [])
    .map((a): Fault => ({ kind: 'unreachable', arn: context.arn('ec2', `instance/${a.InstanceId ?? ''}`) })),
});

/** How often an AZ is out of capacity at the same time. */
const CLOSED = shelf<{ n: number }>('fis:zone-without-capacity');
const ROOM = Number.MAX_SAFE_INTEGER;

/** On AWS launches by these roles or groups alone fail; here those of the account do. */
const noCapacity = async ({ context, parameters }: ActionRun): Promise<Effect> => {
  const zones = (parameters.availabilityZoneIdentifiers ?? '').split(',').map((z) => z.trim());
  const { world, account } = context;
  for (const zone of zones) {
    const closed = context.get(CLOSED, zone) ?? { n: 0 };
    closed.n += 1;
    context.put(CLOSED, zone, closed);
    limitZone(world, account, zone, 0);
  }
  return {
    undo: async () => {
      for (const zone of zones) {
        const closed = context.get(CLOSED, zone);
        if (closed === undefined) continue;
        closed.n -= 1;
        if (closed.n === 0) limitZone(world, account, zone, ROOM);
      }
    },
  };
};

/** What has lost its AZ already fails over by itself. */
const failoverClusters = async ({ context, found }: ActionRun): Promise<Effect> => {
  for (const { arn, shown } of found) {
    const { DBInstances = [] } = (await context.call('rds', 'DescribeDBInstances', {})) as Rds.DescribeDBInstancesCommandOutput;
    const writer = (shown as Rds.DBCluster).DBClusterMembers?.find((m) => m.IsClusterWriter === true)?.DBInstanceIdentifier;
    const zone = DBInstances.find((i) => i.DBInstanceIdentifier === writer)?.AvailabilityZone ?? '';
    if (!context.world.zoneIsLost(zone)) await context.call('rds', 'FailoverDBCluster', { DBClusterIdentifier: lastOf(arn) });
  }
  return {};
};

const rebootInstances = async ({ context, found, parameters }: ActionRun): Promise<Effect> => {
  for (const { arn, shown } of found)
    if (!context.world.zoneIsLost((shown as Rds.DBInstance).AvailabilityZone ?? ''))
      await context.call('rds', 'RebootDBInstance', {
        DBInstanceIdentifier: lastOf(arn),
        ForceFailover: parameters.forceFailover === 'true',
      });
  return {};
};

/** Shards whose primary is in the AZ fail over; where cluster mode hides who that is, every shard with a node there does. */
const interruptGroups = async ({ context, found, target }: ActionRun): Promise<Effect> => {
  const zone = target.availabilityZoneIdentifier ?? '';
  if (context.world.zoneIsLost(zone)) return {};
  for (const { arn, shown } of found)
    for (const { NodeGroupId, NodeGroupMembers = [] } of (shown as ElastiCache.ReplicationGroup).NodeGroups ?? [])
      if (NodeGroupMembers.some((n) => n.PreferredAvailabilityZone === zone && n.CurrentRole !== 'replica'))
        await context.call('elasticache', 'TestFailover', { ReplicationGroupId: lastOf(arn), NodeGroupId });
  return {};
};

const pauseReplication = async ({ found }: ActionRun): Promise<Effect> => ({
  faults: found.map(({ arn }) => ({ kind: 'replication-stopped', arn })),
});

/** On AWS calls by these roles alone fail; here those of everybody in the Region do. */
const failCalls =
  (how: 'throttled' | 'error') =>
  async ({ context, parameters }: ActionRun): Promise<Effect> => {
    const { service = '', operations = '', percentage = '100' } = parameters;
    const { region } = context;
    const named = operations
      .split(',')
      .map((o) => o.trim())
      .filter((o) => o !== '');
    if (Number(percentage) < 100)
      return { faults: [{ kind: 'brown-out', region, client: service, share: Number(percentage) / 100 }] };
    return { faults: named.map((o) => ({ kind: 'call', action: `${service}:${o}`, how, region })) };
  };

/** The network of simulated AWS carries requests to entries and stores; none of them goes from Region to Region over a subnet. */
const nothingHere = async (): Promise<Effect> => ({});

const action = (
  id: string,
  description: string,
  target: Action['target'],
  begin: Action['begin'],
  more: Partial<Pick<Action, 'needs' | 'lasts' | 'first'>> = {},
): Action => ({
  id,
  description,
  target,
  begin,
  needs: more.lasts === 'duration' ? ['duration', ...(more.needs ?? [])] : (more.needs ?? []),
  lasts: more.lasts,
  ...(more.first === true ? { first: true } : {}),
});

const LASTS = { lasts: 'duration' } as const;
const API = { lasts: 'duration', needs: ['service', 'operations', 'percentage'] } as const;
const INSTANCES = ['Instances', 'aws:ec2:instance'] as const;
const SUBNETS = ['Subnets', 'aws:ec2:subnet'] as const;
const ROLES = ['Roles', 'aws:iam:role'] as const;

/** The actions that drills use, of those that AWS has. */
export const ACTIONS: readonly Action[] = [
  action(
    'aws:rds:reboot-db-instances',
    'Reboots DB instances, with failover when forceFailover is true.',
    ['DBInstances', 'aws:rds:db'],
    rebootInstances,
  ),
  action(
    'aws:rds:failover-db-cluster',
    'Fails over Aurora and Multi-AZ DB clusters.',
    ['Clusters', 'aws:rds:cluster'],
    failoverClusters,
  ),
  action('aws:ec2:stop-instances', 'Stops EC2 instances, and starts them again.', INSTANCES, stopInstances, {
    lasts: 'startInstancesAfterDuration',
  }),
  action('aws:ec2:terminate-instances', 'Terminates EC2 instances.', INSTANCES, async ({ context, found }) => {
    await context.call('ec2', 'TerminateInstances', { InstanceIds: found.map((f) => lastOf(f.arn)) });
    return {};
  }),
  action('aws:network:disrupt-connectivity', 'Denies traffic of subnets by network ACLs.', SUBNETS, disruptConnectivity, {
    ...LASTS,
    needs: ['scope'],
    first: true,
  }),
  action(
    'aws:network:route-table-disrupt-cross-region-connectivity',
    'Blocks traffic of subnets to another Region.',
    SUBNETS,
    nothingHere,
    { ...LASTS, needs: ['region'] },
  ),
  action(
    'aws:network:transit-gateway-disrupt-cross-region-connectivity',
    'Blocks traffic of transit gateways to another Region.',
    ['TransitGateways', 'aws:ec2:transit-gateway'],
    nothingHere,
    { ...LASTS, needs: ['region'] },
  ),
  action('aws:ebs:pause-volume-io', 'Pauses I/O of volumes.', ['Volumes', 'aws:ec2:ebs-volume'], pauseVolumes, LASTS),
  action(
    'aws:ec2:asg-insufficient-instance-capacity-error',
    'Answers launches of Auto Scaling groups with errors.',
    ['AutoScalingGroups', 'aws:ec2:autoscaling-group'],
    noCapacity,
    { ...LASTS, needs: ['availabilityZoneIdentifiers'] },
  ),
  action('aws:ec2:api-insufficient-instance-capacity-error', 'Answers launches by roles with errors.', ROLES, noCapacity, {
    ...LASTS,
    needs: ['availabilityZoneIdentifiers'],
  }),
  action(
    'aws:elasticache:replicationgroup-interrupt-az-power',
    'Takes the nodes of replication groups in an AZ.',
    ['ReplicationGroups', 'aws:elasticache:replicationgroup'],
    interruptGroups,
    LASTS,
  ),
  action(
    'aws:dynamodb:global-table-pause-replication',
    'Pauses the replication of global tables.',
    ['Tables', 'aws:dynamodb:global-table'],
    pauseReplication,
    LASTS,
  ),
  action(
    'aws:s3:bucket-pause-replication',
    'Pauses the replication of buckets.',
    ['Buckets', 'aws:s3:bucket'],
    pauseReplication,
    LASTS,
  ),
  action('aws:fis:inject-api-unavailable-error', 'Answers API calls of roles with 503.', ROLES, failCalls('error'), API),
  action('aws:fis:inject-api-internal-error', 'Answers API calls of roles with 500.', ROLES, failCalls('error'), API),
  action('aws:fis:inject-api-throttle-error', 'Throttles API calls of roles.', ROLES, failCalls('throttled'), API),
  action('aws:fis:wait', 'Waits.', undefined, nothingHere, LASTS),
];

export function actionOf(id: string | undefined): Action {
  const found = ACTIONS.find((a) => a.id === id);
  if (found === undefined) throw new ServiceFault('ValidationException', `Unknown action ${id ?? ''}.`);
  return found;
}

const HOUR = 3600_000;

/** ISO 8601 durations of a minute to twelve hours (actions reference), in milliseconds; undefined when it is none. */
export function durationOf(text: string | undefined): number | undefined {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  const milliseconds = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return milliseconds >= 60_000 && milliseconds <= 12 * HOUR ? milliseconds : undefined;
}
