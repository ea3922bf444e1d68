/** CloudWatch metric and composite alarms: how long from the first bad data point to the action, and whether it acts. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, fold, known, map, together, unknown } from '../model/known.ts';
import type { Timing } from '../model/protection.ts';
import { row, span, sum, timeUnknown } from '../model/protection.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';

export const METRIC_ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
export const COMPOSITE_ALARM = 'aws:cloudwatch/compositeAlarm:CompositeAlarm';

export interface AlarmFacts extends Identity {
  /** A composite alarm follows other alarms by a rule in text. */
  readonly composite: boolean;
  readonly namespace: Known<string | undefined>;
  readonly metric: Known<string | undefined>;
  /** Seconds of one evaluation period. */
  readonly period: Known<number>;
  readonly evaluationPeriods: Known<number>;
  readonly datapointsToAlarm: Known<number>;
  /** missing, ignore, breaching or notBreaching. */
  readonly missingData: Known<string>;
  readonly actionsEnabled: Truth;
  readonly alarmActions: Known<readonly Known<string>[]>;
  readonly insufficientDataActions: Known<readonly Known<string>[]>;
  /** Alarm that can hold this one's actions back. */
  readonly suppressed: Truth;
  readonly rule: Known<string | undefined>;
}

export function declareAlarm(props: Props): AlarmFacts {
  const evaluationPeriods = andThen(props.number('evaluationPeriods'), (n) =>
    n === undefined ? unknown('not-reported', 'the alarm has no number of periods', props.origin('evaluationPeriods')) : known(n),
  );
  return {
    ...identityOf(props),
    composite: props.type === COMPOSITE_ALARM,
    namespace: props.text('namespace'),
    metric: props.text('metricName'),
    period: periodOf(props),
    evaluationPeriods,
    // PutMetricAlarm, DatapointsToAlarm: all evaluation periods when not given.
    datapointsToAlarm: andThen(props.number('datapointsToAlarm'), (n) => (n === undefined ? evaluationPeriods : known(n))),
    // PutMetricAlarm, TreatMissingData: `missing` when not given.
    missingData: props.text('treatMissingData', 'missing'),
    // aws.cloudwatch.MetricAlarm: actionsEnabled defaults to true.
    actionsEnabled: props.flag('actionsEnabled', true),
    alarmActions: props.texts('alarmActions'),
    insufficientDataActions: props.texts('insufficientDataActions'),
    suppressed: map(props.blocks('actionsSuppressor'), (blocks) => blocks.length > 0),
    rule: props.text('alarmRule'),
  };
}

/** A metric alarm has one period; one over several metrics has it in each query, and the longest decides. */
function periodOf(props: Props): Known<number> {
  const own = props.number('period');
  return andThen(own, (period) => {
    if (period !== undefined) return known(period, props.origin('period'));
    return andThen(props.blocks('metricQueries'), (queries) =>
      queries.reduce<Known<number>>(
        (longest, query) =>
          andThen(longest, (l) =>
            map(together({ a: query.number('metric.period', 0), b: query.number('period', 0) }), ({ a, b }) => Math.max(l, a, b)),
          ),
        known(0),
      ),
    );
  });
}

/**
 * From the onset to ALARM: `datapointsToAlarm` bad periods, the first of which may have just begun, and the delay of
 * the metric itself (docs/model.md, Recovery time).
 */
export function detectionOf(facts: AlarmFacts): Timing {
  if (facts.composite) {
    return timeUnknown(
      unknown('not-modelled', 'the rule of a composite alarm is not read: when it acts depends on its alarms', {
        resource: facts.id,
        property: 'alarmRule',
      }),
    );
  }
  return fold(
    together({ period: facts.period, points: facts.datapointsToAlarm }),
    ({ period, points }): Timing =>
      period === 0
        ? timeUnknown(unknown('not-reported', 'the alarm has no period', { resource: facts.id, property: 'period' }))
        : sum(
            span(period * Math.max(points - 1, 0), period * points, `${points} data points of ${period} s`),
            row('cloudwatch-metric-delay'),
          ),
    timeUnknown,
  );
}

/** Detection of the alarm that something else refers to. */
export function alarmDetection(alarm: Known<string | undefined>, view: View): Timing {
  return fold(
    alarm,
    (urn): Timing => {
      const props = urn === undefined ? undefined : view.get(urn);
      return props === undefined ? timeUnknown(unknown('not-reported', 'no alarm is named')) : detectionOf(declareAlarm(props));
    },
    timeUnknown,
  );
}

export const cloudwatchAlarm = service<AlarmFacts>({
  id: 'cloudwatch-alarm',
  title: 'CloudWatch alarm',
  kind: 'detector',
  types: [METRIC_ALARM, COMPOSITE_ALARM],
  parts: [],
  declare: declareAlarm,
  mean(facts) {
    return meaning({
      kind: 'detector',
      placement: regional,
      under: regionalImpacts(false),
      detection: detectionOf(facts),
    });
  },
});
