/**
 * What stores hold, as a stream of numbered writes: enough to say which writes a recovery lost. A store is a log; a replica
 * follows a log at a distance in time; promoting a replica keeps what had arrived.
 */
import type { World } from '../world/world.ts';

export interface Write {
  /** Counts up within one stream of canary writes. */
  readonly sequence: number;
  /** Virtual milliseconds at which the store acknowledged it. */
  readonly at: number;
  readonly corrupt: boolean;
}

interface Link {
  readonly leader: string;
  /** Milliseconds between a write and its arrival; asked at each write. */
  readonly lag: () => number;
  /** Set while replication stands still. */
  stopped: boolean;
}

/** A write in one log, seen there from a moment on. */
interface Arrival {
  readonly write: Write;
  readonly visible: number;
}

interface Log {
  readonly writes: Arrival[];
  follows: Link | undefined;
  corrupt: boolean;
}

/** The logs of one world, by the ARN of their store. */
const worlds = new WeakMap<World, Map<string, Log>>();

function logsOf(world: World): Map<string, Log> {
  let logs = worlds.get(world);
  if (logs === undefined) {
    logs = new Map();
    worlds.set(world, logs);
  }
  return logs;
}

function logOf(world: World, arn: string): Log {
  const logs = logsOf(world);
  let log = logs.get(arn);
  if (log === undefined) {
    log = { writes: [], follows: undefined, corrupt: false };
    logs.set(arn, log);
  }
  return log;
}

/** A write that the store acknowledges now. Whether it may (it is there, and writable) is for its service to say. */
export function append(world: World, arn: string, sequence: number): void {
  const log = logOf(world, arn);
  const at = world.clock.now();
  const write = { sequence, at, corrupt: log.corrupt };
  log.writes.push({ write, visible: at });
  deliver(world, arn, write);
}

function deliver(world: World, arn: string, write: Write): void {
  for (const [, log] of logsOf(world)) {
    const link = log.follows;
    if (link === undefined || link.leader !== arn || link.stopped) continue;
    // Replicas apply in order: nothing is seen before what was written earlier.
    const visible = Math.max(world.clock.now() + link.lag(), log.writes.at(-1)?.visible ?? 0);
    log.writes.push({ write, visible });
  }
}

/** `follower` receives from now on what `leader` is given, and at once what it holds. Synchronous replicas have no lag. */
export function follow(world: World, leader: string, follower: string, lag: () => number): void {
  const log = logOf(world, follower);
  const now = world.clock.now();
  log.writes.splice(0, log.writes.length, ...logOf(world, leader).writes.filter((w) => w.visible <= now));
  log.follows = { leader, lag, stopped: false };
}

/** The follower becomes a store of its own with what has arrived; what was still on its way is lost to it. */
export function promote(world: World, follower: string): void {
  const log = logOf(world, follower);
  const now = world.clock.now();
  const kept = log.writes.filter((w) => w.visible <= now);
  log.writes.splice(0, log.writes.length, ...kept);
  log.follows = undefined;
}

/** Replication into a follower stands still, or goes on; while it stands, writes of its leader pass it by until it catches up. */
export function replicate(world: World, follower: string, how: 'stopped' | 'running'): void {
  const log = logOf(world, follower);
  const link = log.follows;
  if (link === undefined || link.stopped === (how === 'stopped')) return;
  link.stopped = how === 'stopped';
  const now = world.clock.now();
  if (link.stopped) {
    log.writes.splice(0, log.writes.length, ...log.writes.filter((w) => w.visible <= now));
    return;
  }
  const has = new Set(log.writes.map((w) => w.write.sequence));
  const visible = now + link.lag();
  for (const { write } of logOf(world, link.leader).writes) if (!has.has(write.sequence)) log.writes.push({ write, visible });
}

/** From now on what is written is wrong, here and wherever it is replicated to. */
export function corrupt(world: World, arn: string): void {
  logOf(world, arn).corrupt = true;
}

/** As if it had never been given wrong data: what was wrong is gone, here and in what follows it. For the end of a rehearsal. */
export function mend(world: World, arn: string): void {
  for (const name of [arn, ...followersOf(world, arn)]) {
    const log = logOf(world, name);
    log.corrupt = false;
    log.writes.splice(0, log.writes.length, ...log.writes.filter((w) => !w.write.corrupt));
  }
}

/** Returns what makes every replica follow again that follows now; it catches up with what it has missed. */
export function remembered(world: World): () => void {
  const before = [...logsOf(world)].flatMap(([arn, { follows }]) =>
    follows === undefined || follows.stopped ? [] : [[arn, follows.leader, follows.lag] as const],
  );
  return () => {
    for (const [arn, leader, lag] of before) {
      const now = logOf(world, arn).follows;
      if (now === undefined) follow(world, leader, arn, lag);
      else replicate(world, arn, 'running');
    }
  };
}

/** A new store with what another held at a moment (a restored backup, a point in time). */
export function restore(world: World, from: string, into: string, pointInTime: number): void {
  const source = logOf(world, from);
  const log = logOf(world, into);
  log.writes.splice(0, log.writes.length, ...source.writes.filter((w) => w.visible <= pointInTime));
  log.follows = undefined;
  log.corrupt = false;
}

/** One write of a store as it is, into another one: an object that is copied. Nothing where there is none, or where it is already. */
export function copyWrite(world: World, from: string, into: string, sequence: number): void {
  const write = logsOf(world)
    .get(from)
    ?.writes.find((w) => w.write.sequence === sequence)?.write;
  const log = logOf(world, into);
  if (write === undefined || log.writes.some((w) => w.write.sequence === sequence)) return;
  log.writes.push({ write, visible: world.clock.now() });
}

/** What a reader of the store finds now. */
export function contents(world: World, arn: string): readonly Write[] {
  const now = world.clock.now();
  const found: Write[] = [];
  for (const { write, visible } of logsOf(world).get(arn)?.writes ?? []) if (visible <= now) found.push(write);
  return found;
}

/** Followers of a store, by ARN. */
export function followersOf(world: World, leader: string): readonly string[] {
  return [...logsOf(world)].filter(([, log]) => log.follows?.leader === leader).map(([arn]) => arn);
}

/** Milliseconds by which the last of a store's followers is behind: what it would take now to see a write there. Undefined without any. */
export function lagOf(world: World, leader: string): number | undefined {
  const now = world.clock.now();
  const lags = [...logsOf(world).values()].flatMap(({ follows, writes }) => {
    if (follows === undefined || follows.leader !== leader) return [];
    if (!follows.stopped) return [Math.max(follows.lag(), (writes.findLast((w) => w.visible > now)?.visible ?? now) - now)];
    const newest = logOf(world, leader).writes.at(-1)?.write.at ?? now;
    const seen = writes.findLast((w) => w.visible <= now)?.write.at;
    return [newest === seen ? 0 : now - (seen ?? 0)];
  });
  return lags.length === 0 ? undefined : Math.max(...lags);
}
