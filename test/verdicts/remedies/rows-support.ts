/** What rows of families of remedies are made of: small estates in two Regions, and the promises that are looked at. */
import type { Family } from '../../../src/verdicts/remedies/candidate.ts';
import { out, type Spec } from '../../services/support-traffic.ts';

export type Inputs = NonNullable<Spec['inputs']>;

export interface Row {
  /** The first is the one that is asked about. */
  readonly estate: readonly Spec[];
  readonly metrics: string;
  /** Type and scope of the one that is looked at. */
  readonly of: string;
  /** What the best option with one of its changes comes to; `none` where the family has none. */
  readonly effect: 'keeps' | 'helps' | 'none';
  /** Where users come in; everywhere unless it is said. */
  readonly entry?: string;
  /** Resources that the program does not protect. */
  readonly bare?: boolean;
}

export interface Rows {
  readonly family: Family;
  readonly offered: Row;
  readonly not: Row;
  readonly unknown: Row;
}

export const WEST = 'us-west-2';
export const spec = (type: string, name: string, inputs: Inputs = {}, region?: string): Spec => ({
  type,
  name,
  inputs,
  ...(region === undefined ? {} : { region }),
});
export const subnet = (name: string, zone: string, region = 'us-east-1'): Spec =>
  spec('aws:ec2/subnet:Subnet', name, { vpcId: `vpc-${region}`, availabilityZone: zone }, region);
export const id = ({ type, name }: Spec, property = 'id') => out(type, name, property);
export const having = (base: Spec, inputs: Inputs): Spec => ({ ...base, inputs: { ...base.inputs, ...inputs } });

export const A = subnet('private-a', 'us-east-1a');
export const B = subnet('private-b', 'us-east-1b');
/** Something in a second Region, so that there is one to go to. */
export const ELSEWHERE = spec('aws:dynamodb/table:Table', 'west', { name: 'west', deletionProtectionEnabled: true }, WEST);

export const RTO_AZ = '{ RTO: { az: 1h } }';
export const az = (estate: readonly Spec[], effect: Row['effect'], metrics = RTO_AZ): Row => ({
  estate,
  metrics,
  of: 'RTO az',
  effect,
});
export const region = (estate: readonly Spec[], effect: Row['effect'], metrics = '{ RPO: { region: 1h } }'): Row => ({
  estate,
  metrics,
  of: `${/R[TP]O/.exec(metrics)?.[0]} region`,
  effect,
});
export const history = (estate: readonly Spec[], effect: Row['effect'], days = 14): Row => ({
  estate,
  metrics: `{ RETENTION: ${days}d }`,
  of: 'RETENTION data',
  effect,
});
/** A target that nothing reaches, so that what is there already is looked at all the same. */
export const AT_ONCE = '{ RTO: { az: 1s } }';
