/** Canary writes: numbered, timed, one stream a store; afterwards they say what a recovery lost. */
import type { Clock } from '../model/clock.ts';
import type { Json } from '../model/journal.ts';
import type { Measured, Probe, ProbeResult } from './contract.ts';
import type { Outside } from './ports.ts';

/** Beginning of the ids of canary probes. */
export const WRITES = 'writes to ';

export interface CanaryStore {
  readonly id: string;
  readonly title: string;
  /** Where its writers connect: the primary first. */
  readonly endpoints: readonly string[];
}

export interface Canary {
  readonly id: string;
  readonly probe: Probe;
  /** Where writers connect, or did last. */
  endpoints(): readonly string[];
  /** From now on writers connect there: the store was restored or promoted elsewhere. Without any, where they did. */
  move(endpoints: readonly string[]): void;
  /** Nothing is written until it is moved. */
  hold(): void;
  /** As before the drill. */
  back(): void;
  write(): Promise<boolean>;
  /** The last writes that were acknowledged, for the journal. */
  history(): Json;
  /** Those of another controller, from its journal. */
  remember(history: Json | undefined): void;
  /** `log`: the store that is read; by default the one that was written to last. */
  measure(t0: number, log?: string): Promise<Measured['stores'][number]>;
  /** What a store that was restored to `moment` should hold, and does not, or holds wrong; undefined: it cannot be read. */
  compare(log: string, moment: number): Promise<Compared | undefined>;
}

export interface Compared {
  /** Writes that were acknowledged up to the moment. */
  readonly of: number;
  readonly missing: number;
  readonly wrong: number;
  /** Writes of after the moment that are there all the same. */
  readonly later: number;
}

/** Milliseconds by which two clocks, and a moment in whole seconds, may be apart. Assumed. */
const APART = 5_000;

/** Writes that a journal keeps of a store: an hour of one each second. */
const KEPT = 3_600;

interface Acknowledged {
  readonly sequence: number;
  readonly at: number;
}

/**
 * `every`: milliseconds between writes. `onset`: from then on a store that holds nothing of what was written before is not well: it is
 * a new one. `checked`: nor is one that holds wrong data. Numbers begin at the time of the first, so that two drills never
 * share one.
 */
export function canary(
  store: CanaryStore,
  outside: Outside,
  clock: Clock,
  every: number,
  onset: () => number | undefined = () => undefined,
  checked = false,
): Canary {
  const acknowledged: Acknowledged[] = [];
  let sequence = clock.now();
  let endpoints = store.endpoints;
  let current = endpoints[0];
  let log: string | undefined;
  let says = 'no endpoint';
  let held = false;

  const write = async (): Promise<boolean> => {
    if (held) {
      says = 'writers are held back';
      return false;
    }
    const others = endpoints.filter((e) => e !== current);
    for (const endpoint of current === undefined ? others : [current, ...others]) {
      sequence += 1;
      const numbered = sequence;
      const at = clock.now();
      const result = await outside.write(endpoint, numbered);
      if (result.kind === 'refused') {
        says = result.why;
        continue;
      }
      acknowledged.push({ sequence: numbered, at });
      // While this was under way writers were led elsewhere: where it ended is not where the next one goes, and shows nothing.
      if (!endpoints.includes(endpoint)) {
        says = 'writers are led elsewhere';
        return false;
      }
      current = endpoint;
      log = result.log;
      says = `takes writes in ${placeOf(log)}`;
      return true;
    }
    return false;
  };

  /** Nobody knows of a store that cannot be read. */
  const isRight = async (): Promise<boolean | undefined> => {
    const found = log === undefined ? undefined : await outside.contents(log);
    return found === undefined ? undefined : !found.some((w) => w.corrupt);
  };

  /** A log in which nothing of before was found is not read whole at every look: the longer it takes, by a hundredth of that, the later. */
  let empty: { readonly log: string | undefined; readonly until: number } = { log: undefined, until: 0 };
  /** Logs in which something of before was found. */
  const known = new Set<string>();
  /** Does the store hold something of what was acknowledged before? Also when nothing was, and when it cannot be read. */
  const keeps = async (t0: number): Promise<boolean> => {
    if (log === undefined || known.has(log)) return true;
    if (log === empty.log && clock.now() < empty.until) return false;
    // What is written in the very moment of the onset may have gone either way.
    const before = new Set(acknowledged.filter((w) => w.at < t0).map((w) => w.sequence));
    if (before.size === 0) return true;
    const found = await outside.contents(log);
    if (found?.some((w) => !w.corrupt && before.has(w.sequence)) === true) known.add(log);
    else empty = { log, until: clock.now() + (clock.now() - t0) / 100 };
    return found === undefined || known.has(log);
  };

  const look = async (): Promise<ProbeResult> => {
    const taken = await write();
    const began = onset();
    if (taken && began !== undefined && !(await keeps(began)))
      return { ok: false, says: `${says}, and holds nothing of what it held`, data: null };
    if (!taken || !checked) return { ok: taken, says, data: null };
    const right = await isRight();
    return { ok: right, says: right === true ? says : right === false ? 'holds wrong data' : 'cannot be read', data: null };
  };

  return {
    id: store.id,
    write,
    history: () => acknowledged.slice(-KEPT).map((w) => [w.sequence, w.at]),
    remember: (history) => {
      const known = new Set(acknowledged.map((w) => w.sequence));
      acknowledged.unshift(...acknowledgedIn(history).filter((w) => !known.has(w.sequence)));
    },
    endpoints: () => endpoints,
    move: (to) => {
      held = false;
      if (to.length === 0) return;
      endpoints = to;
      current = to[0];
    },
    hold: () => {
      held = true;
    },
    back: () => {
      held = false;
      endpoints = store.endpoints;
      current = endpoints[0];
    },
    probe: {
      id: `${WRITES}${store.title}`,
      every,
      tells: 't3',
      look,
    },
    measure: async (t0, of = log) => {
      const found = of === undefined ? undefined : await outside.contents(of);
      return { store: store.title, ...counted(acknowledged, found, t0) };
    },
    compare: async (restored, moment) => {
      const found = await outside.contents(restored);
      if (found === undefined) return undefined;
      const expected = acknowledged.filter((w) => w.at <= moment);
      const has = new Set(found.filter((w) => !w.corrupt).map((w) => w.sequence));
      return {
        of: expected.length,
        missing: expected.filter((w) => !has.has(w.sequence)).length,
        wrong: found.filter((w) => w.corrupt).length,
        later: acknowledged.filter((w) => w.at > moment + APART && has.has(w.sequence)).length,
      };
    },
  };
}

function acknowledgedIn(history: Json | undefined): readonly Acknowledged[] {
  return listOf(history).flatMap((pair) => {
    const [sequence, at] = listOf(pair);
    return typeof sequence === 'number' && typeof at === 'number' ? [{ sequence, at }] : [];
  });
}

const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);
const listOf = (json: Json | undefined): readonly Json[] => (isList(json) ? json : []);

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
