/** Options for one broken promise: what is missing on its path is added, and the result judged, until it holds. */
import { decide } from '../../model/known.ts';
import { ignores } from '../../model/resource.ts';
import type { MetricVerdict } from '../../model/verdict.ts';
import { holds } from '../../recovery/standing.ts';
import type { Judgement } from '../judge.ts';
import { compare, keysOf } from './bench.ts';
import type { Candidate, Spot } from './candidate.ts';
import { COST_CLASSES } from './candidate.ts';
import type { Change } from './change.ts';
import { contradict, distinct } from './change.ts';
import { FAMILIES } from './families/registry.ts';
import { Site } from './site.ts';
import { spotsOf } from './spots.ts';

/** What the search may spend on one promise, and how much of what it finds is kept. */
export interface Limits {
  /** Estates judged. */
  readonly trials: number;
  readonly options: number;
  /** Rounds in which what is still missing is added. */
  readonly depth: number;
}

export const LIMITS: Limits = { trials: 16, options: 3, depth: 6 };

/** Candidates that are made together, and the verdict of the promise after them. */
export interface Attempt {
  readonly candidates: readonly Candidate[];
  readonly changes: readonly Change[];
  readonly verdict: MetricVerdict;
}

export interface Found {
  /** The promise holds after each of them, as judged. Best first. */
  readonly keeps: readonly Attempt[];
  /** What brings it nearer without keeping it: the furthest that anything goes, and what a person could then act on. */
  readonly helps: readonly Attempt[];
  /** Spots for which no family knows a change, once everything that can be added was. */
  readonly open: readonly Spot[];
  /** The search ended because it had spent what it may. */
  readonly cut: boolean;
}

/** Judges the estate as it would be after the changes. */
export type Judge = (changes: readonly Change[]) => Judgement;

interface Node {
  readonly attempt: Attempt;
  readonly judgement: Judgement;
  readonly depth: number;
}

export function search(metricId: string, judge: Judge, limits: Limits = LIMITS): Found {
  const hunt = new Hunt(metricId, judge, limits);
  const start = hunt.make([], 0);
  if (start === undefined) return { keeps: [], helps: [], open: [], cut: false };
  const before = start.attempt.verdict;
  const byItself = hunt.from(start, withoutPerson);
  const keeps = byItself.keeps.map((a) => hunt.lean(a));
  const helps = new Map<string, Attempt>();
  const keep = (attempt: Attempt): void => {
    if (attempt.verdict.verdict === 'met' || progress(attempt.verdict, before) <= 0) return;
    const least = hunt.lean(attempt);
    helps.set(keysOf(least.changes), least);
  };
  if (keeps.length === 0) furthest(byItself.ends).forEach(keep);
  // Where nobody could bring it back as things stand, what a person needs for it is worth knowing.
  if (!holds(before.withPerson)) {
    const ends = furthest(hunt.from(start, withPerson).ends);
    ends.filter(({ verdict }) => compare(verdict, before) > 0).forEach(keep);
  }
  return {
    keeps: [...new Map(keeps.map((a) => [keysOf(a.changes), a])).values()].sort(preferred),
    helps: [...helps.values()],
    open: byItself.open,
    cut: hunt.spent,
  };
}

/** Of attempts the one that comes furthest, with the fewest changes. */
function furthest(attempts: readonly Attempt[]): readonly Attempt[] {
  return [...attempts].sort((a, b) => progress(b.verdict, a.verdict) || a.changes.length - b.changes.length).slice(0, 1);
}

/** One search: what it has spent, and how it goes on from an attempt. */
class Hunt {
  readonly #metricId: string;
  readonly #judge: Judge;
  readonly #limits: Limits;
  readonly #seen = new Set<string>();
  #trials = 0;

  constructor(metricId: string, judge: Judge, limits: Limits) {
    this.#metricId = metricId;
    this.#judge = judge;
    this.#limits = limits;
  }

  get spent(): boolean {
    return this.#trials >= this.#limits.trials;
  }

  make(candidates: readonly Candidate[], depth: number): Node | undefined {
    const changes = distinct(candidates.flatMap((c) => c.changes));
    this.#trials += 1;
    const judgement = this.#judge(changes);
    const verdict = judgement.verdicts.find((v) => v.metric.id === this.#metricId);
    return verdict === undefined ? undefined : { attempt: { candidates, changes, verdict }, judgement, depth };
  }

  /** Breadth first: what lacks least is looked at first, since every round adds for all spots at once. */
  from(start: Node, choose: Choose): { keeps: readonly Attempt[]; ends: readonly Attempt[]; open: readonly Spot[] } {
    const { options, depth } = this.#limits;
    const keeps: Attempt[] = [];
    const ends: Attempt[] = [];
    let open: readonly Spot[] = [];
    const queue = [start];
    for (let node = queue.shift(); node !== undefined && keeps.length < options; node = queue.shift()) {
      const site = new Site(node.judgement, start.judgement);
      const { attempt } = node;
      const choices = spotsOf(attempt.verdict, node.judgement).map((spot) => ({
        spot,
        candidates: choose(newFor(spot, site, attempt.changes)),
      }));
      const choosable = choices.filter((c) => c.candidates.length > 0);
      ends.push(attempt);
      if (choosable.length === 0 || node.depth >= depth) {
        if (open.length === 0) open = choices.filter((c) => c.candidates.length === 0).map((c) => c.spot);
        continue;
      }
      for (const way of waysOf(choosable)) {
        const candidates = [...attempt.candidates, ...way];
        const key = keysOf(candidates.flatMap((c) => c.changes));
        if (this.spent || keeps.length >= options || this.#seen.has(key)) continue;
        this.#seen.add(key);
        const next = this.make(candidates, node.depth + 1);
        if (next === undefined) continue;
        if (next.attempt.verdict.verdict === 'met') keeps.push(next.attempt);
        else queue.push(next);
      }
    }
    return { keeps, ends: [...ends, ...queue.map((n) => n.attempt)], open };
  }

  /** Without whatever is not needed for what was reached; the most telling candidates are tried without last. */
  lean(reached: Attempt): Attempt {
    let least = reached;
    for (const dropped of [...reached.candidates].reverse()) {
      if (least.candidates.length <= 1) break;
      const fewer = this.make(
        least.candidates.filter((c) => c !== dropped),
        0,
      )?.attempt;
      if (fewer !== undefined && progress(fewer.verdict, least.verdict) >= 0) least = fewer;
    }
    return least;
  }
}

type Choose = (candidates: readonly Candidate[]) => readonly Candidate[];

/** A restore by a person is the last resort: it stands beside nothing that acts by itself, or can be made to. */
const withoutPerson: Choose = (found) => (found.some((c) => c.byHand !== true) ? found.filter((c) => c.byHand !== true) : found);

const withPerson: Choose = (found) => found.filter((c) => c.byHand === true);

/** What the families know for a spot and has not been done yet. */
function newFor(spot: Spot, site: Site, done: readonly Change[]): readonly Candidate[] {
  const keys = new Set(done.map((c) => keysOf([c])));
  return FAMILIES.flatMap((family) => family(spot, site)).filter(
    ({ changes }) =>
      changes.some((c) => !keys.has(keysOf([c]))) &&
      !changes.some((c) => done.some((d) => contradict(c, d))) &&
      !changes.some((c) => c.kind === 'set' && isIgnored(c.resource, c.property, site)),
  );
}

function isIgnored(urn: string, property: string, site: Site): boolean {
  const item = site.item(urn);
  return item !== undefined && ignores(item.resource, property);
}

interface Choice {
  readonly spot: Spot;
  readonly candidates: readonly Candidate[];
}

/** The first choice for every spot at once, and the same with one resource's choice exchanged. */
function waysOf(choices: readonly Choice[]): readonly (readonly Candidate[])[] {
  const urn = (choice: Choice): string => choice.spot.item.resource.urn;
  const first = choices.flatMap((c) => c.candidates.slice(0, 1));
  const exchanged = choices.flatMap((c) =>
    c.candidates.slice(1).map((other) => choices.flatMap((d) => (urn(d) === urn(c) ? [other] : d.candidates.slice(0, 1)))),
  );
  return [first, ...exchanged].map(compatible);
}

/** Of candidates that contradict each other the first one; of those that do the same, one. */
function compatible(candidates: readonly Candidate[]): readonly Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    const done = kept.flatMap((k) => k.changes);
    const keys = new Set(done.map((c) => keysOf([c])));
    if (candidate.changes.every((c) => keys.has(keysOf([c])))) continue;
    const clashes = candidate.changes.some((c) => done.some((d) => contradict(c, d)));
    if (!clashes) kept.push(candidate);
  }
  return kept;
}

/** Above 0: `a` is nearer to being kept than `b`. */
function progress(a: MetricVerdict, b: MetricVerdict): number {
  const holding = (v: MetricVerdict): number =>
    v.conditions.reduce((n, c) => n + decide(c.holds, { yes: () => 2, no: () => 0, unknown: () => 1 }), 0);
  return compare(a, b) || (a.verdict === 'met' ? 0 : holding(a) - holding(b));
}

/** Share of the target that must be left over for an option to be said to have a margin. */
const MARGIN = 0.1;

/** Does the promise hold with a tenth of its target to spare? Of a share, there is no such thing. */
export function hasMargin({ metric, predicted }: MetricVerdict): boolean {
  if (predicted === undefined || (metric.type !== 'RTO' && metric.type !== 'RPO' && metric.type !== 'MTPD')) return true;
  return predicted.atPercentile <= metric.target * (1 - MARGIN);
}

export const costliest = (candidates: readonly Candidate[]): Candidate['cost'] =>
  candidates
    .map((c) => c.cost)
    .reduce((a, b) => (COST_CLASSES.indexOf(b.class) > COST_CLASSES.indexOf(a.class) ? b : a), {
      class: 'none',
      rests: 'nothing more runs or is kept',
    });

/** With a margin first, then the fewest changes, the lowest class of cost, the shortest time, and by name at last. */
function preferred(a: Attempt, b: Attempt): number {
  const cost = (x: Attempt): number => COST_CLASSES.indexOf(costliest(x.candidates).class);
  const time = (x: Attempt): number => x.verdict.predicted?.p99 ?? 0;
  return (
    Number(hasMargin(b.verdict)) - Number(hasMargin(a.verdict)) ||
    a.changes.length - b.changes.length ||
    cost(a) - cost(b) ||
    time(a) - time(b) ||
    (keysOf(a.changes) < keysOf(b.changes) ? -1 : 1)
  );
}
