/** Canary writes: numbered, timed, one stream a store; afterwards they say what a recovery lost. */
import type { Clock } from '../model/clock.ts';
import type { Measured, Probe, ProbeResult } from './contract.ts';
import type { Outside } from './ports.ts';

export interface CanaryStore {
  readonly id: string;
  readonly title: string;
  /** Where its writers connect: the primary first. */
  readonly endpoints: readonly string[];
}

export interface Canary {
  readonly id: string;
  readonly probe: Probe;
  /** From now on writers connect there: the store was restored or promoted elsewhere. */
  move(endpoints: readonly string[]): void;
  /** As before the drill. */
  back(): void;
  write(): Promise<boolean>;
  measure(t0: number): Promise<Measured['stores'][number]>;
}

interface Acknowledged {
  readonly sequence: number;
  readonly at: number;
}

/** `every`: milliseconds between writes. `checked`: a store that holds wrong data is not well. Numbers begin at the time of the first, so that two drills never share one. */
export function canary(store: CanaryStore, outside: Outside, clock: Clock, every: number, checked = false): Canary {
  const acknowledged: Acknowledged[] = [];
  let sequence = clock.now();
  let endpoints = store.endpoints;
  let current = endpoints[0];
  let log: string | undefined;
  let says = 'no endpoint';

  const write = async (): Promise<boolean> => {
    const others = endpoints.filter((e) => e !== current);
    for (const endpoint of current === undefined ? others : [current, ...others]) {
      sequence += 1;
      const at = clock.now();
      const result = await outside.write(endpoint, sequence);
      if (result.kind === 'refused') {
        says = result.why;
        continue;
      }
      current = endpoint;
      log = result.log;
      says = `takes writes in ${placeOf(log)}`;
      acknowledged.push({ sequence, at });
      return true;
    }
    return false;
  };

  /** Nobody knows of a store that cannot be read. */
  const isRight = async (): Promise<boolean | undefined> => {
    const found = log === undefined ? undefined : await outside.contents(log);
    return found === undefined ? undefined : !found.some((w) => w.corrupt);
  };

  const look = async (): Promise<ProbeResult> => {
    const taken = await write();
    if (!taken || !checked) return { ok: taken, says, data: null };
    const right = await isRight();
    return { ok: right, says: right === true ? says : right === false ? 'holds wrong data' : 'cannot be read', data: null };
  };

  return {
    id: store.id,
    write,
    move: (to) => {
      endpoints = to;
      current = to[0];
    },
    back: () => {
      endpoints = store.endpoints;
      current = endpoints[0];
    },
    probe: {
      id: `writes to ${store.title}`,
      every,
      tells: 't3',
      look,
    },
    measure: async (t0) => {
      const found = log === undefined ? undefined : await outside.contents(log);
      return { store: store.title, ...counted(acknowledged, found, t0) };
    },
  };
}

type Counted = Omit<Measured['stores'][number], 'store'>;

/** Pure: what was acknowledged against what is found. A write that is found wrong was lost. */
export function counted(
  acknowledged: readonly Acknowledged[],
  found: readonly { readonly sequence: number; readonly corrupt: boolean }[] | undefined,
  t0: number,
): Counted {
  const before = acknowledged.filter((w) => w.at <= t0);
  const written = before.length;
  if (found === undefined || written === 0) return { rpo: null, written, lost: 0, duplicated: 0 };
  const times = new Map<number, number>();
  for (const { sequence, corrupt } of found) if (!corrupt) times.set(sequence, (times.get(sequence) ?? 0) + 1);
  const isLost = (w: Acknowledged): boolean => !times.has(w.sequence);
  const firstLost = before.find(isLost);
  const kept = firstLost === undefined ? undefined : before.findLast((w) => w.at < firstLost.at);
  return {
    rpo: firstLost === undefined ? 0 : kept === undefined ? 'all' : (t0 - kept.at) / 1000,
    written,
    lost: acknowledged.filter(isLost).length,
    duplicated: acknowledged.filter((w) => (times.get(w.sequence) ?? 0) > 1).length,
  };
}

/** The worst of all stores: one whose writes nobody can tell makes the whole unknown. */
export function together(stores: Measured['stores']): Measured {
  const sum = (of: (s: Measured['stores'][number]) => number): number => stores.reduce((n, s) => n + of(s), 0);
  return {
    rpo: worst(stores.map((s) => s.rpo)),
    written: sum((s) => s.written),
    lost: sum((s) => s.lost),
    duplicated: sum((s) => s.duplicated),
    stores,
  };
}

/** Everything lost is worse than not known, which is worse than any number. */
function worst(points: readonly Measured['rpo'][]): Measured['rpo'] {
  if (points.includes('all')) return 'all';
  if (points.length === 0 || points.includes(null)) return null;
  return Math.max(...points.filter((p) => typeof p === 'number'));
}

function placeOf(arn: string): string {
  const [, , service = '', region = '', , ...rest] = arn.split(':');
  return `${rest.join(':') || service} (${region || 'global'})`;
}
