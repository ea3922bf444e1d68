/** What each execution block of a Region switch plan calls, from the Region that is being activated (ARC developer guide, "Execution blocks"). */
import type { World } from '../world/world.ts';
import { GLOBAL } from '../world/world.ts';
import {
  type BlockConfiguration,
  type Execution,
  MANAGED_CHECKS,
  type PlanStep,
  type StoredPlan,
} from './arc-region-switch-model.ts';
import { CONTROLS, ENDPOINT_REGIONS } from './route53-recovery-control-config-model.ts';

const POLL_MS = 10_000;
/** Default of `timeoutMinutes` is an assumption; AWS's console proposes an hour. */
const TIMEOUT_MINUTES = 60;

export interface Run {
  readonly world: World;
  readonly plan: StoredPlan;
  readonly execution: Execution;
}

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/** Region in which the calls are made: the one that takes over. */
function here({ plan, execution }: Run): string {
  if (execution.executionAction !== 'deactivate') return execution.executionRegion;
  return plan.input.regions.find((r) => r !== execution.executionRegion) ?? execution.executionRegion;
}

/** Rejects when a call is refused, or its effect does not come about in time. */
export async function runBlock(run: Run, step: PlanStep): Promise<void> {
  const config = step.executionBlockConfiguration;
  switch (step.executionBlockType) {
    case 'AuroraGlobalDatabase':
      return globalDatabase(run, config.globalAuroraConfig);
    case 'DocumentDb':
      return globalDatabase(run, config.documentDbConfig);
    case 'RdsPromoteReadReplica':
      return promote(run, config);
    case 'EC2AutoScaling':
      return scaleGroups(run, config);
    case 'ECSServiceScaling':
      return scaleServices(run, config);
    case 'ARCRoutingControl':
      return routingControls(run, config);
    case 'Route53HealthCheck':
      return healthChecks(run);
    case 'CustomActionLambda':
      return lambda(run, config);
    default:
      throw new Error(`execution blocks of type ${step.executionBlockType} are not simulated`);
  }
}

/** Without data loss while the Region that is left answers; with it when the block or the mode says so. */
async function globalDatabase(run: Run, config: BlockConfiguration['globalAuroraConfig']): Promise<void> {
  const { plan, execution } = run;
  const region = here(run);
  const target = config?.databaseClusterArns.find((arn) => regionOf(arn) === region);
  if (config === undefined || target === undefined) throw new Error(`the step names no cluster in ${region}`);
  const input = { GlobalClusterIdentifier: config.globalClusterIdentifier, TargetDbClusterIdentifier: target };
  const loses =
    config.behavior === 'failover' || (execution.mode === 'ungraceful' && config.ungraceful?.ungraceful === 'failover');
  if (loses) await plan.call('rds', 'FailoverGlobalCluster', { ...input, AllowDataLoss: true }, region);
  else await plan.call('rds', 'SwitchoverGlobalCluster', input, region);
  await eventually(run, config.timeoutMinutes, async () => {
    const filter = { GlobalClusterIdentifier: config.globalClusterIdentifier };
    const said = (await plan.call('rds', 'DescribeGlobalClusters', filter, region)) as GlobalClusters;
    const cluster = said.GlobalClusters?.[0];
    return cluster?.GlobalClusterMembers?.some((m) => m.DBClusterArn === target && m.IsWriter === true) === true;
  });
}

interface GlobalClusters {
  readonly GlobalClusters?: readonly {
    readonly GlobalClusterMembers?: readonly { readonly DBClusterArn?: string; readonly IsWriter?: boolean }[];
  }[];
}

async function eventually({ world }: Run, minutes: number | undefined, ready: () => Promise<boolean>): Promise<void> {
  const end = world.clock.now() + (minutes ?? TIMEOUT_MINUTES) * 60_000;
  while (!(await ready())) {
    if (world.clock.now() >= end) throw new Error('the step timed out');
    await world.clock.sleep(POLL_MS);
  }
}

async function promote(run: Run, config: BlockConfiguration): Promise<void> {
  const region = here(run);
  const arn = config.rdsPromoteReadReplicaConfig?.dbInstanceArnMap[region];
  if (arn === undefined) throw new Error(`the step names no DB instance in ${region}`);
  await run.plan.call('rds', 'PromoteReadReplica', { DBInstanceIdentifier: arn.split(':').at(-1) }, region);
}

interface Groups {
  readonly AutoScalingGroups?: readonly {
    readonly AutoScalingGroupARN?: string;
    readonly DesiredCapacity?: number;
    readonly MaxSize?: number;
  }[];
}
interface Services {
  readonly services?: readonly { readonly desiredCount?: number }[];
}

const groupName = (arn: string): string => arn.split('autoScalingGroupName/').at(-1) ?? arn;

/** Keeps the highest capacity of every group and service that the plan scales; a Region that does not answer is left as it was. */
export async function sample(plan: StoredPlan): Promise<void> {
  const blocks = plan.input.workflows.flatMap((w) => flat(w.steps ?? [])).map((s) => s.executionBlockConfiguration);
  const note = (arn: string, capacity: number | undefined): void => {
    if (capacity !== undefined) plan.samples.set(arn, Math.max(capacity, plan.samples.get(arn) ?? 0));
  };
  for (const { arn = '' } of blocks.flatMap((b) => b.ec2AsgCapacityIncreaseConfig?.asgs ?? [])) {
    const said = await answered<Groups>(
      plan.call('auto-scaling', 'DescribeAutoScalingGroups', { AutoScalingGroupNames: [groupName(arn)] }, regionOf(arn)),
    );
    note(arn, said?.AutoScalingGroups?.[0]?.DesiredCapacity);
  }
  for (const { clusterArn, serviceArn = '' } of blocks.flatMap((b) => b.ecsCapacityIncreaseConfig?.services ?? [])) {
    const said = await answered<Services>(
      plan.call('ecs', 'DescribeServices', { cluster: clusterArn, services: [serviceArn] }, regionOf(serviceArn)),
    );
    note(serviceArn, said?.services?.[0]?.desiredCount);
  }
}

async function answered<T>(call: Promise<unknown>): Promise<T | undefined> {
  return call.then(
    (said) => said as T,
    () => undefined,
  );
}

export const flat = (steps: readonly PlanStep[]): readonly PlanStep[] =>
  steps.flatMap((s) => [s, ...flat(s.executionBlockConfiguration.parallelConfig?.steps ?? [])]);

/** A share of the capacity of the other Regions (`targetPercent`, 100 by default), never less than there is. */
function wanted(plan: StoredPlan, arns: readonly string[], target: string, percent: number | undefined): number {
  const others = arns.filter((arn) => arn !== target).map((arn) => plan.samples.get(arn) ?? 0);
  return Math.max(plan.samples.get(target) ?? 0, Math.ceil((Math.max(0, ...others) * (percent ?? 100)) / 100));
}

async function scaleGroups(run: Run, config: BlockConfiguration): Promise<void> {
  const region = here(run);
  await sample(run.plan);
  const arns = (config.ec2AsgCapacityIncreaseConfig?.asgs ?? []).map((a) => a.arn ?? '');
  for (const arn of arns.filter((a) => regionOf(a) === region)) {
    const capacity = wanted(run.plan, arns, arn, config.ec2AsgCapacityIncreaseConfig?.targetPercent);
    const AutoScalingGroupName = groupName(arn);
    // The block raises the desired capacity (developer guide, ec2-auto-scaling-block); that it raises the group's maximum is said
    // nowhere, and a desired capacity beyond that is refused.
    await run.plan.call('auto-scaling', 'UpdateAutoScalingGroup', { AutoScalingGroupName, DesiredCapacity: capacity }, region);
  }
}

async function scaleServices(run: Run, config: BlockConfiguration): Promise<void> {
  const region = here(run);
  await sample(run.plan);
  const services = config.ecsCapacityIncreaseConfig?.services ?? [];
  const arns = services.map((s) => s.serviceArn ?? '');
  for (const { clusterArn, serviceArn = '' } of services.filter((s) => regionOf(s.serviceArn ?? '') === region)) {
    const desiredCount = wanted(run.plan, arns, serviceArn, config.ecsCapacityIncreaseConfig?.targetPercent);
    await run.plan.call('ecs', 'UpdateService', { cluster: clusterArn, service: serviceArn, desiredCount }, region);
  }
}

/** Any of the cluster's endpoints will do. */
async function routingControls(run: Run, config: BlockConfiguration): Promise<void> {
  const states = config.arcRoutingControlConfig?.regionAndRoutingControls[run.execution.executionRegion] ?? [];
  const UpdateRoutingControlStateEntries = states.map((s) => ({
    RoutingControlArn: s.routingControlArn,
    RoutingControlState: s.state,
  }));
  let last: unknown = new Error('the step names no routing control');
  for (const region of ENDPOINT_REGIONS) {
    try {
      await run.plan.call('route53-recovery-cluster', 'UpdateRoutingControlStates', { UpdateRoutingControlStateEntries }, region);
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** The plan's own health checks: those of the Region that is activated turn healthy, those of the others unhealthy. */
async function healthChecks({ world, plan, execution }: Run): Promise<void> {
  const activates = execution.executionAction !== 'deactivate';
  for (const { item } of world.everywhere(MANAGED_CHECKS)) {
    if (item.plan !== plan.arn) continue;
    const control = world.get(CONTROLS, plan.account, GLOBAL, item.controlArn);
    const own = item.region === execution.executionRegion;
    if (control === undefined) continue;
    if (own) control.state = activates ? 'On' : 'Off';
    else if (activates && plan.input.recoveryApproach === 'activePassive') control.state = 'Off';
  }
}

async function lambda(run: Run, config: BlockConfiguration): Promise<void> {
  const { lambdas = [], regionToRun } = config.customActionLambdaConfig ?? {};
  const region =
    regionToRun === 'deactivatingRegion' ? (run.plan.input.regions.find((r) => r !== here(run)) ?? here(run)) : here(run);
  const arn = lambdas.map((l) => l.arn ?? '').find((a) => regionOf(a) === region);
  if (arn === undefined) throw new Error(`the step names no function in ${region}`);
  const Payload = Buffer.from(JSON.stringify({ planArn: run.plan.arn, executionId: run.execution.executionId }));
  await run.plan.call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'RequestResponse', Payload }, region);
}
