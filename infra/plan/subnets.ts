/** Address plan of one VPC: a public and a private subnet in each Availability Zone. */

/** The part of one Availability Zone. */
export interface ZonePlan {
  readonly zone: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/** The VPC is a /16: its second byte tells the Regions apart, so that they can be peered later. */
const PUBLIC_PREFIX = 24;
const PRIVATE_PREFIX = 20;
/** Private /20 blocks fill the lower half of the /16 from 0, public /24 blocks start at the upper half. */
const PUBLIC_FIRST_THIRD_BYTE = 128;
const PRIVATE_STEP = 2 ** (PUBLIC_PREFIX - PRIVATE_PREFIX);
const MOST_ZONES = PUBLIC_FIRST_THIRD_BYTE / PRIVATE_STEP;

/**
 * Cuts a /16 (`10.20.0.0/16`) into one private /20 and one public /24 for each zone, in the order given. Adding a zone at the
 * end moves no existing subnet. Throws when the block is not a /16 or there are more zones than private blocks.
 */
export function layOutSubnets(cidr: string, zones: readonly string[]): readonly ZonePlan[] {
  const match = /^(\d{1,3})\.(\d{1,3})\.0\.0\/16$/.exec(cidr);
  if (match === null) throw new Error(`expected a /16 such as 10.20.0.0/16, found "${cidr}"`);
  if (zones.length > MOST_ZONES) throw new Error(`expected at most ${MOST_ZONES} zones, found ${zones.length}`);
  if (new Set(zones).size !== zones.length) throw new Error(`expected distinct zones, found ${zones.join(', ')}`);
  const network = `${match[1]}.${match[2]}`;
  return zones.map((zone, index) => ({
    zone,
    publicCidr: `${network}.${PUBLIC_FIRST_THIRD_BYTE + index}.0/${PUBLIC_PREFIX}`,
    privateCidr: `${network}.${index * PRIVATE_STEP}.0/${PRIVATE_PREFIX}`,
  }));
}
