/** Backups that simulated RDS holds, and how far back and forward they reach. */
import { shelf, type World } from '../world/world.ts';
import type { Cluster, Instance } from './rds-state.ts';

/** A snapshot that somebody took. Those that RDS takes daily are told from the backups of their store. */
export interface Snapshot {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly arn: string;
  readonly of: 'instance' | 'cluster';
  /** ARN of the store whose data it has. */
  readonly source: string;
  readonly sourceId: string;
  /** Moment whose data it has. */
  readonly at: number;
  status: string;
  readonly store: Restorable;
  tags: Readonly<Record<string, string>>;
}

/** What a restored store takes over from its origin unless asked otherwise. */
export interface Restorable {
  readonly engine: string;
  readonly engineVersion: string | undefined;
  readonly instanceClass: string | undefined;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  readonly retentionDays: number;
  readonly allocatedStorage: number;
  readonly masterUsername: string | undefined;
  readonly kind: 'volume' | 'multi-az' | 'serverless-v1' | undefined;
}

/** Automated backups that outlive their instance, or that are replicated to another Region. */
export interface KeptBackup {
  readonly arn: string;
  readonly status: 'retained' | 'replicating';
  /** ARN of the instance or cluster. */
  readonly source: string;
  readonly sourceId: string;
  readonly resourceId: string;
  readonly from: number;
  /** Last moment it can restore; undefined: it follows its source. */
  readonly until: number | undefined;
  /** Milliseconds that a log takes to arrive. */
  readonly delay: number;
  readonly retentionDays: number;
  readonly kmsKey: string | undefined;
  readonly store: Restorable;
}

export const SNAPSHOTS = shelf<Snapshot>('rds:snapshot');
export const KEPT_BACKUPS = shelf<KeptBackup>('rds:kept-backup');

const DAY = 24 * 3600 * 1000;
/** RDS uploads transaction logs every five minutes (RDS User Guide, USER_PIT). */
const LOGS_EVERY = 5 * 60 * 1000;

/** Moments between which an instance or cluster can be restored; undefined: it has no automated backups. */
export function restoreWindow(
  world: World,
  store: Instance | Cluster,
): { readonly from: number; readonly until: number } | undefined {
  if (store.retentionDays === 0 || store.backupsFrom === undefined) return undefined;
  const end = store.lostAt ?? world.clock.now();
  return windowOf(store.backupsFrom, end, store.retentionDays);
}

export function keptWindow(
  world: World,
  kept: KeptBackup,
  source: Instance | Cluster | undefined,
): { readonly from: number; readonly until: number } | undefined {
  const end = kept.until ?? source?.lostAt ?? world.clock.now();
  return windowOf(kept.from, end - kept.delay, kept.retentionDays);
}

function windowOf(from: number, end: number, days: number): { readonly from: number; readonly until: number } | undefined {
  const until = Math.floor(end / LOGS_EVERY) * LOGS_EVERY;
  const earliest = Math.max(from, end - days * DAY);
  return until < earliest ? { from: earliest, until: earliest } : { from: earliest, until };
}

/** Moments of the daily automated snapshots that are still kept: the first backup, and then one a day. */
export function dailySnapshots(world: World, store: Instance | Cluster): readonly number[] {
  const window = restoreWindow(world, store);
  if (window === undefined || store.backupsFrom === undefined) return [];
  const moments: number[] = [];
  const end = store.lostAt ?? world.clock.now();
  const first = store.backupsFrom + Math.ceil((window.from - store.backupsFrom) / DAY) * DAY;
  for (let at = first; at <= end; at += DAY) moments.push(at);
  return moments;
}

export function restorableOf(store: Instance | Cluster): Restorable {
  const cluster = 'members' in store ? store : undefined;
  return {
    engine: store.engine,
    engineVersion: store.engineVersion,
    instanceClass: store.instanceClass,
    encrypted: store.encrypted,
    kmsKey: store.kmsKey,
    retentionDays: store.retentionDays,
    allocatedStorage: 'allocatedStorage' in store ? store.allocatedStorage : 1,
    masterUsername: cluster?.masterUsername,
    kind: cluster?.kind,
  };
}
