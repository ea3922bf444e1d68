/**
 * What an ECS service does by itself: it keeps its desired count of tasks, spread over the AZs that it may use, registers them
 * with its target groups and replaces those that stop or that a load balancer calls unhealthy (ECS developer guide, "Amazon ECS
 * service scheduler").
 */
import type * as ECS from '@aws-sdk/client-ecs';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';
import { INSTANCES, zoneHasRoom } from './ec2-instances.ts';
import { zoneOf } from './ec2-network.ts';
import type { Place } from './ec2-shared.ts';
import { addTarget, removeTarget, turn, watchTargets } from './elastic-load-balancing-v2-health.ts';
import { TARGET_GROUPS, type TargetGroupItem } from './elastic-load-balancing-v2-state.ts';

export interface TaskItem {
  readonly arn: string;
  readonly zone: string;
  readonly ip: string;
  readonly began: Date;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  since: number | undefined;
}

export interface ServiceItem {
  readonly shown: ECS.Service & { serviceArn: string; serviceName: string; desiredCount: number };
  tasks: TaskItem[];
  retrying: boolean;
}

export const ECS_SERVICES = shelf<ServiceItem>('ecs:service');

/** Seconds from placement to running: an address, the image, the start of its containers. An assumption. */
const START = [30, 90] as const;
/** Seconds until the scheduler knows of a task that is gone without a word (its host's agent is no longer heard): an assumption. */
const UNHEARD = [30, 120] as const;
/** A task that could not be placed is tried again: an assumption. */
const RETRY = [15, 60] as const;
/** A service that spreads itself again looks within some minutes (developer guide, "Availability Zone rebalancing"): an assumption. */
const REBALANCE = [120, 300] as const;

export const running = (service: ServiceItem): readonly TaskItem[] => service.tasks.filter((t) => t.status !== 'STOPPED');

const acts = (place: Place): boolean =>
  !place.world.faults.some(
    ({ fault }) =>
      (fault.kind === 'region-loss' && fault.region === place.region) ||
      (fault.kind === 'control-plane-loss' &&
        fault.region === place.region &&
        (fault.client === undefined || fault.client === 'ecs')),
  );

/** AZs in which a task may start: those of its subnets, or where the hosts of the account are. */
function zonesOf(place: Place, service: ServiceItem): readonly string[] {
  const subnets = service.shown.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const zones =
    subnets.length > 0
      ? subnets.flatMap((id) => zoneOf(place, id) ?? [])
      : place.world
          .list(INSTANCES, place.account, place.region)
          .filter((i) => i.State?.Name === 'running')
          .flatMap((i) => i.Placement?.AvailabilityZone ?? []);
  return [...new Set(zones)];
}

/** Starts and stops tasks until as many run as are wanted; a daemon has one in every AZ. */
export function keepTasks(place: Place, service: ServiceItem): void {
  const zones = zonesOf(place, service);
  const wanted = service.shown.schedulingStrategy === 'DAEMON' ? zones.length : service.shown.desiredCount;
  if (!acts(place)) {
    retry(place, service);
    return;
  }
  while (running(service).length < wanted) {
    const [zone] = zones
      .filter((z) => zoneHasRoom(place, z))
      .map((z) => ({ z, count: running(service).filter((t) => t.zone === z).length }))
      .sort((a, b) => a.count - b.count);
    if (zone === undefined) {
      retry(place, service);
      return;
    }
    startTask(place, service, zone.z);
  }
  for (const extra of running(service).slice(wanted)) stopTask(place, service, extra);
}

function retry(place: Place, service: ServiceItem): void {
  if (service.retrying) return;
  service.retrying = true;
  place.world.clock.after(between(place.world, ...RETRY), () => {
    service.retrying = false;
    if (place.world.get(ECS_SERVICES, place.account, place.region, service.shown.serviceArn) !== undefined)
      keepTasks(place, service);
  });
}

function startTask(place: Place, service: ServiceItem, zone: string): void {
  const { world } = place;
  const cluster = service.shown.clusterArn?.split('/').at(-1) ?? 'default';
  const octet = (): number => Math.floor(world.random.next() * 256);
  const task: TaskItem = {
    arn: `arn:aws:ecs:${place.region}:${place.account}:task/${cluster}/${world.random.hex(32)}`,
    zone,
    ip: `10.${octet()}.${octet()}.${octet()}`,
    began: new Date(world.clock.now()),
    status: 'PENDING',
    since: undefined,
  };
  service.tasks = [...running(service), task];
  world.clock.after(between(world, ...START), () => {
    if (task.status !== 'PENDING') return;
    if (world.zoneIsLost(zone)) {
      lose(place, service, task);
      return;
    }
    task.status = 'RUNNING';
    task.since = world.clock.now();
    for (const group of targetGroups(place, service)) join(place, group, task);
  });
}

const join = (place: Place, group: TargetGroupItem, { ip, zone, arn }: TaskItem): void =>
  addTarget(place, group, { id: ip, port: group.shown.Port, zone, by: arn, answers: true });

const targetGroups = (place: Place, service: ServiceItem) =>
  (service.shown.loadBalancers ?? []).flatMap(
    (l) => place.world.get(TARGET_GROUPS, place.account, place.region, l.targetGroupArn ?? '') ?? [],
  );

/** A change after which a service may be behind other target groups: its tasks follow. */
export function regroup(place: Place, service: ServiceItem, change: () => unknown): void {
  const before = targetGroups(place, service);
  change();
  const now = targetGroups(place, service);
  for (const task of running(service).filter((t) => t.status === 'RUNNING')) {
    for (const group of before) if (!now.includes(group)) removeTarget(place, group, task.ip, undefined);
    for (const group of now) if (!before.includes(group)) join(place, group, task);
  }
}

export function stopTask(place: Place, service: ServiceItem, task: TaskItem): void {
  task.status = 'STOPPED';
  service.tasks = running(service).slice();
  turn(place, task.ip, false);
  for (const group of targetGroups(place, service)) removeTarget(place, group, task.ip, undefined);
}

/** A task whose AZ went says nothing; some time later the scheduler starts another. */
function lose(place: Place, service: ServiceItem, task: TaskItem): void {
  turn(place, task.ip, false);
  const notice = (): void => {
    if (!service.tasks.includes(task) || task.status === 'STOPPED') return;
    if (!acts(place)) {
      place.world.clock.after(between(place.world, ...RETRY), notice);
      return;
    }
    stopTask(place, service, task);
    keepTasks(place, service);
  };
  place.world.clock.after(between(place.world, ...UNHEARD), notice);
}

/** One task at a time goes from the fullest AZ, once another runs in the emptiest. */
function rebalance(place: Place, service: ServiceItem): void {
  if (service.shown.availabilityZoneRebalancing !== 'ENABLED' || !acts(place)) return;
  const counts = zonesOf(place, service)
    .filter((z) => zoneHasRoom(place, z))
    .map((zone) => ({ zone, count: running(service).filter((t) => t.zone === zone).length }))
    .sort((a, b) => a.count - b.count);
  const emptiest = counts[0];
  const fullest = counts.at(-1);
  if (emptiest === undefined || fullest === undefined || fullest.count - emptiest.count < 2) return;
  startTask(place, service, emptiest.zone);
  place.world.clock.after(between(place.world, ...REBALANCE), () => {
    const leaving = running(service).find((t) => t.zone === fullest.zone && t.status === 'RUNNING');
    if (leaving !== undefined && running(service).length > service.shown.desiredCount) stopTask(place, service, leaving);
    rebalance(place, service);
  });
}

export function servicesMeetEvents(world: World): void {
  watchTargets(world, (target, arn, place) => {
    if (target.health !== 'unhealthy') return;
    for (const service of world.list(ECS_SERVICES, place.account, place.region)) {
      const task = running(service).find((t) => t.ip === target.id);
      if (task === undefined || service.shown.loadBalancers?.some((l) => l.targetGroupArn === arn) !== true) continue;
      const grace = (service.shown.healthCheckGracePeriodSeconds ?? 0) * 1000;
      if (world.clock.now() < (task.since ?? 0) + grace || !acts(place)) continue;
      stopTask(place, service, task);
      keepTasks(place, service);
    }
  });
  world.onFault((fault, _world, how) => {
    for (const { account, region, key, item } of world.everywhere(ECS_SERVICES)) {
      const place = { world, account, region };
      if (fault.kind === 'az-loss' || fault.kind === 'region-loss') {
        if (how === 'begins')
          for (const task of running(item)) if (world.zoneIsLost(task.zone) && task.status === 'RUNNING') lose(place, item, task);
        if (how === 'ends')
          world.clock.after(between(world, ...REBALANCE), () => {
            keepTasks(place, item);
            rebalance(place, item);
          });
      }
      const taken =
        (fault.kind === 'deleted' && fault.arn === key) || (fault.kind === 'account-compromised' && fault.account === account);
      if (!taken || how === 'ends') continue;
      for (const task of running(item)) stopTask(place, item, task);
      world.remove(ECS_SERVICES, account, region, key);
    }
  });
}
