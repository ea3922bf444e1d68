/** A shop in two places: one of them is lost and comes back, detectors and people look at it, and a plan moves it. */
import type { Actuator } from '../../../src/drills/contract.ts';
import type { DecisionMade, InvocationResult, PreparedInvocation } from '../../../src/drills/invocation/contract.ts';
import type { Readings } from '../../../src/drills/invocation/history.ts';
import type { People, Saying, SayingKind } from '../../../src/drills/invocation/people.ts';
import type { Invocation } from '../../../src/model/invocation.ts';
import { known, type Truth, unknown } from '../../../src/model/known.ts';
import { VirtualClock } from '../../../src/simulator/world/clock.ts';

export const MINUTE = 60_000;
export const START = 1_000_000;

export interface Shop {
  readonly clock: VirtualClock;
  /** Lost from `lost` to `back`, in milliseconds since the start. */
  lost: number;
  back: number;
  readonly moved: Set<string>;
  /** How often each token had an effect, and how often it was undone. */
  readonly effects: Map<string, number>;
  readonly undone: string[];
  /** The step of this name is denied while it is above 0; counts down. */
  denied: number;
  /** What each signal shows, where that is not what happens. */
  readonly shows: Map<string, (now: number) => Truth>;
  /** Milliseconds since the start from which replication the other way has caught up. */
  caughtUp: number;
}

export function shop(): Shop {
  return {
    clock: new VirtualClock(START),
    lost: 10 * MINUTE,
    back: 120 * MINUTE,
    moved: new Set(),
    effects: new Map(),
    undone: [],
    denied: 0,
    shows: new Map(),
    caughtUp: 0,
  };
}

export const since = (s: Shop): number => s.clock.now() - START;
export const isLost = (s: Shop): boolean => since(s) >= s.lost && since(s) < s.back;
/** Data and traffic must both have moved. */
const serves = (s: Shop): boolean => (isLost(s) ? s.moved.has('data') && s.moved.has('traffic') : s.moved.size !== 1);

export function moving(s: Shop, what: 'data' | 'traffic'): Actuator {
  return {
    id: `move ${what}`,
    describe: () => ({ moves: what }),
    act: async (token, signal) => {
      await s.clock.sleep(20_000, signal);
      if (what === 'data' && s.denied > 0) {
        s.denied -= 1;
        throw new Error('AccessDenied');
      }
      if (!s.moved.has(what)) s.effects.set(token, (s.effects.get(token) ?? 0) + 1);
      s.moved.add(what);
      return null;
    },
    outcome: async () => (s.moved.has(what) ? 'done' : 'not-done'),
    compensate: async () => {
      if (s.moved.delete(what)) s.undone.push(what);
      return null;
    },
    left: async () => (s.moved.has(what) ? [what] : []),
  };
}

const RULE = { kind: 'probe', url: undefined, failing: 1 } as const;
export const PLACE = { file: 'holdfast.yaml', line: 1, column: 1 };

export function invocationOf(changes: Partial<Invocation> = {}): Invocation {
  return {
    scope: 'region',
    member: 'us-east-1',
    signals: ['entry', 'alarm', 'checkers'].map((id) => ({ id, rule: RULE, place: PLACE })),
    criteria: {
      when: { kind: 'at-least', count: 2, of: ['entry', 'alarm', 'checkers'].map((signal) => ({ kind: 'signal', signal })) },
      for: 300,
      every: 30,
      independent: 2,
    },
    authority: { kind: 'automatic' },
    approvals: [],
    change: undefined,
    blastRadius: { tags: {}, most: undefined },
    steps: undefined,
    deactivation: { clear: ['alarm', 'checkers'], for: 1800, authority: { kind: 'automatic' } },
    place: PLACE,
    ...changes,
  };
}

export function planOf(s: Shop, changes: Partial<Invocation> = {}): PreparedInvocation {
  const invocation = invocationOf(changes);
  const read = async (): Promise<Readings> =>
    new Map(
      invocation.signals.map(({ id }) => {
        const seen = id === 'entry' ? !serves(s) : isLost(s);
        const shows = s.shows.get(id)?.(since(s)) ?? known(seen);
        return [id, { shows, says: id, vantage: id, since: undefined }] as const;
      }),
    );
  return {
    run: 'run',
    plan: 'region-loss',
    services: ['shop'],
    member: 'us-east-1',
    world: 'simulated',
    invocation,
    read,
    steps: [
      {
        actuator: moving(s, 'data'),
        dataBack: async () => (since(s) >= s.caughtUp ? undefined : 'it is behind on the way back'),
      },
      { actuator: moving(s, 'traffic') },
    ],
    probes: [
      {
        id: 'requests to shop',
        every: 15_000,
        tells: 't4',
        look: async () => ({ ok: serves(s), says: serves(s) ? 'served' : 'refused', data: null }),
      },
    ],
    notTaken: [],
    blind: [],
    patience: 60 * MINUTE,
    began: () => undefined,
    clock: s.clock,
  };
}

/** `minutes` after the start. */
export const says = (
  kind: SayingKind,
  by: string,
  minutes: number,
  more: Partial<Pick<Saying, 'about' | 'reason' | 'onset' | 'stays'>> = {},
): Saying => ({ kind, by, about: '', at: START + minutes * MINUTE, reason: 'because', onset: undefined, stays: false, ...more });

/** Each is heard once its time has come. */
export const hearing = (s: Shop, ...sayings: readonly Saying[]): People => ({
  said: async () => sayings.filter((one) => one.at <= s.clock.now()),
});

export interface Kept {
  declared: DecisionMade[];
  deactivated: DecisionMade[];
  recovered: InvocationResult[];
}

export const keeping = (kept: Kept) => ({
  declared: async (d: DecisionMade) => void kept.declared.push(d),
  deactivated: async (d: DecisionMade) => void kept.deactivated.push(d),
  recovered: async (r: InvocationResult) => void kept.recovered.push(r),
});

export const silent = (): Truth => unknown('access-denied', 'denied');
