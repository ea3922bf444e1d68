/** A quantile of sorted samples with a distribution-free confidence interval. */

/** Two-sided 99 %: an estimate is called wrong less than once in a hundred times. */
const Z_ERROR = 2.5758293035489;

export interface Quantile {
  readonly value: number;
  /** 99 % confidence interval of the true quantile. */
  readonly low: number;
  readonly high: number;
}

/**
 * The p-quantile (0 < p < 1) is the ⌈np⌉-th smallest of n samples. The number of samples below the true quantile
 * is binomial(n, p), so the order statistics np ± z·√(np(1−p)) enclose it, whatever the distribution (Conover,
 * "Practical Nonparametric Statistics", §3.2; David and Nagaraja, "Order Statistics", §7.1). Where a rank falls
 * outside the sample, that end of the interval is open: −Infinity or Infinity.
 */
export function quantileOf(sorted: Float64Array, p: number): Quantile {
  const n = sorted.length;
  const spread = Z_ERROR * Math.sqrt(n * p * (1 - p));
  const value = sorted[Math.min(n, Math.max(1, Math.ceil(n * p))) - 1] ?? Number.NaN;
  return {
    value,
    low: sorted[Math.floor(n * p - spread) - 1] ?? Number.NEGATIVE_INFINITY,
    high: sorted[Math.ceil(n * p + spread)] ?? Number.POSITIVE_INFINITY,
  };
}
