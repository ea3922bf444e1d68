/** Ranges of numbers that AWS's API references give. */

export type Ranges = Readonly<Record<string, readonly [least: number, most: number]>>;

export interface Outside {
  readonly member: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** The first member, in the order of the ranges, that is given and out of its range. */
export function outside(input: object, ranges: Ranges): Outside | undefined {
  for (const [member, [least, most]] of Object.entries(ranges)) {
    const given: unknown = Reflect.get(input, member);
    const value = Number(given ?? least);
    if (value < least || value > most) return { member, value, least, most };
  }
  return undefined;
}
