/** The fewest changes that together reach a wanted KPI 2: chosen by what each option is known to keep, then judged together. */
import type { Judgement } from '../judge.ts';
import type { Bench } from './bench.ts';
import { differenceOf, keysOf } from './bench.ts';
import { COST_CLASSES } from './candidate.ts';
import type { Change } from './change.ts';
import { contradict, distinct, keyOf } from './change.ts';
import type { Offer } from './cover.ts';
import { cover } from './cover.ts';
import type { MetricRemedies, Option } from './remedies.ts';

export interface Goal {
  /** Percent. */
  readonly wanted: number;
  /** KPI 2, its lower bound, as the code is: percent. */
  readonly before: number;
  /** The same with all changes made, as judged: percent. */
  readonly after: number;
  readonly reached: boolean;
  /** What is to be done, in the order of the metrics; empty where nothing is needed, or nothing helps. */
  readonly options: readonly Option[];
  readonly changes: readonly Change[];
  /** Ids of metrics that are met with all changes made, and were not. */
  readonly keeps: readonly string[];
  /** Ids of metrics of which less holds with all changes made. */
  readonly worsens: readonly string[];
  /** No set of the options that were found reaches it with fewer changes than this many. */
  readonly atLeast: number;
  /** Is it certain that none has fewer changes than this one? */
  readonly smallest: boolean;
}

/** How often a choice that the judgement of all its changes together refutes is made anew. */
const ROUNDS = 8;

const lowerOf = (judgement: Judgement): number => judgement.kpis?.kpi2.all.lower ?? 0;

export function reach(wanted: number, remedies: readonly MetricRemedies[], bench: Bench): Goal {
  const { base } = bench;
  const counted = new Set(base.verdicts.filter((v) => v.countsForKpi2 && v.verdict !== 'not-applicable').map((v) => v.metric.id));
  const offers = offersOf(remedies, counted);
  const missing = Math.ceil((wanted / 100) * counted.size - 1e-9) - (base.kpis?.kpi2.all.met ?? 0);
  const refuted = new Set<string>();
  let floor = 0;
  let best: Goal | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const chosen = cover(offers, Math.max(0, missing), (set) => !refuted.has(nameOf(set)));
    if (chosen === undefined) break;
    if (round === 0) floor = chosen.atLeast;
    const goal = judged(
      wanted,
      chosen.offers.map((o) => o.option),
      bench,
      floor,
    );
    if (goal.reached) return { ...thinned(goal, bench), smallest: goal.changes.length <= floor };
    if (best === undefined || goal.after > best.after) best = goal;
    refuted.add(nameOf(chosen.offers));
  }
  return most(wanted, offers, bench, floor, best);
}

const nameOf = (offers: readonly Offer[]): string => offers.map((o) => o.id).join(' ');

/** Each set of changes once, with every counted metric that it was judged to keep. What breaks another promise is no offer. */
function offersOf(remedies: readonly MetricRemedies[], counted: ReadonlySet<string>): readonly Offer[] {
  const offers = new Map<string, Offer>();
  for (const { metric, options } of remedies) {
    for (const option of options) {
      const id = keysOf(option.changes);
      if (option.effect !== 'keeps' || option.worsens.length > 0 || offers.has(id)) continue;
      const wins = [metric.id, ...option.alsoKeeps].filter((m) => counted.has(m));
      if (wins.length === 0) continue;
      offers.set(id, {
        id,
        option,
        wins: new Set(wins),
        changes: new Set(option.changes.map(keyOf)),
        cost: COST_CLASSES.indexOf(option.cost.class),
      });
    }
  }
  const all = [...offers.values()];
  return all.map((offer) => ({
    ...offer,
    against: new Set(all.filter((o) => clash(o, offer)).map((o) => o.id)),
  }));
}

const clash = (a: Offer, b: Offer): boolean => a.option.changes.some((x) => b.option.changes.some((y) => contradict(x, y)));

function judged(wanted: number, options: readonly Option[], bench: Bench, atLeast: number): Goal {
  const changes = distinct(options.flatMap((o) => o.changes));
  const then = bench.whole(changes);
  const { won, worse } = differenceOf(bench.base, then);
  return {
    wanted,
    before: lowerOf(bench.base),
    after: lowerOf(then),
    reached: lowerOf(then) + 1e-9 >= wanted,
    options,
    changes,
    keeps: won,
    worsens: worse,
    atLeast,
    smallest: false,
  };
}

/** Options without which it is reached as well: made together, some do the work of others. */
function thinned(goal: Goal, bench: Bench): Goal {
  let least = goal;
  for (const option of goal.options) {
    const rest = least.options.filter((o) => o !== option);
    if (least.options.length <= 1) break;
    const fewer = judged(goal.wanted, rest, bench, goal.atLeast);
    if (fewer.reached && fewer.changes.length <= least.changes.length) least = fewer;
  }
  return least;
}

/** The most that all options that can be made together give. */
function most(wanted: number, offers: readonly Offer[], bench: Bench, atLeast: number, best: Goal | undefined): Goal {
  const kept: Offer[] = [];
  for (const offer of offers) if (!kept.some((k) => k.against?.has(offer.id))) kept.push(offer);
  const everything = judged(
    wanted,
    kept.map((o) => o.option),
    bench,
    atLeast,
  );
  return best !== undefined && best.after >= everything.after ? best : everything;
}
