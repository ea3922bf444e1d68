/** What a failover needs in the Region that takes over: capacity, and the automation itself. */

import type { Known, Truth } from '../model/known.ts';
import { all, andThen, because, fold, is, known, no, not, together, unknown, yes } from '../model/known.ts';
import type { PlanFacts } from '../services/arc-region-switch-plan.ts';
import { arcRegionSwitchPlan } from '../services/arc-region-switch-plan.ts';
import { autoscalingGroup } from '../services/autoscaling-group.ts';
import { ecsService } from '../services/ecs-service.ts';
import { ARC_GUIDE, eachStep } from './automation-arc.ts';
import { neededOf, primariesOf } from './compute-groups.ts';
import { regionOf } from './places.ts';
import { some, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

const RESERVATION = 'aws:ec2/capacityReservation:CapacityReservation';

export const capacityRules: readonly Rule[] = [
  {
    id: 'region-switch-capacity-not-reserved',
    family: 'automation',
    title: 'The plan scales out to capacity that nobody keeps',
    severity: 'high',
    scopes: ['region'],
    why: 'A scaling block asks for instances when the Region next door is lost and everybody asks. AWS does not guarantee that they are there unless they were reserved.',
    fix: 'Add an aws.ec2.CapacityReservation in the standby Region, or run the capacity beforehand.',
    source: `${ARC_GUIDE}/working-with-rs-execution-blocks.html`,
    checks: [
      on(arcRegionSwitchPlan, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? answer(
              eachStep(facts, ({ step }) =>
                ['asg-scale', 'ecs-scale', 'eks-scale'].includes(step.action)
                  ? some(step.targets, (to) => andThen(to, (urn) => scalesUnreserved(urn, step.name, facts, context)), context)
                  : no('it scales nothing'),
              ),
              'workflows',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'capacity-not-reserved',
    family: 'automation',
    title: 'The agreed capacity of the standby is not kept for it',
    severity: 'high',
    scopes: ['region'],
    why: 'What the standby does not run yet must be launched after the failover, from a pool of capacity that everybody turns to at once.',
    fix: 'Run it beforehand, or add an aws.ec2.CapacityReservation for the instance type in every AZ of the standby.',
    source: `${ARC_GUIDE}/working-with-rs-execution-blocks.html`,
    checks: [
      on(autoscalingGroup, (facts, _item, context) =>
        context.targets(facts.id, 'MBCO', 'region').length > 0 && context.isStandby(facts.id)
          ? whenAny(
              [not(reservedIn(facts.region, context))],
              [
                some(
                  primariesOf(facts, context),
                  (primary) =>
                    andThen(
                      together({ running: facts.running, needed: neededOf(primary, context) }),
                      ({ running, needed }): Truth =>
                        running < needed
                          ? yes(`${facts.name} runs ${running} of the ${needed} instances agreed, and reserves none`)
                          : no('it runs them'),
                    ),
                  context,
                ),
              ],
              'minSize',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'failover-automation-in-failed-region',
    family: 'automation',
    title: 'What fails over is lost with what it fails over from',
    severity: 'critical',
    scopes: ['region'],
    why: 'A function in the primary Region cannot run when that Region is lost. The plan waits for it until its step times out.',
    fix: 'Deploy the function of the step in the standby Region and name it in `customActionLambdaConfigs`.',
    source: 'derived',
    checks: [
      on(arcRegionSwitchPlan, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? answer(
              eachStep(facts, ({ step }) =>
                step.action === 'custom-lambda' ? allInPrimary(step.targets, facts, context) : no('it runs no function'),
              ),
              'workflows',
            )
          : undefined,
      ),
    ],
  },
];

/** Only EC2 capacity can be reserved: Fargate tasks run on hosts of AWS. */
function scalesUnreserved(urn: string, step: string, facts: PlanFacts, context: RuleContext): Truth {
  const region = regionOf(urn, context);
  const standby = andThen(
    together({ region, primary: facts.primaryRegion }),
    (r): Truth => (r.region === r.primary ? no('it is the primary') : yes()),
  );
  const fargate = context.facts(ecsService, urn)?.fargate ?? no();
  return because(
    all([standby, not(fargate), not(reservedIn(region, context))]),
    `step ${step} of plan ${facts.name} scales out in ${textOr(region, 'a Region')}, where no capacity is reserved`,
  );
}

function reservedIn(region: Known<string>, context: RuleContext): Truth {
  return some(
    context.estate.view.all(RESERVATION),
    (r) => is(together({ a: r.region, b: region }), ({ a, b }) => a === b),
    context,
  );
}

function allInPrimary(targets: readonly Known<string>[], facts: PlanFacts, context: RuleContext): Truth {
  const primary = fold<string | undefined, Known<string>>(
    facts.primaryRegion,
    (region) =>
      region === undefined ? unknown('not-reported', 'the plan names no primary Region', { resource: facts.id }) : known(region),
    (why) => why,
  );
  return because(
    all(
      targets.map((to) =>
        is(together({ own: andThen(to, (urn) => regionOf(urn, context)), primary }), (r) => r.own === r.primary),
      ),
    ),
    `every function that plan ${facts.name} runs is in ${textOr(primary, 'the primary Region')}, the Region that is lost`,
  );
}
