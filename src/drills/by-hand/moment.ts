/** To which moment something is restored: before the damage, the newest there is, or as the drill file asks. */
import { type Hand, StepFailure } from './hand.ts';
import { until } from './waiting.ts';

/** What can be restored to, now. */
export interface Window {
  readonly earliest: Date | undefined;
  readonly latest: Date | undefined;
}

/** Undefined: the latest that there is when it is asked for. */
export function askedOf(hand: Hand): 'oldest' | Date | undefined {
  const { point, at } = hand.given;
  if (at !== undefined) {
    const time = new Date(at);
    if (Number.isNaN(time.getTime())) throw new StepFailure(`at: expected a time such as 2026-06-01T12:00:00Z, found ${at}`);
    return time;
  }
  if (point === 'oldest') return 'oldest';
  // What was written from the onset on is wrong.
  return hand.lost?.kind === 'corruption' ? new Date(hand.onset() - 1) : undefined;
}

/** Waits until AWS can restore to the moment that is asked for: backups are late by minutes. Undefined: the latest. */
export async function momentOf(hand: Hand, signal: AbortSignal, window: () => Promise<Window>): Promise<Date | undefined> {
  const asked = askedOf(hand);
  if (asked === undefined) return undefined;
  if (asked === 'oldest') {
    const { earliest } = await window();
    if (earliest === undefined) throw new StepFailure('AWS shows no moment that could be restored to');
    return earliest;
  }
  await until(hand.clock, signal, `backups to reach ${asked.toISOString()}`, async () => {
    const { latest } = await window();
    return latest !== undefined && latest.getTime() >= asked.getTime();
  });
  return asked;
}

/** Of recovery points, the one to restore: the newest that is not younger than what is asked for, or the oldest. */
export function pointOf<T extends { readonly at: Date }>(hand: Hand, points: readonly T[]): T | undefined {
  const asked = askedOf(hand);
  const sorted = points.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  if (asked === 'oldest') return sorted[0];
  return sorted.findLast((p) => asked === undefined || p.at.getTime() <= asked.getTime());
}
