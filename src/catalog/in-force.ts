import type { Agreement, Catalogue } from '../model/agreement.ts';

/**
 * The agreements that bind on a day (YYYY-MM-DD): approved, begun, and not over; the last day counts.
 * A draft binds nobody, whatever its period (docs/model.md, Vocabulary).
 */
export function agreedAt(catalogue: Pick<Catalogue, 'agreements'>, day: string): readonly Agreement[] {
  return catalogue.agreements.filter((a) => a.approvedBy !== undefined && a.from <= day && (a.to === undefined || day <= a.to));
}
