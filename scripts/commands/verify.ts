/** `holdfast verify`: the designed level, and beside it what evidence shows. */
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import type { Surroundings } from '../surroundings.ts';
import { type BaselineFlags, baselineGiven } from './comparing.ts';
import { type EvidenceFlags, evidenceGiven, withGiven } from './evidence-given.ts';
import type { SourceFlags } from './judging.ts';
import { judgeSources } from './judging.ts';
import type { AwsFlags } from './observing.ts';
import { type RemedyFlags, remediesGiven } from './remedying.ts';
import type { ResultFlags } from './showing.ts';
import { show } from './showing.ts';

export interface VerifyFlags extends SourceFlags, AwsFlags, ResultFlags, EvidenceFlags, BaselineFlags, RemedyFlags {
  readonly catalog?: string | false;
  readonly region?: string;
  readonly seed: number;
  readonly withLive?: boolean;
}

export async function verify(named: readonly string[], flags: VerifyFlags, around: Surroundings): Promise<number> {
  const compared = baselineGiven(flags);
  const remedied = remediesGiven(flags);
  if (flags.withLive === true) return verifyWithLive(named, flags, around, compared);
  const given = await evidenceGiven(flags, around);
  const { judgement, sources } = await judgeSources(named, flags, around);
  const judged = withGiven(resultOf(judgement, flags.seed), judgement, judgement.verdicts, given);
  const result = compared(await remedied(judged, judgement));
  return show(result, 'designed', flags, around, flags.quiet === true ? '' : nextCommand(result, sources));
}

/** Both levels and the drift between them; the code alone decides the exit code. */
async function verifyWithLive(
  named: readonly string[],
  flags: VerifyFlags,
  around: Surroundings,
  compared: (result: VerifyResult) => VerifyResult,
): Promise<number> {
  const { checkedBySources } = await import('./check.ts');
  const result = await checkedBySources(['drift'], { ...flags, source: named, since: '1h' }, around);
  return show(compared(result), 'designed', flags, around);
}

function nextCommand(result: VerifyResult, sources: readonly string[]): string {
  const named = sources.map(quote).join(' ');
  if (result.catalogue === null)
    return `holdfast init ${named} --out holdfast.yaml   drafts a catalogue: say there what was promised, and verify again judges it`;
  const open = result.metrics.find((m) => m.designed.verdict !== 'met' && m.designed.verdict !== 'not-applicable');
  if (open !== undefined) return `holdfast explain ${quote(open.id)} ${named}   shows what decides it, step by step`;
  return '';
}

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`);
