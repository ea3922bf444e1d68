/** The demonstrated level: what drills and real events show of the promises as they are now. */
import type { Metric, MetricType } from '../model/agreement.ts';
import { groupBy } from '../model/collections.ts';
import type { DrillKind } from '../model/drill.ts';
import { all, no, type Truth, unknown, yes } from '../model/known.ts';
import type { Kpi2 } from '../model/kpi.ts';
import { firstOf } from '../model/naming.ts';
import { formatDuration } from '../model/quantity.ts';
import type { World } from '../model/resource.ts';
import { ANY_MEMBER, regionOfToken, type Scope, zoneSpelling } from '../model/scope.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import type { Judgement } from './judge.ts';
import { type Expired, type Kpi5, kpi5, type Observation, type Shown, type Standing, shownBy } from './kpi5.ts';
import { kpi2 } from './kpis.ts';
import { hardClosure, type Material, materialOf } from './material.ts';

/** An observation with what its record says about the promise when it was made. */
export interface KeptObservation extends Observation {
  readonly kind: DrillKind;
  readonly service: string;
  readonly scope: Scope;
  /** Hash of what the promise rested on; undefined: the record does not say. */
  readonly material: string | undefined;
  readonly parts: Readonly<Record<string, string>>;
  /** Everything that the scope stood for then. */
  readonly members: readonly string[];
}

/** Somebody put right what a run showed, outside of what the sources show. */
export interface Fix {
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Evidence {
  readonly observations: readonly KeptObservation[];
  readonly fixes: readonly Fix[];
}

export interface Demonstration {
  /** Of the estate's own world, by metric id; undefined where there is no such evidence. A not-met below carries upwards. */
  readonly own:
    | {
        readonly shown: ReadonlyMap<string, Shown>;
        readonly verdicts: readonly MetricVerdict[];
        readonly kpi2: Kpi2;
        readonly kpi5: Kpi5;
      }
    | undefined;
  /** What happened in simulated AWS, by metric id, where something did. It counts in no figure of a live estate. */
  readonly rehearsed: ReadonlyMap<string, Shown>;
}

/**
 * `judgement`: of the sources that drills are held for (the designed level where there is one). `established`: the verdicts of the
 * level below. `now`: milliseconds since the epoch; what was observed later is not looked at.
 */
export function demonstrate(
  judgement: Judgement,
  established: readonly MetricVerdict[],
  evidence: Evidence,
  now: number,
): Demonstration {
  const below = new Map(established.map((v) => [v.metric.id, v]));
  const seen = evidence.observations.filter((o) => o.at <= now);
  const { shown, standing } = showing(judgement, seen, evidence.fixes, now);
  const rehearsed = judgement.verdicts.filter((v) => seen.some((o) => o.world === 'simulated' && o.metric === v.metric.id));
  const { world } = judgement;
  const metrics = judgement.verdicts.map((v) => v.metric);
  return {
    own: seen.some((o) => o.world === world && below.has(o.metric)) ? ownWorld() : undefined,
    rehearsed: new Map(rehearsed.map((v) => [v.metric.id, shown(v, 'simulated')])),
  };

  function ownWorld(): NonNullable<Demonstration['own']> {
    const carried = judgement.verdicts.map((v) => [v, carry(shown(v, world), below.get(v.metric.id) ?? v)] as const);
    const verdicts = carried.map(([v, s]) => levelOf(v, s, below.get(v.metric.id) ?? v));
    return {
      shown: new Map(carried.map(([v, s]) => [v.metric.id, s])),
      verdicts,
      kpi2: kpi2(verdicts),
      kpi5: kpi5(metrics, (metric, sources) => standing(metric, world, sources), now),
    };
  }
}

interface Showing {
  shown(verdict: MetricVerdict, world: World): Shown;
  standing(metric: Metric, world: World, sources: readonly Observation['source'][]): Standing<KeptObservation>;
}

function showing(judgement: Judgement, seen: readonly KeptObservation[], fixes: readonly Fix[], now: number): Showing {
  const materials = new Map<string, Material>();
  const materialNow = (metric: string): Material => {
    const material = materials.get(metric) ?? materialOf(judgement, metric);
    materials.set(metric, material);
    return material;
  };
  const byMetric = groupBy(seen, (o) => o.metric);
  const ofMetric = (metric: Metric, world: World): readonly KeptObservation[] =>
    (byMetric.get(metric.id) ?? [])
      .filter((o) => o.world === world && speaksFor(o, metric))
      // A role is lost with the one of its members that serves.
      .map((o) => (metric.scope === 'instance' ? { ...o, member: judgement.roles.of(o.member)?.id ?? o.member } : o));
  const standing: Showing['standing'] = (metric, world, sources) => {
    const own = ofMetric(metric, world).filter((o) => sources.includes(o.source));
    const valid = own.filter((o) => o.value !== null);
    const expired = valid.flatMap((o) => {
      const why = expiry(o, metric, judgement, now, materialNow);
      return why === undefined ? [] : [[o, why] as const];
    });
    const gone = new Set(expired.map(([o]) => o));
    const current = valid.filter((o) => !gone.has(o));
    return {
      current: current.filter((o) => !isSuperseded(o, current, fixes)),
      expired: expired.map(([, why]) => why).sort((a, b) => a.at - b.at),
      invalid: own.filter((o) => o.value === null),
    };
  };
  return {
    standing,
    shown: (verdict, world) => {
      const stands = standing(verdict.metric, world, ['actual', 'test']);
      const named = stands.current.length > 0 ? stands.current : ofMetric(verdict.metric, world);
      return shownBy(verdict, stands, membersToShow(verdict, judgement, new Set(named.flatMap((o) => o.members))));
    },
  };
}

/** What people do around a table: it shows how they notice and decide, and never that anything recovers. */
const TALKED_THROUGH: ReadonlySet<MetricType> = new Set<MetricType>(['DETECT', 'INVOKE']);

/** A drill speaks for the scope that it took away, and for no other. */
function speaksFor({ kind, service, scope }: KeptObservation, metric: Metric): boolean {
  return service === metric.serviceId && (kind === 'table-top' ? TALKED_THROUGH.has(metric.type) : scope === metric.scope);
}

/** The worst wins until the run that showed it was recorded as fixed and tested again; and what really happened beats tests of before. */
function isSuperseded(o: Observation, current: readonly Observation[], fixes: readonly Fix[]): boolean {
  const later = current.filter((c) => c !== o && c.member === o.member && c.at >= o.at);
  const fixed = fixes.filter((f) => f.run === o.run && f.at >= o.at);
  return (
    fixed.some((f) => later.some((c) => c.run !== o.run && c.at > f.at)) ||
    (o.source === 'test' && later.some((c) => c.source === 'actual'))
  );
}

const DAY = 86_400_000;
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function expiry(
  o: KeptObservation,
  metric: Metric,
  judgement: Judgement,
  now: number,
  materialNow: (metric: string) => Material,
): Expired | undefined {
  const { run, member, at } = o;
  const tier = judgement.assignment.services.get(metric.serviceId)?.entry.tier ?? 1;
  const allowed = judgement.catalogue?.evidenceAge[tier] ?? 0;
  if (now - at > allowed * 1000) {
    const age = formatDuration(Math.floor((now - at) / DAY) * 86_400);
    return {
      run,
      member,
      at,
      why: 'age',
      reason: `shown ${day(at)}, ${age} ago: after ${formatDuration(allowed)} it no longer counts`,
    };
  }
  const material = materialNow(metric.id);
  if (o.material === material.hash) return undefined;
  const reason =
    o.material === undefined
      ? `shown ${day(at)}, and its record does not say on what the promise rested then`
      : `changed since ${day(at)}: ${changedIn(o.parts, material.parts, metric, judgement)}`;
  return { run, member, at, why: 'changed', reason };
}

/** How many changes are named before the rest are counted. */
const NAMED = 3;

function changedIn(was: KeptObservation['parts'], is: Material['parts'], metric: Metric, judgement: Judgement): string {
  if (Object.keys(was).length === 0) return 'what the promise rests on (its record does not keep the parts)';
  const title = (part: string): string =>
    part === metric.id ? 'the promise itself' : (judgement.estate.resources.get(part)?.title ?? part.split('::').pop() ?? part);
  const changes = [
    ...Object.keys(is).flatMap((p) => (was[p] === undefined ? [`${title(p)} is new`] : was[p] === is[p] ? [] : [title(p)])),
    // Parts of the record's other metrics are here still, or belong to no resource.
    ...Object.keys(was).flatMap((p) =>
      is[p] === undefined && /^(urn|arn):/.test(p) && !isThere(p, judgement) ? [`${title(p)} is gone`] : [],
    ),
  ];
  if (changes.length === 0) return 'how the resources hang together';
  return firstOf(changes, NAMED);
}

const isThere = (urn: string, judgement: Judgement): boolean => judgement.estate.resources.has(urn);

/**
 * What must be shown before the whole is. Members that the sources cannot name (an AZ that a deployment chooses) are those that
 * the drills' own world named.
 */
function membersToShow(verdict: MetricVerdict, judgement: Judgement, named: ReadonlySet<string>): readonly string[] {
  const { scope, serviceId } = verdict.metric;
  if (scope === 'supplier') return suppliersOf(serviceId, judgement);
  const members = judgement.membersOf(verdict).map((m) => m.name);
  const isChosen = (member: string): boolean => scope === 'az' && zoneSpelling(member) === 'token';
  const shown = members.flatMap((member) => {
    const isAny = member === ANY_MEMBER;
    if (!isAny && !isChosen(member)) return [member];
    const region = regionOfToken(member);
    const chosen = [...named].filter((n) => isAny || regionOfToken(n) === region);
    // A record that knows of fewer than there are has not known them all: where nobody can tell which AZ it is, each may be.
    const told = members.filter((m) => isChosen(m) && regionOfToken(m) === region).length;
    const least = scope === 'az' ? (isAny || member.endsWith('?') ? 2 : told) : 1;
    return chosen.length >= least ? chosen : [member];
  });
  return [...new Set(shown)];
}

function suppliersOf(service: string, judgement: Judgement): readonly string[] {
  const services = hardClosure(judgement, service).map((id) => judgement.assignment.services.get(id)?.entry);
  return [...new Set(services.flatMap((s) => s?.dependsOn.filter((d) => d.on.kind === 'supplier').map((d) => d.on.id) ?? []))];
}

/** A not-met of the levels below carries upwards; a drill that went well does not mend it. */
function carry(shown: Shown, below: MetricVerdict): Shown {
  return shown.verdict !== 'not-met' && below.verdict === 'not-met'
    ? { ...shown, verdict: 'not-met', reason: `${below.level === 'designed' ? 'by design' : 'in place'}: ${below.reason}` }
    : shown;
}

function levelOf(designed: MetricVerdict, shown: Shown, below: MetricVerdict): MetricVerdict {
  const kept: Truth =
    shown.kept === 'yes' ? yes(shown.reason) : shown.kept === 'no' ? no(shown.reason) : unknown('not-reported', shown.reason);
  return {
    ...designed,
    level: 'demonstrated',
    verdict: shown.verdict,
    reason: shown.reason,
    withPerson: below.verdict === 'not-met' ? all([kept, below.withPerson]) : kept,
    waivedOnly: shown.verdict === 'not-met' && below.verdict === 'not-met' && below.waivedOnly,
  };
}
