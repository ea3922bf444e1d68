/** ARC zonal shift: what it keeps, and away from which AZ the traffic of a resource is (botocore's model arc-zonal-shift 2022-10-30). */
import { shelf, type World } from '../world/world.ts';
import type { Place } from './ec2-shared.ts';

export interface Shift {
  readonly zonalShiftId: string;
  /** ARN of the resource. */
  readonly resourceIdentifier: string;
  /** Id of the AZ, as the API names it; `zone` is its name. */
  readonly awayFrom: string;
  readonly zone: string;
  readonly startTime: Date;
  expiryTime: Date;
  status: 'ACTIVE' | 'EXPIRED' | 'CANCELED';
  comment: string;
  readonly shiftType: 'ZONAL_SHIFT' | 'PRACTICE_RUN';
  practiceRunOutcome: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'INTERRUPTED' | undefined;
}

export interface ControlCondition {
  readonly type: string;
  readonly alarmIdentifier: string;
}

export interface PracticeRunConfiguration {
  readonly outcomeAlarms: readonly ControlCondition[];
  readonly blockingAlarms?: readonly ControlCondition[];
  readonly blockedWindows?: readonly string[];
  readonly allowedWindows?: readonly string[];
  readonly blockedDates?: readonly string[];
}

export interface Autoshifting {
  readonly practice: PracticeRunConfiguration;
  readonly status: 'ENABLED' | 'DISABLED';
}

export interface Autoshift {
  readonly awayFrom: string;
  readonly zone: string;
  readonly startTime: Date;
  endTime: Date | undefined;
  status: 'ACTIVE' | 'COMPLETED';
}

/** By id. */
export const SHIFTS = shelf<Shift>('arc-zonal-shift:shift');
/** By the ARN of the resource. */
export const AUTOSHIFTING = shelf<Autoshifting>('arc-zonal-shift:configuration');
/** AWS's own, of a Region and of every account: kept under the account `aws`. */
export const AUTOSHIFTS = shelf<Autoshift>('arc-zonal-shift:autoshift');
export const EVERYBODY = 'aws';

export const activeShifts = ({ world, account, region }: Place, arn: string): readonly Shift[] =>
  world.list(SHIFTS, account, region).filter((s) => s.resourceIdentifier === arn && s.status === 'ACTIVE');

/** Autoshifts reach the resources that have zonal autoshift enabled. */
export function activeAutoshifts({ world, account, region }: Place, arn: string): readonly Autoshift[] {
  if (world.get(AUTOSHIFTING, account, region, arn)?.status !== 'ENABLED') return [];
  return world.list(AUTOSHIFTS, EVERYBODY, region).filter((a) => a.status === 'ACTIVE');
}

/** The shift in effect: a customer's comes before an autoshift, which comes before a practice run (ZonalShiftInResource). */
export function inEffect(place: Place, arn: string): Shift | Autoshift | undefined {
  const shifts = activeShifts(place, arn);
  return shifts.find((s) => s.shiftType === 'ZONAL_SHIFT') ?? activeAutoshifts(place, arn)[0] ?? shifts[0];
}

/** Name of the AZ that gets no traffic of the resource. */
export const shiftedAway = (place: Place, arn: string): string | undefined => inEffect(place, arn)?.zone;

type Told = (arn: string, place: Place) => void;
const listeners = new WeakMap<World, Told[]>();

/** Load balancers and Auto Scaling groups are told when a shift of theirs begins or ends. */
export function watchShifts(world: World, told: Told): void {
  listeners.set(world, [...(listeners.get(world) ?? []), told]);
}

export function tellShifted(place: Place, arn: string): void {
  for (const told of listeners.get(place.world) ?? []) told(arn, place);
}
