/** IPv4 ranges of networks, and what EC2 says of those that do not fit (EC2 API reference, "Error codes"; VPC user guide, "Subnet CIDR blocks"). */
import { ServiceFault } from '../service.ts';

interface Range {
  readonly first: number;
  readonly last: number;
}

/** A VPC and each of its subnets has at least 16 addresses and at most 65,536. */
const SIZES = { least: 16, most: 28 };

/** The range and the spelling that EC2 gives it: the address is that of the network. Undefined: no IPv4 range. */
function parse(cidr: string): (Range & { readonly bits: number; readonly canonical: string }) | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [octets, bits] = [match.slice(1, 5).map(Number), Number(match[5])];
  if (octets.some((octet) => octet > 255) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = address - (address % size);
  const spelt = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return { first, last: first + size - 1, bits, canonical: `${spelt}/${bits}` };
}

/** The range of a VPC or a subnet as EC2 spells it. */
export function sized(cidr: string, of: 'Vpc' | 'Subnet'): string {
  const range = parse(cidr);
  if (range === undefined || range.bits < SIZES.least || range.bits > SIZES.most)
    throw new ServiceFault(`Invalid${of}.Range`, `The CIDR '${cidr}' is invalid.`);
  return range.canonical;
}

const compared = (a: string, b: string, holds: (a: Range, b: Range) => boolean): boolean => {
  const [first, second] = [parse(a), parse(b)];
  return first !== undefined && second !== undefined && holds(first, second);
};

const isWithin = (inner: string, outer: string): boolean =>
  compared(inner, outer, (i, o) => i.first >= o.first && i.last <= o.last);

const overlap = (one: string, other: string): boolean => compared(one, other, (a, b) => a.first <= b.last && b.first <= a.last);

/** The range of a subnet is one of its VPC's, where these are known, and of no other subnet's (API CreateSubnet). */
export function fitting(cidr: string, around: readonly string[] | undefined, taken: readonly string[]): string {
  const range = sized(cidr, 'Subnet');
  if (around?.some((outer) => isWithin(range, outer)) === false)
    throw new ServiceFault('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  if (taken.some((other) => overlap(range, other)))
    throw new ServiceFault('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  return range;
}
