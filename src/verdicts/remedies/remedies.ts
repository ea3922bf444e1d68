/** What would keep each broken promise, and the fewest changes that reach a wanted KPI 2. Everything is judged again. */
import type { Metric } from '../../model/agreement.ts';
import type { AutomationClass } from '../../model/protection.ts';
import type { MetricVerdict, Predicted } from '../../model/verdict.ts';
import type { Judgement } from '../judge.ts';
import { Bench, differenceOf, rankOf, verdictsOf } from './bench.ts';
import type { Cost } from './candidate.ts';
import type { Change } from './change.ts';
import type { Goal } from './goal.ts';
import { reach } from './goal.ts';
import type { Plea } from './people.ts';
import { pleasFor } from './people.ts';
import type { Attempt } from './search.ts';
import { costliest, hasMargin, search } from './search.ts';

/** Changes that were made to the model together, and what the whole estate was judged to be after them. */
export interface Option {
  /** `keeps`: the promise is met. `helps`: more of it holds than before, and it is not met. */
  readonly effect: 'keeps' | 'helps';
  /** What is done, one clause a step. */
  readonly steps: readonly string[];
  readonly mechanisms: readonly string[];
  readonly changes: readonly Change[];
  /** Of the promise, after the changes. */
  readonly after: MetricVerdict;
  readonly automation: AutomationClass | undefined;
  readonly predicted: Predicted | undefined;
  /** A tenth of the target is left over. */
  readonly margin: boolean;
  readonly cost: Cost;
  readonly cautions: readonly string[];
  /** Ids of other metrics that are met after it and were not. */
  readonly alsoKeeps: readonly string[];
  /** Ids of metrics of which less holds after it. */
  readonly worsens: readonly string[];
}

export interface MetricRemedies {
  readonly metric: Metric;
  readonly before: MetricVerdict;
  /** Best first: those that keep the promise before those that only help. */
  readonly options: readonly Option[];
  /** What no change of code gives. */
  readonly pleas: readonly Plea[];
  /** The search ended because it had spent what it may: there may be more. */
  readonly cut: boolean;
}

export interface Remedies {
  /** Of each promise that is not met, or of which nobody can tell, in the order of the verdicts. */
  readonly metrics: readonly MetricRemedies[];
  /** Undefined where none was asked for. */
  readonly goal: Goal | undefined;
}

export interface RemedyOptions {
  readonly seed: number;
  /** Ids of metrics; default: every broken one. */
  readonly metrics?: ReadonlySet<string>;
  /** Wanted KPI 2, its lower bound, in percent. */
  readonly goal?: number;
}

export function remediesOf(judgement: Judgement, options: RemedyOptions): Remedies {
  const bench = new Bench(judgement, options.seed);
  const broken = judgement.verdicts.filter(
    (v) => (v.verdict === 'not-met' || v.verdict === 'unknown') && (options.metrics?.has(v.metric.id) ?? true),
  );
  const metrics = broken.map((before): MetricRemedies => {
    const found = search(before.metric.id, bench.of(before.metric.serviceId));
    const made = [...found.keeps, ...found.helps].map((attempt) => optionOf(attempt, before, bench));
    const useful = made.filter((o) => o !== undefined);
    return {
      metric: before.metric,
      before,
      options: [...useful.filter((o) => o.effect === 'keeps'), ...useful.filter((o) => o.effect === 'helps')],
      pleas: pleasFor(before, found, judgement),
      cut: found.cut,
    };
  });
  return { metrics, goal: options.goal === undefined ? undefined : reach(options.goal, metrics, bench) };
}

/** The attempt judged with every metric that it can reach; undefined where that shows no gain after all. */
function optionOf(attempt: Attempt, before: MetricVerdict, bench: Bench): Option | undefined {
  const { candidates, changes } = attempt;
  const judged = bench.reached(changes);
  const after = verdictsOf(judged).get(before.metric.id);
  if (after === undefined || rankOf(after) < rankOf(before)) return undefined;
  const { won, worse } = differenceOf(bench.base, judged);
  return {
    effect: after.verdict === 'met' ? 'keeps' : 'helps',
    steps: candidates.map((c) => c.says),
    mechanisms: [...new Set(candidates.map((c) => c.mechanism))],
    changes,
    after,
    automation: after.automation,
    predicted: after.predicted,
    margin: after.verdict === 'met' && hasMargin(after),
    cost: costliest(candidates),
    cautions: [...new Set(candidates.map((c) => c.caution).filter((c) => c !== undefined))],
    alsoKeeps: won.filter((id) => id !== before.metric.id),
    worsens: worse,
  };
}
