/**
 * Which records of a set Route 53 answers with (developer guide, "Choosing a routing policy" and "How Amazon Route 53 chooses
 * records when health checking is configured").
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Random } from '../world/random.ts';
import { distance, placeOf } from './geography.ts';

export interface Asker {
  /** Region that the resolver of the asker is in. */
  readonly region: string;
  /** Private hosted zones answer inside their VPCs alone. */
  readonly vpc?: string;
}

/** Multivalue answers hold at most eight records (developer guide, "Multivalue answer routing"). */
const MULTIVALUE = 8;

export function choose(
  set: readonly ResourceRecordSet[],
  asker: Asker,
  healthy: (record: ResourceRecordSet) => boolean,
  random: Random,
): readonly ResourceRecordSet[] {
  const first = set[0];
  if (first === undefined) return [];
  if (first.Failover !== undefined) return failover(set, healthy);
  if (first.Weight !== undefined) return weighted(set, healthy, random);
  if (first.Region !== undefined) return nearest(orAll(set.filter(healthy), set), (r) => reach(asker, r.Region ?? ''));
  if (first.GeoProximityLocation !== undefined) return nearest(orAll(set.filter(healthy), set), (r) => biased(asker, r));
  if (first.GeoLocation !== undefined) return located(set, asker, healthy);
  if (first.MultiValueAnswer === true) return shuffled(orAll(set.filter(healthy), set), random).slice(0, MULTIVALUE);
  if (first.CidrRoutingConfig !== undefined) {
    // Askers have no address: the location `*` is for whoever is in no other one.
    const others = set.filter((r) => r.CidrRoutingConfig?.LocationName === '*');
    return orAll(others, set).slice(0, 1);
  }
  return [first];
}

/** With no healthy record at all, every one counts as healthy. */
function orAll(some: readonly ResourceRecordSet[], all: readonly ResourceRecordSet[]): readonly ResourceRecordSet[] {
  return some.length > 0 ? some : all;
}

/** The primary while it is healthy, else the secondary while that is, else the primary again. */
function failover(
  set: readonly ResourceRecordSet[],
  healthy: (record: ResourceRecordSet) => boolean,
): readonly ResourceRecordSet[] {
  const primary = set.find((r) => r.Failover === 'PRIMARY');
  const secondary = set.find((r) => r.Failover === 'SECONDARY');
  if (primary === undefined) return secondary === undefined ? [] : [secondary];
  return secondary === undefined || healthy(primary) || !healthy(secondary) ? [primary] : [secondary];
}

/** Records of weight 0 are chosen from only when none of the others is healthy. */
function weighted(
  set: readonly ResourceRecordSet[],
  healthy: (record: ResourceRecordSet) => boolean,
  random: Random,
): readonly ResourceRecordSet[] {
  const some = set.filter((r) => (r.Weight ?? 0) > 0);
  const none = set.filter((r) => (r.Weight ?? 0) === 0);
  const able = [some.filter(healthy), none.filter(healthy), some, none].find((list) => list.length > 0) ?? [];
  // When only weights of 0 are left, they are chosen with the same probability.
  const weight = (r: ResourceRecordSet): number => r.Weight || 1;
  let left = random.next() * able.reduce((sum, r) => sum + weight(r), 0);
  for (const record of able) {
    left -= weight(record);
    if (left < 0) return [record];
  }
  return able.slice(0, 1);
}

function nearest(set: readonly ResourceRecordSet[], far: (record: ResourceRecordSet) => number): readonly ResourceRecordSet[] {
  return [...set].sort((a, b) => far(a) - far(b)).slice(0, 1);
}

const reach = (asker: Asker, region: string): number => distance(placeOf(asker.region), placeOf(region));

/** A bias of b shrinks the distance by (100 − b) % (developer guide, "How Route 53 uses bias": the formula is its own). */
function biased(asker: Asker, record: ResourceRecordSet): number {
  const location = record.GeoProximityLocation;
  const at = location?.Coordinates;
  const far =
    at === undefined
      ? reach(asker, location?.AWSRegion ?? '')
      : distance(placeOf(asker.region), { latitude: Number(at.Latitude), longitude: Number(at.Longitude) });
  return far * (1 - (location?.Bias ?? 0) / 100);
}

/** The smallest location that holds the asker and is healthy; the default location `*` last. */
function located(
  set: readonly ResourceRecordSet[],
  asker: Asker,
  healthy: (record: ResourceRecordSet) => boolean,
): readonly ResourceRecordSet[] {
  const { country, continent } = placeOf(asker.region);
  const able = [
    ...set.filter((r) => r.GeoLocation?.CountryCode === country),
    ...set.filter((r) => r.GeoLocation?.ContinentCode === continent),
    ...set.filter((r) => r.GeoLocation?.CountryCode === '*'),
  ];
  return orAll(able.filter(healthy), able).slice(0, 1);
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(Math.floor(random.next() * left.length), 1));
  return out;
}
