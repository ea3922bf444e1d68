/** What is lost. A metric is promised for one of these; `domain` sources define them in docs/model.md. */
export const SCOPES = ['instance', 'az', 'region', 'data', 'account', 'control-plane', 'software', 'supplier'] as const;
export type Scope = (typeof SCOPES)[number];

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

export function memberLabel(m: Member): string {
  return m.name === ANY_MEMBER ? m.scope : `${m.scope} ${m.name}`;
}

/** The Region of an AZ name (`us-east-1a`, `us-west-2-lax-1a`); undefined for an AZ id such as `use1-az1`. */
export function regionOfZone(zone: string): string | undefined {
  const match = /^([a-z]{2}(?:-[a-z]+)+-\d)(?:-[a-z]+-\d)?[a-z]$/.exec(zone);
  return match?.[1];
}
