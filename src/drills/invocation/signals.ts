/** Reads the signals of an invocation: what detectors in AWS say, and what is seen from outside. Nothing is changed. */
import type { EventFilter } from '@aws-sdk/client-health';
import type { Place } from '../../aws/call.ts';
import { AwsFailure, reasonOf, saysOf } from '../../aws/failure.ts';
import { compileGlob } from '../../catalog/glob.ts';
import type { Role } from '../../estate/roles.ts';
import { messageOf } from '../../model/errors.ts';
import type { MetricRule, NamedSignal, SignalRule } from '../../model/invocation.ts';
import { is, known, type Truth, unknown } from '../../model/known.ts';
import { formatDuration, formatPercent } from '../../model/quantity.ts';
import type { Ground } from '../ground.ts';
import { describeAlarms, healthCheck, healthCheckStatus } from '../kinds/calls.ts';
import { lagsOf } from '../kinds/lag.ts';
import { arnOf } from '../kinds/places.ts';
import { itemsOf } from '../kinds/scene.ts';
import { healthEvents, statistics } from './calls.ts';
import { doorsOf, knock } from './doors.ts';
import type { Reading, Readings } from './history.ts';

export interface SignalSettings {
  readonly ground: Ground;
  /** Roles where users come in. */
  readonly entries: readonly Role[];
  /** Roles that keep data. */
  readonly stores: readonly Role[];
  /** Milliseconds for which an answer is awaited: what hangs must not hold up the others. */
  readonly within: number;
}

/** Signals of one vantage point may be wrong together: alarms of one Region, all that Route 53's checkers see. */
const CHECKERS = 'Route 53';

function vantageOf(rule: SignalRule): string {
  switch (rule.kind) {
    case 'alarm':
      return `CloudWatch in ${regionOf(rule)}`;
    case 'availability-below':
      return metricVantage(rule.metric.namespace, rule.metric.region);
    case 'health-check':
      return CHECKERS;
    case 'probe':
      return 'requests of our own';
    case 'lag-above':
      return 'replication';
    case 'health-event':
      return 'AWS Health';
  }
}

/** A metric of Route 53 is what its checkers see, whoever alarms on it. */
const metricVantage = (namespace: string | undefined, region: string): string =>
  namespace === 'AWS/Route53' ? CHECKERS : `CloudWatch in ${region}`;

const regionOf = ({ alarm, region }: { readonly alarm: string; readonly region: string | undefined }): string =>
  alarm.startsWith('arn:') ? (alarm.split(':')[3] ?? '') : (region ?? '');

/** Every signal once. A signal that cannot be read is unknown, with the reason. */
export async function readSignals(signals: readonly NamedSignal[], settings: SignalSettings): Promise<Readings> {
  const read = await Promise.all(
    signals.map(async ({ id, rule }): Promise<readonly [string, Reading]> => {
      const vantage = vantageOf(rule);
      try {
        return [id, { vantage, since: undefined, ...(await inTime(reading(rule, settings), settings)) }];
      } catch (error) {
        const says = error instanceof AwsFailure ? saysOf(error) : messageOf(error);
        const reason = error instanceof AwsFailure ? reasonOf(error) : 'error';
        return [id, { vantage, since: undefined, shows: unknown(reason, says), says }];
      }
    }),
  );
  return new Map(read);
}

/** Whatever is lost may never answer. */
async function inTime<T>(work: Promise<T>, { within, ground: { clock } }: SignalSettings): Promise<T> {
  const over = new AbortController();
  const late = clock.sleep(within, over.signal).then(
    () => {
      throw new Error(`no answer within ${formatDuration(within / 1000)}`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

type Read = Pick<Reading, 'shows' | 'says'> & Partial<Pick<Reading, 'vantage' | 'since'>>;

const nobodyKnows = (says: string): Read => ({ shows: unknown('not-reported', says), says });

function reading(rule: SignalRule, settings: SignalSettings): Promise<Read> {
  switch (rule.kind) {
    case 'alarm':
      return alarmed(rule, settings);
    case 'health-check':
      return unhealthy(rule.check, settings);
    case 'probe':
      return failing(rule, settings);
    case 'lag-above':
      return late(rule, settings);
    case 'health-event':
      return eventful(rule, settings);
    case 'availability-below':
      return unavailable(rule, settings);
  }
}

/** The account of the estate, by the first ARN that the sources show. */
function placeIn({ ground }: SignalSettings, region: string): Place {
  for (const item of ground.judgement.estate.resources.values()) {
    const account = arnOf(item)?.split(':')[4] ?? '';
    if (account !== '') return { account, region };
  }
  throw new Error('no source says in which account it is');
}

async function alarmed(rule: Extract<SignalRule, { kind: 'alarm' }>, settings: SignalSettings): Promise<Read> {
  const region = regionOf(rule);
  const [, , , , account = '', , ...name] = rule.alarm.startsWith('arn:') ? rule.alarm.split(':') : [];
  const at = account === '' ? placeIn(settings, region) : { account, region };
  const asked = { AlarmNames: [name.length > 0 ? name.join(':') : rule.alarm] };
  const found = await settings.ground.session.send(
    describeAlarms,
    { ...asked, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
    at,
  );
  const alarm = found.MetricAlarms?.[0] ?? found.CompositeAlarms?.[0];
  if (alarm === undefined)
    return { shows: unknown('dangling', `there is no alarm ${rule.alarm}`), says: 'there is no such alarm' };
  const vantage = metricVantage('Namespace' in alarm ? alarm.Namespace : undefined, region);
  const says = `${alarm.AlarmName ?? rule.alarm} is ${alarm.StateValue ?? 'not known'}`;
  if (alarm.StateValue !== 'ALARM' && alarm.StateValue !== 'OK') return { ...nobodyKnows(says), vantage };
  return { shows: known(alarm.StateValue === 'ALARM'), says, vantage, since: alarm.StateTransitionedTimestamp?.getTime() };
}

/** Healthy while more than 18 % of the checkers say so (Route 53 developer guide, "How Route 53 determines whether a health check is healthy"). */
const HEALTHY_SHARE = 0.18;
/** Kinds that have no checkers of their own: AWS does not tell their status (API reference, GetHealthCheckStatus). */
const DERIVED = ['CALCULATED', 'CLOUDWATCH_METRIC', 'RECOVERY_CONTROL'];

async function unhealthy(named: string, settings: SignalSettings): Promise<Read> {
  const { ground } = settings;
  const matches = compileGlob(named);
  const items = [...ground.judgement.estate.resources.values()].filter(
    ({ resource }) => resource.type === 'aws:route53/healthCheck:HealthCheck' && matches(resource.urn),
  );
  if (items.length > 1) return nobodyKnows(`${items.length} health checks are called ${named}`);
  const id = items[0] === undefined ? named : items[0].resource.id;
  if (id === undefined || id.includes('*')) return nobodyKnows(`no health check is called ${named}`);
  const at = placeIn(settings, 'us-east-1');
  const config = (await ground.session.send(healthCheck, { HealthCheckId: id }, at)).HealthCheck?.HealthCheckConfig;
  if (DERIVED.includes(config?.Type ?? ''))
    return nobodyKnows(`${id} is a ${config?.Type} health check: name what it is made of instead`);
  if (config?.Disabled === true) return nobodyKnows(`${id} is disabled`);
  const seen = (await ground.session.send(healthCheckStatus, { HealthCheckId: id }, at)).HealthCheckObservations ?? [];
  if (seen.length === 0) return nobodyKnows(`no checker reports on ${id}`);
  const well = seen.filter((o) => o.StatusReport?.Status?.startsWith('Success') === true).length;
  const healthy = well / seen.length > HEALTHY_SHARE;
  const shows = config?.Inverted === true ? healthy : !healthy;
  return { shows: known(shows), says: `${well} of ${seen.length} checkers of Route 53 are answered` };
}

/** From each place every door must answer. */
async function failing(
  { url, failing: needed }: Extract<SignalRule, { kind: 'probe' }>,
  settings: SignalSettings,
): Promise<Read> {
  const { outside, judgement } = settings.ground;
  const doors = url === undefined ? doorsOf(settings.entries, judgement.estate) : [{ title: url, hosts: [url] }];
  const places = outside.resolvers.length;
  if (doors.length === 0 || places === 0) return nobodyKnows('no source shows where users come in');
  let failed = 0;
  let doubtful = 0;
  let why = '';
  const asked = outside.resolvers.map((_, n) => Promise.all(doors.map((door) => knock(door, n, outside))));
  for (const answers of await Promise.all(asked)) {
    const refused = answers.find((a) => a.kind === 'refused');
    if (refused !== undefined) {
      failed += 1;
      why = refused.why;
    } else if (answers.some((a) => a.kind === 'unknown')) doubtful += 1;
  }
  const enough = Math.min(needed, places);
  if (failed < enough && failed + doubtful >= enough) return nobodyKnows(`${doubtful} of ${places} places cannot ask`);
  const of = `${failed} of ${places} places get no answer`;
  return { shows: known(failed >= enough), says: failed === 0 ? of : `${of}: ${why}` };
}

async function late(rule: Extract<SignalRule, { kind: 'lag-above' }>, { ground, stores }: SignalSettings): Promise<Read> {
  const matches = rule.of === undefined ? () => true : compileGlob(rule.of);
  const { estate } = ground.judgement;
  let worst: number | undefined;
  const doubts: string[] = [];
  const members = stores.flatMap((role) => itemsOf(role, estate).map((item) => ({ item, role })));
  const asked = members.filter(({ item }) => matches(item.resource.urn));
  for (const { title, seconds } of await lagsOf(asked, ground.outside)) {
    if (seconds === undefined) doubts.push(title);
    else worst = Math.max(worst ?? 0, seconds);
  }
  const says = worst === undefined ? 'no lag is known' : `at most ${formatDuration(Math.round(worst))} behind`;
  if (worst !== undefined && worst > rule.seconds) return { shows: known(true), says };
  if (worst === undefined || doubts.length > 0)
    return nobodyKnows(`nobody can tell how late ${doubts.join(', ') || 'a store'} is`);
  return { shows: known(false), says };
}

async function eventful(rule: Extract<SignalRule, { kind: 'health-event' }>, settings: SignalSettings): Promise<Read> {
  const filter: EventFilter = {
    services: [rule.service],
    regions: [rule.region],
    eventStatusCodes: ['open'],
    eventTypeCategories: ['issue'],
  };
  const { events = [] } = await settings.ground.session.send(healthEvents, { filter }, placeIn(settings, rule.region));
  const [first] = events;
  const about = `${rule.service} in ${rule.region}`;
  if (first === undefined) return { shows: known(false), says: `no open event about ${about}` };
  return {
    shows: known(true),
    says: `${first.eventTypeCode ?? 'an event'} about ${about} is open`,
    since: first.startTime?.getTime(),
  };
}

/** Seconds of one datapoint. */
const PERIOD = 60;

async function unavailable(
  { share, over, metric }: Extract<SignalRule, { kind: 'availability-below' }>,
  settings: SignalSettings,
): Promise<Read> {
  const now = settings.ground.clock.now();
  const points = await pointsOf(metric, now - over * 1000, now, settings);
  const shown: Truth = is(mean(points, now - (over * 1000) / 2), (average) => average / 100 < share);
  const average = points.length === 0 ? undefined : points.reduce((sum, p) => sum + p.value, 0) / points.length;
  const says = average === undefined ? `${metric.name} has no value` : `${metric.name} is ${formatPercent(average)}`;
  return { shows: shown, says };
}

interface Point {
  readonly at: number;
  readonly value: number;
}

async function pointsOf(metric: MetricRule, from: number, to: number, settings: SignalSettings): Promise<readonly Point[]> {
  const { Datapoints = [] } = await settings.ground.session.send(
    statistics,
    {
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(from),
      EndTime: new Date(to),
      Period: PERIOD,
      Statistics: ['Average'],
    },
    placeIn(settings, metric.region),
  );
  return Datapoints.flatMap(({ Timestamp, Average }) =>
    Timestamp === undefined || Average === undefined ? [] : [{ at: Timestamp.getTime(), value: Average }],
  );
}

/** A metric that has stopped says nothing: something newer than `since` must be there. */
function mean(points: readonly Point[], since: number) {
  if (!points.some((p) => p.at >= since)) return unknown('stale', 'the metric has no recent value');
  return known(points.reduce((sum, p) => sum + p.value, 0) / points.length);
}
