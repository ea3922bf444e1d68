/** Judges an estate again as it would be after some changes. */
import type { DeclaredInert } from '../../estate/estate.ts';
import { buildEstate } from '../../estate/estate.ts';
import { decide } from '../../model/known.ts';
import type { MetricVerdict } from '../../model/verdict.ts';
import { SERVICES } from '../../services/registry.ts';
import type { Judgement } from '../judge.ts';
import { judge } from '../judge.ts';
import type { Change } from './change.ts';
import { apply, keyOf } from './change.ts';
import type { Judge } from './search.ts';

/** The same judgement of the same code with changes: nothing of the first one is kept but the day, the seed and the catalogue. */
export class Bench {
  readonly base: Judgement;
  readonly #seed: number;
  readonly #inert: DeclaredInert;
  readonly #whole = new Map<string, Judgement>();
  readonly #parts = new Map<string, Map<string, Judgement>>();
  #judged = 0;

  constructor(base: Judgement, seed: number) {
    this.base = base;
    this.#seed = seed;
    this.#inert = new Map((base.catalogue?.inert ?? []).map((i) => [i.type, i.reason]));
  }

  /** How often an estate was built and judged. */
  get judged(): number {
    return this.#judged;
  }

  /** Every metric. Judged once for the same changes. */
  whole(changes: readonly Change[]): Judgement {
    if (changes.length === 0) return this.base;
    const key = keysOf(changes);
    const judgement = this.#whole.get(key) ?? this.#judge(changes, undefined);
    this.#whole.set(key, judgement);
    return judgement;
  }

  /** The broken metrics of a service, which share what is tried for any of them. */
  of(serviceId: string): Judge {
    const open = this.base.verdicts.filter((v) => v.metric.serviceId === serviceId && rankOf(v) < 2);
    const only = new Set(open.map((v) => v.metric.id));
    const judged = this.#parts.get(serviceId) ?? new Map<string, Judgement>();
    this.#parts.set(serviceId, judged);
    return (changes) => {
      if (changes.length === 0) return this.base;
      const key = keysOf(changes);
      const judgement = judged.get(key) ?? this.#judge(changes, only);
      judged.set(key, judgement);
      return judgement;
    };
  }

  #judge(changes: readonly Change[], only: ReadonlySet<string> | undefined): Judgement {
    const { catalogue, today, world, estate } = this.base;
    this.#judged += 1;
    const changed = buildEstate(apply(estate.readings, changes), SERVICES, this.#inert);
    return judge(changed, catalogue, { today, seed: this.#seed, world, ...(only === undefined ? {} : { only }) });
  }
}

/** In whatever order they come. */
export const keysOf = (changes: readonly Change[]): string => changes.map(keyOf).sort().join('\n');

const RANK = { 'not-met': 0, unknown: 1, expired: 1, met: 2, 'not-applicable': 2 } as const;

export const rankOf = (v: MetricVerdict | undefined): number => (v === undefined ? 0 : RANK[v.verdict]);

/** Verdicts by metric. */
export const verdictsOf = (judgement: Judgement): ReadonlyMap<string, MetricVerdict> =>
  new Map(judgement.verdicts.map((v) => [v.metric.id, v]));

export interface Difference {
  /** Ids of metrics that are met now, and were not. */
  readonly won: readonly string[];
  /** Ids of metrics of which less holds than before. */
  readonly worse: readonly string[];
}

export function differenceOf(before: Judgement, after: Judgement): Difference {
  const now = verdictsOf(after);
  const moved = before.verdicts.map((v) => ({ id: v.metric.id, from: v, to: now.get(v.metric.id) }));
  return {
    won: moved.filter((m) => m.from.verdict !== 'met' && m.to?.verdict === 'met').map((m) => m.id),
    worse: moved.filter((m) => m.to !== undefined && compare(m.to, m.from) < 0).map((m) => m.id),
  };
}

/** Below 0: less holds of `a` than of `b`. The verdict comes first, then whether a person would be enough. */
export function compare(a: MetricVerdict, b: MetricVerdict): number {
  const person = (v: MetricVerdict): number => decide(v.withPerson, { yes: () => 2, no: () => 0, unknown: () => 1 });
  return rankOf(a) - rankOf(b) || (a.verdict === 'met' ? 0 : person(a) - person(b));
}
