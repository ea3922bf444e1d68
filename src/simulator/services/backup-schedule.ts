/**
 * When an AWS schedule expression runs next. Six fields, `?`, `L`, `W`, `#`, days of the week from Sunday = 1
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html).
 */
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 29 February of a given weekday comes once in 28 years, and in 40 around 2100. */
const LONGEST_SEARCH = 40 * 366;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: DAY };

/** Gives the first run after an instant, both in milliseconds since the epoch; undefined: it never runs again. */
export type Schedule = (after: number) => number | undefined;

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly date: number;
  /** 1: Sunday. */
  readonly weekday: number;
  /** Last date of the month. */
  readonly last: number;
}

/** Undefined when the text is no schedule expression. `rate` counts from the instant that is asked about. */
export function scheduleOf(expression: string, zone = 'UTC'): Schedule | undefined {
  const rate = /^rate\(\s*([1-9]\d*)\s+(minute|hour|day)s?\s*\)$/.exec(expression.trim());
  if (rate !== null) return (after) => after + Number(rate[1]) * (UNITS[rate[2] ?? ''] ?? DAY);
  const fields = /^cron\((.*)\)$/.exec(expression.trim())?.[1]?.trim().toUpperCase().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  const [minute = '', hour = '', date = '', month = '', weekday = '', year = ''] = fields;
  const minutes = numbers(minute, 0, 59);
  const hours = numbers(hour, 0, 23);
  const months = numbers(named(month, MONTHS), 1, 12);
  const years = numbers(year, 1970, 2199);
  const days = dayTest(date, named(weekday, WEEKDAYS));
  if (minutes === undefined || hours === undefined || months === undefined || years === undefined || days === undefined)
    return undefined;
  const times = hours.flatMap((h) => minutes.map((m) => (h * 60 + m) * MINUTE));
  const runsOn = (day: Parts): boolean => months.includes(day.month) && years.includes(day.year) && days(day);
  return (after) => next(after, times, runsOn, zone);
}

/** Clocks on the wall are compared, and then read as UTC. A time that summer time leaves out is read as the one an hour later. */
function next(after: number, times: readonly number[], runsOn: (day: Parts) => boolean, zone: string): number | undefined {
  const wall = after + offset(after, zone);
  const first = Math.floor(wall / DAY) * DAY;
  for (let day = 0; day < LONGEST_SEARCH; day++) {
    const midnight = first + day * DAY;
    if (!runsOn(partsOf(midnight))) continue;
    for (const time of times) {
      const at = utc(midnight + time, zone);
      if (at > after) return at;
    }
  }
  return undefined;
}

function partsOf(midnight: number): Parts {
  const date = new Date(midnight);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return {
    year,
    month: month + 1,
    date: date.getUTCDate(),
    weekday: date.getUTCDay() + 1,
    last: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
  };
}

function utc(wall: number, zone: string): number {
  const guess = wall - offset(wall, zone);
  return wall - offset(guess, zone);
}

const isUtc = (zone: string): boolean => /^(?:Etc\/)?(?:UTC|GMT|UCT|Universal|Zulu)$/.test(zone);

/** Milliseconds by which clocks of the zone are ahead of UTC. */
function offset(at: number, zone: string): number {
  if (isUtc(zone)) return 0;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):?(\d{2})?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

function dayTest(date: string, weekday: string): ((day: Parts) => boolean) | undefined {
  const isOpen = (field: string): boolean => field === '?' || field === '*';
  if (isOpen(weekday)) return isOpen(date) ? () => true : dateTest(date);
  return isOpen(date) ? weekdayTest(weekday) : undefined;
}

function dateTest(field: string): ((day: Parts) => boolean) | undefined {
  if (field === 'L') return (day) => day.date === day.last;
  const near = /^(L|\d{1,2})W$/.exec(field);
  if (near !== null)
    return (day) => {
      const wanted = near[1] === 'L' ? day.last : Number(near[1]);
      return wanted >= 1 && wanted <= day.last && day.date === workday(wanted, day);
    };
  const dates = numbers(field, 1, 31);
  return dates === undefined ? undefined : (day) => dates.includes(day.date);
}

/** The day from Monday to Friday that is nearest to a date, in the same month. */
function workday(wanted: number, day: Parts): number {
  const weekday = (((day.weekday - 1 + wanted - day.date) % 7) + 7) % 7;
  if (weekday === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekday === 0) return wanted === day.last ? wanted - 2 : wanted + 1;
  return wanted;
}

function weekdayTest(field: string): ((day: Parts) => boolean) | undefined {
  if (field === 'L') return (day) => day.weekday === 7;
  const last = /^([1-7])L$/.exec(field)?.[1];
  if (last !== undefined) return (day) => day.weekday === Number(last) && day.date > day.last - 7;
  const nth = /^([1-7])#([1-5])$/.exec(field);
  if (nth !== null) return (day) => day.weekday === Number(nth[1]) && Math.ceil(day.date / 7) === Number(nth[2]);
  const weekdays = numbers(field, 1, 7);
  return weekdays === undefined ? undefined : (day) => weekdays.includes(day.weekday);
}

const named = (field: string, names: readonly string[]): string =>
  names.reduce((text, name, i) => text.replaceAll(name, String(i + 1)), field);

/** `*`, `5`, `1-5`, `0/15` and lists of these: sorted values; undefined when it is none of these. */
function numbers(field: string, least: number, most: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, range, from, to, step] = /^(\*|(\d{1,4})(?:-(\d{1,4}))?)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    if (range === undefined) return undefined;
    const start = from === undefined ? least : Number(from);
    const end = to !== undefined ? Number(to) : from === undefined || step !== undefined ? most : start;
    const by = Number(step ?? 1);
    if (start < least || end > most || start > end || by < 1) return undefined;
    for (let value = start; value <= end; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
