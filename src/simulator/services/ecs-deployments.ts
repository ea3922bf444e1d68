/**
 * Rolling deployments of an ECS service: tasks of the newest one replace those before it within the bounds of the service, and a
 * circuit breaker ends one whose tasks keep failing (ECS developer guide, "Deploy Amazon ECS services by replacing tasks" and "How
 * the Amazon ECS deployment circuit breaker detects failures").
 */
import { createHash } from 'node:crypto';
import type * as ECS from '@aws-sdk/client-ecs';
import { shelf } from '../world/world.ts';
import type { Place } from './ec2-shared.ts';
import { isUsable, TARGET_GROUPS } from './elastic-load-balancing-v2-state.ts';

export interface TaskItem {
  readonly arn: string;
  readonly zone: string;
  readonly ip: string;
  readonly began: Date;
  readonly deployment: DeploymentItem;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  since: number | undefined;
}

/** What a deployment gives its tasks. */
export type Revision = Pick<ECS.Service, 'networkConfiguration' | 'loadBalancers' | 'platformVersion'> & {
  readonly taskDefinition: string;
};

export interface DeploymentItem {
  readonly id: string;
  readonly began: Date;
  readonly revision: Revision;
  updated: Date;
  rollout: ECS.DeploymentRolloutState;
  reason: string;
  /** Tasks that failed since one last became healthy. */
  failed: number;
}

export interface ServiceItem {
  readonly shown: ECS.Service & Revision & { serviceArn: string; serviceName: string; desiredCount: number };
  tasks: TaskItem[];
  /** The primary first, then those that still have tasks or that it may be rolled back to. */
  deployments: readonly [DeploymentItem, ...DeploymentItem[]];
  retrying: boolean;
}

export const ECS_SERVICES = shelf<ServiceItem>('ecs:service');

/** A task without a load balancer counts as healthy so long after it runs, milliseconds (API DeploymentConfiguration, minimumHealthyPercent). */
export const UNWATCHED = 40_000;

export const running = (service: ServiceItem): readonly TaskItem[] => service.tasks.filter((t) => t.status !== 'STOPPED');

export const isDaemon = ({ shown }: Pick<ServiceItem, 'shown'>): boolean => shown.schedulingStrategy === 'DAEMON';

const revisionOf = ({ taskDefinition, networkConfiguration, loadBalancers, platformVersion }: Revision): Revision => ({
  taskDefinition,
  networkConfiguration,
  loadBalancers,
  platformVersion,
});

/** The first deployment of a service, or the next. */
export function deployment(place: Place, shown: ServiceItem['shown'], before: number): DeploymentItem {
  const now = place.world.clock.now();
  const digest = createHash('sha256').update(`${shown.serviceArn} ${now} ${before}`).digest('hex');
  const id = `ecs-svc/${BigInt(`0x${digest.slice(0, 15)}`)
    .toString()
    .padStart(19, '0')}`;
  const began = new Date(now);
  const reason = `ECS deployment ${id} in progress.`;
  return { id, began, revision: revisionOf(shown), updated: began, rollout: 'IN_PROGRESS', reason, failed: 0 };
}

export function redeploy(place: Place, service: ServiceItem): void {
  const next = deployment(place, service.shown, service.deployments.length);
  service.deployments = [next, ...service.deployments];
}

export const targetGroups = (place: Place, { revision }: DeploymentItem) =>
  (revision.loadBalancers ?? []).flatMap(
    (l) => place.world.get(TARGET_GROUPS, place.account, place.region, l.targetGroupArn ?? '') ?? [],
  );

/** Does the task count as healthy: for its load balancers, or where there are none, by its time? */
export function isHealthy(place: Place, task: TaskItem): boolean {
  if (task.status !== 'RUNNING' || task.since === undefined) return false;
  const groups = targetGroups(place, task.deployment);
  if (groups.length === 0) return place.world.clock.now() >= task.since + UNWATCHED;
  return groups.every((g) => g.targets.some((t) => t.id === task.ip && isUsable(t)));
}

/** How few tasks must run, and how many may, while one deployment replaces another (API DeploymentConfiguration). */
export function boundsOf(service: ServiceItem, wanted: number): { readonly least: number; readonly most: number } {
  const { strategy, minimumHealthyPercent, maximumPercent } = service.shown.deploymentConfiguration ?? {};
  // The other strategies keep all of both until traffic has moved.
  const [least = 100, most = 200] = (strategy ?? 'ROLLING') === 'ROLLING' ? [minimumHealthyPercent, maximumPercent] : [];
  return { least: Math.ceil((wanted * least) / 100), most: Math.floor((wanted * most) / 100) };
}

/** As many tasks of the newest deployment are healthy as are wanted, and no others run. */
export function complete(place: Place, service: ServiceItem): void {
  const [primary] = service.deployments;
  service.deployments = [primary];
  turned(place, primary, 'COMPLETED', `ECS deployment ${primary.id} completed.`);
  tell(place, service, `(deployment ${primary.id}) deployment completed.`);
  tell(place, service, 'has reached a steady state.');
}

/** A task could not be placed, did not start, or was stopped for its health checks. */
export function taskFailed(place: Place, service: ServiceItem, of: DeploymentItem): void {
  const [primary, ...others] = service.deployments;
  if (of !== primary || primary.rollout !== 'IN_PROGRESS') return;
  primary.failed += 1;
  const breaker = service.shown.deploymentConfiguration?.deploymentCircuitBreaker;
  if (breaker?.enable !== true || primary.failed < thresholdOf(service, breaker)) return;
  turned(place, primary, 'FAILED', 'ECS deployment circuit breaker: tasks failed to start.');
  tell(place, service, `(deployment ${primary.id}) deployment failed: tasks failed to start.`);
  const completed = others.find((d) => d.rollout === 'COMPLETED');
  if (breaker.rollback !== true || completed === undefined) return;
  service.deployments = [completed, ...service.deployments.filter((d) => d !== completed)];
  Object.assign(service.shown, completed.revision);
  completed.failed = 0;
  turned(place, completed, 'IN_PROGRESS', `ECS deployment circuit breaker: rolling back to deploymentId ${completed.id}.`);
  tell(place, service, `rolling back to deployment ${completed.id}.`);
}

/** A healthy task clears what failed before it, unless the breaker is told to count on (API DeploymentCircuitBreaker). */
export function taskHealthy({ shown, deployments: [primary] }: ServiceItem, of: DeploymentItem): void {
  if (of === primary && shown.deploymentConfiguration?.deploymentCircuitBreaker?.resetOnHealthyTask !== false) primary.failed = 0;
}

/** API ThresholdType: half of the desired count, at least 3 and at most 200, unless it is said otherwise. */
function thresholdOf({ shown }: ServiceItem, { thresholdConfiguration }: ECS.DeploymentCircuitBreaker): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((shown.desiredCount * value) / 100);
  return type === 'BOUNDED_PERCENT' ? Math.min(200, Math.max(3, share)) : share;
}

function turned({ world }: Place, item: DeploymentItem, rollout: ECS.DeploymentRolloutState, reason: string): void {
  item.rollout = rollout;
  item.reason = reason;
  item.updated = new Date(world.clock.now());
}

/** DescribeServices shows the newest hundred. */
const MAX_EVENTS = 100;

function tell({ world }: Place, { shown }: ServiceItem, what: string): void {
  const event = { createdAt: new Date(world.clock.now()), message: `(service ${shown.serviceName}) ${what}` };
  shown.events = [event, ...(shown.events ?? [])].slice(0, MAX_EVENTS);
}

/** As DescribeServices shows it. Deployments are those of the scheduler: other controllers have task sets. */
export function shownService(service: ServiceItem): ECS.Service {
  const count = (status: TaskItem['status'], of?: DeploymentItem): number =>
    service.tasks.filter((t) => t.status === status && (of === undefined || t.deployment === of)).length;
  const [primary] = service.deployments;
  const isRolling = service.shown.deploymentController?.type === 'ECS';
  const listed = service.deployments.filter((d) => d === primary || running(service).some((t) => t.deployment === d));
  return {
    ...service.shown,
    runningCount: count('RUNNING'),
    pendingCount: count('PENDING'),
    deployments: (isRolling ? listed : []).map((d) => ({
      id: d.id,
      status: d === primary ? 'PRIMARY' : 'ACTIVE',
      ...d.revision,
      launchType: service.shown.launchType,
      capacityProviderStrategy: service.shown.capacityProviderStrategy,
      desiredCount: d === primary ? service.shown.desiredCount : count('RUNNING', d) + count('PENDING', d),
      runningCount: count('RUNNING', d),
      pendingCount: count('PENDING', d),
      failedTasks: d.failed,
      createdAt: d.began,
      updatedAt: d.updated,
      rolloutState: d.rollout,
      rolloutStateReason: d.reason,
    })),
  };
}
