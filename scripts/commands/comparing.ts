/** `--baseline`: the earlier result that a command was given. */
import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../src/model/errors.ts';
import { readBaseline, withBaseline } from '../../src/reports/baseline.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';

export interface BaselineFlags {
  /** What `verify --json` printed before the change. */
  readonly baseline?: string;
  /** Reference of the change under which this is merged. */
  readonly change?: string;
  readonly failOnNew?: boolean;
}

/** As long as the title of a pull request may be. */
const LONGEST_REFERENCE = 256;

/** Reads the baseline before anything is judged, and compares later. Throws `UsageError`, as `readBaseline` does. */
export function baselineGiven({ baseline: file, failOnNew, ...flags }: BaselineFlags): (result: VerifyResult) => VerifyResult {
  const change = changeGiven(flags.change ?? process.env.HOLDFAST_CHANGE);
  if (file === undefined) {
    if (failOnNew !== true) return (result) => result;
    throw new UsageError('baseline-missing', 'expected a baseline beside --fail-on-new: name one with --baseline.');
  }
  const baseline = readBaseline(bytesOf(file), file);
  return (result) => withBaseline(result, baseline, file, change);
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(
      'baseline-unreadable',
      `${file}: cannot be read (${messageOf(error)}). Give --baseline what \`holdfast verify --json\` printed before the change.`,
    );
  }
}

function changeGiven(text: string | undefined): string | undefined {
  const change = text?.trim();
  if (change === undefined || change === '') return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (change.length > LONGEST_REFERENCE || /[\u0000-\u001f\u007f]/.test(change))
    throw new UsageError(
      'change-unreadable',
      `--change: expected a reference of one line, at most ${LONGEST_REFERENCE} characters.`,
    );
  return change;
}
