/** CloudWatch alarms that a failover hangs on. */

import { groupBy } from '../model/collections.ts';
import type { Truth } from '../model/known.ts';
import { all, andThen, any, because, equals, fold, is, known, no, not, together, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import { arcRegionSwitchPlan } from '../services/arc-region-switch-plan.ts';
import type { AlarmFacts } from '../services/cloudwatch-alarm.ts';
import { cloudwatchAlarm } from '../services/cloudwatch-alarm.ts';
import type { HealthCheckFacts } from '../services/route53-health-check.ts';
import { route53HealthCheck } from '../services/route53-health-check.ts';
import { detectionBudget } from './places.ts';
import { anyAgreed, oncePerEstate, some, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const PUT_METRIC_ALARM = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html';

/** Metrics that have data only when something goes wrong: silence is their good news. */
const ONLY_ON_FAILURE = /error|5xx|4xx|fault|throttl|reject|drop/i;

export const alarmRules: readonly Rule[] = [
  {
    id: 'alarm-missing-treats-ok',
    family: 'automation',
    title: 'The alarm takes silence for good news',
    severity: 'high',
    scopes: ['region'],
    why: 'What is lost sends no metrics. Unless missing data counts as breaching, the alarm that should start the failover stays quiet.',
    fix: 'Set `treatMissingData: "breaching"` on an alarm over a metric that always has data (alarms on AWS/DynamoDB ignore it: choose another metric).',
    source: PUT_METRIC_ALARM,
    checks: [
      on(cloudwatchAlarm, (facts, _item, context) =>
        context.agreed(facts.id, 'region') && !facts.composite
          ? whenAny(
              [startsFailover(facts, context), not(is(facts.metric, (m) => m !== undefined && ONLY_ON_FAILURE.test(m)))],
              [
                because(
                  equals(facts.namespace, 'AWS/DynamoDB'),
                  `${facts.name} watches AWS/DynamoDB, whose alarms ignore missing data whatever they are set to`,
                ),
                because(
                  all([not(equals(facts.missingData, 'breaching')), not(actsOnSilence(facts, context))]),
                  `${facts.name} treats missing data as ${textOr(facts.missingData, 'missing')}`,
                ),
              ],
              'treatMissingData',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'alarm-latency-exceeds-budget',
    family: 'automation',
    title: 'The alarm notices too late',
    severity: 'medium',
    scopes: ['az', 'region'],
    why: 'An alarm acts after `datapointsToAlarm` bad periods, and the metric itself arrives a minute or two late. All of that passes before anything begins to recover.',
    fix: 'Shorten `period` (10 or 30 seconds for high-resolution metrics) or lower `datapointsToAlarm`.',
    source: 'derived',
    checks: [
      on(cloudwatchAlarm, (facts, _item, context) => {
        const budget = detectionBudget(context, [facts.id], ['az', 'region']);
        if (budget === undefined || facts.composite) return undefined;
        return whenAny(
          [startsFailover(facts, context)],
          [
            andThen(
              together({ period: facts.period, points: facts.datapointsToAlarm }),
              ({ period, points }): Truth =>
                period * points > budget.seconds
                  ? yes(
                      `${facts.name} needs ${formatDuration(period * points)} of bad data (${period}s × ${points}); ${budget.says}`,
                    )
                  : no('it is soon enough'),
            ),
          ],
          'period',
        );
      }),
    ],
  },
  {
    id: 'alarm-actions-disabled',
    family: 'automation',
    title: 'The alarm does nothing',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'It goes to ALARM and starts or tells nobody: it has no action, its actions are off, or another alarm can hold them back.',
    fix: 'Set `alarmActions`, leave `actionsEnabled` true, and let no `actionsSuppressor` cover a disruption.',
    source: 'derived',
    checks: [
      on(cloudwatchAlarm, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'az', 'region')
          ? whenAny(
              [not(startsFailover(facts, context)), not(inComposite(facts, context))],
              [
                because(not(facts.actionsEnabled), `${facts.name} has its actions disabled`),
                because(
                  is(facts.alarmActions, (list) => list.length === 0),
                  `${facts.name} has no alarm action`,
                ),
                because(facts.suppressed, `the actions of ${facts.name} can be suppressed by another alarm`),
              ],
              'alarmActions',
            )
          : undefined,
      ),
    ],
  },
];

/** Health checks by the alarm that they follow; null stands for one that nobody can read. */
const byAlarm = oncePerEstate((context) => groupBy(context.allFacts(route53HealthCheck), (check) => textOr(check.alarm, null)));

/** A health check follows the alarm, and this holds of it. */
function followedBy(facts: AlarmFacts, holds: (check: HealthCheckFacts) => Truth, context: RuleContext): Truth {
  const perhaps = [...(byAlarm(context).get(facts.id) ?? []), ...(byAlarm(context).get(null) ?? [])];
  return resolved(some(perhaps, (check) => all([is(check.alarm, (urn) => urn === facts.id), holds(check)]), context));
}

/** Health checks and Region switch plans follow the state of an alarm; its actions are of no concern to them. */
function startsFailover(facts: AlarmFacts, context: RuleContext): Truth {
  const byPlan = some(
    context.allFacts(arcRegionSwitchPlan),
    (plan) =>
      andThen(plan.triggers, (triggers) =>
        any([...triggers.flatMap((t) => t.alarms).map((alarm) => is(alarm.id, (urn) => urn === facts.id)), no('no trigger')]),
      ),
    context,
  );
  return any([followedBy(facts, () => yes(), context), resolved(byPlan)]);
}

/** A reference to something outside the sources is certainly not about an alarm inside them. */
function resolved(t: Truth): Truth {
  return fold(
    t,
    () => t,
    (why) => (why.reason === 'dangling' ? no('it names something outside the sources') : why),
  );
}

/** INSUFFICIENT_DATA is heard by its own actions, or by a health check that takes it for unhealthy. */
function actsOnSilence(facts: AlarmFacts, context: RuleContext): Truth {
  const own = is(facts.insufficientDataActions, (list) => list.length > 0);
  const byCheck = followedBy(facts, (check) => equals(check.insufficientData, 'Unhealthy'), context);
  return all([equals(facts.missingData, 'missing'), any([own, byCheck])]);
}

/** Composite alarms name others in their rule, by name or ARN. */
function inComposite(facts: AlarmFacts, context: RuleContext): Truth {
  const composites = context.allFacts(cloudwatchAlarm).filter((alarm) => alarm.composite && alarm.id !== facts.id);
  return some(composites, (alarm) => andThen(alarm.rule, (rule): Truth => known(rule?.includes(facts.name) === true)), context);
}
