/** What verify and check share at the end: the result in the format that was asked for, and the exit code. */
import type { Severity } from '../../src/model/finding.ts';
import { SEVERITIES } from '../../src/model/finding.ts';
import { renderMarkdown } from '../../src/reports/markdown.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { renderTable } from '../../src/reports/table.ts';
import { established } from '../../src/reports/words.ts';
import type { Surroundings } from '../surroundings.ts';

export interface ResultFlags {
  readonly format: 'table' | 'json' | 'markdown';
  readonly json?: boolean;
  readonly failOn: Severity | 'never';
  readonly allowUnknown?: boolean;
  readonly catalog?: string | false;
  readonly color: boolean;
  readonly out?: string;
}

/** Places shown per rule in the table. */
const PLACES = 5;

/** Writes the result; returns the exit code of the level that the command establishes. `next`: the command that comes next. */
export function show(
  result: VerifyResult,
  level: VerifyResult['level'],
  flags: ResultFlags,
  around: Surroundings,
  next = '',
): 0 | 1 | 3 {
  const { width } = around;
  const format = flags.json === true ? 'json' : flags.format;
  const text =
    format === 'json'
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : format === 'markdown'
        ? renderMarkdown(result)
        : renderTable(result, { width, paint: around.paint(flags.color, flags.out), places: PLACES, next });
  around.write(text, flags.out);
  return exitCode(result, flags, level);
}

/**
 * At the level that the command establishes. 1: a metric not met (unless only waived findings stand in its way), or an open
 * finding at or above `--fail-on`. 3: a metric or such a finding unknown, no agreement in force at all, or sources that show a
 * part or nothing. Without a catalogue on purpose, findings alone count.
 */
export function exitCode(
  result: VerifyResult,
  flags: Pick<ResultFlags, 'failOn' | 'allowUnknown' | 'catalog'>,
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
