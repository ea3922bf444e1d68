/** Regions and their AZs as an account sees them. Names only: which building an AZ name stands for differs by account. */

/** How many AZs a Region offers where it is not three (AWS, "Regions and Availability Zones", read November 2026). */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  'us-east-1': ['a', 'b', 'c', 'd', 'e', 'f'],
  'us-west-1': ['a', 'b', 'c'],
  'us-west-2': ['a', 'b', 'c', 'd'],
  'ap-northeast-1': ['a', 'b', 'c', 'd'],
  'ap-northeast-2': ['a', 'b', 'c', 'd'],
  'ca-central-1': ['a', 'b', 'd'],
};

export function zonesOf(region: string): readonly string[] {
  return (ZONES[region] ?? ['a', 'b', 'c']).map((letter) => `${region}${letter}`);
}

/** `us-east-1a` → `us-east-1`. */
export const regionOf = (zone: string): string => zone.replace(/[a-z]$/, '');
