/** How one level of evidence follows from the level below it, from what was seen and from what was measured. */
import { all, no, type Unknown } from '../model/known.ts';
import type { MetricVerdict } from '../model/verdict.ts';

/** What a check of live AWS says about one metric beyond its configuration. A check never makes anything met. */
export interface Objection {
  readonly metric: string;
  readonly verdict: 'not-met' | 'unknown';
  /** For people, in one clause. */
  readonly reason: string;
  /** URN (or ARN) of the resource that decides. */
  readonly decidedBy: string | undefined;
}

/**
 * The verdict in place. A not-met of the design carries upwards, since the next `up` brings it back; an unknown of the design
 * does not. A measured not-met stands over what configuration says, and a measurement that could not be had over a met.
 * `unseen`: something of AWS could not be read. What seems to be missing may then only be out of sight, so that a promise which
 * the design keeps is not called broken.
 */
export function inPlaceVerdict(
  designed: MetricVerdict | undefined,
  observed: MetricVerdict,
  objections: readonly Objection[],
  unseen?: Unknown,
): MetricVerdict {
  const seen: MetricVerdict = { ...observed, level: 'in-place' };
  if (seen.verdict === 'not-applicable') return seen;
  const own = objections.filter((o) => o.metric === observed.metric.id);
  const failed = own.find((o) => o.verdict === 'not-met');
  if (failed !== undefined) return objected(seen, failed);
  if (seen.verdict === 'not-met' && (unseen === undefined || designed?.verdict === 'not-met')) return seen;
  if (seen.verdict === 'not-met')
    return {
      ...seen,
      verdict: 'unknown',
      reason: `${seen.reason}; but not everything could be read: ${unseen?.detail}`,
      waivedOnly: false,
    };
  if (designed?.verdict === 'not-met')
    return {
      ...seen,
      verdict: 'not-met',
      reason: `by design: ${designed.reason}`,
      decidedBy: designed.decidedBy,
      withPerson: all([seen.withPerson, designed.withPerson]),
      waivedOnly: designed.waivedOnly,
    };
  const doubted = own[0];
  return doubted === undefined || seen.verdict !== 'met' ? seen : objected(seen, doubted);
}

function objected(seen: MetricVerdict, by: Objection): MetricVerdict {
  const { verdict, reason, decidedBy } = by;
  // What is measured does not get better because a person acts.
  const withPerson = verdict === 'not-met' ? no(reason) : seen.withPerson;
  return { ...seen, verdict, reason, decidedBy, withPerson, waivedOnly: false };
}
