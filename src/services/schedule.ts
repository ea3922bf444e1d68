/**
 * AWS schedule expressions, reduced to the one figure that bounds a recovery point: the longest time between two runs.
 * Grammar: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html (six fields, `?`, `L`,
 * `W`, `#`; days of the week count from Sunday = 1).
 */

const DAY_MINUTES = 1440;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** The Gregorian calendar repeats, weekdays included, every 28 years between 1901 and 2099. */
const FIRST_YEAR = 2024;
const YEARS = 28;
const MILLISECONDS_A_DAY = 86_400_000;

/**
 * Longest time between two runs, in seconds; Infinity when it never runs (30 February). Undefined when the text is no
 * AWS schedule expression, or names single years, after which it would stop.
 */
export function largestGap(expression: string): number | undefined {
  const text = expression.trim();
  const rate = /^rate\(\s*([1-9]\d{0,8})\s+(minute|hour|day)s?\s*\)$/.exec(text);
  if (rate !== null) return Number(rate[1]) * { minute: 60, hour: 3600, day: 86_400 }[rate[2] as 'minute' | 'hour' | 'day'];
  const cron = /^cron\((.*)\)$/.exec(text);
  return cron === null ? undefined : cronGap((cron[1] as string).trim().split(/\s+/));
}

function cronGap(fields: readonly string[]): number | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || minute === undefined || hour === undefined || year !== '*') return undefined;
  if (dayOfMonth === undefined || month === undefined || dayOfWeek === undefined) return undefined;
  const minutes = parseList(minute, 0, 59);
  const hours = parseList(hour, 0, 23);
  const months = parseList(named(month, MONTHS, 1), 1, 12);
  const runsOn = dayTest(dayOfMonth.toUpperCase(), named(dayOfWeek, WEEKDAYS, 1));
  if (minutes === undefined || hours === undefined || months === undefined || runsOn === undefined) return undefined;
  const times = hours.flatMap((h) => minutes.map((m) => h * 60 + m));
  const days: number[] = [];
  for (const [i, day] of calendar().entries()) {
    if (months.includes(day.month) && runsOn(day)) days.push(i);
  }
  return 60 * longest(times, days);
}

/** Minutes between consecutive runs, the calendar wrapping around its end. */
function longest(times: readonly number[], days: readonly number[]): number {
  const first = times[0];
  const last = times.at(-1);
  const firstDay = days[0];
  const lastDay = days.at(-1);
  if (first === undefined || last === undefined || firstDay === undefined || lastDay === undefined)
    return Number.POSITIVE_INFINITY;
  let gap = 0;
  times.forEach((t, i) => {
    gap = Math.max(gap, t - (times[i - 1] ?? t));
  });
  let daysApart = firstDay + daysOf(FIRST_YEAR, YEARS) - lastDay;
  days.forEach((d, i) => {
    daysApart = Math.max(daysApart, d - (days[i - 1] ?? d));
  });
  return Math.max(gap, daysApart * DAY_MINUTES - last + first);
}

interface Day {
  readonly month: number;
  readonly date: number;
  /** 1 = Sunday. */
  readonly weekday: number;
  readonly lastDate: number;
}

function daysOf(year: number, years: number): number {
  return (Date.UTC(year + years, 0, 1) - Date.UTC(year, 0, 1)) / MILLISECONDS_A_DAY;
}

/** Made at the first use and kept: the calendar is always the same. */
let days28: readonly Day[] | undefined;
function calendar(): readonly Day[] {
  days28 ??= Array.from({ length: daysOf(FIRST_YEAR, YEARS) }, (_, i) => dayAt(i));
  return days28;
}

function dayAt(index: number): Day {
  const date = new Date(Date.UTC(FIRST_YEAR, 0, 1 + index));
  return {
    month: date.getUTCMonth() + 1,
    date: date.getUTCDate(),
    weekday: date.getUTCDay() + 1,
    lastDate: new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  };
}

/** One of the two day fields must be `?`; AWS refuses two that restrict. */
function dayTest(dayOfMonth: string, dayOfWeek: string): ((day: Day) => boolean) | undefined {
  const free = (field: string): boolean => field === '?' || field === '*';
  if (free(dayOfMonth) && free(dayOfWeek)) return () => true;
  if (free(dayOfWeek)) return monthDayTest(dayOfMonth);
  return free(dayOfMonth) ? weekdayTest(dayOfWeek) : undefined;
}

function monthDayTest(field: string): ((day: Day) => boolean) | undefined {
  if (field === 'L') return (day) => day.date === day.lastDate;
  if (field === 'LW') return (day) => day.date === nearestWeekday(day.lastDate, day);
  const nearest = /^(\d{1,2})W$/.exec(field);
  if (nearest !== null) {
    const wanted = Number(nearest[1]);
    if (wanted < 1 || wanted > 31) return undefined;
    return (day) => wanted <= day.lastDate && day.date === nearestWeekday(wanted, day);
  }
  const dates = parseList(field, 1, 31);
  return dates === undefined ? undefined : (day) => dates.includes(day.date);
}

/** The Monday to Friday nearest to a date without leaving its month. */
function nearestWeekday(wanted: number, day: Day): number {
  const weekday = ((((day.weekday - 1 + wanted - day.date) % 7) + 7) % 7) + 1;
  if (weekday === 7) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 1) return wanted === day.lastDate ? wanted - 2 : wanted + 1;
  return wanted;
}

function weekdayTest(field: string): ((day: Day) => boolean) | undefined {
  if (field === 'L') return (day) => day.weekday === 7;
  const last = /^([1-7])L$/.exec(field);
  if (last !== null) return (day) => day.weekday === Number(last[1]) && day.date + 7 > day.lastDate;
  const nth = /^([1-7])#([1-5])$/.exec(field);
  if (nth !== null) return (day) => day.weekday === Number(nth[1]) && Math.ceil(day.date / 7) === Number(nth[2]);
  const weekdays = parseList(field, 1, 7);
  return weekdays === undefined ? undefined : (day) => weekdays.includes(day.weekday);
}

function named(field: string, names: readonly string[], from: number): string {
  return names.reduce((text, name, i) => text.replaceAll(name, String(i + from)), field.toUpperCase());
}

/** `*`, `5`, `1-5`, `0/15`, `1-30/2` and lists of these: sorted values, or undefined. */
function parseList(field: string, min: number, max: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const [, star, start, end, step] = match;
    const from = star === undefined ? Number(start) : min;
    const to = end !== undefined ? Number(end) : star !== undefined || step !== undefined ? max : from;
    const by = step === undefined ? 1 : Number(step);
    if (from < min || to > max || from > to || by < 1) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
