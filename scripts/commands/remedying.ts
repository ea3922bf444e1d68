/** `--remedies` and `--goal`: what would keep the broken promises. */
import { UsageError } from '../../src/model/errors.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';

export interface RemedyFlags {
  readonly remedies?: boolean;
  /** `90%` or `90`. */
  readonly goal?: string;
  readonly seed: number;
  readonly withLive?: boolean;
}

/**
 * Reads the flags before anything is judged, and adds to the result later. Throws `UsageError` `goal-unreadable` and
 * `remedies-without-code`; what it returns throws `remedies-without-catalogue`.
 */
export function remediesGiven(flags: RemedyFlags): (result: VerifyResult, judgement: Judgement) => Promise<VerifyResult> {
  const goal = flags.goal === undefined ? undefined : percentOf(flags.goal);
  if (goal === undefined && flags.remedies !== true) return async (result) => result;
  if (flags.withLive === true)
    throw new UsageError(
      'remedies-without-code',
      'expected --remedies and --goal without --with-live: they are about the code alone. Run verify once with each.',
    );
  return async (result, judgement) => {
    if (judgement.catalogue === undefined)
      throw new UsageError(
        'remedies-without-catalogue',
        'expected a catalogue beside --remedies and --goal: without agreements there is no promise to keep. `holdfast init` drafts one; --catalog names one.',
      );
    const { remediesOf } = await import('../../src/verdicts/remedies/remedies.ts');
    const { remediesResult } = await import('../../src/reports/remedies.ts');
    const remedies = remediesOf(judgement, { seed: flags.seed, ...(goal === undefined ? {} : { goal }) });
    return { ...result, remedies: remediesResult(remedies, judgement) };
  };
}

function percentOf(text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,9})?)\s*%?$/.exec(text.trim());
  const percent = match === null ? Number.NaN : Number(match[1]);
  if (percent >= 0 && percent <= 100) return percent;
  throw new UsageError(
    'goal-unreadable',
    `--goal: expected a percentage from 0 to 100, such as 90%, found ${JSON.stringify(text)}.`,
  );
}
