/** What a reader's own few drills say about a service time. */

import { Z99 } from './normal.ts';
import type { ServiceTime, Triple } from './times/service-time.ts';

/** The product's row weighs as much as this many drills (docs/model.md, Recovery time). */
const PRIOR_WEIGHT = 5;
/** Logarithms need something above the least time, seconds. */
const LEAST_EXCESS = 0.01;

/**
 * Updates a row with observed seconds. With y = ln(x − min) normal and the row worth n₀ = 5 observations, the
 * conjugate update is
 *
 *     μ' = (n₀μ + Σy)/(n₀ + n)
 *     σ'² = (n₀σ² + Σ(y − ȳ)² + n₀n/(n₀ + n)·(ȳ − μ)²)/(n₀ + n)
 *
 * (Gelman et al., "Bayesian Data Analysis", §3.3, with the expectations as point estimates), and the triple
 * (min', min' + exp μ', min' + exp(μ' + z₉₉σ')). An observation below the row's min moves min a tenth below it. Every
 * triple is updated by itself, so that the ends draw together as drills come in, then put in order. The row
 * counts as measured once the drills outweigh the prior. Throws RangeError for an observation that is not a positive
 * number of seconds.
 */
export function updateRow(row: ServiceTime, observations: readonly number[]): ServiceTime {
  for (const x of observations) {
    if (!(x > 0 && x < Number.POSITIVE_INFINITY)) throw new RangeError(`an observed time must be above 0 seconds; got ${x}`);
  }
  if (observations.length === 0) return row;
  const updated = [row.optimistic, row.expected, row.pessimistic].map((triple) => updateTriple(triple, observations));
  const rank = (k: number): Triple => [position(updated, 0, k), position(updated, 1, k), position(updated, 2, k)];
  return {
    ...row,
    optimistic: rank(0),
    expected: rank(1),
    pessimistic: rank(2),
    confidence: observations.length > PRIOR_WEIGHT ? 'measured' : row.confidence,
    source: `${row.source}; updated with ${observations.length} own observations`,
  };
}

function position(triples: readonly Triple[], i: 0 | 1 | 2, k: number): number {
  return triples.map((triple) => triple[i]).sort((a, b) => a - b)[k] ?? 0;
}

function updateTriple([rowMin, typical, p99]: Triple, observations: readonly number[]): Triple {
  const n = observations.length;
  const min = Math.min(rowMin, ...observations.map((x) => 0.9 * x));
  const score = (x: number) => Math.log(Math.max(LEAST_EXCESS, x - min));
  const mean = score(typical);
  const variance = ((score(p99) - mean) / Z99) ** 2;
  const scores = observations.map(score);
  const average = scores.reduce((a, b) => a + b, 0) / n;
  const scatter = scores.reduce((total, y) => total + (y - average) ** 2, 0);
  const weight = PRIOR_WEIGHT + n;
  const newMean = (PRIOR_WEIGHT * mean + n * average) / weight;
  const newVariance = (PRIOR_WEIGHT * variance + scatter + ((PRIOR_WEIGHT * n) / weight) * (average - mean) ** 2) / weight;
  return [min, min + Math.exp(newMean), min + Math.exp(newMean + Z99 * Math.sqrt(newVariance))];
}

/**
 * With n successes in n drills, the 95 % lower confidence bound of the chance of success: 0.05^(1/n) (Clopper and
 * Pearson 1934; n = 59 for 95 %). One drill shows no more than 5 %; 0 for none.
 */
export function successLowerBound(drills: number): number {
  return drills <= 0 ? 0 : 0.05 ** (1 / drills);
}
