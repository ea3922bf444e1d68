/** Practice runs: a shift of half an hour that alarms and dates may forbid, and alarms end. */
import { type CallContext, ServiceFault } from '../service.ts';
import type { ControlCondition, PracticeRunConfiguration } from './arc-zonal-shift-model.ts';
import { alarmNamed } from './cloudwatch-model.ts';

/** "Practice run zonal shifts … shift traffic away for 30 minutes" (ARC developer guide, "How zonal autoshift and practice runs work"). */
export const PRACTICE_MS = 30 * 60_000;
/** How often its alarms are looked at; AWS gives no figure. */
export const LOOK_MS = 60_000;

export const conflict = (reason: string, message: string, zonalShiftId?: string): ServiceFault =>
  new ServiceFault('ConflictException', message, 409, { reason, ...(zonalShiftId === undefined ? {} : { zonalShiftId }) });

export const invalid = (reason: string, message: string): ServiceFault =>
  new ServiceFault('ValidationException', message, 400, { reason });

export function red({ world, account, region }: CallContext, conditions: readonly ControlCondition[] | undefined): boolean {
  return (conditions ?? []).some(({ alarmIdentifier }) => {
    const [, , , of = region, , , name] = alarmIdentifier.split(':');
    return alarmNamed(world, account, of, name ?? alarmIdentifier)?.state === 'ALARM';
  });
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const WINDOW = /^(\w{3}):(\d\d):(\d\d)-(\w{3}):(\d\d):(\d\d)$/;

/** Is the moment (UTC) inside `Mon:00:00-Mon:08:00`? A window may reach over the end of the week. */
function within(now: Date, window: string): boolean {
  const [, day = '', hour, minute, endDay = '', endHour, endMinute] = WINDOW.exec(window) ?? [];
  const minutes = (d: number, h: number, m: number): number => (d * 24 + h) * 60 + m;
  const at = minutes(now.getUTCDay(), now.getUTCHours(), now.getUTCMinutes());
  const from = minutes(DAYS.indexOf(day), Number(hour), Number(minute));
  const to = minutes(DAYS.indexOf(endDay), Number(endHour), Number(endMinute));
  return from <= to ? from <= at && at < to : at >= from || at < to;
}

/** Throws the reason for which a practice run does not start now. */
export function allowPractice(context: CallContext, practice: PracticeRunConfiguration): void {
  const { now } = context;
  if (practice.blockedDates?.includes(now.toISOString().slice(0, 10)) === true)
    throw conflict('PracticeInBlockedDates', 'Practice runs are blocked on this date');
  if (practice.blockedWindows?.some((w) => within(now, w)) === true)
    throw conflict('PracticeInBlockedWindows', 'Practice runs are blocked at this time');
  if ((practice.allowedWindows ?? []).length > 0 && practice.allowedWindows?.some((w) => within(now, w)) !== true)
    throw conflict('PracticeOutsideAllowedWindows', 'Practice runs are not allowed at this time');
  if (red(context, practice.blockingAlarms)) throw conflict('PracticeBlockingAlarmsRed', 'A blocking alarm is in ALARM');
  if (red(context, practice.outcomeAlarms)) throw conflict('PracticeOutcomeAlarmsRed', 'An outcome alarm is in ALARM');
}
