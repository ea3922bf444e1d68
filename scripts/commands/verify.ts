/** `holdfast verify`: the designed level. */
import type { Severity } from '../../src/model/finding.ts';
import { SEVERITIES } from '../../src/model/finding.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { renderTable } from '../../src/reports/table.ts';
import { established } from '../../src/reports/words.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { judgeSources } from './judging.ts';
import type { AwsFlags } from './observing.ts';

export interface VerifyFlags extends SourceFlags, AwsFlags {
  readonly region?: string;
  readonly format: 'table' | 'json' | 'markdown';
  readonly json?: boolean;
  readonly failOn: Severity | 'never';
  readonly allowUnknown?: boolean;
  readonly withLive?: boolean;
}

/** Places shown per rule in the table. */
const PLACES = 5;

export async function verify(named: readonly string[], flags: VerifyFlags, around: Surroundings): Promise<number> {
  if (flags.withLive === true) return verifyWithLive(named, flags, around);
  const { judgement, sources } = await judgeSources(named, flags, around);
  const result = resultOf(judgement, flags.seed);
  return show(result, flags, around, flags.quiet === true ? '' : nextCommand(result, sources));
}

/** Both levels and the drift between them; the code alone decides the exit code. */
async function verifyWithLive(named: readonly string[], flags: VerifyFlags, around: Surroundings): Promise<number> {
  const { checked } = await import('./check.ts');
  const result = await checked(['drift'], { ...flags, source: named, since: '1h' }, around);
  return show(result, flags, around, '');
}

function show(result: VerifyResult, flags: VerifyFlags, around: Surroundings, next: string): number {
  const format = flags.json === true ? 'json' : flags.format;
  const text =
    format === 'json'
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : format === 'markdown'
        ? renderMarkdown(result)
        : renderTable(result, {
            width: around.width,
            paint: around.paint(flags.color, flags.out),
            places: PLACES,
            next,
          });
  around.write(text, flags.out);
  return exitCode(result, flags, 'designed');
}

/**
 * At the level that the command establishes. 1: a metric not met (unless only waived findings stand in its way), or an open finding at or above `--fail-on`.
 * 3: a metric or such a finding unknown, no agreement in force at all, or sources that show a part or nothing. Without a
 * catalogue on purpose, findings alone count.
 */
export function exitCode(
  result: VerifyResult,
  flags: Pick<VerifyFlags, 'failOn' | 'allowUnknown' | 'catalog'>,
  level: VerifyResult['level'],
): 0 | 1 | 3 {
  const { failOn } = flags;
  const serious = result.findings.filter(
    (f) =>
      failOn !== 'never' &&
      f.levels.includes(level) &&
      SEVERITIES.indexOf(f.severity) <= SEVERITIES.indexOf(failOn) &&
      (f.waiver === null || f.waiver.expired),
  );
  const verdicts = result.metrics.map((m) => (level === 'designed' ? m.designed : established(m)));
  const broken = verdicts.some((v) => v.verdict === 'not-met' && !v.waivedOnly) || serious.some((f) => f.state === 'fires');
  if (broken) return 1;
  const judged = flags.catalog === false || result.metrics.length > 0;
  const shown = result.resources.total > 0 && !result.sources.some((s) => s.partial);
  const unknown =
    !judged ||
    !shown ||
    verdicts.some((v) => v.verdict === 'unknown' || v.verdict === 'expired') ||
    serious.some((f) => f.state === 'unknown');
  return unknown && flags.allowUnknown !== true ? 3 : 0;
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
