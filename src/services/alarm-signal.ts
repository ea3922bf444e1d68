/** What an alarm tells of a loss, and how soon, when its metric is the status of a Route 53 health check. */
import type { Known } from '../model/known.ts';
import { andThen, fold, known, unknown } from '../model/known.ts';
import type { Timing } from '../model/protection.ts';
import { sum, timeUnknown } from '../model/protection.ts';
import { alarmDetection } from './cloudwatch-alarm.ts';
import { declareHealthCheck, HEALTH_CHECK, type HealthCheckFacts, healthCheckDetection } from './route53-health-check.ts';
import type { View } from './view.ts';

export interface AlarmSignal {
  /** From the onset to ALARM. */
  readonly detection: Timing;
  /** Region without which its health check fails; undefined: its metric does not tell of one. */
  readonly watches: Known<string | undefined>;
}

/**
 * An alarm on HealthCheckStatus sees nothing before the health check has turned unhealthy (Route 53 developer guide, "Monitoring
 * health checks using CloudWatch"): one comes after the other.
 */
export function alarmSignal(alarm: Known<string | undefined>, view: View): AlarmSignal {
  const own = alarmDetection(alarm, view);
  const check = checkOf(alarm, view);
  return {
    detection: fold(check, (facts): Timing => (facts === undefined ? own : sum(healthCheckDetection(facts), own)), timeUnknown),
    watches: andThen(check, (facts): Known<string | undefined> => facts?.watchedRegion ?? known(undefined)),
  };
}

function checkOf(alarm: Known<string | undefined>, view: View): Known<HealthCheckFacts | undefined> {
  return andThen(alarm, (urn): Known<HealthCheckFacts | undefined> => {
    const props = urn === undefined ? undefined : view.get(urn);
    if (props === undefined) return known(undefined);
    const named = andThen(props.text('metricName'), (metric) =>
      metric === 'HealthCheckStatus' ? view.target(props, 'dimensions.HealthCheckId', [HEALTH_CHECK]) : known(undefined),
    );
    return andThen(named, (id): Known<HealthCheckFacts | undefined> => {
      const found = id === undefined ? undefined : view.get(id);
      if (found !== undefined) return known(declareHealthCheck(found, view));
      return id === undefined
        ? known(undefined)
        : unknown('dangling', 'the health check of the alarm is not in the sources', { resource: id });
    });
  });
}
