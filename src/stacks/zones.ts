/**
 * Availability zones that a program took from a data source. Which zones they are is not known before AWS is asked,
 * but the list never repeats one, so two different places in it are two different zones.
 */
import { Hole, type Value } from '../model/value.ts';

/** A place in the list that `aws.getAvailabilityZones` answers. `index` counts from 1; `region` where the source tells. */
export interface StandInZone {
  readonly region: string | undefined;
  readonly index: number;
}

const TEMPLATE = /^az:([a-z0-9-]*):(\d+)$/;

/** The hole for a zone: its template is `az:<region>:<index>`, with nothing between the colons for an unknown Region. */
export function standInZoneHole(zone: StandInZone, from: string): Hole {
  const where = zone.region === undefined ? 'a Region that is not known' : zone.region;
  const detail = `availability zone ${zone.index} of ${where} (from ${from})`;
  return new Hole('stand-in', detail, [], `az:${zone.region ?? ''}:${zone.index}`);
}

/** Reads `standInZoneHole` back; undefined for every other value. */
export function standInZone(value: Value | undefined): StandInZone | undefined {
  if (!(value instanceof Hole) || value.reason !== 'stand-in' || value.template === undefined) return undefined;
  const match = TEMPLATE.exec(value.template);
  if (match === null) return undefined;
  return { region: match[1] === '' ? undefined : match[1], index: Number(match[2]) };
}
