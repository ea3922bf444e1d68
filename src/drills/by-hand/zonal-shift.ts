/** ARC zonal shift: traffic leaves an AZ for a while, and returns when the shift is cancelled. */
import type * as EC2 from '@aws-sdk/client-ec2';
import { disrupts, reads } from '../calls.ts';
import { StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { markOf } from './memo.ts';
import { unless, worded } from './waiting.ts';

/** What is read of the API's shapes: its SDK is not published at our versions (src/aws/arc.ts). */
interface Shift {
  readonly zonalShiftId?: string;
  readonly comment?: string;
}
interface List {
  readonly resourceIdentifier: string;
  readonly status: 'ACTIVE';
  readonly nextToken?: string;
}
interface Start {
  readonly resourceIdentifier: string;
  readonly awayFrom: string;
  readonly expiresIn: string;
  readonly comment: string;
}

export const zonalShift = {
  list: reads<List, { readonly items?: readonly Shift[]; readonly nextToken?: string }>('arc-zonal-shift', 'ListZonalShifts'),
  start: disrupts<Start, Shift>('arc-zonal-shift', 'StartZonalShift'),
  cancel: disrupts<{ readonly zonalShiftId: string }, object>('arc-zonal-shift', 'CancelZonalShift'),
  zones: reads<EC2.DescribeAvailabilityZonesCommandInput, EC2.DescribeAvailabilityZonesCommandOutput>(
    'ec2',
    'DescribeAvailabilityZones',
  ),
} as const;

/** It ends by itself even when nobody is left to cancel it. */
const EXPIRES = '12h';

export const shiftZone: StepMaker = (hand) => {
  const resource = subjectOf(hand);
  if (typeof resource === 'string') return resource;
  const zone = hand.given.zone ?? (hand.lost?.kind === 'az-loss' ? hand.lost.zone : undefined);
  if (zone === undefined) return 'no AZ is lost that traffic could leave: name one (zone)';
  const { session } = hand;
  const { arn, at } = resource;
  const ours = async (token: string): Promise<Shift | undefined> => {
    let nextToken: string | undefined;
    do {
      const input: List = { resourceIdentifier: arn, status: 'ACTIVE', ...(nextToken === undefined ? {} : { nextToken }) };
      const page = await session.send(zonalShift.list, input, at);
      const found = page.items?.find((s) => s.comment === noteOf(token));
      if (found !== undefined) return found;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return undefined;
  };
  /** Names of AZs differ from account to account, and ARC wants the id that does not. */
  const idOf = async (): Promise<string> => {
    if (/-az\d+$/.test(zone)) return zone;
    const { AvailabilityZones } = await session.send(zonalShift.zones, { ZoneNames: [zone] }, at);
    const id = AvailabilityZones?.find((z) => z.ZoneName === zone)?.ZoneId;
    if (id === undefined) throw new StepFailure(`AWS shows no AZ ${zone} in ${at.region}`);
    return id;
  };
  return [
    worded({
      id: `shift ${resource.name} away from ${zone}`,
      describe: () => ({ resource: arn, awayFrom: zone, expiresIn: EXPIRES }),
      act: async (token, signal) => {
        const there = await ours(token);
        if (there !== undefined) return { shift: there.zonalShiftId ?? null };
        const awayFrom = await idOf();
        signal.throwIfAborted();
        const input = { resourceIdentifier: arn, awayFrom, expiresIn: EXPIRES, comment: noteOf(token) };
        return { shift: (await session.send(zonalShift.start, input, at)).zonalShiftId ?? null };
      },
      outcome: async (token) => ((await ours(token)) === undefined ? 'not-done' : 'done'),
      compensate: async (token) => {
        const { zonalShiftId } = (await ours(token)) ?? {};
        if (zonalShiftId === undefined) return null;
        await unless(['ResourceNotFoundException'], session.send(zonalShift.cancel, { zonalShiftId }, at));
        return { cancelled: zonalShiftId };
      },
      left: async (token) => {
        const shift = await ours(token);
        return shift === undefined ? [] : [`zonal shift ${shift.zonalShiftId ?? ''} of ${arn}`];
      },
    }),
  ];
};

const noteOf = (token: string): string => `holdfast ${markOf(token)}`;
