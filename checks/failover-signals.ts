/** The signals that start a failover: health checks, alarms, Region switch plans, routing controls. */
import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { GetHealthCheckStatusCommandInput, GetHealthCheckStatusCommandOutput } from '@aws-sdk/client-route-53';
import type { ListRoutingControlsCommandInput, ListRoutingControlsCommandOutput } from '@aws-sdk/client-route53-recovery-cluster';
import type { EstateResource } from '../src/estate/estate.ts';
import { groupBy } from '../src/model/collections.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known, Truth } from '../src/model/known.ts';
import { andThen, decide, equals, fold, is, known, map, not, unknown } from '../src/model/known.ts';
import { isList, isRecord } from '../src/model/value.ts';
import { METRIC_ALARM } from '../src/services/cloudwatch-alarm.ts';
import type { HealthCheckFacts } from '../src/services/route53-health-check.ts';
import { HEALTH_CHECK } from '../src/services/route53-health-check.ts';
import { RECORD } from '../src/services/route53-targets.ts';
import type { CheckInput } from './check.ts';
import { measure } from './measurements.ts';
import type { Promises, Report } from './questions.ts';
import { nameOf, placeOf, reading, valueOr } from './questions.ts';

const DNS = 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html';

export const CHECK_UNHEALTHY: RuleText = {
  id: 'live-health-check-unhealthy',
  title: 'A health check that failover hangs on is unhealthy now',
  severity: 'critical',
  scopes: ['az', 'region'],
  why: 'Route 53 sends nobody to a branch whose health check fails. When that is the standby, there is nowhere to fail over to; when it is the primary, the failover has happened and there is no second one. With no healthy branch at all Route 53 answers as if all were healthy.',
  fix: 'Find out why the endpoint does not answer the checkers (path, certificate, security group, capacity) and mend it; alarm on the health check of the standby as well.',
  source: DNS,
};

export const CHECK_UNATTACHED: RuleText = {
  id: 'live-health-check-unattached',
  title: 'A health check is attached to nothing',
  severity: 'medium',
  scopes: ['region'],
  why: 'A health check moves traffic only through the records, calculated checks, endpoints and plans that name it. One that nothing names watches, and does nothing.',
  fix: 'Name it as healthCheckId of the record that it was made for, or remove it.',
  source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-configuring.html',
};

export const ALARM_BLIND: RuleText = {
  id: 'live-alarm-insufficient-data',
  title: 'An alarm that failover hangs on has no data',
  severity: 'high',
  scopes: ['az', 'region'],
  why: 'An alarm in INSUFFICIENT_DATA does not go to ALARM when things fail, unless missing data counts as breaching. A health check or automation behind it does not notice.',
  fix: 'Check namespace, metric and dimensions of the alarm against what is published, and let missing data count as breaching.',
  source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html',
};

export const ALL_OFF: RuleText = {
  id: 'live-routing-controls-all-off',
  title: 'No routing control of a cluster is on',
  severity: 'high',
  scopes: ['region'],
  why: 'The health check of a routing control is healthy while it is on. With all of them off Route 53 has no healthy branch and answers as if all were healthy, so that switching one on does not move traffic as expected.',
  fix: 'Switch the control of the serving Region on, and add a safety rule that keeps at least one on.',
  source: 'https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.html',
};

const getStatus = reading<GetHealthCheckStatusCommandInput, GetHealthCheckStatusCommandOutput>(
  'route-53',
  'route53:GetHealthCheckStatus',
  { only: 'us-east-1' },
);
const describeAlarms = reading<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>(
  'cloudwatch',
  'cloudwatch:DescribeAlarms',
  {
    pages: ['NextToken', 'NextToken'],
  },
);
const listControls = reading<ListRoutingControlsCommandInput, ListRoutingControlsCommandOutput>(
  'route53-recovery-cluster',
  'route53-recovery-cluster:ListRoutingControls',
  { pages: ['NextToken', 'NextToken'] },
);

export const signalCalls = [getStatus, describeAlarms, listControls];

/** Health is looked at over the last minutes, whatever the window of the check. */
const RECENT_MS = 10 * 60_000;
/** More than 18 % of the checkers (DNS failover guide, "How Route 53 determines the status of health checks"). */
const HEALTHY_SHARE = 0.18;

const ENDPOINT_TYPES = new Set(['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP']);

export async function healthChecks(input: CheckInput, promises: Promises, report: Report): Promise<void> {
  const { estate } = input.judgement;
  const checks = [...estate.resources.values()].flatMap((item) =>
    item.resource.type === HEALTH_CHECK && item.standing.kind === 'modelled'
      ? [{ item, facts: item.standing.facts as HealthCheckFacts }]
      : [],
  );
  const account = input.places[0]?.account ?? '';
  const at = (item: EstateResource): { account: string; region: string } => ({
    account: valueOr(item.resource.account, account),
    region: 'us-east-1',
  });
  const named = checks.map((c) => ({ ...c, id: valueOr(nameOf(c.item), undefined) })).filter((c) => c.id !== undefined);
  const statuses = await measure(
    { aws: input.aws, now: input.now, since: input.now - RECENT_MS },
    // Route 53 publishes in us-east-1 alone: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
    named.map((c) => ({
      place: at(c.item),
      namespace: 'AWS/Route53',
      metric: 'HealthCheckStatus',
      dimensions: { HealthCheckId: c.id ?? '' },
      scale: 1,
    })),
  );
  await Promise.all(
    named.map(async ({ item, facts, id = '' }, i) => {
      const measured = statuses[i] ?? known(undefined);
      const value = valueOr(measured, undefined);
      const endpoint = valueOr(
        map(facts.type, (t) => ENDPOINT_TYPES.has(t)),
        false,
      );
      const healthy: Truth =
        value !== undefined
          ? known(value.newest >= 1, { resource: item.resource.urn })
          : endpoint
            ? await byCheckers(input, id, at(item))
            : andThen(measured, () => unknown('not-reported', `Route 53 reports no status of ${item.title}`));
      report.fact(item, 'health check is healthy', healthy, {
        at: value === undefined ? undefined : new Date(value.newestAt).toISOString(),
      });
      judgeCheck({ item, facts, healthy }, estate.view, input, promises, report);
    }),
  );
}

/** Asked only where CloudWatch has nothing; not possible for calculated checks and those of alarms (API reference). */
async function byCheckers(input: CheckInput, id: string, at: { account: string; region: string }): Promise<Truth> {
  const answer = await input.aws.ask(getStatus, { HealthCheckId: id }, at);
  return andThen(answer, (reply) => {
    const reports = (reply?.HealthCheckObservations ?? []).map((o) => o.StatusReport?.Status ?? '');
    if (reports.length === 0) return unknown('not-reported', 'no checker of Route 53 has reported yet');
    const good = reports.filter((status) => status.startsWith('Success')).length;
    return known(good / reports.length > HEALTHY_SHARE);
  });
}

interface Judged {
  readonly item: EstateResource;
  readonly facts: HealthCheckFacts;
  readonly healthy: Truth;
}

function judgeCheck(
  { item, facts, healthy }: Judged,
  view: CheckInput['judgement']['estate']['view'],
  input: CheckInput,
  promises: Promises,
  report: Report,
): void {
  const { urn } = item.resource;
  const records = view.attached(urn, RECORD, 'healthCheckId');
  const others = [...input.judgement.estate.resources.values()].filter((r) => mentions(r, urn));
  if (records.found.length === 0 && others.length === 0)
    report.judge(CHECK_UNATTACHED, item, records.doubts[0] ?? known(true), `no record, check or endpoint names ${item.title}`);
  // A routing control that is off makes its check unhealthy: that is how it steers.
  const steered = equals(facts.type, 'RECOVERY_CONTROL');
  const failing = not(healthy);
  const matters = decide(steered, { yes: () => false, no: () => true, unknown: () => true });
  if (!matters || (records.found.length === 0 && others.length === 0)) return;
  report.judge(CHECK_UNHEALTHY, item, failing, `${item.title} is unhealthy now`);
  for (const record of records.found) {
    const metrics = promises.through(record.id, ['route53-failover', 'arc-routing-control'], ['RTO']);
    const standby = is(record.text('failoverRoutingPolicies.type'), (type) => type?.toUpperCase() === 'SECONDARY');
    const isStandby = decide(standby, { yes: () => true, no: () => false, unknown: () => false });
    decide(failing, {
      yes: () =>
        report.object(
          metrics,
          isStandby ? 'not-met' : 'unknown',
          isStandby
            ? `the standby branch ${record.name} is unhealthy now: there is nowhere to fail over to`
            : `the branch ${record.name} is unhealthy now: its failover has happened, and there may be no second one`,
          item,
        ),
      no: () => undefined,
      unknown: (why) => report.object(metrics, 'unknown', why.detail, item),
    });
  }
}

/** Links of what is modelled, and calculated checks of children. */
function mentions(other: EstateResource, urn: string): boolean {
  if (other.resource.urn === urn || other.resource.type === RECORD || other.standing.kind !== 'modelled') return false;
  return other.standing.meaning.links.some((link) => valueOr(link.to, undefined) === urn);
}

export async function alarms(input: CheckInput, promises: Promises, report: Report): Promise<void> {
  const { estate } = input.judgement;
  const items = [...estate.resources.values()].filter((item) => item.resource.type === METRIC_ALARM);
  for (const all of groupBy(items, (item) => JSON.stringify(valueOr(placeOf(item), undefined))).values()) {
    const place = valueOr(all[0] === undefined ? unknown('error', 'no alarm') : placeOf(all[0]), undefined);
    if (place === undefined) continue;
    const pages = await input.aws.pages(describeAlarms, { AlarmTypes: ['MetricAlarm'], MaxRecords: 100 }, place);
    const states: Known<ReadonlyMap<string, string>> = map(
      pages,
      (list) => new Map(list.flatMap((p) => p.MetricAlarms ?? []).map((a) => [a.AlarmName ?? '', a.StateValue ?? ''])),
    );
    for (const item of all) {
      const state = andThen(nameOf(item, 'name'), (name) =>
        andThen(states, (found): Known<string> => {
          const value = found.get(name);
          return value === undefined ? unknown('not-reported', `CloudWatch shows no alarm ${name}`) : known(value);
        }),
      );
      report.fact(item, 'state of the alarm', state);
      const checks = estate.view.attached(item.resource.urn, HEALTH_CHECK, 'cloudwatchAlarmName').found;
      const acts = checks.length > 0 || valueOr(item.props.texts('alarmActions'), []).length > 0;
      const treated = is(item.props.text('treatMissingData', 'missing'), (t) => t === 'breaching');
      if (!acts || decide(treated, { yes: () => true, no: () => false, unknown: () => false })) continue;
      const blind = equals(state, 'INSUFFICIENT_DATA');
      report.judge(ALARM_BLIND, item, blind, `${item.title} has no data now`);
      const metrics = checks.flatMap((check) =>
        estate.view
          .attached(check.id, RECORD, 'healthCheckId')
          .found.flatMap((record) => promises.through(record.id, ['route53-failover'], ['RTO', 'DETECT'])),
      );
      decide(blind, {
        yes: () => report.object(metrics, 'unknown', `${item.title} has no data now, so it may not notice`, item),
        no: () => undefined,
        unknown: (why) => report.object(metrics, 'unknown', why.detail, item),
      });
    }
  }
}

const CLUSTER = 'aws:route53recoverycontrol/cluster:Cluster';

export async function routingControls(input: CheckInput, report: Report): Promise<void> {
  for (const item of input.judgement.estate.resources.values()) {
    if (item.resource.type !== CLUSTER) continue;
    const { clusterEndpoints } = item.resource.outputs;
    const endpoints = isList(clusterEndpoints) ? clusterEndpoints.filter(isRecord) : [];
    const states = await onAnyEndpoint(
      input,
      item,
      endpoints.flatMap((e) =>
        typeof e.endpoint === 'string' && typeof e.region === 'string' ? [{ endpoint: e.endpoint, region: e.region }] : [],
      ),
    );
    const on = map(states, (all) => all.filter((c) => c.RoutingControlState === 'On').length);
    report.fact(item, 'routing controls that are on', on, { unit: 'count' });
    const off = andThen(states, (all) => is(on, (n) => all.length > 0 && n === 0));
    report.judge(ALL_OFF, item, off, `none of the routing controls of ${item.title} is on`);
  }
}

type Control = NonNullable<ListRoutingControlsCommandOutput['RoutingControls']>[number];

/** Each of the five endpoints may be out of reach by itself (ARC developer guide, "Best practices for routing control"). */
async function onAnyEndpoint(
  input: CheckInput,
  item: EstateResource,
  endpoints: readonly { readonly endpoint: string; readonly region: string }[],
): Promise<Known<readonly Control[]>> {
  const account = valueOr(item.resource.account, input.places[0]?.account ?? '');
  let last: Known<readonly Control[]> = unknown('not-reported', `nobody says the endpoints of ${item.title}`);
  for (const { endpoint, region } of endpoints) {
    const pages = await input.aws.pages(listControls, {}, { account, region, endpoint });
    last = map(pages, (list) => list.flatMap((p) => p.RoutingControls ?? []));
    const answered = fold(
      last,
      () => true,
      () => false,
    );
    if (answered) break;
  }
  return last;
}
