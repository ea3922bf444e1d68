/** What Route 53 keeps: hosted zones with their records, and health checks. Everything belongs to no Region. */
import type { HealthCheckConfig, ResourceRecordSet, VPC } from '@aws-sdk/client-route-53';
import { GLOBAL, shelf, type World } from '../world/world.ts';

export interface StoredZone {
  /** `Z…`, without `/hostedzone/`. */
  readonly id: string;
  /** Lower case, with its final dot. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment: string | undefined;
  readonly private: boolean;
  readonly vpcs: readonly VPC[];
  readonly accelerated: boolean;
  readonly nameServers: readonly string[];
  /** What the API shows, by `keyOf`. */
  readonly records: Map<string, ResourceRecordSet>;
  /** What the name servers answer with: a change arrives there when it is INSYNC. */
  readonly served: Map<string, ResourceRecordSet>;
}

/** What one checker has seen of an endpoint. */
export interface Checker {
  readonly region: string;
  readonly address: string;
  last: 'answers' | 'fails';
  /** Equal results in a row. */
  count: number;
  /** What it tells Route 53: it changes after `FailureThreshold` equal results in a row. */
  reports: 'answers' | 'fails';
  /** Milliseconds since the epoch. */
  checkedAt: number;
}

/** An endpoint that is asked again and again, by health checks and for aliases that evaluate their target. */
export interface Watch {
  readonly checkers: readonly Checker[];
  /** What the name servers act on. */
  healthy: boolean;
  /** When it turned, and to what; before that it was healthy. */
  readonly turns: { readonly at: number; readonly healthy: boolean }[];
  stopped: boolean;
}

export interface StoredHealthCheck {
  readonly id: string;
  readonly callerReference: string;
  readonly config: HealthCheckConfig;
  readonly version: number;
  /** Endpoint checks alone are watched; the others follow what they name. */
  readonly watch: Watch | undefined;
}

export interface StoredChange {
  readonly id: string;
  readonly submitted: number;
  readonly insyncAt: number;
}

export const ZONES = shelf<StoredZone>('route53:zone');
export const HEALTH_CHECKS = shelf<StoredHealthCheck>('route53:health-check');
export const CHANGES = shelf<StoredChange>('route53:change');
/** Tags by `hostedzone/Z1` or `healthcheck/…`. */
export const TAGS = shelf<Readonly<Record<string, string>>>('route53:tags');

/** Records are told apart by name, type and set identifier (API reference, ResourceRecordSet). */
export function keyOf(record: ResourceRecordSet): string {
  return [dotted(record.Name ?? ''), record.Type ?? '', record.SetIdentifier ?? ''].join('|');
}

/** What the name servers have under a name with its final dot. Keys begin with it. */
export function servedUnder({ served }: StoredZone, name: string): readonly ResourceRecordSet[] {
  const records: ResourceRecordSet[] = [];
  const beginning = `${name}|`;
  for (const [key, record] of served) if (key.startsWith(beginning)) records.push(record);
  return records;
}

/** Lower case and with a final dot; `\052` is the API's spelling of `*`. */
export function dotted(name: string): string {
  const plain = spelled(name);
  return plain.endsWith('.') ? plain : `${plain}.`;
}

export function undotted(name: string): string {
  const plain = spelled(name);
  return plain.endsWith('.') ? plain.slice(0, -1) : plain;
}

function spelled(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes('\\') ? lower.replaceAll('\\052', '*') : lower;
}

/** Health checks of an account, by id. */
export function healthCheckOf(world: World, account: string, id: string): StoredHealthCheck | undefined {
  return world.get(HEALTH_CHECKS, account, GLOBAL, id);
}
