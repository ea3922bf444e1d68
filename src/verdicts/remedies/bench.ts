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
import { ownersWithin, Parts, within } from './parts.ts';
import type { Judge } from './search.ts';

/** Up to this many resources everything is judged again; beyond, the part of the estate that a change can reach. */
const WHOLE = 300;

/**
 * The same judgement of the same code with changes: the day, the seed and the catalogue stay. In a large estate an option is
 * tried on the part that its services rest on, provided that this part alone gives the same verdicts as the whole estate
 * does without changes; else on all of it.
 */
export class Bench {
  readonly base: Judgement;
  readonly #seed: number;
  readonly #inert: DeclaredInert;
  readonly #kept = new Map<string, Judgement>();
  readonly #faithful = new Map<string, boolean>();
  readonly #parts: Parts | undefined;

  constructor(base: Judgement, seed: number) {
    this.base = base;
    this.#seed = seed;
    this.#inert = new Map((base.catalogue?.inert ?? []).map((i) => [i.type, i.reason]));
    this.#parts = base.estate.resources.size > WHOLE ? new Parts(base) : undefined;
  }

  /** Every metric, on every resource. */
  whole(changes: readonly Change[]): Judgement {
    return this.#judge('whole', changes, undefined, undefined);
  }

  /** The broken metrics of a service, which share what is tried for any of them. */
  of(service: string): Judge {
    const part = this.#partOf([service]);
    const open = this.base.verdicts.filter((v) => v.metric.serviceId === service && rankOf(v) < RANK.met);
    const only = new Set(open.map((v) => v.metric.id));
    return (changes) => this.#judge(service, changes, part, only);
  }

  /** Every metric of every service that the changes can reach: the others stay as they are. */
  reached(changes: readonly Change[]): Judgement {
    if (this.#parts === undefined) return this.whole(changes);
    const places = changes.map((c) => (c.kind === 'add' ? c.beside : c.resource));
    const all = [...this.base.assignment.services.keys()];
    const services = all.filter((id) => places.some((urn) => this.#parts?.of(id).has(urn)));
    const part = this.#partOf(services);
    if (part === undefined) return this.whole(changes);
    const only = new Set(this.base.verdicts.filter((v) => services.includes(v.metric.serviceId)).map((v) => v.metric.id));
    return this.#judge(services.join(' '), changes, part, only);
  }

  /** What some services rest on; undefined where that is no less than everything, or does not give the same verdicts. */
  #partOf(services: readonly string[]): ReadonlySet<string> | undefined {
    const parts = this.#parts;
    if (parts === undefined || !services.every((id) => this.#isFaithful(id, parts))) return undefined;
    return new Set(services.flatMap((id) => [...parts.of(id)]));
  }

  #isFaithful(service: string, parts: Parts): boolean {
    const kept = this.#faithful.get(service);
    if (kept !== undefined) return kept;
    const before = this.base.verdicts.filter((v) => v.metric.serviceId === service);
    const only = new Set(before.map((v) => v.metric.id));
    const alone = verdictsOf(this.#build([], parts.of(service), only));
    const same = before.every((v) => likeness(v) === likeness(alone.get(v.metric.id)));
    this.#faithful.set(service, same);
    return same;
  }

  /** Judged once for the same question. */
  #judge(
    about: string,
    changes: readonly Change[],
    part: ReadonlySet<string> | undefined,
    only: ReadonlySet<string> | undefined,
  ): Judgement {
    if (changes.length === 0) return this.base;
    const key = `${about}\n${keysOf(changes)}`;
    const judgement = this.#kept.get(key) ?? this.#build(changes, part, only);
    this.#kept.set(key, judgement);
    return judgement;
  }

  #build(changes: readonly Change[], part: ReadonlySet<string> | undefined, only: ReadonlySet<string> | undefined): Judgement {
    const { catalogue, today, world, estate, assignment } = this.base;
    const readings = part === undefined ? estate.readings : within(estate.readings, part);
    return judge(buildEstate(apply(readings, changes), SERVICES, this.#inert), catalogue, {
      today,
      seed: this.#seed,
      world,
      ...(only === undefined ? {} : { only }),
      ...(part === undefined ? {} : { assignment: ownersWithin(assignment, part, changes) }),
    });
  }
}

/** What must be the same for two verdicts to be one. */
function likeness(v: MetricVerdict | undefined): string {
  const word = (c: MetricVerdict['conditions'][number]): string =>
    decide(c.holds, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' });
  return JSON.stringify([v?.verdict, v?.reason, v?.predicted?.p99, v?.conditions.map(word)]);
}

/** In whatever order they come. */
export const keysOf = (changes: readonly Change[]): string => changes.map(keyOf).sort().join('\n');

const RANK = { 'not-met': 0, unknown: 1, expired: 1, met: 2, 'not-applicable': 2 } as const;

export const rankOf = (v: MetricVerdict): number => RANK[v.verdict];

/** Verdicts by metric. */
export const verdictsOf = (judgement: Judgement): ReadonlyMap<string, MetricVerdict> =>
  new Map(judgement.verdicts.map((v) => [v.metric.id, v]));

export interface Difference {
  /** Ids of metrics that are met now, and were not. */
  readonly won: readonly string[];
  /** Ids of metrics of which less holds than before. */
  readonly worse: readonly string[];
}

/** Of the metrics that were judged again. */
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
