/** What verify and check share at the end: the result in the format that was asked for, and the exit code. */

import type { Severity } from '../../src/model/finding.ts';
import { SEVERITIES } from '../../src/model/finding.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { established } from '../../src/reports/words.ts';
import type { Format, Written } from '../formats.ts';
import type { Surroundings } from '../surroundings.ts';

export interface ResultFlags {
  readonly format: Format;
  readonly json?: boolean;
  readonly failOn: Severity | 'never';
  readonly failOnNew?: boolean;
  readonly allowUnknown?: boolean;
  readonly catalog?: string | false;
  readonly color: boolean;
  readonly out?: string;
  readonly also: readonly Written[];
}

/** Places shown per rule in the table. */
const PLACES = 5;

/** Writes the result; returns the exit code of the level that the command establishes. `next`: the command that comes next. */
export async function show(
  result: VerifyResult,
  level: VerifyResult['level'],
  flags: ResultFlags,
  around: Surroundings,
  next = '',
): Promise<ExitCode> {
  const code = exitCode(result, flags, level);
  for (const { format, out } of [...flags.also, { format: flags.json === true ? 'json' : flags.format, out: flags.out }])
    around.write(await rendered(result, code, { ...flags, format, out }, around, next), out);
  return code;
}

/** A renderer is loaded when its format is asked for. */
async function rendered(
  result: VerifyResult,
  code: ExitCode,
  { format, color, out }: { readonly format: Format; readonly color: boolean; readonly out: string | undefined },
  { width, paint, cwd }: Surroundings,
  next: string,
): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(result, undefined, 2)}\n`;
    case 'markdown':
      return (await import('../../src/reports/markdown.ts')).renderMarkdown(result);
    case 'comment':
      return (await import('../../src/reports/comment.ts')).renderComment(result, code);
    case 'junit':
      return (await import('../../src/reports/junit.ts')).renderJunit(result);
    case 'sarif': {
      const [{ renderSarif }, { filesOf }, { RULES }, { CHECKS }] = await Promise.all([
        import('../../src/reports/sarif.ts'),
        import('./files.ts'),
        import('../../src/rules/registry.ts'),
        import('../../checks/registry.ts'),
      ]);
      return renderSarif(result, [...RULES, ...CHECKS.flatMap((c) => c.rules)], filesOf(result, cwd));
    }
    case 'table':
      return (await import('../../src/reports/table.ts')).renderTable(result, {
        width,
        paint: paint(color, out),
        places: PLACES,
        next,
      });
  }
}

export type ExitCode = 0 | 1 | 3;
type FindingResult = VerifyResult['findings'][number];

/**
 * At the level that the command establishes. 1: a metric not met (unless only waived findings stand in its way), an open
 * finding at or above `--fail-on`, or an obligation that AWS breaks. 3: one that nothing discharges, a metric or such a finding unknown, no agreement in force at all, or sources that show a
 * part or nothing. Without a catalogue on purpose, findings alone count.
 *
 * Beside a baseline, also 1 for what the change does to the agreed metrics (`fails` in the comparison); with `--fail-on-new`, what
 * was not met, unknown or found before counts no more.
 */
export function exitCode(
  result: VerifyResult,
  flags: Pick<ResultFlags, 'failOn' | 'failOnNew' | 'allowUnknown' | 'catalog'>,
  level: VerifyResult['level'],
): ExitCode {
  const { failOn, failOnNew = false } = flags;
  const isHeavy = (f: FindingResult): boolean =>
    failOn !== 'never' && SEVERITIES.indexOf(f.severity) <= SEVERITIES.indexOf(failOn);
  const serious = result.findings.filter(
    (f) => isHeavy(f) && f.levels.includes(level) && (f.waiver === null || f.waiver.expired) && (!failOnNew || isWorse(f)),
  );
  const added = new Set(result.baseline?.metrics.filter((m) => m.change === 'new').map((m) => m.id));
  const metrics = failOnNew ? result.metrics.filter((m) => added.has(m.id)) : result.metrics;
  const verdicts = metrics.map((m) => (level === 'designed' ? m.designed : established(m)));
  const broken =
    result.baseline?.metrics.some((m) => m.fails) === true ||
    result.obligations?.some((o) => o.state === 'broken') === true ||
    (!failOnNew && verdicts.some((v) => v.verdict === 'not-met' && !v.waivedOnly)) ||
    serious.some((f) => f.state === 'fires');
  if (broken) return 1;
  const judged = flags.catalog === false || result.metrics.length > 0;
  const shown = result.resources.total > 0 && !result.sources.some((s) => s.partial);
  const unknown =
    !judged ||
    !shown ||
    result.obligations?.some((o) => o.state === 'open') === true ||
    verdicts.some((v) => v.verdict === 'unknown' || v.verdict === 'expired') ||
    serious.some((f) => f.state === 'unknown');
  return unknown && flags.allowUnknown !== true ? 3 : 0;
}

const isWorse = ({ baseline }: FindingResult): boolean =>
  baseline === null || baseline.state === 'new' || baseline.worse !== null;
