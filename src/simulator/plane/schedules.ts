/** When an AWS schedule expression comes due (EventBridge user guide, "Schedule expressions"): `rate`, `at` and `cron`, in UTC. */
import { ServiceFault } from '../service.ts';

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MINUTE = 60_000;
const DAY = 86_400_000;
/** Cron days are looked for this far ahead. */
const MOST_DAYS = 366 * 5;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const bad = (expression: string): ServiceFault =>
  new ServiceFault('ValidationException', `Invalid Schedule Expression ${expression}.`);

/** Milliseconds since the epoch of the first run after `after`; undefined: there is none. */
export function nextRun(expression: string, after: number): number | undefined {
  const text = expression.trim();
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text);
  if (rate !== null) return after + Number(rate[1]) * (UNIT_MS[rate[2] ?? ''] ?? DAY);
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text);
  if (at !== null) {
    const once = Date.parse(`${at[1]}Z`);
    return once > after ? once : undefined;
  }
  const cron = /^cron\((.*)\)$/.exec(text)?.[1]?.trim().split(/\s+/);
  if (cron === undefined || cron.length !== 6) throw bad(expression);
  return nextCron(cron, after, expression);
}

function nextCron(fields: readonly string[], after: number, expression: string): number | undefined {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  const minutes = values(minute, 0, 59, [], expression);
  const hours = values(hour, 0, 23, [], expression);
  const months = values(month, 1, 12, MONTHS, expression);
  const days = dayOfMonth === '?' || dayOfMonth === 'L' ? undefined : values(dayOfMonth, 1, 31, [], expression);
  const weekdays = dayOfWeek === '?' ? undefined : values(dayOfWeek, 1, 7, WEEKDAYS, expression);
  const years = values(year, 1970, 2199, [], expression);
  const first = Math.floor((after + MINUTE) / MINUTE) * MINUTE;
  for (let day = Math.floor(first / DAY), n = 0; n < MOST_DAYS; day += 1, n += 1) {
    const date = new Date(day * DAY);
    const last = new Date(day * DAY + DAY).getUTCDate() === 1;
    const runs =
      years.has(date.getUTCFullYear()) &&
      months.has(date.getUTCMonth() + 1) &&
      (dayOfMonth === 'L' ? last : (days?.has(date.getUTCDate()) ?? true)) &&
      (weekdays?.has(date.getUTCDay() + 1) ?? true);
    if (!runs) continue;
    for (const h of hours)
      for (const m of minutes) {
        const time = day * DAY + h * 60 * MINUTE + m * MINUTE;
        if (time >= first) return time;
      }
  }
  return undefined;
}

/** `*`, `5`, `1-5`, `0/15` and lists of these, in order. */
function values(field: string, least: number, most: number, names: readonly string[], expression: string): ReadonlySet<number> {
  const plain = names.reduce((text, name, i) => text.replaceAll(name, String(i + 1)), field.toUpperCase());
  const found: number[] = [];
  for (const part of plain.split(',')) {
    const match = /^(?:(\*|\?)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) throw bad(expression);
    const [, any, start, end, step] = match;
    const from = any === undefined ? Number(start) : least;
    const to = end !== undefined ? Number(end) : any !== undefined || step !== undefined ? most : from;
    for (let value = from; value <= Math.min(to, most); value += Number(step ?? 1)) found.push(value);
  }
  return new Set(found.sort((a, b) => a - b));
}
