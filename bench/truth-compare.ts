/** What the recovery model said before a drill against what the drill measured: for the service, and for each of its parts. */

import type { Rehearsal, Target } from '../scripts/commands/rehearsing.ts';
import type { Held } from '../src/drills/observe.ts';
import { seenBy, wellSince } from '../src/drills/result.ts';
import { EXPECTED, quantileBounds } from '../src/recovery/bounds.ts';
import { drawFew, type Simulation, simulation, within } from '../src/recovery/estimate.ts';
import type { RecoveryGraph } from '../src/recovery/graph.ts';
import type { Outcome } from '../src/recovery/outcome.ts';
import type { RecoveryPath } from '../src/recovery/path.ts';
import { type Measure, planOf } from '../src/recovery/plan.ts';
import { whyUnknown } from '../src/recovery/predict.ts';
import { quantileOf } from '../src/recovery/quantile.ts';
import { timeTable } from '../src/recovery/table.ts';
import { serviceTimes } from '../src/recovery/times/index.ts';
import type { Observation } from '../src/verdicts/kpi5.ts';

/** Seconds; Infinity: never. */
export interface Interval {
  readonly p1: number;
  readonly p50: number;
  readonly p99: number;
}

/** Seconds between which the truth lies, as finely as probes look. `to` Infinity: not within the drill's limit, which is `from`. */
export interface Measurement {
  readonly from: number;
  readonly to: number;
}

export interface Drilled extends Held {
  /** Seconds between looks of its probes, between its canary writes, and between those of before the drill. */
  readonly every: number;
  readonly writes: number;
  readonly warm: number;
  readonly observations: readonly Observation[];
}

export interface Case {
  /** `RTO of a service`, `RTO of a part` and so on. */
  readonly of: 'service' | 'part';
  readonly type: 'RTO' | 'RPO';
  readonly scope: string;
  /** What brought it back, by the model; `none`: nothing had to. */
  readonly mechanism: string;
  /** Service, or part of it. */
  readonly part: string;
  readonly member: string;
  readonly predicted: Interval;
  readonly measured: Measurement;
}

/** Not later than the model allows. What did not come back within the limit may yet have done so later. */
export const inTime = ({ predicted, measured }: Case): boolean => predicted.p99 >= measured.from;

/**
 * A scope stands for each of its members, and a promise for the worst of them: which AZ holds the writer is in no code. So each member
 * must be in time by what was said of it, and of the members of one Region the slowest must not be quicker than the model allows.
 */
export function covered(members: readonly Case[]): boolean {
  const slowest = Math.max(...members.map((m) => m.measured.to));
  const least = Math.max(...members.map((m) => m.predicted.p1));
  // Whoever restores in a drill knows to the millisecond when data went wrong: nobody is ever that quick to know.
  const isKnown = members.every((m) => m.scope === 'data' && m.type === 'RPO');
  return members.every(inTime) && (isKnown || slowest >= least);
}

/** Cases of one part, or one service, and one scope: its members together. */
export function together(cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = [one.of, one.type, one.scope, one.part, one.scope === 'az' ? one.member.slice(0, -1) : one.member].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

const table = timeTable(serviceTimes);

/** Undefined: the model says that it cannot know. */
function intervalOf(graph: RecoveryGraph, measures: Measure, how: Simulation): Interval | undefined {
  const plan = planOf(graph, table, measures);
  const whole = quantileBounds(plan, EXPECTED, 0.5);
  if (whyUnknown(plan) !== undefined && whole.low < Number.POSITIVE_INFINITY) return undefined;
  const { worst } = drawFew(plan, EXPECTED, how);
  const at = (p: number): number => within(quantileOf(worst, p), quantileBounds(plan, EXPECTED, p)).value;
  return { p1: at(0.01), p50: at(0.5), p99: at(0.99) };
}

/** A node and all that it waits for. */
function upTo(graph: RecoveryGraph, id: string): RecoveryGraph {
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  const kept = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = byId.get(next);
    if (node === undefined || kept.has(next)) continue;
    kept.add(next);
    if (node.starts === 'after-dependencies') open.push(...node.after);
  }
  return { nodes: graph.nodes.filter((n) => kept.has(n.id)) };
}

/** Without stores: an entry answers, or not, whatever becomes of what is stored. */
function withoutStores(path: RecoveryPath): RecoveryGraph {
  const stores = new Set(
    path.outcomes.filter((o) => o.role.kind === 'store').flatMap((o) => [o.role.id, `reconnect ${o.role.id}`]),
  );
  const others = path.graph.nodes
    .filter((n) => !stores.has(n.id))
    .map((n) => ({ ...n, after: n.after.filter((id) => !stores.has(id)) }));
  // A decision that only stores wait for delays nobody else.
  const waitedFor = new Set(others.flatMap((n) => n.after));
  return { nodes: others.filter((n) => n.id !== 'human-decision' || waitedFor.has(n.id)) };
}

const nameOf = (o: Outcome): string =>
  o.kind === 'recovered' || o.kind === 'carried' ? (o.mechanism ?? o.kind) : o.kind === 'unaffected' ? 'none' : o.kind;

/** Seconds: p99 of the service's recovery. */
export function predictedTime(judgement: Rehearsal['judgement'], target: Target, seed: number): number {
  const first = judgement.verdicts.find((v) => v.metric.serviceId === target.service && v.metric.scope === target.scope);
  if (first === undefined) return Number.NaN;
  return intervalOf(judgement.pathOf({ ...first, member: target.of }).graph, 'time', simulation(seed))?.p99 ?? Number.NaN;
}

export interface Mismatch {
  readonly metric: string;
  readonly member: string;
  readonly says: string;
}

export interface Compared {
  readonly cases: readonly Case[];
  /** The model says met, and the drill broke the promise. */
  readonly broken: readonly Mismatch[];
  /** Metrics that the drill could judge, of those that the model calls met. */
  readonly met: number;
}

/** `every`: seconds between looks of the drill's probes. */
export function compare(made: Rehearsal, target: Target, drill: Drilled, seed: number): Compared {
  const { result, entries } = drill;
  const how = simulation(seed);
  const verdicts = made.judgement.verdicts.filter(
    (v) => v.metric.serviceId === target.service && v.metric.scope === target.scope,
  );
  const [first] = verdicts;
  const { t0 } = result.marks;
  if (
    first === undefined ||
    target.scope === undefined ||
    t0 === undefined ||
    !['recovered', 'not-recovered'].includes(result.status)
  )
    return { cases: [], broken: [], met: 0 };
  const path = made.judgement.pathOf({ ...first, member: target.of });
  const until = entries.find((e) => e.kind === 'phase' && e.about === 'rollback')?.at ?? t0;
  const seen = seenBy(entries.filter((e) => e.at < until || e.kind !== 'observation'));
  const cases: Case[] = [];
  const { scope } = target;
  const add = (one: Omit<Case, 'predicted' | 'scope'>, predicted: Interval | undefined): void => {
    if (predicted !== undefined) cases.push({ ...one, scope, predicted });
  };
  const { service, member } = target;
  // Canary writes go back an hour or two: what an older point holds cannot be seen by them.
  const history = target.scope === 'data' ? 7200 : 1800;
  const tooOld = path.outcomes.filter((o) => {
    const node = path.graph.nodes.find((n) => n.id === o.role.id);
    const point = node?.point === undefined ? undefined : intervalOf({ nodes: [node] }, 'point', how);
    return point !== undefined && Number.isFinite(point.p99) && point.p99 > history;
  });
  const isWhole =
    tooOld.length === 0 && drill.blind.length === 0 && (result.status === 'recovered' || drill.notTaken.length === 0);
  if (isWhole)
    add(
      {
        of: 'service',
        type: 'RTO',
        mechanism: `service, ${target.scope}`,
        part: service,
        member,
        measured:
          result.rto === null ? { from: (until - t0) / 1000, to: Number.POSITIVE_INFINITY } : looked(result.rto, drill.every),
      },
      intervalOf(path.graph, 'time', how),
    );
  for (const probe of seen.keys()) {
    const since = wellSince(seen.get(probe) ?? [], t0);
    const measured =
      since === undefined
        ? { from: (until - t0) / 1000, to: Number.POSITIVE_INFINITY }
        : looked((since - t0) / 1000, drill.every);
    const outcome = path.outcomes.find((o) => o.role.kind === 'store' && probe === `writes to ${o.role.title}`);
    if (outcome !== undefined) {
      if (tooOld.includes(outcome)) continue;
      if (since === undefined && drill.notTaken.some((n) => n.includes(outcome.role.title))) continue;
      const node = path.graph.nodes.some((n) => n.id === `reconnect ${outcome.role.id}`)
        ? `reconnect ${outcome.role.id}`
        : outcome.role.id;
      add(
        { of: 'part', type: 'RTO', mechanism: nameOf(outcome), part: `${service} ${outcome.role.title}`, member, measured },
        intervalOf(upTo(path.graph, node), 'time', how),
      );
    } else if (probe.startsWith('requests to ')) {
      const front = path.outcomes.filter((o) => o.role.kind !== 'store');
      if (since === undefined && front.some((o) => drill.notTaken.some((n) => n.includes(o.role.title)))) continue;
      const graph = withoutStores(path);
      const names = [...new Set(front.filter((o) => o.kind !== 'unaffected').map(nameOf))].sort();
      add(
        { of: 'part', type: 'RTO', mechanism: names.join(' + ') || 'none', part: `${service} ${probe}`, member, measured },
        intervalOf(graph, 'time', how),
      );
    }
  }
  for (const store of result.measured?.stores ?? []) {
    const outcome = path.outcomes.find((o) => o.role.kind === 'store' && o.role.title === store.store);
    const node = path.graph.nodes.find((n) => n.id === outcome?.role.id);
    if (outcome === undefined || node === undefined || store.rpo === null || tooOld.includes(outcome)) continue;
    const measured = store.rpo === 'all' ? { from: 3600, to: Number.POSITIVE_INFINITY } : lagged(store.rpo, drill);
    add(
      { of: 'part', type: 'RPO', mechanism: nameOf(outcome), part: `${service} ${store.store}`, member, measured },
      intervalOf({ nodes: [node] }, 'point', how),
    );
  }
  // Nobody can tell what a store holds that stayed away.
  for (const outcome of result.status === 'not-recovered' && drill.notTaken.length === 0 ? path.outcomes : []) {
    const node = path.graph.nodes.find((n) => n.id === outcome.role.id);
    const since = wellSince(seen.get(`writes to ${outcome.role.title}`) ?? [], t0);
    if (outcome.role.kind !== 'store' || node === undefined || since !== undefined || tooOld.includes(outcome)) continue;
    add(
      {
        of: 'part',
        type: 'RPO',
        mechanism: nameOf(outcome),
        part: `${service} ${outcome.role.title}`,
        member,
        measured: { from: 0, to: Number.POSITIVE_INFINITY },
      },
      intervalOf({ nodes: [node] }, 'point', how),
    );
  }
  const point = result.measured?.rpo;
  if (isWhole && result.status === 'not-recovered')
    add(
      {
        of: 'service',
        type: 'RPO',
        mechanism: `service, ${target.scope}`,
        part: service,
        member,
        measured: { from: 0, to: Number.POSITIVE_INFINITY },
      },
      intervalOf(path.graph, 'point', how),
    );
  if (isWhole && point !== undefined && point !== null)
    add(
      {
        of: 'service',
        type: 'RPO',
        mechanism: `service, ${target.scope}`,
        part: service,
        member,
        measured: point === 'all' ? { from: 3600, to: Number.POSITIVE_INFINITY } : lagged(point, drill),
      },
      intervalOf(path.graph, 'point', how),
    );
  return { cases, ...verdictsOf(made, drill) };
}

/** Before the drill itself writes are further apart. */
const stepAt = (age: number, drill: Drilled): number => (age > 3 * drill.every ? drill.warm : drill.writes);

/** What is seen to be well was not at the look before; what was seen to be well at every look may not have been between two. */
const looked = (seconds: number, every: number): Measurement => ({
  // A store that is empty at first is read ever less often (src/drills/canary.ts).
  from: Math.max(0, seconds - Math.max(every, seconds / 100)),
  to: seconds === 0 ? every : seconds,
});

/** Where no write was lost, what came back is as old as the last one, which nobody sees more finely than they were written. */
const lagged = (age: number, drill: Drilled): Measurement => looked(age, stepAt(age, drill));

function verdictsOf(made: Rehearsal, drill: Drilled): Pick<Compared, 'broken' | 'met'> {
  const broken: Mismatch[] = [];
  let met = 0;
  for (const observation of drill.observations) {
    const verdict = made.judgement.verdicts.find((v) => v.metric.id === observation.metric);
    const { value } = observation;
    if (verdict?.verdict !== 'met' || value === null) continue;
    met += 1;
    const late = typeof value === 'string' || value > verdict.metric.target;
    // A person who brings capacity back, when no data waits for it, has no part in how much is lost.
    const byHand = !observation.automatic && verdict.metric.type !== 'RPO';
    if (late || byHand)
      broken.push({
        metric: observation.metric,
        member: observation.member,
        says: late ? observation.says : 'a person had to act',
      });
  }
  return { broken, met };
}
