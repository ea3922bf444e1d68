/** What a drill file says: a disruption caused on purpose, how it is watched, what stops it, and who must agree. */
import type { Place } from './agreement.ts';
import type { Scope } from './scope.ts';

export const DRILL_KINDS = [
  'az-loss',
  'region-evacuation',
  'region-loss',
  'database-failover',
  'global-database-failover',
  'global-database-switchover',
  'cache-failover',
  'dns-failover',
  'bucket-failover',
  'backup-restore',
  'key-loss',
  'ransomware-recovery',
  'dependency-loss',
  'control-plane-loss',
  'table-top',
] as const;
export type DrillKind = (typeof DRILL_KINDS)[number];

/**
 * The scope whose metrics a kind can show. A drill of one part of a service (one database, one cache, one record) shows that part
 * alone: it is kept, shown, and speaks for no metric of a larger scope. Undefined: it speaks for none at all.
 */
export const SCOPE_OF: Readonly<Record<DrillKind, Scope | undefined>> = {
  'az-loss': 'az',
  'region-evacuation': 'region',
  'region-loss': 'region',
  'database-failover': 'instance',
  'global-database-failover': undefined,
  'global-database-switchover': undefined,
  'cache-failover': 'instance',
  'dns-failover': undefined,
  'bucket-failover': undefined,
  'backup-restore': 'data',
  'key-loss': undefined,
  'ransomware-recovery': 'account',
  'dependency-loss': 'supplier',
  'control-plane-loss': 'control-plane',
  'table-top': undefined,
};

/** What must hold before anything is disrupted. What cannot be told does not hold. */
export type Precondition =
  /** Every store of the service has a recovery point no older than that. Seconds. */
  | { readonly kind: 'fresh-backups'; readonly within: number }
  /** Replication of every store is no later than that. Seconds. */
  | { readonly kind: 'lag-within'; readonly seconds: number }
  /** Names of SSM change calendars, each of which must be open. */
  | { readonly kind: 'no-change-freeze'; readonly calendars: readonly string[] }
  /** CloudWatch alarms that stand for an incident: each must be OK. Names or ARNs. */
  | { readonly kind: 'no-open-incident'; readonly alarms: readonly string[] }
  /** No other drill is under way in the store. */
  | { readonly kind: 'no-other-drill' }
  /** Live checks of the service raise no finding at or above high. */
  | { readonly kind: 'checks-green' };

/** True stops the drill and rolls it back. Unknown for too long counts as true. */
export type StopRule =
  /** A CloudWatch alarm is in ALARM. Name or ARN. */
  | { readonly kind: 'alarm'; readonly alarm: string }
  /** The share (0 … 1) of requests that are served, over the time given in seconds, is below it. */
  | { readonly kind: 'availability-below'; readonly share: number; readonly over: number }
  /** Replication of a store is later than that. Seconds. */
  | { readonly kind: 'lag-above'; readonly seconds: number }
  /** That much time has passed since the onset. Seconds. */
  | { readonly kind: 'longer-than'; readonly seconds: number };

export type ProbeRule =
  /** Requests to an entry. Without a URL: the entries that the recovery graph finds. */
  | { readonly kind: 'entry'; readonly url: string | undefined; readonly slowest: number | undefined }
  /** What resolvers answer for a name. */
  | { readonly kind: 'dns'; readonly name: string; readonly resolvers: readonly string[] }
  /** Numbered writes to each store of the service. */
  | { readonly kind: 'canary' }
  /** Replication lag of each store of the service. */
  | { readonly kind: 'lag' };

/** A step of a recovery that is written by hand. `action` is an id of the actuators; `on` a glob over URNs, or an ARN. */
export interface StepRule {
  readonly action: string;
  readonly on: string;
  readonly with: Readonly<Record<string, string>>;
}

/** Days and hours in which a drill may begin, and must have ended. */
export interface DrillWindow {
  /** 1 (Monday) … 7. */
  readonly days: readonly number[];
  /** Minutes after midnight in `zone`; `to` before `from` means the next day. */
  readonly from: number;
  readonly to: number;
  /** IANA name of a time zone. */
  readonly zone: string;
}

export interface DrillSpec {
  readonly id: string;
  readonly title: string;
  readonly kind: DrillKind;
  readonly service: string;
  /**
   * What is taken away: AZ, Region, service or supplier by name, or a glob over the URNs of resources. Undefined: each that there is,
   * one run each.
   */
  readonly member: string | undefined;
  readonly hypothesis: {
    /** For people: what the service looks like when it is well. */
    readonly steady: string | undefined;
    /** Ids of the metrics that must hold; empty: all of the service and the scope. */
    readonly metrics: readonly string[];
  };
  readonly preconditions: readonly Precondition[];
  /** Undefined: people do what the recovery graph leaves to them. */
  readonly recover: readonly StepRule[] | undefined;
  /** Empty: the entries and canary writes. */
  readonly probes: readonly ProbeRule[];
  readonly stops: readonly StopRule[];
  /** Of a restore. */
  readonly points: readonly ('newest' | 'oldest')[];
  /** Seconds after which what has not recovered is rolled back; undefined: the longest target and ten minutes. */
  readonly limit: number | undefined;
  /** Seconds for which everything must stay well; undefined: a minute. */
  readonly dwell: number | undefined;
  readonly afterCrash: 'continue' | 'roll-back';
  readonly blastRadius: {
    /** Tags that everything touched on real AWS must carry. Empty: nothing may be touched there. */
    readonly tags: Readonly<Record<string, string>>;
    /** Most resources that may be lost; undefined: no bound. */
    readonly most: number | undefined;
  };
  readonly approvals: {
    /** Who may approve; empty: anybody who is not the requester. */
    readonly by: readonly string[];
    /** On real AWS: people besides the requester. At least 1. */
    readonly count: number;
  };
  /** Undefined: any time. */
  readonly window: DrillWindow | undefined;
  /** When it is due again, in days; undefined: not by itself. */
  readonly every: number | undefined;
  /** Controls that it is evidence for: `ISO 22301 8.5`, `DORA 11(6)`. */
  readonly controls: readonly string[];
  /** Of a table-top: who takes part, by role. */
  readonly participants: readonly string[];
  readonly place: Place;
}
