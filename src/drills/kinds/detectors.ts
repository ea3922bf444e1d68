/** Do the service's own detectors signal? What the drill sees by itself says nothing about them. */
import { type EstateResource, meaningOf } from '../../estate/estate.ts';
import { fold } from '../../model/known.ts';
import type { MetricVerdict } from '../../model/verdict.ts';
import type { Probe } from '../contract.ts';
import type { Ground } from '../ground.ts';
import { describeAlarms, healthCheck, healthCheckStatus } from './calls.ts';
import { arnOf, placeOfArn } from './places.ts';

export const DETECTORS = 'detectors of the service';

const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const COMPOSITE = 'aws:cloudwatch/compositeAlarm:CompositeAlarm';
const HEALTH_CHECK = 'aws:route53/healthCheck:HealthCheck';

/** Healthy while more than 18 % of the checkers say so (Route 53 developer guide, "How Route 53 determines whether a health check is healthy"). */
const HEALTHY_SHARE = 0.18;

/** Empty when nothing was promised about detection, or nothing among the service's resources detects. */
export function detectorProbe(
  service: string,
  verdicts: readonly MetricVerdict[],
  ground: Ground,
  every: number,
): readonly Probe[] {
  const promised = verdicts.filter((v) => v.metric.type === 'DETECT').map((v) => v.metric.target);
  if (promised.length === 0) return [];
  const { estate, assignment } = ground.judgement;
  const own = (assignment.services.get(service)?.resources ?? [])
    .map((urn) => estate.resources.get(urn))
    .filter((item) => item !== undefined && meaningOf(item)?.kind === 'detector')
    .filter((item) => item !== undefined);
  if (own.length === 0) return [];
  const failing = new Map<string, number>();
  return [
    {
      id: DETECTORS,
      every: Math.min(every, Math.max(1_000, Math.round(Math.min(...promised) / 60) * 1000)),
      look: async () => {
        const loud: string[] = [];
        const silent: string[] = [];
        for (const item of own) {
          const signals = await signalling(item, ground, failing).catch(() => undefined);
          if (signals === true) loud.push(item.title);
          else if (signals === undefined) silent.push(item.title);
        }
        const says = loud.length > 0 ? `${loud.join(', ')} signals` : silent.length > 0 ? 'cannot all be asked' : 'quiet';
        // Whether it signals is measured; the service is not unwell for it.
        return { ok: true, says, data: { signalling: loud } };
      },
    },
  ];
}

/** Undefined: of a kind that nobody here can ask. */
async function signalling(
  item: EstateResource,
  { session, clock }: Ground,
  failing: Map<string, number>,
): Promise<boolean | undefined> {
  const { id, type, outputs } = item.resource;
  const arn = arnOf(item);
  if (arn === undefined) return undefined;
  const { at } = placeOfArn(arn);
  if ((type === ALARM || type === COMPOSITE) && typeof outputs.name === 'string') {
    const kind = type === ALARM ? ('MetricAlarm' as const) : ('CompositeAlarm' as const);
    const found = await session.send(describeAlarms, { AlarmNames: [outputs.name], AlarmTypes: [kind] }, at);
    const alarm = found.MetricAlarms?.[0] ?? found.CompositeAlarms?.[0];
    return alarm === undefined ? undefined : alarm.StateValue === 'ALARM';
  }
  if (type === HEALTH_CHECK) {
    const home = { account: accountOf(item), region: 'us-east-1' };
    const found = await session.send(healthCheckStatus, { HealthCheckId: id ?? arn.split('/').at(-1) }, home);
    const seen = found.HealthCheckObservations ?? [];
    if (seen.length === 0) return undefined;
    const well = seen.filter((o) => o.StatusReport?.Status?.startsWith('Success') === true).length;
    if (well / seen.length > HEALTHY_SHARE) {
      failing.delete(arn);
      return false;
    }
    // What is shown is each checker's last look: it is unhealthy once as many in a row have failed as it needs.
    const since = failing.get(arn) ?? clock.now();
    failing.set(arn, since);
    const { HealthCheck } = await session.send(healthCheck, { HealthCheckId: id ?? arn.split('/').at(-1) }, home);
    const { RequestInterval = 30, FailureThreshold = 3 } = HealthCheck?.HealthCheckConfig ?? {};
    return clock.now() - since >= (FailureThreshold - 1) * RequestInterval * 1000;
  }
  return undefined;
}

/** ARNs of health checks name no account. */
function accountOf({ resource }: EstateResource): string {
  return fold(
    resource.account,
    (account) => account,
    () => '',
  );
}
