/** ARC routing controls and Region switch plans: do they start by themselves, and can they do what they are for? */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Truth } from '../model/known.ts';
import { all, andThen, any, because, is, no, not, together, unknown } from '../model/known.ts';
import { isAutomatic } from '../model/protection.ts';
import type { PlanFacts, PlanWorkflow } from '../services/arc-region-switch-plan.ts';
import { arcRegionSwitchPlan } from '../services/arc-region-switch-plan.ts';
import type { RoutingControlFacts } from '../services/arc-routing-control.ts';
import { arcRoutingControl } from '../services/arc-routing-control.ts';
import { some, startedByItself, when } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on, onEvery } from './rule.ts';

export const ARC_GUIDE = 'https://docs.aws.amazon.com/r53recovery/latest/dg';
const PLAN_REGISTRY = 'https://www.pulumi.com/registry/packages/aws/api-docs/arcregionswitch/plan/';

/** Actions by which a step moves the data of a store to another Region. */
const MOVES_DATA: ReadonlySet<string> = new Set([
  'aurora-global-failover',
  'docdb-global-failover',
  'neptune-global-failover',
  'rds-promote-read-replica',
]);

export const arcRules: readonly Rule[] = [
  {
    id: 'arc-routing-control-no-safety-rule',
    family: 'automation',
    title: 'All routing controls of the panel can be switched off at once',
    severity: 'high',
    scopes: ['region'],
    why: 'One wrong call, or two people at once, can leave every Region without traffic. An assertion rule refuses a change after which none is on.',
    fix: 'Add an aws.route53recoverycontrol.SafetyRule with the controls in `assertedControls` and `ruleConfig: { type: "ATLEAST", threshold: 1, inverted: false }`.',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-route53recoverycontrol-safetyrule-assertionrule.html',
    checks: [
      on(arcRoutingControl, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [
                not(facts.gates),
                not(facts.guarded),
                some(othersOn(facts, context), (other) => onOnePanel(facts, other), context),
              ],
              `no safety rule keeps ${facts.name} and the others of its panel from being off together`,
              'controlPanelArn',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'arc-routing-control-unbound',
    family: 'automation',
    title: 'The routing control moves nothing',
    severity: 'critical',
    scopes: ['region'],
    why: 'A routing control moves traffic only through a health check of type RECOVERY_CONTROL that a record follows. Without both, switching it changes no answer of Route 53.',
    fix: 'Add an aws.route53.HealthCheck with `type: "RECOVERY_CONTROL"` and `routingControlArn`, and set it as `healthCheckId` of the record.',
    source: `${ARC_GUIDE}/routing-control.create-health-check.html`,
    checks: [
      on(arcRoutingControl, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [not(facts.gates), not(facts.steers)],
              `no record follows routing control ${facts.name} through a health check`,
              'name',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'arc-routing-control-human-switch',
    family: 'automation',
    title: 'A person switches the routing control',
    severity: 'high',
    scopes: ['region'],
    why: 'A routing control changes only when somebody or something sets it. Nothing in the sources does so when a Region is lost, so traffic waits for a decision.',
    fix: 'Add an ARCRoutingControl step to an aws.arcregionswitch.Plan with `triggers`, or agree on a recovery by people.',
    source: `${ARC_GUIDE}/data-and-control-planes.html`,
    checks: [
      on(arcRoutingControl, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [not(facts.gates), facts.steers, not(startedByItself(facts.id, 'routing-control', context))],
              `nothing in the sources sets routing control ${facts.name} without a person`,
              'name',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'region-switch-plan-no-trigger',
    family: 'automation',
    title: 'A person starts the Region switch plan',
    severity: 'high',
    scopes: ['region'],
    why: 'Without triggers the plan runs when somebody starts it. Noticing and deciding then belong to the recovery time, at any hour of the day.',
    fix: 'Add `associatedAlarms` and `triggers` to the aws.arcregionswitch.Plan.',
    source: `${ARC_GUIDE}/components-rs.html`,
    checks: [
      on(arcRegionSwitchPlan, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [is(facts.triggers, (list) => list.length === 0)],
              `plan ${facts.name} has no trigger: somebody must start it`,
              'triggers',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'region-switch-plan-manual-approval',
    family: 'automation',
    title: 'The Region switch plan waits for an approval',
    severity: 'high',
    scopes: ['region'],
    why: 'At a ManualApproval block the plan stops until somebody approves. Everything after it is as slow as that person.',
    fix: 'Remove the ManualApproval block, or put it after the steps that bring the service back.',
    source: PLAN_REGISTRY,
    checks: [
      on(arcRegionSwitchPlan, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? answer(
              eachStep(facts, (planned) =>
                because(planned.afterApproval, `plan ${facts.name} waits for an approval before ${planned.step.name}`),
              ),
              'workflows',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'region-switch-plan-switchover-only',
    family: 'automation',
    title: 'The plan works only while the Region that is left is healthy',
    severity: 'critical',
    scopes: ['region'],
    why: 'A switchover waits for the old primary to take part. When its Region is lost, the step fails, and the database stays where it is.',
    fix: 'Set `behavior: "failover"`, or add `ungracefuls: [{ ungraceful: "failover" }]` to the configuration of the step.',
    source: PLAN_REGISTRY,
    checks: [
      on(arcRegionSwitchPlan, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? answer(
              eachStep(facts, ({ step }) =>
                step.action.endsWith('-global-failover')
                  ? because(
                      not(step.ungraceful),
                      `step ${step.name} of plan ${facts.name} only switches over, which needs the Region that is left`,
                    )
                  : no('it fails over nothing'),
              ),
              'workflows',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'region-switch-plan-omits-resource',
    family: 'automation',
    title: 'No step of a Region switch plan moves this store',
    severity: 'high',
    scopes: ['region'],
    why: 'The plan moves traffic and other stores, and this one stays in the Region that is lost until somebody remembers it.',
    fix: 'Add an execution block for it to a workflow of the aws.arcregionswitch.Plan.',
    source: 'derived',
    checks: [
      onEvery((item, context) => {
        const { urn } = item.resource;
        const actions = (meaningOf(item)?.protections ?? [])
          .filter((p) => p.scopes.includes('region') && !isAutomatic(p.automation) && MOVES_DATA.has(p.action ?? ''))
          .map((p) => p.action);
        if (actions.length === 0 || context.allFacts(arcRegionSwitchPlan).length === 0 || context.isStandby(urn))
          return undefined;
        return context.agreed(urn, 'region')
          ? when([not(inSomePlan(item, actions, context))], `no Region switch plan has a step for ${item.title}`)
          : undefined;
      }),
    ],
  },
];

function othersOn(facts: RoutingControlFacts, context: RuleContext): readonly RoutingControlFacts[] {
  return context.allFacts(arcRoutingControl).filter((other) => other.id !== facts.id);
}

function onOnePanel(a: RoutingControlFacts, b: RoutingControlFacts): Truth {
  return all([
    not(b.gates),
    is(together({ a: a.panel, b: b.panel }), (panels) => panels.a === panels.b),
    is(together({ a: a.cluster, b: b.cluster }), (clusters) => clusters.a === clusters.b),
  ]);
}

type Planned = PlanWorkflow['steps'][number];

/** Yes when some step is; a block that cannot be read may be one. */
export function eachStep(facts: PlanFacts, test: (planned: Planned) => Truth): Truth {
  return andThen(facts.workflows, (workflows) =>
    any([
      ...workflows.flatMap((workflow) => [
        ...workflow.steps.map(test),
        ...workflow.unread.map((block) =>
          andThen(block, (): Truth => unknown('not-modelled', 'a block of the plan is not read')),
        ),
      ]),
      no('the plan has no such step'),
    ]),
  );
}

function inSomePlan(item: EstateResource, actions: readonly (string | undefined)[], context: RuleContext): Truth {
  const mates = new Set(context.role(item.resource.urn)?.members ?? [item.resource.urn]);
  const steps = context
    .allFacts(arcRegionSwitchPlan)
    .map((plan) =>
      eachStep(plan, ({ step }) =>
        actions.includes(step.action)
          ? some(step.targets, (to) => is(to, (urn) => mates.has(urn)), context)
          : no('it moves something else'),
      ),
    );
  return any([...steps, no('no plan')]);
}
