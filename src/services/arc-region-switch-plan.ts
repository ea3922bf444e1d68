/** ARC Region switch plan: which protections it starts, in which order, and whether it needs a person. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, collect, fold, is, known, no, together, unknown, yes } from '../model/known.ts';
import type { AutomationClass, Orchestration, Timing } from '../model/protection.ts';
import { fixed, row, slowest, sum, timeUnknown } from '../model/protection.ts';
import { type AlarmSignal, alarmSignal } from './alarm-signal.ts';
import { type Block, blockOf, type Step } from './arc-region-switch-steps.ts';
import { COMPOSITE_ALARM, METRIC_ALARM } from './cloudwatch-alarm.ts';
import { arnPart } from './links.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const PLAN = 'aws:arcregionswitch/plan:Plan';

export interface Trigger {
  /** activate or deactivate. */
  readonly action: Known<string>;
  readonly targetRegion: Known<string>;
  /** Every alarm that must be red or green. */
  readonly alarms: readonly ({ readonly id: Known<string>; readonly region: Known<string> } & AlarmSignal)[];
}

/** A step with what comes before it. */
export interface PlannedStep {
  readonly step: Step;
  readonly afterApproval: Truth;
  readonly before: Timing;
}

export interface PlanWorkflow {
  readonly action: Known<string>;
  /** Undefined: it serves either Region. */
  readonly targetRegion: Known<string | undefined>;
  readonly steps: readonly PlannedStep[];
  /** Blocks that could not be read. */
  readonly unread: readonly Known<string>[];
}

export interface PlanFacts extends Identity {
  readonly approach: Known<string | undefined>;
  readonly primaryRegion: Known<string | undefined>;
  readonly regions: Known<readonly Known<string>[]>;
  readonly objectiveMinutes: Known<number | undefined>;
  readonly triggers: Known<readonly Trigger[]>;
  readonly workflows: Known<readonly PlanWorkflow[]>;
}

/** A plan may run another plan; AWS allows two levels. */
const MAX_DEPTH = 4;

function declare(props: Props, view: View): PlanFacts {
  return {
    ...identityOf(props),
    approach: props.text('recoveryApproach'),
    primaryRegion: props.text('primaryRegion'),
    regions: props.texts('regions'),
    objectiveMinutes: props.number('recoveryTimeObjectiveMinutes'),
    triggers: andThen(props.blocks('triggers'), (list) => known(list.map((t) => triggerOf(t, props, view)))),
    workflows: andThen(props.blocks('workflows'), (list) => known(list.map((w) => workflowOf(w, view)))),
  };
}

function triggerOf(trigger: Props, plan: Props, view: View): Trigger {
  return {
    action: trigger.text('action', ''),
    targetRegion: trigger.text('targetRegion', ''),
    alarms: fold(
      trigger.blocks('conditions'),
      (conditions) => conditions.map((condition) => alarmNamed(condition.text('associatedAlarmName', ''), plan, view)),
      (why) => [{ id: why, region: why, detection: timeUnknown(why), watches: why }],
    ),
  };
}

/** Conditions name an alarm by its key in `associatedAlarms`. */
function alarmNamed(name: Known<string>, plan: Props, view: View): Trigger['alarms'][number] {
  const block = andThen(name, (key) =>
    andThen(plan.blocks('associatedAlarms'), (alarms) =>
      andThen(collect(alarms.map((a) => a.text('mapBlockKey', ''))), (keys): Known<Props> => {
        const found = alarms[keys.indexOf(key)];
        return found === undefined
          ? unknown('dangling', `the plan has no alarm ${key}`, plan.origin('associatedAlarms'))
          : known(found);
      }),
    ),
  );
  const id = andThen(block, (b) => view.target(b, 'resourceIdentifier', [METRIC_ALARM, COMPOSITE_ALARM]));
  const resolved = andThen(id, (urn) =>
    urn === undefined ? unknown('error', 'the alarm has no ARN', plan.origin('associatedAlarms')) : known(urn),
  );
  return {
    id: resolved,
    region: fold(
      resolved,
      (urn) => view.get(urn)?.region ?? unknown('dangling', 'the alarm is not in the sources'),
      (why) =>
        andThen(
          andThen(block, (b) => b.text('resourceIdentifier', '')),
          (arn) => {
            const region = arnPart(arn, 'region');
            return region === undefined ? why : known(region);
          },
        ),
    ),
    ...alarmSignal(id, view),
  };
}

interface Walk {
  readonly steps: PlannedStep[];
  readonly unread: Known<string>[];
}

function workflowOf(workflow: Props, view: View): PlanWorkflow {
  const walk: Walk = { steps: [], unread: [] };
  sequence(workflow.blocks('steps'), view, walk, { approved: no(), before: [] }, 0);
  return {
    action: workflow.text('workflowTargetAction', ''),
    targetRegion: workflow.text('workflowTargetRegion'),
    ...walk,
  };
}

interface Progress {
  /** A step that cannot be read may be an approval. */
  readonly approved: Truth;
  readonly before: readonly Timing[];
}

/** Nothing comes before the first step. */
function inTurn(steps: readonly Timing[]): Timing {
  return steps.length === 0 ? fixed(0, 'it is the first step') : sum(...steps);
}

function longestOf(branches: readonly Timing[]): Timing {
  return branches.length === 0 ? fixed(0, 'it holds no step') : slowest(...branches);
}

/** Steps run one after the other; an unread step makes the time of those after it unknown. Returns where the sequence ends. */
function sequence(steps: Known<readonly Props[]>, view: View, walk: Walk, start: Progress, depth: number): Progress {
  return fold(
    steps,
    (list) => list.reduce((progress, step) => one(step, view, walk, progress, depth), start),
    (why) => {
      walk.unread.push(why);
      return { approved: any([start.approved, why]), before: [...start.before, timeUnknown(why)] };
    },
  );
}

function one(step: Props, view: View, walk: Walk, progress: Progress, depth: number): Progress {
  return fold(
    blockOf(step, view),
    (block) => through(block, view, walk, progress, depth),
    (why) => {
      walk.unread.push(why);
      return { approved: any([progress.approved, why]), before: [...progress.before, timeUnknown(why)] };
    },
  );
}

function through(block: Block, view: View, walk: Walk, progress: Progress, depth: number): Progress {
  switch (block.kind) {
    case 'approval':
      return { approved: yes(), before: [...progress.before, row('human-decision')] };
    case 'step':
      walk.steps.push({ step: block.step, afterApproval: progress.approved, before: inTurn(progress.before) });
      return { ...progress, before: [...progress.before, row('region-switch-step')] };
    case 'parallel':
      return parallel(block.steps, view, walk, progress, depth);
    case 'plan':
      return nested(block.plan, view, walk, progress, depth);
  }
}

/** All start together. An approval among them counts for all: the switch is not done until somebody has approved. */
function parallel(steps: Known<readonly Props[]>, view: View, walk: Walk, progress: Progress, depth: number): Progress {
  const inner: Walk = { steps: [], unread: [] };
  const ends = fold(
    steps,
    (list) => list.map((step) => one(step, view, inner, { ...progress, before: [] }, depth + 1)),
    (why) => {
      inner.unread.push(why);
      return [{ approved: any([progress.approved, why]), before: [timeUnknown(why)] }];
    },
  );
  const approved = any([progress.approved, ...ends.map((end) => end.approved)]);
  walk.unread.push(...inner.unread);
  for (const planned of inner.steps) {
    walk.steps.push({ ...planned, afterApproval: approved, before: inTurn([...progress.before, planned.before]) });
  }
  return { approved, before: [...progress.before, longestOf(ends.map((end) => inTurn(end.before)))] };
}

/** Its workflows run in the place of the step; which of them, its own triggers do not say. */
function nested(plan: Known<string>, view: View, walk: Walk, progress: Progress, depth: number): Progress {
  const workflows = andThen(plan, (urn) => {
    const props = view.get(urn);
    if (props === undefined || depth >= MAX_DEPTH)
      return unknown('dangling', 'the nested plan cannot be read', { resource: urn });
    return props.blocks('workflows');
  });
  return fold(
    workflows,
    (list) => {
      const ends = list.map((workflow) => sequence(workflow.blocks('steps'), view, walk, progress, depth + 1));
      const longest = ends.map((end) => inTurn(end.before.slice(progress.before.length)));
      return {
        approved: any([progress.approved, ...ends.map((end) => end.approved)]),
        before: [...progress.before, longestOf(longest)],
      };
    },
    (why) => {
      walk.unread.push(why);
      return { approved: any([progress.approved, why]), before: [...progress.before, timeUnknown(why)] };
    },
  );
}

/** Triggers that start the workflow: the same action, and the Region that it is for. */
function startedBy(workflow: PlanWorkflow, trigger: Trigger): Truth {
  return all([
    andThen(workflow.action, (action) => is(trigger.action, (t) => t === action)),
    andThen(workflow.targetRegion, (region) => (region === undefined ? yes() : is(trigger.targetRegion, (t) => t === region))),
  ]);
}

/**
 * `activate` must survive the loss of any other Region of the plan, `deactivate` that of its own target: so must the alarms.
 * A Region outside the plan is as good as the target: Route 53's metrics, for one, are only in us-east-1. And what an alarm watches
 * must go with the Region that is lost, or it never turns red.
 */
function survives(trigger: Trigger, plan: PlanFacts): Truth {
  if (trigger.alarms.length === 0) return no('the trigger has no condition');
  const facts = together({ action: trigger.action, target: trigger.targetRegion, regions: andThen(plan.regions, collect) });
  return all(
    trigger.alarms.flatMap((alarm) => [
      andThen(facts, ({ action, target, regions }) =>
        is(
          alarm.region,
          (region) => (action === 'activate' ? region === target || !regions.includes(region) : region !== target),
          'its alarm lives in the Region that is lost, and goes with it',
        ),
      ),
      andThen(facts, ({ action, target }) =>
        is(
          alarm.watches,
          (region) => region === undefined || (action === 'activate' ? region !== target : region === target),
          'its alarm watches what is in another Region than the one that is lost',
        ),
      ),
    ]),
  );
}

function orchestrationsOf(facts: PlanFacts): readonly Orchestration[] {
  return fold(
    facts.workflows,
    (workflows) => workflows.flatMap((workflow) => workflow.steps.map((planned) => orchestration(facts, workflow, planned))),
    () => [],
  );
}

function orchestration(facts: PlanFacts, workflow: PlanWorkflow, planned: PlannedStep): Orchestration {
  const triggers = fold(
    facts.triggers,
    (list) => list,
    (): readonly Trigger[] => [],
  );
  const mine = triggers.filter((trigger) =>
    fold(
      startedBy(workflow, trigger),
      (yesOrNo) => yesOrNo,
      () => true,
    ),
  );
  const triggered = mine.length > 0;
  const byItself =
    triggered &&
    fold(
      planned.afterApproval,
      (approved) => !approved,
      () => true,
    );
  const readable = fold(
    planned.afterApproval,
    () => yes(),
    (why): Truth => why,
  );
  const automation: AutomationClass = byItself ? 'orchestrated' : 'human-decision';
  const started = triggered
    ? any(mine.map((trigger) => all([startedBy(workflow, trigger), survives(trigger, facts)])))
    : fold(
        facts.triggers,
        () => yes(),
        (why): Truth => why,
      );
  const detection: Timing = triggered
    ? slowest(...mine.flatMap((trigger) => trigger.alarms.map((alarm) => alarm.detection)))
    : row('human-decision');
  return {
    action: planned.step.action,
    targets: planned.step.targets,
    scopes: ['region'],
    automation,
    armed: all([planned.step.ungraceful, started, readable]),
    lead: sum(detection, row('region-switch-start'), planned.before),
    grows: planned.step.grows,
    says: byItself
      ? `the Region switch plan runs ${planned.step.name} when its trigger holds`
      : `somebody ${triggered ? 'approves' : 'starts'} the Region switch plan, which runs ${planned.step.name}`,
  };
}

export const arcRegionSwitchPlan = service<PlanFacts>({
  id: 'arc-region-switch-plan',
  title: 'ARC Region switch plan',
  kind: 'orchestrator',
  types: [PLAN],
  parts: [],
  declare,
  mean(facts) {
    const everywhere = unaffected('it is run from the Region that takes over (ARC developer guide, "Region switch data plane")');
    return meaning({
      kind: 'orchestrator',
      placement: global,
      under: {
        instance: everywhere,
        az: everywhere,
        region: everywhere,
        data: unaffected('it holds no data'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('plans are executed by a data plane in each of their Regions'),
        supplier: unaffected('AWS runs it'),
      },
      orchestrations: orchestrationsOf(facts),
    });
  },
});
