/**
 * What an ECS service does by itself: it keeps its desired count of tasks, spread over the AZs that it may use, registers them
 * with its target groups and replaces those that stop or that a load balancer calls unhealthy (ECS developer guide, "Amazon ECS
 * service scheduler").
 */
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { INSTANCES, zoneHasRoom } from './ec2-instances.ts';
import { zoneOf } from './ec2-network.ts';
import type { Place } from './ec2-shared.ts';
import {
  boundsOf,
  complete,
  type DeploymentItem,
  ECS_SERVICES,
  isDaemon,
  isHealthy,
  running,
  type ServiceItem,
  type TaskItem,
  targetGroups,
  taskFailed,
  taskHealthy,
  UNWATCHED,
} from './ecs-deployments.ts';
import { addTarget, removeTarget, turn, watchTargets } from './elastic-load-balancing-v2-health.ts';
import type { Target, TargetGroupItem } from './elastic-load-balancing-v2-state.ts';

/** Seconds from placement to running: an address, the image, the start of its containers. An assumption. */
const START = [30, 90] as const;
/** Seconds until the scheduler knows of a task that is gone without a word (its host's agent is no longer heard): an assumption. */
const UNHEARD = [30, 120] as const;
/** A task that could not be placed is tried again: an assumption. */
const RETRY = [15, 60] as const;
/** A service that spreads itself again looks within some minutes (developer guide, "Availability Zone rebalancing"): an assumption. */
const REBALANCE = [120, 300] as const;

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

/**
 * Starts and stops tasks until as many of the newest deployment run as are wanted, and no others; a daemon has one in every AZ.
 * Of two deployments, the older one gives up as many tasks as may be missing, and the newer one starts as many as may be too many.
 */
export function keepTasks(place: Place, service: ServiceItem): void {
  if (!acts(place)) {
    retry(place, service);
    return;
  }
  const zones = zonesOf(place, service);
  const wanted = isDaemon(service) ? zones.length : service.shown.desiredCount;
  const [primary] = service.deployments;
  if (primary.rollout === 'FAILED') {
    for (const extra of running(service).slice(wanted)) stopTask(place, service, extra);
    return;
  }
  const own = (): readonly TaskItem[] => running(service).filter((t) => t.deployment === primary);
  const { least, most } = boundsOf(service, wanted);
  let healthy = running(service).filter((t) => isHealthy(place, t)).length;
  for (const task of running(service).filter((t) => t.deployment !== primary)) {
    const counts = isHealthy(place, task);
    if (counts && healthy <= least) continue;
    if (counts) healthy -= 1;
    stopTask(place, service, task);
  }
  while (own().length < wanted && (running(service).length === own().length || running(service).length < most)) {
    const [zone] = zones
      .filter((z) => zoneHasRoom(place, z))
      .map((z) => ({ z, count: own().filter((t) => t.zone === z).length }))
      .sort((a, b) => a.count - b.count);
    if (zone === undefined) {
      taskFailed(place, service, primary);
      retry(place, service);
      return;
    }
    startTask(place, service, zone.z, primary);
  }
  for (const extra of own().slice(wanted)) stopTask(place, service, extra);
  if (primary.rollout !== 'IN_PROGRESS' || running(service).length !== wanted) return;
  if (!running(service).every((t) => t.deployment === primary && isHealthy(place, t))) return;
  complete(place, service);
  rebalance(place, service);
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

function startTask(place: Place, service: ServiceItem, zone: string, deployment: DeploymentItem): void {
  const { world } = place;
  const cluster = service.shown.clusterArn?.split('/').at(-1) ?? 'default';
  const octet = (): number => Math.floor(world.random.next() * 256);
  const task: TaskItem = {
    arn: `arn:aws:ecs:${place.region}:${place.account}:task/${cluster}/${world.random.hex(32)}`,
    zone,
    ip: `10.${octet()}.${octet()}.${octet()}`,
    began: new Date(world.clock.now()),
    deployment,
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
    const groups = targetGroups(place, deployment);
    for (const group of groups) join(place, group, task);
    if (deployment.rollout !== 'IN_PROGRESS') return;
    if (groups.length > 0) met(place, service, task);
    else world.clock.after(UNWATCHED, () => met(place, service, task));
  });
}

/** A task may have become healthy: the deployment goes on. */
function met(place: Place, service: ServiceItem, task: TaskItem): void {
  const [primary] = service.deployments;
  if (primary.rollout !== 'IN_PROGRESS' || !isHealthy(place, task)) return;
  taskHealthy(service, task.deployment);
  keepTasks(place, service);
}

const join = (place: Place, group: TargetGroupItem, task: TaskItem): void =>
  addTarget(place, group, {
    id: task.ip,
    port: group.shown.Port,
    zone: task.zone,
    by: task.arn,
    answers: !isMute(place, task.deployment.revision.taskDefinition),
  });

/** Nothing answers that runs this task definition. */
const isMute = ({ world }: Place, definition: string): boolean =>
  world.faults.some(({ fault }) => fault.kind === 'unreachable' && fault.arn === definition);

export function stopTask(place: Place, service: ServiceItem, task: TaskItem): void {
  task.status = 'STOPPED';
  service.tasks = running(service).slice();
  turn(place, task.ip, false);
  for (const group of targetGroups(place, task.deployment)) removeTarget(place, group, task.ip, undefined);
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
    const started = task.status === 'RUNNING';
    stopTask(place, service, task);
    if (!started) taskFailed(place, service, task.deployment);
    keepTasks(place, service);
  };
  place.world.clock.after(between(place.world, ...UNHEARD), notice);
}

/** One task at a time goes from the fullest AZ, once another runs in the emptiest. */
function rebalance(place: Place, service: ServiceItem): void {
  const [primary] = service.deployments;
  if (service.shown.availabilityZoneRebalancing !== 'ENABLED' || primary.rollout !== 'COMPLETED' || !acts(place)) return;
  const counts = zonesOf(place, service)
    .filter((z) => zoneHasRoom(place, z))
    .map((zone) => ({ zone, count: running(service).filter((t) => t.zone === zone).length }))
    .sort((a, b) => a.count - b.count);
  const emptiest = counts[0];
  const fullest = counts.at(-1);
  if (emptiest === undefined || fullest === undefined || fullest.count - emptiest.count < 2) return;
  startTask(place, service, emptiest.zone, primary);
  place.world.clock.after(between(place.world, ...REBALANCE), () => {
    const leaving = running(service).find((t) => t.zone === fullest.zone && t.status === 'RUNNING');
    if (leaving !== undefined && running(service).length > service.shown.desiredCount) stopTask(place, service, leaving);
    rebalance(place, service);
  });
}

/** Health checks are ignored for the grace period of a task (API CreateService, healthCheckGracePeriodSeconds). */
function replaceSick(place: Place, service: ServiceItem, task: TaskItem, target: Target): void {
  const again = (wait: number): unknown => place.world.clock.after(wait, () => replaceSick(place, service, task, target));
  if (target.health !== 'unhealthy' || !running(service).includes(task)) return;
  const ends = (task.since ?? 0) + (service.shown.healthCheckGracePeriodSeconds ?? 0) * 1000;
  const left = ends - place.world.clock.now();
  if (left > 0) again(left);
  else if (!acts(place)) again(between(place.world, ...RETRY));
  else {
    stopTask(place, service, task);
    taskFailed(place, service, task.deployment);
    keepTasks(place, service);
  }
}

export function servicesMeetEvents(world: World): void {
  watchTargets(world, (target, arn, place) => {
    if (target.health !== 'healthy' && target.health !== 'unhealthy') return;
    for (const service of world.list(ECS_SERVICES, place.account, place.region)) {
      const task = running(service).find((t) => t.ip === target.id);
      if (task?.deployment.revision.loadBalancers?.some((l) => l.targetGroupArn === arn) !== true) continue;
      if (target.health === 'healthy') met(place, service, task);
      else replaceSick(place, service, task, target);
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
      if (fault.kind === 'unreachable')
        for (const task of running(item).filter((t) => t.deployment.revision.taskDefinition === fault.arn))
          turn(place, task.ip, how === 'ends');
      const taken =
        (fault.kind === 'deleted' && fault.arn === key) || (fault.kind === 'account-compromised' && fault.account === account);
      if (!taken || how === 'ends') continue;
      for (const task of running(item)) stopTask(place, item, task);
      world.remove(ECS_SERVICES, account, region, key);
    }
  });
}
