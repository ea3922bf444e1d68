/**
 * Simulated ARC zonal shift: traffic of a load balancer or an Auto Scaling group leaves an AZ, because its owner says so, because
 * AWS sees the AZ impaired (autoshift), or to practise. https://docs.aws.amazon.com/arc-zonal-shift/latest/api/
 */
import { type CallContext, type Operation, page, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { regionOf, zonesOf } from '../world/regions.ts';
import type { World } from '../world/world.ts';
import { arcZonalShiftDeployers } from './arc-zonal-shift-deployers.ts';
import {
  AUTOSHIFTING,
  AUTOSHIFTS,
  type Autoshift,
  type Autoshifting,
  activeAutoshifts,
  activeShifts,
  EVERYBODY,
  inEffect,
  type PracticeRunConfiguration,
  SHIFTS,
  type Shift,
  tellShifted,
} from './arc-zonal-shift-model.ts';
import { allowPractice, conflict, invalid, LOOK_MS, PRACTICE_MS, red } from './arc-zonal-shift-practice.ts';
import { GROUPS } from './auto-scaling-groups.ts';
import { type Place, zoneId } from './ec2-shared.ts';
import { BALANCERS } from './elastic-load-balancing-v2-state.ts';

/** Seconds from the loss of an AZ to an autoshift, and from its return to the end of it: AWS promises none; an assumption. */
const AUTOSHIFT_BEGINS = [300, 900] as const;
const AUTOSHIFT_ENDS = [600, 1800] as const;
/** "A maximum of three days (72 hours)" (StartZonalShift, expiresIn). */
const LONGEST_HOURS = 72;

interface ByResource {
  readonly resourceIdentifier: string;
}
interface ById {
  readonly zonalShiftId: string;
}
interface Paged {
  readonly nextToken?: string;
  readonly maxResults?: number;
}
interface Start extends ByResource {
  readonly awayFrom: string;
  readonly comment: string;
}
interface Managed {
  readonly arn: string;
  readonly name: string;
  readonly zones: readonly string[];
}

/** Resources that take part: those whose own setting says so (`zonal_shift.config.enabled`, the impairment policy of a group). */
function managed(place: Place): readonly Managed[] {
  const { world, account, region } = place;
  const balancers = world
    .list(BALANCERS, account, region)
    .filter((b) => b.attributes['zonal_shift.config.enabled'] === 'true')
    .map(({ shown }) => ({
      arn: shown.LoadBalancerArn ?? '',
      name: shown.LoadBalancerName ?? '',
      zones: (shown.AvailabilityZones ?? []).map((z) => z.ZoneName ?? ''),
    }));
  const groups = world
    .list(GROUPS, account, region)
    .filter((g) => g.shown.AvailabilityZoneImpairmentPolicy?.ZonalShiftEnabled === true)
    .map(({ shown }) => ({
      arn: shown.AutoScalingGroupARN ?? '',
      name: shown.AutoScalingGroupName,
      zones: shown.AvailabilityZones ?? [],
    }));
  return [...balancers, ...groups];
}

function found(context: CallContext, arn: string): Managed {
  const resource = managed(context).find((m) => m.arn === arn);
  if (resource === undefined) throw new ServiceFault('ResourceNotFoundException', `The resource ${arn} is not managed`, 404);
  return resource;
}

function summary(place: Place, { arn, name, zones }: Managed) {
  const effect = inEffect(place, arn);
  const applied = (s: Shift | Autoshift) => (s === effect ? 'APPLIED' : 'NOT_APPLIED');
  return {
    arn,
    name,
    appliedWeights: Object.fromEntries(zones.map((zone) => [zoneId(zone), zone === effect?.zone ? 0 : 1])),
    zonalShifts: activeShifts(place, arn).map((s) => {
      const { status: _, ...shift } = reply(s);
      return { appliedStatus: applied(s), ...shift };
    }),
    autoshifts: activeAutoshifts(place, arn).map((a) => ({
      appliedStatus: applied(a),
      awayFrom: a.awayFrom,
      startTime: a.startTime,
    })),
    zonalAutoshiftStatus: place.world.get(AUTOSHIFTING, place.account, place.region, arn)?.status ?? 'DISABLED',
  };
}

const reply = ({ zone: _, practiceRunOutcome, ...shift }: Shift) =>
  practiceRunOutcome === undefined ? shift : { ...shift, practiceRunOutcome };

const pageOf = <T>(items: readonly T[], { nextToken, maxResults = 100 }: Paged) => {
  const { items: some, next } = page(items, nextToken, maxResults);
  return { items: [...some], ...(next === undefined ? {} : { nextToken: next }) };
};

/** `30m`, `6h` in milliseconds. */
function duration(expiresIn: string): number {
  const [, number, unit] = /^([1-9]\d*)([mh])$/.exec(expiresIn) ?? [];
  const minutes = Number(number) * (unit === 'h' ? 60 : 1);
  if (Number.isNaN(minutes) || minutes > LONGEST_HOURS * 60)
    throw invalid('InvalidExpiresIn', 'expiresIn is a number of minutes (m) or hours (h), three days at most');
  return minutes * 60_000;
}

function begin(context: CallContext, input: Start, ms: number, shiftType: Shift['shiftType']): Shift {
  const zone = found(context, input.resourceIdentifier).zones.find((z) => zoneId(z) === input.awayFrom);
  if (zone === undefined) throw invalid('InvalidAz', `The resource is not in the Availability Zone ${input.awayFrom}`);
  const hex = (digits: number): string => context.world.random.hex(digits);
  const shift: Shift = {
    zonalShiftId: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
    resourceIdentifier: input.resourceIdentifier,
    awayFrom: input.awayFrom,
    zone,
    startTime: context.now,
    expiryTime: new Date(context.now.getTime() + ms),
    status: 'ACTIVE',
    comment: input.comment,
    shiftType,
    practiceRunOutcome: shiftType === 'PRACTICE_RUN' ? 'PENDING' : undefined,
  };
  context.put(SHIFTS, shift.zonalShiftId, shift);
  tellShifted(context, input.resourceIdentifier);
  expire(context, shift);
  return shift;
}

/** Ends a shift at its expiry, which may have been moved meanwhile. */
function expire(place: Place, shift: Shift): void {
  place.world.clock.at(shift.expiryTime.getTime(), () => {
    if (shift.status !== 'ACTIVE') return;
    if (shift.expiryTime.getTime() > place.world.clock.now()) expire(place, shift);
    else end(place, shift, 'EXPIRED', 'SUCCEEDED');
  });
}

function end(place: Place, shift: Shift, status: 'EXPIRED' | 'CANCELED', outcome: Shift['practiceRunOutcome']): void {
  shift.status = status;
  if (shift.practiceRunOutcome !== undefined) shift.practiceRunOutcome = outcome;
  tellShifted(place, shift.resourceIdentifier);
}

const start: Operation<Start & { readonly expiresIn: string }, object> = (input, context) => {
  const ms = duration(input.expiresIn);
  const other = activeShifts(context, input.resourceIdentifier).find((s) => s.shiftType === 'ZONAL_SHIFT');
  if (other !== undefined)
    throw conflict('ZonalShiftAlreadyExists', 'There is already an active zonal shift for the resource', other.zonalShiftId);
  const shift = begin(context, input, ms, 'ZONAL_SHIFT');
  for (const practice of activeShifts(context, input.resourceIdentifier))
    if (practice !== shift) end(context, practice, 'CANCELED', 'INTERRUPTED');
  return reply(shift);
};

/** The shift of that id, if it can still be changed. */
function active(context: CallContext, id: string, type: Shift['shiftType']): Shift {
  const shift = context.get(SHIFTS, id);
  if (shift === undefined || shift.shiftType !== type)
    throw new ServiceFault('ResourceNotFoundException', `The zonal shift ${id} does not exist`, 404);
  if (shift.status !== 'ACTIVE') throw conflict('ZonalShiftStatusNotActive', `The zonal shift ${id} is not active`);
  return shift;
}

const practise: Operation<Start, object> = (input, context) => {
  const own = configured(context, input.resourceIdentifier);
  const [other] = activeShifts(context, input.resourceIdentifier);
  if (other !== undefined)
    throw conflict('SimultaneousZonalShiftsConflict', 'Another zonal shift of the resource is active', other.zonalShiftId);
  if (activeAutoshifts(context, input.resourceIdentifier).length > 0)
    throw conflict('ZonalAutoshiftActive', 'An autoshift of the resource is active');
  allowPractice(context, own.practice);
  const shift = begin(context, input, PRACTICE_MS, 'PRACTICE_RUN');
  const look = (): void => {
    if (shift.status !== 'ACTIVE') return;
    if (red(context, own.practice.outcomeAlarms)) end(context, shift, 'CANCELED', 'FAILED');
    else context.world.clock.after(LOOK_MS, look);
  };
  context.world.clock.after(LOOK_MS, look);
  return reply(shift);
};

function configured(context: CallContext, arn: string): Autoshifting {
  found(context, arn);
  const own = context.get(AUTOSHIFTING, arn);
  if (own === undefined) throw conflict('PracticeConfigurationDoesNotExist', 'The resource has no practice run configuration');
  return own;
}

function shownConfiguration(context: CallContext, arn: string, { practice, status }: Autoshifting): object {
  return { arn, name: found(context, arn).name, zonalAutoshiftStatus: status, practiceRunConfiguration: practice };
}

const setAutoshift: Operation<ByResource & { readonly zonalAutoshiftStatus: Autoshifting['status'] }, object> = (
  { resourceIdentifier, zonalAutoshiftStatus },
  context,
) => {
  const own = configured(context, resourceIdentifier);
  context.put(AUTOSHIFTING, resourceIdentifier, { ...own, status: zonalAutoshiftStatus });
  tellShifted(context, resourceIdentifier);
  return { resourceIdentifier, zonalAutoshiftStatus };
};

const operations = {
  ListManagedResources: ((input, context) =>
    pageOf(
      managed(context).map((m) => ({
        ...summary(context, m),
        availabilityZones: m.zones.map(zoneId),
        practiceRunStatus: context.get(AUTOSHIFTING, m.arn) === undefined ? 'DISABLED' : 'ENABLED',
      })),
      input,
    )) satisfies Operation<Paged, object>,
  GetManagedResource: (({ resourceIdentifier }, context) => {
    const own = context.get(AUTOSHIFTING, resourceIdentifier);
    const shown = summary(context, found(context, resourceIdentifier));
    return own === undefined ? shown : { ...shown, practiceRunConfiguration: own.practice };
  }) satisfies Operation<ByResource, object>,
  ListZonalShifts: ((input, context) => {
    const { status, resourceIdentifier } = input;
    const shifts = context
      .list(SHIFTS)
      .filter((s) => status === undefined || s.status === status)
      .filter((s) => resourceIdentifier === undefined || s.resourceIdentifier === resourceIdentifier);
    return pageOf(shifts.map(reply), input);
  }) satisfies Operation<Paged & { readonly status?: string; readonly resourceIdentifier?: string }, object>,
  ListAutoshifts: ((input, { world, region }) => {
    const shifts = world
      .list(AUTOSHIFTS, EVERYBODY, region)
      .filter((a) => input.status === undefined || a.status === input.status);
    const shown = shifts.map(({ zone: _, endTime, ...a }) => (endTime === undefined ? a : { ...a, endTime }));
    return pageOf(shown, input);
  }) satisfies Operation<Paged & { readonly status?: string }, object>,
  StartZonalShift: start,
  UpdateZonalShift: (({ zonalShiftId, comment, expiresIn }, context) => {
    const shift = active(context, zonalShiftId, 'ZONAL_SHIFT');
    if (comment !== undefined) shift.comment = comment;
    if (expiresIn !== undefined) {
      // Counted from the moment of the update (UpdateZonalShift, expiresIn).
      shift.expiryTime = new Date(context.now.getTime() + duration(expiresIn));
      expire(context, shift);
    }
    return reply(shift);
  }) satisfies Operation<ById & { readonly comment?: string; readonly expiresIn?: string }, object>,
  CancelZonalShift: (({ zonalShiftId }, context) => {
    const shift = active(context, zonalShiftId, 'ZONAL_SHIFT');
    end(context, shift, 'CANCELED', undefined);
    return reply(shift);
  }) satisfies Operation<ById, object>,
  StartPracticeRun: practise,
  CancelPracticeRun: (({ zonalShiftId }, context) => {
    const shift = active(context, zonalShiftId, 'PRACTICE_RUN');
    end(context, shift, 'CANCELED', 'INTERRUPTED');
    return reply(shift);
  }) satisfies Operation<ById, object>,
  CreatePracticeRunConfiguration: (({ resourceIdentifier, ...practice }, context) => {
    found(context, resourceIdentifier);
    if (context.get(AUTOSHIFTING, resourceIdentifier) !== undefined)
      throw conflict('PracticeConfigurationAlreadyExists', 'The resource already has a practice run configuration');
    const own: Autoshifting = { practice, status: 'DISABLED' };
    context.put(AUTOSHIFTING, resourceIdentifier, own);
    return shownConfiguration(context, resourceIdentifier, own);
  }) satisfies Operation<ByResource & PracticeRunConfiguration, object>,
  UpdatePracticeRunConfiguration: (({ resourceIdentifier, ...changes }, context) => {
    const own = configured(context, resourceIdentifier);
    const changed: Autoshifting = { ...own, practice: { ...own.practice, ...changes } };
    context.put(AUTOSHIFTING, resourceIdentifier, changed);
    return shownConfiguration(context, resourceIdentifier, changed);
  }) satisfies Operation<ByResource & Partial<PracticeRunConfiguration>, object>,
  DeletePracticeRunConfiguration: (({ resourceIdentifier }, context) => {
    const own = configured(context, resourceIdentifier);
    if (own.status === 'ENABLED') throw conflict('AutoShiftEnabled', 'Zonal autoshift of the resource is enabled');
    context.remove(AUTOSHIFTING, resourceIdentifier);
    return { arn: resourceIdentifier, name: found(context, resourceIdentifier).name, zonalAutoshiftStatus: 'DISABLED' };
  }) satisfies Operation<ByResource, object>,
  UpdateZonalAutoshiftConfiguration: setAutoshift,
};

/** AWS shifts away from an AZ that it finds impaired, for everybody who lets it, and back when the AZ is well again. */
function autoshiftOn(world: World, zone: string, how: 'begins' | 'ends'): void {
  const region = regionOf(zone);
  const [least, most] = how === 'begins' ? AUTOSHIFT_BEGINS : AUTOSHIFT_ENDS;
  world.clock.after(between(world, least, most), () => {
    const running = world.list(AUTOSHIFTS, EVERYBODY, region).find((a) => a.zone === zone && a.status === 'ACTIVE');
    if (world.zoneIsLost(zone) !== (how === 'begins') || (running === undefined) !== (how === 'begins')) return;
    const now = new Date(world.clock.now());
    if (running === undefined) {
      const shift: Autoshift = { awayFrom: zoneId(zone), zone, startTime: now, endTime: undefined, status: 'ACTIVE' };
      world.put(AUTOSHIFTS, EVERYBODY, region, `${zone}/${now.getTime()}`, shift);
    } else Object.assign(running, { status: 'COMPLETED', endTime: now });
    for (const { account, region: of, key, item } of world.everywhere(AUTOSHIFTING))
      if (of === region && item.status === 'ENABLED') tellShifted({ world, account, region }, key);
  });
}

export const arcZonalShift: SimulatedService = {
  client: 'arc-zonal-shift',
  prefix: 'arc-zonal-shift',
  operations,
  begin(world) {
    world.onFault((fault, _world, how) => {
      if (fault.kind === 'az-loss' && zonesOf(regionOf(fault.zone)).includes(fault.zone)) autoshiftOn(world, fault.zone, how);
    });
  },
  deployers: arcZonalShiftDeployers,
};
