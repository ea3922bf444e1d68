/** Route 53 health check: what it watches, how long it takes to notice, and whether its verdict can turn unhealthy. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, collect, equals, fold, is, known, map, no, together, unknown, yes } from '../model/known.ts';
import type { Link, Timing } from '../model/protection.ts';
import { row, slowest, span, sum, timeUnknown } from '../model/protection.ts';
import { alarmDetection } from './cloudwatch-alarm.ts';
import { linkTo } from './links.ts';
import { once } from './once.ts';
import { addressed, regionOfTarget } from './route53-targets.ts';
import type { Identity } from './service.ts';
import { global, identityOf, lost, meaning, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const HEALTH_CHECK = 'aws:route53/healthCheck:HealthCheck';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const ROUTING_CONTROL = 'aws:route53recoverycontrol/routingControl:RoutingControl';

export interface HealthCheckFacts extends Identity {
  /** HTTP, HTTPS, HTTP_STR_MATCH, HTTPS_STR_MATCH, TCP, CALCULATED, CLOUDWATCH_METRIC, RECOVERY_CONTROL. */
  readonly type: Known<string>;
  readonly disabled: Truth;
  readonly inverted: Truth;
  /** Seconds between two requests of one checker: 10 or 30. */
  readonly interval: Known<number>;
  readonly failureThreshold: Known<number>;
  readonly path: Known<string | undefined>;
  readonly searchString: Known<string | undefined>;
  /** Host name it asks for, lower case and without the last dot. */
  readonly fqdn: Known<string | undefined>;
  /** Address that it asks, else the host name. */
  readonly address: Known<string | undefined>;
  /** Checker Regions chosen; none: all of them. */
  readonly checkerRegions: Known<readonly Known<string>[]>;
  /** What the name or address that it watches belongs to; undefined: nothing is named. */
  readonly watches: Known<string | undefined>;
  /** Region of what it watches; undefined for what has none. */
  readonly watchedRegion: Known<string | undefined>;
  readonly children: readonly Known<string>[];
  readonly childChecks: Known<readonly HealthCheckFacts[]>;
  readonly childThreshold: Known<number | undefined>;
  readonly alarm: Known<string | undefined>;
  readonly alarmRegion: Known<string | undefined>;
  readonly alarmDetection: Timing;
  /** Healthy, Unhealthy or LastKnownStatus. */
  readonly insufficientData: Known<string>;
  readonly routingControl: Known<string | undefined>;
}

/** Calculated checks may watch calculated checks; AWS forbids circles, a broken program need not. */
const MAX_DEPTH = 4;

export const declareHealthCheck = once((props: Props, view: View): HealthCheckFacts => factsAt(props, view, 0));

function factsAt(props: Props, view: View, depth: number): HealthCheckFacts {
  const children = fold(
    view.targets(props, 'childHealthchecks', [HEALTH_CHECK]),
    (list) => list,
    (why): readonly Known<string>[] => [why],
  );
  const watches = watched(props, view);
  const alarm = alarmOf(props, view);
  return {
    ...identityOf(props),
    type: map(props.text('type', ''), (t) => t.toUpperCase()),
    disabled: props.flag('disabled', false),
    inverted: props.flag('invertHealthcheck', false),
    // API reference, HealthCheckConfig: RequestInterval 30 and FailureThreshold 3 when not given.
    interval: props.number('requestInterval', 30),
    failureThreshold: props.number('failureThreshold', 3),
    path: props.text('resourcePath'),
    searchString: props.text('searchString'),
    fqdn: map(props.text('fqdn'), (f) => f?.toLowerCase().replace(/\.$/, '')),
    address: andThen(props.text('ipAddress'), (ip) => (ip === undefined ? props.text('fqdn') : known(ip))),
    checkerRegions: props.texts('regions'),
    watches,
    watchedRegion: andThen(watches, (urn) => (urn === undefined ? known(undefined) : regionOfTarget(urn, view))),
    children,
    childChecks:
      depth >= MAX_DEPTH ? unknown('error', 'calculated health checks are nested too deep') : checksOf(children, view, depth),
    childThreshold: props.number('childHealthThreshold'),
    alarm,
    alarmRegion: props.text('cloudwatchAlarmRegion'),
    alarmDetection: alarmDetection(alarm, view),
    // API reference, InsufficientDataHealthStatus: without one, the last known status is kept.
    insufficientData: props.text('insufficientDataHealthStatus', 'LastKnownStatus'),
    routingControl: view.target(props, 'routingControlArn', [ROUTING_CONTROL]),
  };
}

function checksOf(children: readonly Known<string>[], view: View, depth: number): Known<readonly HealthCheckFacts[]> {
  return collect(
    children.map((child) =>
      andThen(child, (urn) => {
        const props = view.get(urn);
        return props === undefined
          ? unknown('dangling', 'the child health check is not in the sources', { resource: urn })
          : known(factsAt(props, view, depth + 1));
      }),
    ),
  );
}

/** An endpoint check names a host, an address, or both (the host then only goes into the request). */
function watched(props: Props, view: View): Known<string | undefined> {
  return andThen(addressed(props, 'ipAddress', view), (byAddress) =>
    byAddress === undefined ? addressed(props, 'fqdn', view) : known(byAddress),
  );
}

function alarmOf(props: Props, view: View): Known<string | undefined> {
  return view.target(props, 'cloudwatchAlarmName', [ALARM]);
}

/**
 * From the first failing answer to the status change. Each checker asks once per interval and needs `threshold`
 * failures in a row, so the last of them ends U(0, interval) + interval × (threshold − 1) after the onset; then more
 * than 18 % of the checkers must agree (Route 53 developer guide, "How Route 53 determines whether a health check is healthy").
 */
export function healthCheckDetection(facts: HealthCheckFacts): Timing {
  return fold(
    facts.type,
    (type): Timing => {
      if (type === 'CLOUDWATCH_METRIC') return sum(facts.alarmDetection, row('route53-health-aggregation'));
      if (type === 'RECOVERY_CONTROL') return row('arc-routing-control');
      if (type === 'CALCULATED') {
        return fold(
          facts.childChecks,
          (checks): Timing => sum(slowest(...checks.map(healthCheckDetection)), row('route53-health-aggregation')),
          timeUnknown,
        );
      }
      return fold(
        together({ interval: facts.interval, threshold: facts.failureThreshold }),
        ({ interval, threshold }): Timing =>
          sum(
            span(interval * (threshold - 1), interval * threshold, `${threshold} failures, one request every ${interval} s`),
            row('route53-health-aggregation'),
          ),
        timeUnknown,
      );
    },
    timeUnknown,
  );
}

/** Does the status follow what it watches at all? Disabled counts as healthy, inverted as the opposite (API reference). */
function awake(facts: HealthCheckFacts): Truth {
  return all([
    andThen(facts.disabled, (v) => (v ? no('the health check is disabled, which counts as healthy') : yes())),
    andThen(facts.inverted, (v) => (v ? no('the health check is inverted: it turns healthy when what it watches fails') : yes())),
  ]);
}

/** The branch of a record set that a health check speaks for. */
export interface WatchedBranch {
  /** Region that is lost with it; undefined: only the target itself is. */
  readonly region: Known<string | undefined>;
  readonly id: string;
  /** Full name of the record. */
  readonly name: Known<string>;
  /** Its literal values. */
  readonly values: readonly Known<string>[];
}

/**
 * Will the status turn unhealthy when the branch is gone, with the whole of its Region when one is given? A routing
 * control answers no: it changes only when somebody or something sets it.
 */
export function turnsUnhealthy(facts: HealthCheckFacts, branch: WatchedBranch): Truth {
  return andThen(facts.type, (type): Truth => {
    switch (type) {
      case 'HTTP':
      case 'HTTPS':
      case 'HTTP_STR_MATCH':
      case 'HTTPS_STR_MATCH':
      case 'TCP':
        return all([awake(facts), watchesOtherName(facts, branch), watchesBranch(facts, branch)]);
      case 'CLOUDWATCH_METRIC':
        return all([awake(facts), alarmSurvives(facts, branch.region)]);
      case 'CALCULATED':
        return all([awake(facts), calculated(facts, branch)]);
      case 'RECOVERY_CONTROL':
        return no('a routing control changes only when it is set');
      default:
        return unknown('not-modelled', `health checks of type ${type} are not modelled`, {
          resource: facts.id,
          property: 'type',
        });
    }
  });
}

/** A check of the very name that it steers follows the traffic to the sibling and turns healthy again. */
function watchesOtherName(facts: HealthCheckFacts, branch: WatchedBranch): Truth {
  const same = fold(
    together({ fqdn: facts.fqdn, name: branch.name }),
    ({ fqdn, name }) => fqdn === name,
    // Names that are not known cannot be compared; what the check watches decides by itself.
    () => false,
  );
  const itself = fold(
    facts.watches,
    (urn) => urn === branch.id,
    () => false,
  );
  return same || itself ? no('the health check watches the name that it steers') : yes();
}

/** What it watches must go with the branch: a check of the other Region stays healthy. */
function watchesBranch(facts: HealthCheckFacts, branch: WatchedBranch): Truth {
  const itself = branch.values.some((value) =>
    fold(
      together({ value, address: facts.address }),
      (pair) => pair.value === pair.address,
      () => false,
    ),
  );
  if (itself) return yes();
  return andThen(facts.watches, (urn) => {
    if (urn === undefined)
      return unknown('not-reported', 'the health check names no host and no address', { resource: facts.id });
    return andThen(branch.region, (region) =>
      region === undefined
        ? yes()
        : andThen(facts.watchedRegion, (watched) =>
            watched === region ? yes() : no(`the health check watches something outside ${region}, which stays healthy`),
          ),
    );
  });
}

function alarmSurvives(facts: HealthCheckFacts, lostRegion: Known<string | undefined>): Truth {
  const fallsUnhealthy = equals(facts.insufficientData, 'Unhealthy');
  const elsewhere = andThen(
    together({ alarm: facts.alarmRegion, gone: lostRegion }),
    ({ alarm, gone }): Truth =>
      alarm === undefined
        ? unknown('not-reported', 'the health check does not say in which Region its alarm is', { resource: facts.id })
        : alarm !== gone
          ? yes()
          : no(`its alarm lives in ${alarm} and goes with it; without data the check stays as it was`),
  );
  return all([is(facts.alarm, (urn) => urn !== undefined, 'it names no alarm'), any([fallsUnhealthy, elsewhere])]);
}

/** Healthy while at least `threshold` children are; 0 means always healthy (API reference, HealthThreshold). */
function calculated(facts: HealthCheckFacts, branch: WatchedBranch): Truth {
  return andThen(together({ checks: facts.childChecks, threshold: facts.childThreshold }), ({ checks, threshold }): Truth => {
    if (threshold === undefined) return unknown('not-reported', 'the calculated check has no threshold', { resource: facts.id });
    if (threshold === 0) return no('with a threshold of 0 a calculated check is always healthy');
    if (threshold > checks.length) return no('its threshold is above its number of children: always unhealthy');
    return all(checks.map((check) => turnsUnhealthy(check, branch)));
  });
}

export const route53HealthCheck = service<HealthCheckFacts>({
  id: 'route53-health-check',
  title: 'Route 53 health check',
  kind: 'detector',
  types: [HEALTH_CHECK],
  parts: [],
  declare: declareHealthCheck,
  mean(facts) {
    const links: readonly Link[] = [
      ...facts.children.map((to): Link => ({ to, carries: 'health', property: 'childHealthchecks' })),
      ...linkTo(facts.alarm, 'health', 'cloudwatchAlarmName'),
      ...linkTo(facts.routingControl, 'health', 'routingControlArn'),
    ];
    return meaning({
      kind: 'detector',
      placement: global,
      under: {
        instance: unaffected('checkers run in several Regions'),
        az: unaffected('checkers run in several Regions'),
        region: unaffected('checkers run in several Regions'),
        data: unaffected('it holds no data'),
        account: lost('it lives in one account'),
        'control-plane': unaffected('health checking is part of the Route 53 data plane'),
        supplier: unaffected('AWS runs it'),
      },
      links,
      detection: healthCheckDetection(facts),
    });
  },
});
