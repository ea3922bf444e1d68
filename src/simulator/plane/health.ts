/** What Route 53 holds to be healthy: health checks by their kind, and the targets of aliases. */
import { alarmNamed } from '../services/cloudwatch-model.ts';
import { HEALTH_CHECKS, type StoredHealthCheck, undotted, type Watch } from '../services/route-53-model.ts';
import { controlByArn } from '../services/route53-recovery-control-config-model.ts';
import type { Placed, World } from '../world/world.ts';
import { connect } from './network.ts';
import { CHECKER_REGIONS, wasHealthy, watch } from './watch.ts';

/** AWS forbids circles of calculated checks. */
const MAX_DEPTH = 8;

/**
 * Now, or as endpoint checks were at an earlier moment. A check that does not exist (any more) counts as healthy (developer guide,
 * "Deleting health checks").
 */
export function checkIsHealthy(world: World, id: string, at = world.clock.now(), depth = 0): boolean {
  const found = world.everywhere(HEALTH_CHECKS).find((h) => h.item.id === id);
  if (found === undefined || found.item.config.Disabled === true) return true;
  const healthy = statusOf(world, found, at, depth);
  return found.item.config.Inverted === true ? !healthy : healthy;
}

function statusOf(world: World, { account, item }: Placed<StoredHealthCheck>, at: number, depth: number): boolean {
  const { config, watch: watched } = item;
  switch (config.Type) {
    case 'CALCULATED': {
      if (depth >= MAX_DEPTH) return true;
      const up = (config.ChildHealthChecks ?? []).filter((child) => checkIsHealthy(world, child, at, depth + 1)).length;
      return up >= (config.HealthThreshold ?? 0);
    }
    case 'CLOUDWATCH_METRIC':
      return followsAlarm(world, account, item);
    case 'RECOVERY_CONTROL':
      return controlByArn(world, config.RoutingControlArn ?? '')?.state !== 'Off';
    default:
      return watched === undefined || wasHealthy(watched, at);
  }
}

/** Route 53 reads the data stream of the alarm's metric: when that is lost with its Region, data is missing. */
function followsAlarm(world: World, account: string, check: StoredHealthCheck): boolean {
  const { Name = '', Region = '' } = check.config.AlarmIdentifier ?? {};
  const alarm = alarmNamed(world, account, Region, Name);
  const state = alarm === undefined || world.regionIsLost(Region) ? 'INSUFFICIENT_DATA' : alarm.state;
  if (state !== 'INSUFFICIENT_DATA') return state === 'OK';
  switch (check.config.InsufficientDataHealthStatus) {
    case 'Healthy':
      return true;
    case 'Unhealthy':
      return false;
    default:
      return alarm?.decided !== 'ALARM';
  }
}

const worlds = new WeakMap<World, Map<string, Watch>>();

const DUALSTACK = 'dualstack.';

/** `dualstack.` before the name of a load balancer only asks for IPv6 too. */
export function plainHost(name: string): string {
  const host = undotted(name);
  return host.startsWith(DUALSTACK) ? host.slice(DUALSTACK.length) : host;
}

const isLoadBalancer = (host: string): boolean => /\.elb(?:\.[a-z0-9-]+)?\.amazonaws\.com$/.test(host);

/**
 * An alias that evaluates its target follows the load balancer's own health, which Route 53 learns with its fast checks
 * (assumed: every 10 s, three in a row). Called when such an alias begins to be served.
 */
export function watchTarget(world: World, name: string): void {
  const host = plainHost(name);
  if (!isLoadBalancer(host)) return;
  let watches = worlds.get(world);
  if (watches === undefined) {
    watches = new Map();
    worlds.set(world, watches);
  }
  if (watches.has(host)) return;
  const answers = (): boolean => connect(world, host).kind === 'served';
  watches.set(host, watch(world, { regions: CHECKER_REGIONS, intervalMs: 10_000, threshold: 3, answers }));
}

/** Other kinds of target are not watched: AWS does not say when they count as unhealthy. */
export function targetIsHealthy(world: World, name: string): boolean {
  return worlds.get(world)?.get(plainHost(name))?.healthy ?? true;
}
