/**
 * Durations and percentages: parsed once, at the door, and printed one way. Inside, a duration is a
 * number of seconds and a percentage a number from 0 to 100.
 */

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Reads `15m`, `5s`, `1h30m`, `35d`, `250ms`, `0`, `0s`. Returns seconds, or undefined when the text is not a duration.
 * Units may be written once each, largest first. A bare number is only accepted for zero: `15` has no unit.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  let rest = trimmed;
  let total = 0;
  let last = Number.POSITIVE_INFINITY;
  if (rest === '') return undefined;
  while (rest !== '') {
    const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*(ms|min|s|m|h|d|w)\s*/.exec(rest);
    if (match === null) return undefined;
    const unit = UNIT_SECONDS[match[2] as string] as number;
    if (unit >= last) return undefined;
    last = unit;
    total += Number(match[1]) * unit;
    rest = rest.slice(match[0].length);
  }
  return Math.round(total * 1000) / 1000;
}

/**
 * Prints seconds so that `parseDuration` reads the same number back whenever it is a whole number of
 * milliseconds: `15m`, `1h30m`, `5s`, `250ms`, `35d`. Infinity prints as `never`.
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  let ms = Math.round(Math.abs(seconds) * 1000);
  if (ms === 0) return '0s';
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const n = Math.floor(ms / size);
    if (n > 0) parts.push(`${n}${unit}`);
    ms -= n * size;
  }
  return (seconds < 0 ? '-' : '') + parts.join('');
}

/** Prints a predicted time for people: two significant units and no milliseconds above ten seconds. */
export function formatAbout(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  const step = seconds < 1 ? 0.01 : seconds < 10 ? 0.1 : seconds < 3600 ? 1 : seconds < 86_400 ? 60 : 3600;
  return formatDuration(Math.round(seconds / step) * step);
}

/** Reads `60%`, `99.95%`, `60 %`. Returns 0 … 100, or undefined. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,9})?)\s*%$/.exec(text.trim());
  if (match === null) return undefined;
  const value = Number(match[1]);
  return value <= 100 ? value : undefined;
}

/** Prints a percentage with at most `decimals` places, never rounding up to 100 (docs/model.md, Vocabulary). */
export function formatPercent(percent: number, decimals = 1): string {
  const scale = 10 ** decimals;
  let shown = Math.round(percent * scale) / scale;
  if (percent < 100 && shown >= 100) shown = Math.floor(percent * scale) / scale;
  return `${shown}%`;
}
