/** Health checks that a Region switch plan owns, which it alone switches. */
import type { CallContext } from '../service.ts';
import { GLOBAL } from '../world/world.ts';
import { MANAGED_CHECKS, type ManagedHealthCheck, type StoredPlan } from './arc-region-switch-model.ts';
import { flat } from './arc-region-switch-steps.ts';
import { HEALTH_CHECKS } from './route-53-model.ts';
import { CONTROLS } from './route53-recovery-control-config-model.ts';

/** For every record set of a health check block the plan owns a health check; one that it still owns keeps its id. */
export function ownHealthChecks(context: CallContext, plan: StoredPlan): void {
  const { world } = context;
  const all = checksOf(plan);
  drop(context, plan, (check) => !all.some((wanted) => isSame(wanted, check)));
  for (const wanted of all) {
    if (context.list(MANAGED_CHECKS).some((check) => check.plan === plan.arn && isSame(wanted, check))) continue;
    const { region } = wanted;
    const id = world.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const controlArn = `${plan.arn}/healthcheck/${id}`;
    const state = plan.input.primaryRegion === undefined || plan.input.primaryRegion === region ? 'On' : 'Off';
    world.put(CONTROLS, plan.account, GLOBAL, controlArn, {
      ControlPanelArn: plan.arn,
      Name: id,
      RoutingControlArn: controlArn,
      Status: 'DEPLOYED',
      state,
    });
    const check = { Type: 'RECOVERY_CONTROL' as const, RoutingControlArn: controlArn };
    world.put(HEALTH_CHECKS, plan.account, GLOBAL, id, {
      id,
      callerReference: controlArn,
      config: check,
      version: 1,
      watch: undefined,
    });
    context.put(MANAGED_CHECKS, id, {
      plan: plan.arn,
      ...wanted,
      healthCheckId: id,
      controlArn,
    });
  }
}

type Wanted = Pick<ManagedHealthCheck, 'hostedZoneId' | 'recordName' | 'region'>;

const isSame = (a: Wanted, b: Wanted): boolean =>
  a.hostedZoneId === b.hostedZoneId && a.recordName === b.recordName && a.region === b.region;

const checksOf = (plan: StoredPlan): readonly Wanted[] =>
  plan.input.workflows
    .flatMap((w) => flat(w.steps ?? []))
    .flatMap(({ executionBlockConfiguration: { route53HealthCheckConfig: config } }) =>
      [...new Set((config?.recordSets ?? []).map((r) => r.region ?? ''))].map((region) => ({
        hostedZoneId: config?.hostedZoneId ?? '',
        recordName: config?.recordName ?? '',
        region,
      })),
    );

export const dropHealthChecks = (context: CallContext, plan: StoredPlan): void => drop(context, plan, () => true);

function drop(context: CallContext, plan: StoredPlan, goes: (check: ManagedHealthCheck) => boolean): void {
  for (const check of context.list(MANAGED_CHECKS)) {
    if (check.plan !== plan.arn || !goes(check)) continue;
    context.remove(MANAGED_CHECKS, check.healthCheckId);
    context.world.remove(HEALTH_CHECKS, plan.account, GLOBAL, check.healthCheckId);
    context.world.remove(CONTROLS, plan.account, GLOBAL, check.controlArn);
  }
}
