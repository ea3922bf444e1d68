/** ARC Region switch plans. Their API has objects and maps where the provider has lists of blocks. */
import { call } from '../../aws/call.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

/** As botocore's model arc-region-switch 2022-07-26 has them: no SDK package does. */
interface Step {
  readonly name?: string;
  readonly description?: string;
  readonly executionBlockType?: string;
  readonly executionBlockConfiguration?: Values;
}

interface Plan {
  readonly arn?: string;
  readonly name?: string;
  readonly description?: string;
  readonly executionRole?: string;
  readonly regions?: readonly string[];
  readonly recoveryApproach?: string;
  readonly primaryRegion?: string;
  readonly recoveryTimeObjectiveMinutes?: number;
  readonly associatedAlarms?: Readonly<Record<string, { readonly resourceIdentifier?: string; readonly alarmType?: string }>>;
  readonly triggers?: readonly {
    readonly action?: string;
    readonly targetRegion?: string;
    readonly conditions?: readonly { readonly associatedAlarmName?: string; readonly condition?: string }[];
    readonly minDelayMinutesBetweenExecutions?: number;
  }[];
  readonly workflows?: readonly Workflow[];
}

interface Workflow {
  readonly workflowTargetAction?: string;
  readonly workflowTargetRegion?: string;
  readonly steps?: readonly Step[];
}

/** Region of its control plane. */
const HOME = 'us-east-1';

const listPlans = call<
  { readonly maxResults?: number },
  { readonly plans?: readonly { readonly arn?: string; readonly name?: string }[] }
>({
  client: 'arc-region-switch',
  operation: 'ListPlans',
  action: 'arc-region-switch:ListPlans',
  pages: { input: 'nextToken', output: 'nextToken' },
  only: HOME,
});
const getPlan = call<{ readonly arn: string }, { readonly plan?: Plan }>({
  client: 'arc-region-switch',
  operation: 'GetPlan',
  action: 'arc-region-switch:GetPlan',
  only: HOME,
});
const listTags = call<{ readonly arn: string }, { readonly resourceTags?: Readonly<Record<string, string>> }>({
  client: 'arc-region-switch',
  operation: 'ListTagsForResource',
  action: 'arc-region-switch:ListTagsForResource',
  only: HOME,
});

const TYPE = 'aws:arcregionswitch/plan:Plan';

export const regionSwitchPlans: Scan = {
  id: 'arc-region-switch-plans',
  types: [TYPE],
  where: 'global',
  calls: [listPlans, getPlan, listTags],
  async *run(aws) {
    for await (const { plans = [] } of aws.pages(listPlans, {}))
      for (const seen of await aws.each(plans, (p) => observe(aws, p.arn ?? '', p.name ?? '')))
        if (seen !== undefined) yield seen;
  },
};

const GONE = ['ResourceNotFoundException'];

async function observe(aws: Reader, arn: string, name: string): Promise<Observed | undefined> {
  const reply = await aws.ask(getPlan, { arn }, GONE);
  if (reply === undefined) return undefined;
  const tagged = await aws.ask(listTags, { arn }, GONE);
  return {
    type: TYPE,
    id: arn,
    arn,
    name,
    properties: propertiesIn(reply, name),
    outputs: { arn },
    tags: tagged instanceof Hole ? tagged : { ...tagged?.resourceTags },
  };
}

function propertiesIn(reply: { readonly plan?: Plan } | Hole, name: string): Values {
  if (reply instanceof Hole) return unread(name, reply);
  return reply.plan === undefined
    ? unread(name, new Hole('not-reported', 'Region switch gave no plan'))
    : propertiesOf(reply.plan);
}

const unread = (name: string, why: Hole): Values => ({
  name,
  description: why,
  executionRole: why,
  recoveryApproach: why,
  primaryRegion: why,
  regions: why,
  recoveryTimeObjectiveMinutes: why,
  associatedAlarms: why,
  triggers: why,
  workflows: why,
});

function propertiesOf(plan: Plan): Values {
  const alarms = Object.entries(plan.associatedAlarms ?? {});
  const triggers = plan.triggers ?? [];
  return present({
    name: plan.name,
    description: plan.description,
    executionRole: plan.executionRole,
    recoveryApproach: plan.recoveryApproach,
    primaryRegion: plan.primaryRegion,
    regions: plan.regions,
    recoveryTimeObjectiveMinutes: plan.recoveryTimeObjectiveMinutes,
    associatedAlarms:
      alarms.length === 0
        ? undefined
        : alarms.map(([mapBlockKey, a]) =>
            present({ mapBlockKey, resourceIdentifier: a.resourceIdentifier, alarmType: a.alarmType }),
          ),
    triggers:
      triggers.length === 0
        ? undefined
        : triggers.map((t) =>
            present({
              action: t.action,
              targetRegion: t.targetRegion,
              minDelayMinutesBetweenExecutions: t.minDelayMinutesBetweenExecutions,
              conditions: (t.conditions ?? []).map((c) =>
                present({ associatedAlarmName: c.associatedAlarmName, condition: c.condition }),
              ),
            }),
          ),
    workflows: plan.workflows?.map(workflowOf) ?? new Hole('not-reported', 'Region switch gave no workflows'),
  });
}

/** Every workflow has an action; a target Region only some: where the action is missing, so may the Region be. */
function workflowOf({ workflowTargetAction, workflowTargetRegion, steps = [] }: Workflow): Values {
  const left =
    workflowTargetAction === undefined ? new Hole('not-reported', 'Region switch gave no action of a workflow') : undefined;
  return present({
    workflowTargetAction: workflowTargetAction ?? left,
    workflowTargetRegion: workflowTargetRegion ?? left,
    steps: steps.map(stepOf),
  });
}

function stepOf(step: Step): Values {
  const configs = Object.entries(step.executionBlockConfiguration ?? {}).map(
    ([name, config]) => [`${name}s`, [configOf(name, config)]] as const,
  );
  return {
    ...present({ name: step.name, executionBlockType: step.executionBlockType }),
    ...Object.fromEntries(configs),
  };
}

/** One Ungraceful block stays one object for these two; for the others it is a list of one. */
const ONE_OBJECT = new Set(['ec2AsgCapacityIncreaseConfig', 'ecsCapacityIncreaseConfig']);

function configOf(name: string, config: Value): Value {
  if (!isRecord(config)) return config;
  const members = Object.entries(config).flatMap(([member, value]): readonly (readonly [string, Value])[] => {
    if (member === 'externalId' || member === 'scalingResources') return [];
    if (member === 'steps' && isList(value)) return [[member, value.map(asStep)]];
    if (member === 'ungraceful' && !ONE_OBJECT.has(name)) return [['ungracefuls', [value]]];
    if (member === 'kubernetesResourceType') return [['kubernetesResourceTypes', [value]]];
    if (member === 'regionAndRoutingControls' && isRecord(value))
      return [[member, Object.entries(value).map(([region, routingControls]) => ({ region, routingControls }))]];
    if (member === 'regionEventSourceMappings' && isRecord(value))
      return [[member, Object.entries(value).map(([region, mapping]) => ({ region, ...(isRecord(mapping) ? mapping : {}) }))]];
    return [[member, value]];
  });
  return Object.fromEntries(members);
}

function asStep(value: Value): Value {
  if (!isRecord(value)) return value;
  const { name, executionBlockType, executionBlockConfiguration } = value;
  return stepOf({
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof executionBlockType === 'string' ? { executionBlockType } : {}),
    ...(isRecord(executionBlockConfiguration) ? { executionBlockConfiguration } : {}),
  });
}
