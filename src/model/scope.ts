/** What is lost. A metric is promised for one of these; `domain` sources define them in docs/model.md. */
export const SCOPES = ['instance', 'az', 'region', 'data', 'account', 'control-plane', 'software', 'supplier'] as const;
export type Scope = (typeof SCOPES)[number];

/** The Region of resources that belong to none, as AWS's partition metadata names it. */
export const GLOBAL_REGION = 'aws-global';

/** `eu-west-1`, `us-gov-east-1`: spelt as AWS spells its Regions. */
export const isRegionName = (name: string): boolean => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(name);

/** One thing of a scope's kind that can be lost: an AZ, a Region, an account, a supplier. */
export interface Member {
  readonly scope: Scope;
  /**
   * `us-east-1`, `us-east-1a`, an account id, a supplier name; `*` where the scope has no members of its
   * own (instance, data, software, control-plane) or where none is known.
   */
  readonly name: string;
}

export const ANY_MEMBER = '*';

/** `region us-east-1`, `az us-east-1a`, `az 2 of us-east-1` for one that is known only to differ from others. */
export function memberLabel(m: Member): string {
  if (m.name === ANY_MEMBER) return m.scope;
  const token = /^az:([^:]+):(.+)$/.exec(m.name);
  return token === null ? `${m.scope} ${m.name}` : `az${token[2] === '?' ? '' : ` ${token[2]}`} of ${token[1]}`;
}

/** An AZ of the Region that holds whatever runs in an AZ nobody can name. */
export function unnamedZone(region: string): string {
  return `az:${region}:?`;
}

/** Region of an AZ name or of a stand-in zone's token (`az:us-east-1:2`); undefined for an AZ id. */
export function regionOfToken(zone: string): string | undefined {
  const token = /^az:([^:]+):/.exec(zone);
  return token?.[1] ?? regionOfZone(zone);
}

/** How an AZ is spelt; an AZ id ends in its AZ's number (`use1-az1`, `usw2-lax1-az1`). */
export function zoneSpelling(zone: string): 'name' | 'id' | 'token' {
  if (zone.startsWith('az:')) return 'token';
  return /-az\d+$/.test(zone) ? 'id' : 'name';
}

/**
 * Are two AZs one? AZs of two Regions are not. Undefined when their spelling does not tell: which id a name stands for differs from
 * account to account (AWS RAM user guide, "Availability Zone IDs for your AWS resources"), and a token differs from other tokens only.
 */
export function sameZone(a: string, b: string): boolean | undefined {
  if (zoneSpelling(a) === zoneSpelling(b)) return a === b;
  const [ofA, ofB] = [regionOfToken(a), regionOfToken(b)];
  return ofA === undefined || ofB === undefined || ofA === ofB ? undefined : false;
}

/** The Region of an AZ name (`us-east-1a`, `us-west-2-lax-1a`); undefined for an AZ id such as `use1-az1`. */
export function regionOfZone(zone: string): string | undefined {
  const match = /^([a-z]{2}(?:-[a-z]+)+-\d)(?:-[a-z]+-\d)?[a-z]$/.exec(zone);
  return match?.[1];
}
