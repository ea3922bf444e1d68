/** How far every copy is behind its store, as AWS measures it, against what was agreed. Configuration is never called lag. */
import { groupBy } from '../src/model/collections.ts';
import type { RuleText } from '../src/model/finding.ts';
import type { Known, Truth } from '../src/model/known.ts';
import { andThen, any, decide, fold, is, known, map, unknown } from '../src/model/known.ts';
import { formatAbout, formatDuration } from '../src/model/quantity.ts';
import type { Check, CheckInput, CheckResult } from './check.ts';
import type { Measured, Series } from './measurements.ts';
import { getMetricData, measure, periodOf } from './measurements.ts';
import { Promises, Report, valueOr, whyNot } from './questions.ts';
import type { Lag, Pair } from './replication-pairs.ts';
import { pairsOf, watchedIn } from './replication-pairs.ts';

const LAG_OVER_RPO: RuleText = {
  id: 'live-replication-lag-over-rpo',
  title: 'A copy was further behind than the agreed RPO allows',
  severity: 'critical',
  scopes: ['instance', 'az', 'region', 'account'],
  why: 'What a copy has not yet received when the store is lost is lost with it. The configuration says that there is a copy; only the measured lag says how old it is.',
  fix: 'Find what holds replication back (load of the writer, size of the replica, long transactions, network), size the replica like its source, and alarm on the lag well below the RPO.',
  source:
    'https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html',
};

const STOPPED: RuleText = {
  id: 'live-replication-stopped',
  title: 'A copy receives nothing any more',
  severity: 'critical',
  scopes: ['instance', 'az', 'region', 'account'],
  why: 'RDS reports a lag of -1 for a replica that does not replicate, and a replica that is gone or broken reports nothing at all. Its data grows older with every write, while its configuration looks as it should.',
  fix: 'Read the events and the error log of the replica, restart replication or make the replica again, and alarm on missing data of the lag metric.',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html',
};

/** Metrics come a minute or two late; what is silent for longer, or for three periods, is not reporting. */
const SILENCE_MS = 15 * 60_000;

interface Read {
  readonly measured: Known<Measured | undefined>;
  /** Seconds behind; unknown when nothing says so now. */
  readonly lag: Known<number>;
  readonly stopped: Truth;
}

async function run(input: CheckInput): Promise<CheckResult> {
  const { estate } = input.judgement;
  const promises = new Promises(input.judgement);
  const report = new Report();
  const pairs = pairsOf(estate);
  const watched = watchedIn(estate);
  const series = new Map<string, Series>();
  const add = (one: Series): void => void series.set(keyOf(one), one);
  for (const pair of pairs) for (const one of seriesOf(pair)) add(one);
  for (const { series: one } of watched) add(one);
  const list = [...series.values()];
  const answers = await measure(input, list);
  const found = new Map(list.map((one, i) => [keyOf(one), answers[i] ?? known(undefined)]));
  const look = (one: Series): Known<Measured | undefined> => found.get(keyOf(one)) ?? known(undefined);

  const all = pairs.map((pair) => ({ pair, ...readOf(pair, look, input) }));
  const written = new Set(all.flatMap((r) => (hasPoints(r.measured) ? [sharedBy(r.pair)] : [])));
  const busy = all.filter(
    (r) => sharedBy(r.pair) === undefined || isUnread(r.measured) || !written.has(sharedBy(r.pair)) || hasPoints(r.measured),
  );
  const told = new Set<string>();
  for (const [urn, read] of groupBy(busy, (r) => r.pair.item.resource.urn)) {
    for (const { pair, measured, lag, stopped } of read) {
      const key = `${urn}\n${pair.to}`;
      if (told.has(key)) continue;
      told.add(key);
      const at = valueOr(measured, undefined)?.at;
      report.fact(pair.item, `replication lag to ${pair.to}`, lag, { unit: 'seconds', at });
      decide(stopped, {
        yes: (fact) => report.find(STOPPED, pair.item, fact.detail ?? `the copy in ${pair.to} receives nothing`),
        no: () => undefined,
        unknown: () => undefined,
      });
    }
    const perMetric = read.flatMap((one) =>
      promises.by(urn, one.pair.protection.mechanism, ['RPO'], one.pair.protection.scopes).map((metric) => ({ metric, one })),
    );
    for (const uses of groupBy(perMetric, (u) => u.metric.id).values()) {
      const first = uses[0];
      if (first === undefined) continue;
      const { metric, one } = first;
      // One copy that is near enough is enough.
      const within = any(uses.map((u) => is(u.one.lag, (seconds) => seconds <= metric.target)));
      const worst = map(one.lag, (seconds) => `${formatAbout(seconds)} behind`);
      decide(within, {
        yes: () => undefined,
        no: () => {
          const lag = fold(
            worst,
            (text) => text,
            () => 'too far behind',
          );
          const reason = `the copy of ${one.pair.item.title} in ${one.pair.to} was ${lag}, and the RPO is ${formatDuration(metric.target)}`;
          report.find(LAG_OVER_RPO, one.pair.item, reason);
          report.object([metric], 'not-met', reason, one.pair.item);
        },
        unknown: (why) => {
          report.doubt(LAG_OVER_RPO, one.pair.item, why);
          report.object([metric], 'unknown', why.detail, one.pair.item);
        },
      });
    }
  }
  for (const { item, what, series: one } of watched)
    fold(
      look(one),
      (m) => (m === undefined ? undefined : report.fact(item, what, known(m.worst), { unit: 'seconds', at: m.at })),
      (why) => report.fact(item, what, why, { unit: 'seconds' }),
    );
  return report.result();
}

const hasPoints = (measured: Read['measured']): boolean => valueOr(measured, undefined) !== undefined;
const isUnread = (measured: Read['measured']): boolean => whyNot(measured) !== undefined;
const sharedBy = (pair: Pair): string | undefined =>
  fold(
    pair.lag,
    (lag) => lag.shared,
    () => undefined,
  );

const keyOf = (s: Series): string => JSON.stringify([s.place.account, s.place.region, s.namespace, s.metric, s.dimensions]);

function seriesOf(pair: Pair): readonly Series[] {
  return fold<Lag, readonly Series[]>(
    pair.lag,
    (lag) => lag.alternatives.flat(),
    () => [],
  );
}

function readOf(pair: Pair, look: (one: Series) => Known<Measured | undefined>, input: CheckInput): Read {
  const measured = andThen(pair.lag, (lag) => firstTelling(lag, look));
  const steady = fold(
    pair.lag,
    (l) => l.steady,
    () => false,
  );
  const silence = Math.max(SILENCE_MS, 3 * periodOf(input.since, input.now) * 1000);
  const origin = { resource: pair.item.resource.urn };
  const none = `CloudWatch has no data point of the lag of ${pair.item.title} to ${pair.to} in the window`;
  const stopped = map(measured, (m) => m !== undefined && steady && (m.newest < 0 || input.now - m.newestAt > silence));
  return {
    measured,
    stopped: fold<boolean, Truth>(
      stopped,
      (v) => known(v, origin, `the copy of ${pair.item.title} in ${pair.to} does not replicate`),
      (why) => why,
    ),
    lag: andThen(measured, (m) => {
      if (m === undefined) return unknown('not-reported', none, origin);
      if (m.newest < 0) return unknown('stale', `the copy of ${pair.item.title} in ${pair.to} does not replicate`, origin);
      if (steady && input.now - m.newestAt > silence)
        return unknown('stale', `the lag of ${pair.item.title} to ${pair.to} is not reported any more`, origin);
      return known(m.worst, origin);
    }),
  };
}

/** The first alternative with a data point; the worst of its series. An unread one is never passed over. */
function firstTelling(lag: Lag, look: (one: Series) => Known<Measured | undefined>): Known<Measured | undefined> {
  for (const alternative of lag.alternatives) {
    let worst: Measured | undefined;
    for (const one of alternative) {
      const read = look(one);
      const why = whyNot(read);
      if (why !== undefined) return why;
      const m = valueOr(read, undefined);
      if (m !== undefined && (worst === undefined || m.worst > worst.worst)) worst = m;
    }
    if (worst !== undefined) return known(worst);
  }
  return known(undefined);
}

export const replication: Check = {
  id: 'replication',
  title: 'How far is every copy behind its store?',
  rules: [LAG_OVER_RPO, STOPPED],
  calls: [getMetricData],
  run,
};
