/** ARC Region switch: a plan that starts by itself what would else wait for a person. */
import type { EstateResource } from '../../../estate/estate.ts';
import { meaningOf } from '../../../estate/estate.ts';
import { fold, is, known } from '../../../model/known.ts';
import type { Protection } from '../../../model/protection.ts';
import { isAutomatic } from '../../../model/protection.ts';
import type { Value, Values } from '../../../model/value.ts';
import { isList, isRecord } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { PLAN } from '../../../services/arc-region-switch-plan.ts';
import { COMPOSITE_ALARM, METRIC_ALARM } from '../../../services/cloudwatch-alarm.ts';
import type { Props } from '../../../services/view.ts';
import type { Candidate, Cost, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Place, Site } from '../site.ts';
import { told } from '../site.ts';

const PLAN_COST: Cost = { class: 'low', rests: 'a Region switch plan and its alarm are billed by the month' };

/** Store → the execution block that moves it. */
const STEPS: Readonly<Record<string, (item: EstateResource, other: EstateResource, site: Site) => Values | undefined>> = {
  'aurora-global-failover': (item, other, site) => globalStep('AuroraGlobalDatabase', 'globalAuroraConfigs', item, other, site),
  'rds-promote-read-replica': (item, other, site) => {
    const [here, there] = [site.regionOf(item), site.regionOf(other)];
    if (here === undefined || there === undefined) return undefined;
    return {
      name: `${item.resource.name}-database`,
      executionBlockType: 'RdsPromoteReadReplica',
      rdsPromoteReadReplicaConfigs: [
        {
          dbInstanceArnMap: {
            [here]: reference(item.resource.urn, 'arn'),
            [there]: reference(other.resource.urn, 'arn'),
          },
          timeoutMinutes: 60,
        },
      ],
    };
  },
};

function globalStep(type: string, config: string, item: EstateResource, other: EstateResource, site: Site): Values | undefined {
  const joined = told(site.view.target(other.props, 'globalClusterIdentifier'));
  return joined === undefined
    ? undefined
    : {
        name: `${item.resource.name}-database`,
        executionBlockType: type,
        [config]: [
          {
            globalClusterIdentifier: reference(joined, 'id'),
            databaseClusterArns: [reference(item.resource.urn, 'arn'), reference(other.resource.urn, 'arn')],
            behavior: 'failover',
            timeoutMinutes: 15,
          },
        ],
      };
}

/** A plan whose trigger starts the promotion without a person: one that is there and lacks something, else a new one. */
export const regionSwitch: Family = (spot, site) => {
  if (spot.scope !== 'region' || !spot.lacks.has('automatic')) return [];
  const byHand = (meaningOf(spot.item)?.protections ?? []).filter(
    (p) => p.scopes.includes('region') && !isAutomatic(p.automation) && p.action !== undefined && STEPS[p.action] !== undefined,
  );
  return byHand.flatMap((protection) => {
    const other = site.item(told(protection.successors)?.[0] ?? '');
    const there = other === undefined ? undefined : site.regionOf(other);
    const here = site.regionOf(spot.item);
    if (other === undefined || there === undefined || here === undefined || there === here) return [];
    const step = STEPS[protection.action ?? '']?.(spot.item, other, site);
    if (step === undefined) return [];
    // What starts another service's plan says nothing about this one.
    const plans = site.view
      .all(PLAN)
      .filter((plan) => covers(plan, here, there) && site.mayServe(plan.id, spot.metric.serviceId));
    const present = plans.find((plan) => stepsFor(plan, spot, protection, site).length > 0);
    if (present !== undefined) return mended(present, spot, protection, site.placeIn(there, spot.item.resource), site);
    const withTrigger = plans.find((plan) => isList(plan.raw('triggers')));
    return withTrigger === undefined
      ? [created(spot, step, { here, there: site.placeIn(there, spot.item.resource) }, site)]
      : stepMore(withTrigger, step);
  });
};

const covers = (plan: Props, here: string, there: string): boolean =>
  fold(
    plan.texts('regions'),
    (list) => [here, there].every((region) => list.some((r) => holds(is(r, (x) => x === region)))),
    () => false,
  );

interface Found {
  readonly path: string;
  readonly step: Values;
}

/** Steps of the plan, those inside parallel blocks too, with their paths. */
function allSteps(plan: Props): readonly Found[] {
  const found: Found[] = [];
  const walk = (steps: Value | undefined, path: string): void => {
    if (!isList(steps)) return;
    steps.forEach((step, i) => {
      if (!isRecord(step)) return;
      found.push({ path: `${path}[${i}]`, step });
      if (isList(step.parallelConfigs)) {
        step.parallelConfigs.forEach((config, n) => {
          if (isRecord(config)) walk(config.steps, `${path}[${i}].parallelConfigs[${n}].steps`);
        });
      }
    });
  };
  const workflows = plan.raw('workflows');
  if (isList(workflows))
    workflows.forEach((workflow, i) => {
      if (isRecord(workflow)) walk(workflow.steps, `workflows[${i}].steps`);
    });
  return found;
}

const CONFIGS: Readonly<Record<string, string>> = {
  'aurora-global-failover': 'globalAuroraConfigs',
  'rds-promote-read-replica': 'rdsPromoteReadReplicaConfigs',
};

/** Steps that move this very store: the plan's own orchestrations say so. */
function stepsFor(plan: Props, spot: Spot, protection: Protection, site: Site): readonly Found[] {
  const mates = spot.role?.members ?? [spot.item.resource.urn];
  const starts = (meaningOf(site.item(plan.id))?.orchestrations ?? []).some(
    (o) => o.action === protection.action && o.targets.some((t) => holds(is(t, (urn) => mates.includes(urn)))),
  );
  const config = CONFIGS[protection.action ?? ''] ?? '';
  return starts ? allSteps(plan).filter(({ step }) => step[config] !== undefined) : [];
}

/** Without approvals, with a failover rather than a switchover, and with a trigger. */
function mended(plan: Props, spot: Spot, protection: Protection, to: Place, site: Site): readonly Candidate[] {
  const approvals = allSteps(plan).filter(({ step }) => step.executionBlockType === 'ManualApproval');
  // From the end, so that the places of those before stay right.
  const changes: Change[] = approvals
    .reverse()
    .map(({ path }) => ({ kind: 'set', resource: plan.id, property: path, to: undefined }));
  const config = CONFIGS[protection.action ?? ''] ?? '';
  for (const { path, step } of stepsFor(plan, spot, protection, site)) {
    const configs = step[config];
    if (!isList(configs)) continue;
    configs.forEach((block, i) => {
      if (isRecord(block) && block.behavior !== undefined && block.behavior !== 'failover')
        changes.unshift({ kind: 'set', resource: plan.id, property: `${path}.${config}[${i}].behavior`, to: 'failover' });
    });
  }
  const triggers = plan.raw('triggers');
  const needsTrigger = triggers === undefined || (isList(triggers) && triggers.length === 0);
  const alarm = needsTrigger ? alarmIn(to, spot, site) : undefined;
  if (alarm !== undefined) changes.push(...alarm.changes, ...triggered(plan.id, to.region, alarm.value, plan));
  if (changes.length === 0) return [];
  return [
    {
      mechanism: protection.mechanism,
      says: `let the Region switch plan ${plan.name} run without a person`,
      changes,
      cost: {
        class: alarm === undefined ? 'none' : 'low',
        rests: alarm === undefined ? 'the plan is there already' : 'an alarm',
      },
      caution: 'a failover then starts without anybody having decided it: drill it, and see what the alarm fires on',
    },
  ];
}

function triggered(plan: string, region: string, alarm: Value, props: Props): readonly Change[] {
  const alarms = props.raw('associatedAlarms');
  const block = { mapBlockKey: ALARM_KEY, alarmType: 'trigger', resourceIdentifier: alarm };
  return [
    isList(alarms)
      ? { kind: 'set', resource: plan, property: `associatedAlarms[${alarms.length}]`, to: block }
      : { kind: 'set', resource: plan, property: 'associatedAlarms', to: [block] },
    { kind: 'set', resource: plan, property: 'triggers', to: [trigger(region)] },
  ];
}

const ALARM_KEY = 'primary-unreachable';

const trigger = (region: string): Value => ({
  action: 'activate',
  targetRegion: region,
  minDelayMinutesBetweenExecutions: 60,
  conditions: [{ associatedAlarmName: ALARM_KEY, condition: 'red' }],
});

/** The step as the last of each workflow. */
function stepMore(plan: Props, step: Values): readonly Candidate[] {
  const workflows = plan.raw('workflows');
  if (!isList(workflows)) return [];
  const changes = workflows.flatMap((workflow, i): readonly Change[] =>
    isRecord(workflow) && isList(workflow.steps)
      ? [{ kind: 'set', resource: plan.id, property: `workflows[${i}].steps[${workflow.steps.length}]`, to: step }]
      : [],
  );
  if (changes.length === 0) return [];
  return [
    {
      mechanism: 'region-switch-step',
      says: `let the Region switch plan ${plan.name} move it too`,
      changes,
      cost: { class: 'none', rests: 'the plan is there already' },
    },
  ];
}

function created(spot: Spot, step: Values, where: { here: string; there: Place }, site: Site): Candidate {
  const { resource } = spot.item;
  const { here, there } = where;
  const alarm = alarmIn(there, spot, site);
  const name = spot.metric.serviceId;
  const role = site.add(resource, {
    type: 'aws:iam/role:Role',
    name: `${name}-region-switch`,
    place: there,
    inputs: { assumeRolePolicy: MAY_ASSUME },
  });
  const activate = (region: string): Value => ({
    workflowTargetAction: 'activate',
    workflowTargetRegion: region,
    steps: [step],
  });
  const plan = site.add(resource, {
    type: PLAN,
    name,
    place: there,
    inputs: {
      name,
      executionRole: reference(role.resource.urn, 'arn'),
      recoveryApproach: 'activePassive',
      regions: [here, there.region],
      primaryRegion: here,
      associatedAlarms: [{ mapBlockKey: ALARM_KEY, alarmType: 'trigger', resourceIdentifier: alarm.value }],
      triggers: [trigger(there.region)],
      workflows: [activate(there.region), activate(here)],
    },
  });
  return {
    mechanism: 'region-switch-plan',
    says: `let an ARC Region switch plan move it to ${there.region} when an alarm there says that ${here} is gone`,
    changes: [...alarm.changes, role, plan],
    cost: PLAN_COST,
    caution: 'give the role what its steps need, and drill the plan: a failover then starts without anybody having decided it',
  };
}

const MAY_ASSUME =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"arc-region-switch.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

/** An alarm of that Region that starts a plan already, else one over a canary that asks the primary from there. */
function alarmIn(to: Place, spot: Spot, site: Site): { readonly value: Value; readonly changes: readonly Change[] } {
  const used = site.view
    .all(PLAN)
    .flatMap((plan) => told(plan.blocks('associatedAlarms')) ?? [])
    .map((block) => told(site.view.target(block, 'resourceIdentifier', [METRIC_ALARM, COMPOSITE_ALARM])))
    .find((urn) => urn !== undefined && told(site.view.get(urn)?.region ?? known('')) === to.region);
  if (used !== undefined) return { value: reference(used, 'arn'), changes: [] };
  const name = spot.metric.serviceId;
  const alarm = site.add(spot.item.resource, {
    type: METRIC_ALARM,
    name: `${name}-${ALARM_KEY}`,
    place: to,
    inputs: {
      alarmDescription: `A canary in ${to.region} does not reach ${name} in the primary Region`,
      namespace: 'CloudWatchSynthetics',
      metricName: 'SuccessPercent',
      dimensions: { CanaryName: name },
      statistic: 'Average',
      comparisonOperator: 'LessThanThreshold',
      threshold: 50,
      period: 60,
      evaluationPeriods: 3,
      treatMissingData: 'breaching',
    },
  });
  return { value: reference(alarm.resource.urn, 'arn'), changes: [alarm] };
}
