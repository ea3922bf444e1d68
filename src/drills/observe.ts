/** What one drill says about each promise. A drill that was not carried through says nothing, and neither does what it could not see. */

import type { Metric } from '../model/agreement.ts';
import { type DrillSpec, SCOPE_OF } from '../model/drill.ts';
import type { JournalEntry, Json } from '../model/journal.ts';
import { memberOf } from '../model/journal.ts';
import { formatPercent } from '../model/quantity.ts';
import type { Judgement } from '../verdicts/judge.ts';
import { type Observation, seconds } from '../verdicts/kpi5.ts';
import { WRITES } from './canary.ts';
import { DETECTORS } from './kinds/detectors.ts';
import { NOT_COMBINED } from './kinds/losses.ts';
import { OLDEST, UNHARMED } from './kinds/restores.ts';
import { DECIDES, NOTICES } from './kinds/table-top.ts';
import type { DrillResult } from './result.ts';
import { unsimulated } from './unsimulated.ts';

export interface Held {
  readonly spec: DrillSpec;
  readonly result: DrillResult;
  readonly entries: readonly JournalEntry[];
  /** Ids of the steps that a person did. */
  readonly people: readonly string[];
  readonly blind: readonly string[];
  readonly notTaken: readonly string[];
}

type Says = readonly [value: Observation['value'], text: string];

/**
 * One observation for each metric of the drill's service and of what its kind shows (SCOPE_OF), or of those that it names. Values
 * are seconds, and percent for MBCO. A drill of one part shows that part, and gives none; a table-top speaks of detection and
 * decision alone.
 */
export function observationsOf(held: Held, judgement: Judgement): readonly Observation[] {
  const { spec, result, people } = held;
  const named = spec.hypothesis.metrics;
  const metrics = judgement.verdicts
    .map((v) => v.metric)
    .filter((m) => m.serviceId === result.service && (named.length === 0 || named.includes(m.id)));
  const at = result.marks.t0 ?? held.entries[0]?.at ?? 0;
  const common = { member: result.member, source: 'test' as const, world: result.world, at, run: result.run };
  const automatic = result.automatic && people.length === 0;
  if (spec.kind === 'table-top')
    return metrics
      .filter((m) => named.includes(m.id) && (m.type === 'DETECT' || m.type === 'INVOKE'))
      .map((m): Observation => {
        const [value, says] = spoken(m, held);
        return { ...common, metric: m.id, automatic: false, value, says };
      });
  const scope = SCOPE_OF[spec.kind];
  if (scope === undefined || result.scope !== scope) return [];
  if (scope === 'supplier' && !isSupplier(result, judgement)) return [];
  return metrics
    .filter((m) => m.scope === scope)
    .map((m): Observation => {
      const [value, says] = said(m, held);
      return { ...common, metric: m.id, automatic, value, says };
    });
}

/** Another service that it calls is no supplier, whatever was promised for the loss of one. */
const isSupplier = ({ service, member }: DrillResult, { assignment }: Judgement): boolean =>
  assignment.services.get(service)?.entry.dependsOn.some(({ on }) => on.kind === 'supplier' && on.id === member) === true;

function said(metric: Metric, held: Held): Says {
  const { result, notTaken, blind } = held;
  const missing = unsimulated(blind);
  if (missing !== undefined) return [null, missing];
  switch (metric.type) {
    case 'DETECT':
      return detected(held);
    case 'INVOKE':
      return [null, 'the time to decide is assumed here: a table-top or a real event tells'];
    case 'RETENTION':
      return retained(metric, held);
    default:
      break;
  }
  if (result.status === 'not-recovered') {
    if (notTaken.length > 0) return [null, `${result.reason}, and no step here takes ${notTaken.join(' or ')}`];
    return metric.type === 'RPO' && storesAreBack(held)
      ? [null, `${result.reason}; its stores are back, and what they lost was not counted`]
      : ['never', result.reason];
  }
  if (result.status === 'stopped' && (metric.type === 'RTO' || metric.type === 'MTPD') && stoppedTooLate(metric, held))
    return ['never', `${result.reason}: nobody was served again by then`];
  if (result.status !== 'recovered') return [null, result.reason];
  switch (metric.type) {
    case 'RTO':
    case 'MTPD':
      return time(metric, held);
    case 'RPO':
      return point(metric, held);
    case 'MBCO':
      return capacity(held);
    case 'RESTORE_GRANULARITY':
      return granularity(held);
    default:
      return [null, `not measured: ${metric.type}`];
  }
}

/** Was it stopped after the promise was broken, while something was still away? Stopped before, it says nothing. */
function stoppedTooLate({ target }: Metric, { entries, result, notTaken }: Held): boolean {
  const { t0 } = result.marks;
  const stop = entries.find((e) => e.kind === 'stop');
  if (t0 === undefined || stop === undefined || notTaken.length > 0 || (stop.at - t0) / 1000 <= target) return false;
  const last = new Map<string, boolean>();
  for (const { kind, about, at, data } of entries)
    if (kind === 'observation' && at >= t0 && at <= stop.at) last.set(about, memberOf(data, 'ok') === false);
  return [...last.values()].includes(true);
}

/** Did every store take writes again, on what it held, when the drill gave up? */
function storesAreBack({ entries }: Held): boolean {
  const until = entries.find((e) => e.kind === 'phase' && e.about === 'rollback')?.at ?? Number.POSITIVE_INFINITY;
  const last = new Map<string, boolean>();
  for (const { kind, about, at, data } of entries)
    if (kind === 'observation' && at < until && about.startsWith(WRITES)) last.set(about, memberOf(data, 'ok') === true);
  return last.size > 0 && [...last.values()].every((ok) => ok);
}

function time(metric: Metric, { result, blind, spec }: Held): Says {
  const taken = metric.clock === 'declaration' ? result.rtoDeclared : downtime(result, spec);
  if (taken === null) return [null, `not measured: ${metric.type}`];
  if (taken <= metric.target) {
    // What could not be watched may have been down longer.
    const unwatched = blind.find((b) => b.includes('nobody answers') || b.includes('canary') || b.includes(NOT_COMBINED));
    if (unwatched !== undefined) return [null, unwatched];
    const unread = result.measured?.stores.find((s) => s.rpo === null && s.written > 0);
    if (unread !== undefined) return [null, `whether ${unread.store} holds what it held could not be read`];
  }
  const unharmed = blind.some((b) => b.startsWith(UNHARMED));
  return [taken, unharmed ? `restored and read after ${seconds(taken)}; ${UNHARMED}` : `recovered after ${seconds(taken)}`];
}

/** Seconds. A Region that is left in good order is away only while somebody is not served, however long leaving it takes. */
function downtime(result: DrillResult, { kind }: DrillSpec): number | null {
  if (kind !== 'region-evacuation' || result.rto === null) return result.rto;
  const { t0 = 0, t5 = 0 } = result.marks;
  let down = 0;
  let until = t0;
  for (const { from, to } of [...result.outages].sort((a, b) => a.from - b.from)) {
    const end = Math.min(to ?? t5, t5);
    down += Math.max(0, end - Math.max(from, until));
    until = Math.max(until, end);
  }
  return down / 1000;
}

function point(metric: Metric, { result, blind }: Held): Says {
  const recovered = result.measured?.rpo ?? null;
  const unseen = blind.find((b) => b.includes('messages that wait') || b.includes('canary'));
  if (recovered === null || (unseen !== undefined && recovered !== 'all' && recovered <= metric.target))
    return [null, unseen ?? 'no canary write could be followed'];
  return [recovered, recovered === 'all' ? 'every canary write was lost' : `${seconds(recovered)} of writes lost`];
}

/** Share of the requests that were served from t5 on, over time: the worst of the entries. */
function capacity({ result, entries }: Held): Says {
  const { t5 } = result.marks;
  const until = entries.find((e) => e.kind === 'phase' && e.about === 'rollback')?.at;
  // Requests of probes are no load: that they are served says nothing about how many others would be.
  if (result.world === 'live') return [null, 'requests of probes carry no load, so they do not show capacity'];
  if (t5 === undefined || until === undefined) return [null, 'not measured: MBCO'];
  const doors = new Map<string, { readonly at: number; readonly share: number }[]>();
  for (const { kind, about, at, data } of entries) {
    const served = memberOf(memberOf(data, 'data') ?? null, 'served');
    const of = memberOf(memberOf(data, 'data') ?? null, 'of');
    if (kind !== 'observation' || typeof served !== 'number' || typeof of !== 'number' || of === 0) continue;
    doors.set(about, [...(doors.get(about) ?? []), { at, share: served / of }]);
  }
  const shares = [...doors.values()].map((seen) => meanOver(seen, t5, until)).filter((share) => share !== undefined);
  if (shares.length === 0) return [null, 'no entry could be asked'];
  const percent = Math.floor(1000 * Math.min(...shares)) / 10;
  return [percent, `${formatPercent(percent)} of requests served once recovered`];
}

/** What was seen holds until something else is. */
function meanOver(
  seen: readonly { readonly at: number; readonly share: number }[],
  from: number,
  until: number,
): number | undefined {
  let held = seen.findLast((s) => s.at <= from);
  if (held === undefined) return undefined;
  let at = from;
  let sum = 0;
  for (const next of seen.filter((s) => s.at > from && s.at < until)) {
    sum += held.share * (next.at - at);
    at = next.at;
    held = next;
  }
  return until === from ? held.share : (sum + held.share * (until - at)) / (until - from);
}

/** When a detector of the service's own first signalled. What the drill sees from outside is no detector of the service. */
function detected({ result, entries, blind }: Held): Says {
  const { t0, t1 } = result.marks;
  if (blind.some((b) => b.startsWith(UNHARMED))) return [null, `${UNHARMED}, so there was nothing to detect`];
  if (t0 === undefined || !['recovered', 'not-recovered'].includes(result.status)) return [null, result.reason];
  const seen = entries.filter((e) => e.kind === 'observation' && e.about === DETECTORS);
  if (seen.length === 0) return [null, 'no health check and no alarm of the service could be watched'];
  const isLoud = ({ data }: JournalEntry): boolean => {
    const loud = memberOf(memberOf(data, 'data') ?? null, 'signalling');
    return Array.isArray(loud) && loud.length > 0;
  };
  const before = seen.findLast((e) => e.at < t0);
  if (before !== undefined && isLoud(before)) return [null, 'a detector signalled before anything was lost'];
  const first = seen.find((e) => e.at >= t0 && isLoud(e));
  if (first !== undefined) return [(first.at - t0) / 1000, `signalled after ${seconds((first.at - t0) / 1000)}`];
  if (t1 === undefined) return [null, 'nobody was without service, so there was nothing to detect'];
  return seen.some((e) => e.at >= t0 && textOf(e.data) === 'cannot all be asked')
    ? [null, 'not every detector could be asked']
    : ['never', 'no detector of the service signalled'];
}

const textOf = (data: Json): string | undefined => {
  const says = memberOf(data, 'says');
  return typeof says === 'string' ? says : undefined;
};

/** The age of the oldest point that was restored and read. A store that is younger than what was promised cannot show it. */
function retained(metric: Metric, { entries, result }: Held): Says {
  const points = entries
    .filter((e) => e.kind === 'outcome' && e.about.startsWith(OLDEST))
    .map((e) => ({ about: e.about, detail: memberOf(e.data, 'detail') ?? null }));
  const { t0 } = result.marks;
  if (points.length === 0 || t0 === undefined) return [null, 'no oldest point was restored'];
  let worst: number | undefined;
  for (const { about, detail } of points) {
    const failed = memberOf(detail, 'failed');
    const found = memberOf(detail, 'oldest') ?? null;
    const moment = memberOf(found, 'moment');
    const born = memberOf(found, 'born');
    const missing = memberOf(found, 'missing');
    const wrong = memberOf(found, 'wrong');
    if (typeof moment !== 'number') return [null, `${about}: ${typeof failed === 'string' ? failed : 'not restored'}`];
    if (typeof missing !== 'number' || typeof wrong !== 'number') return [null, `${about}: what was restored could not be read`];
    if (missing > 0 || wrong > 0) return ['never', `${about}: ${missing} writes are missing and ${wrong} are wrong`];
    const age = (t0 - moment) / 1000;
    const isOldEnough = typeof born === 'number' && (t0 - born) / 1000 >= metric.target;
    if (age < metric.target && !isOldEnough)
      return [null, `${about}: it reaches back ${seconds(age)}, and the store may be no older`];
    worst = Math.min(worst ?? age, age);
  }
  return worst === undefined ? [null, 'no oldest point was restored'] : [worst, `restored from ${seconds(worst)} ago`];
}

/** How far the newest write that came back lies before the moment that was asked for. */
function granularity({ result, spec }: Held): Says {
  const apart = result.measured?.rpo ?? null;
  if (spec.kind !== 'backup-restore' || apart === null) return [null, 'no restore to a moment was measured'];
  return apart === 'all' ? ['never', 'every canary write was lost'] : [apart, `restored to within ${seconds(apart)}`];
}

/** What was said at the table, and when. */
function spoken(metric: Metric, { entries, result }: Held): Says {
  if (result.status !== 'recovered') return [null, result.reason];
  const when = (prefix: string): number | undefined => {
    const entry = entries.find((e) => e.kind === 'outcome' && e.about.startsWith(prefix));
    const at = memberOf(memberOf(entry?.data ?? null, 'detail') ?? null, 'at');
    return typeof at === 'number' ? at : undefined;
  };
  const { t0 } = result.marks;
  const noticed = when(NOTICES);
  const decided = when(DECIDES);
  const [from, to] = metric.type === 'DETECT' ? [t0, noticed] : [noticed, decided];
  if (from === undefined || to === undefined || to < from) return [null, 'it was not recorded'];
  return [(to - from) / 1000, `recorded after ${seconds((to - from) / 1000)}`];
}
