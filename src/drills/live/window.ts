/** Opening hours of drills: in a time zone, across midnight, and across the changes to and from daylight saving time. */
import type { DrillWindow } from '../../model/drill.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Opening {
  readonly from: number;
  readonly to: number;
}

/**
 * Does the time from `begin` to `end` (milliseconds since the epoch) lie in the window as a whole? Undefined: nobody can tell,
 * since the zone has no such name or the window no day. Openings that touch are one. An hour that is skipped or repeated by the
 * clocks counts against the drill: the window is then the shorter of those that could be meant.
 */
export function fits(window: DrillWindow, begin: number, end: number): boolean | undefined {
  const clock = wallClock(window.zone);
  if (clock === undefined || window.days.length === 0 || !(end >= begin)) return undefined;
  const openings: Opening[] = [];
  for (let day = begin - 3 * DAY; day <= end + 2 * DAY; day += DAY) {
    const opening = openingOn(window, day, clock);
    if (opening !== undefined) openings.push(opening);
  }
  return joined(openings).some((o) => o.from <= begin && end <= o.to);
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
type Ahead = (instant: number) => number;

function wallClock(zone: string): Ahead | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  return (instant) => {
    const part = Object.fromEntries(format.formatToParts(instant).map((p) => [p.type, Number(p.value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}

/** The opening that begins on the local day of an instant. */
function openingOn({ days, from, to }: DrillWindow, instant: number, ahead: Ahead): Opening | undefined {
  const midnight = Math.floor((instant + ahead(instant)) / DAY) * DAY;
  // 1970-01-01 was a Thursday.
  const weekday = ((midnight / DAY + 3) % 7) + 1;
  if (!days.includes(weekday)) return undefined;
  const opens = instantsOf(midnight + from * MINUTE, ahead);
  const closes = instantsOf(midnight + to * MINUTE + (to <= from ? DAY : 0), ahead);
  return { from: Math.max(...opens), to: Math.min(...closes) };
}

/** The instants that a local time may mean: one, two where the clocks repeat it, the two around a gap that skips it. */
function instantsOf(local: number, ahead: Ahead): readonly number[] {
  const around = [local - ahead(local - DAY), local - ahead(local + DAY)];
  const exact = around.filter((instant) => instant + ahead(instant) === local);
  return exact.length === 0 ? around : exact;
}

function joined(openings: readonly Opening[]): readonly Opening[] {
  const all: Opening[] = [];
  for (const opening of [...openings].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (opening.to <= opening.from) continue;
    if (last !== undefined && opening.from <= last.to)
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, opening.to) };
    else all.push(opening);
  }
  return all;
}
