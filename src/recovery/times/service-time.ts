/**
 * How long AWS takes, as data. Every row says where its figures come from and which end of it is our own
 * assumption; `holdfast.yaml` may replace any row by the reader's own measurement.
 */

/** Seconds: least, typical (median) and the 99th percentile. */
export type Triple = readonly [min: number, typical: number, p99: number];

export interface ServiceTime {
  /** Kebab-case, named by `row(id)` in services. */
  readonly id: string;
  readonly title: string;
  /** `time`: how long an act takes. `point`: age of the newest write that survives. */
  readonly measures: 'time' | 'point';
  readonly expected: Triple;
  /** The best that the sources allow us to hope for; equal to `expected` when nothing in the row is assumed. */
  readonly optimistic: Triple;
  /** The worst that we think possible; equal to `expected` when nothing in the row is assumed. */
  readonly pessimistic: Triple;
  /** `published` by AWS; `measured` by somebody who published it; `assumed` by us, so the reader should replace it. */
  readonly confidence: 'published' | 'measured' | 'assumed';
  /** Address or document, and what it says. */
  readonly source: string;
  /** Day on which the source was seen, YYYY-MM-DD. */
  readonly seen: string;
}

/** A row in which no figure is ours. */
export function published(
  id: string,
  title: string,
  measures: ServiceTime['measures'],
  triple: Triple,
  source: string,
  seen: string,
): ServiceTime {
  return {
    id,
    title,
    measures,
    expected: triple,
    optimistic: triple,
    pessimistic: triple,
    confidence: 'published',
    source,
    seen,
  };
}

/** A row of which at least one figure is ours: the source names what is published. */
export function assumed(
  id: string,
  title: string,
  measures: ServiceTime['measures'],
  figures: Pick<ServiceTime, 'optimistic' | 'expected' | 'pessimistic'>,
  source: string,
  seen: string,
): ServiceTime {
  return { id, title, measures, ...figures, confidence: 'assumed', source, seen };
}
