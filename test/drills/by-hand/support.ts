/** A simulated AWS for the steps of people, and the laws that every step keeps. */
import { expect, it } from 'vitest';
import type { Call, Session } from '../../../src/aws/call.ts';
import { limiter } from '../../../src/aws/limits.ts';
import { session } from '../../../src/aws/session.ts';
import { HAND_CALLS } from '../../../src/drills/by-hand/by-hand.ts';
import type { Hand, StepMaker } from '../../../src/drills/by-hand/hand.ts';
import { STEPS } from '../../../src/drills/by-hand/steps.ts';
import type { Canary } from '../../../src/drills/canary.ts';
import type { Actuator } from '../../../src/drills/contract.ts';
import { buildEstate } from '../../../src/estate/estate.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import { freshAws } from '../../../src/simulator/fresh.ts';
import { append } from '../../../src/simulator/plane/logs.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import type { Fault } from '../../../src/simulator/world/faults.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import type { World } from '../../../src/simulator/world/world.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const AWAY = 'us-west-2';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const KNOWN: ReadonlyMap<string, Call<never, unknown>> = new Map(HAND_CALLS.map((c) => [`${c.client} ${c.operation}`, c]));

export interface Bench {
  readonly aws: SimulatedAws;
  readonly world: World;
  readonly session: Session;
  /** Operations of steps that AWS took and that change something, in order. */
  readonly changes: string[];
  /** Where the canary was led, the last first. */
  readonly led: (readonly string[])[];
  /** A call as the account's administrator, and not of any step. */
  call<O = Record<string, unknown>>(client: string, operation: string, input: object, region?: string): Promise<O>;
  /** Time passes, with everything that it brings about. */
  pass(milliseconds: number): Promise<void>;
  /** Runs with the clock. */
  drive<T>(work: Promise<T>): Promise<T>;
  hand(given: Partial<Hand>): Hand;
  /** One write a minute into a log. */
  write(log: string, writes: number): Promise<void>;
}

export function bench(seed = 1): Bench {
  const aws = freshAws({ start: Date.parse('2026-06-01T00:00:00Z'), seed, consistency: 0 });
  const { world } = aws;
  const changes: string[] = [];
  const led: (readonly string[])[] = [];
  const canary: Canary = {
    id: 'canary',
    probe: { id: 'canary', every: MINUTE, look: async () => ({ ok: true, says: 'takes writes', data: null }) },
    move: (to) => void led.unshift(to),
    back: () => void led.unshift([]),
    write: async () => true,
  } as Partial<Canary> as Canary;
  const estate = buildEstate([], SERVICES);
  let sequence = 0;
  const made: Bench = {
    aws,
    world,
    changes,
    led,
    session: session({
      world: 'simulated',
      grade: 'disrupt',
      transport: {
        send: async (client, operation, input, { account, region }) => {
          const reply = await invoke(aws, client, operation, input, { account, region, principal: administrator(account) });
          if (KNOWN.get(`${client} ${operation}`)?.grade === 'disrupt') changes.push(operation);
          return reply;
        },
      },
      clock: world.clock,
      random: () => world.random.next(),
      limits: limiter(world.clock),
      allowed: HAND_CALLS,
    }),
    call: async <O>(client: string, operation: string, input: object, region = REGION) =>
      (await invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O,
    pass: (milliseconds) => world.clock.drive(world.clock.sleep(milliseconds)),
    drive: (work) => world.clock.drive(work),
    hand: (given) => ({
      session: made.session,
      clock: world.clock,
      estate,
      item: undefined,
      arn: undefined,
      mates: [],
      serving: [],
      matesOf: () => [],
      successors: [],
      into: undefined,
      canary,
      lost: undefined,
      onset: () => world.clock.now(),
      given: {},
      ...given,
    }),
    write: async (log, writes) => {
      for (let n = 0; n < writes; n += 1) {
        sequence += 1;
        append(world, log, sequence);
        await made.pass(MINUTE);
      }
    },
  };
  return made;
}

export function maker(action: string): StepMaker {
  const found = STEPS[action];
  if (found === undefined) throw new Error(`no step ${action}`);
  return found;
}

export function stepsOf(make: StepMaker, hand: Hand): readonly Actuator[] {
  const made = make(hand);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

export function oneStep(make: StepMaker, hand: Hand): Actuator {
  const [first] = stepsOf(make, hand);
  if (first === undefined) throw new Error('no step');
  return first;
}

export interface Case {
  readonly make: StepMaker;
  readonly hand: Hand;
  /** What must be as before once it is undone. */
  readonly state: () => Promise<unknown>;
  /** Has it come about? */
  readonly done: () => Promise<boolean>;
}

export interface Laws {
  readonly setup: (on: Bench) => Promise<Case>;
  /** Operations that must have an effect once, however often the step is begun. */
  readonly once: readonly string[];
  /** IAM action without which it cannot be undone. */
  readonly undoing: Extract<Fault, { kind: 'call' }>['action'];
}

const TOKEN = 'run/recover/step';
/** Milliseconds after which a controller dies, or is called off. */
const MOMENTS = [1, 20_000, 4 * MINUTE];

/** Acts once, resumes, puts back, says what is left, heeds the signal. */
export function keepsTheLaws(name: string, { setup, once, undoing }: Laws): void {
  const begin = async () => {
    const on = bench();
    const made = await setup(on);
    const step = (): Actuator => oneStep(made.make, made.hand);
    const act = (signal = new AbortController().signal): Promise<unknown> => on.drive(step().act(TOKEN, signal));
    on.changes.length = 0;
    const times = (operation: string): number => on.changes.filter((c) => c === operation).length;
    return { on, made, step, act, times };
  };

  it(`${name}: acts once under a repeated token`, async () => {
    const { on, made, step, act, times } = await begin();
    expect(await on.drive(step().outcome(TOKEN))).not.toBe('done');
    await act();
    expect(await made.done()).toBe(true);
    expect(await on.drive(step().outcome(TOKEN))).toBe('done');
    await act();
    for (const operation of once) expect([operation, times(operation)]).toEqual([operation, 1]);
  });

  it(`${name}: goes on after a crash, by another controller, and is undone`, async () => {
    for (const moment of MOMENTS) {
      const { on, made, step, act, times } = await begin();
      const before = await made.state();
      const dead = new AbortController();
      on.world.clock.after(moment, () => dead.abort(new Error('dead')));
      await act(dead.signal).catch(() => undefined);
      await act();
      expect(await made.done()).toBe(true);
      for (const operation of once) expect([moment, operation, times(operation)]).toEqual([moment, operation, 1]);
      await on.drive(step().compensate(TOKEN));
      expect(await on.drive(step().left(TOKEN))).toEqual([]);
      await on.pass(HOUR);
      expect(await made.state()).toEqual(before);
    }
  });

  it(`${name}: is called off while under way, and leaves nothing`, async () => {
    for (const moment of MOMENTS) {
      const { on, made, step, act } = await begin();
      const before = await made.state();
      const off = new AbortController();
      const reason = new Error('called off');
      on.world.clock.after(moment, () => off.abort(reason));
      const ended = await act(off.signal).then(
        () => 'ended',
        (error: unknown) => error,
      );
      expect(['ended', reason]).toContain(ended);
      await on.drive(step().compensate(TOKEN));
      expect(await on.drive(step().left(TOKEN))).toEqual([]);
      await on.pass(HOUR);
      expect(await made.state()).toEqual(before);
    }
    const { made, step, on } = await begin();
    const before = await made.state();
    await expect(on.drive(step().act(TOKEN, AbortSignal.abort(new Error('too late'))))).rejects.toThrow('too late');
    await on.drive(step().compensate(TOKEN));
    expect(await on.drive(step().left(TOKEN))).toEqual([]);
    expect(await made.state()).toEqual(before);
  });

  it(`${name}: says what is left while it may not be undone`, async () => {
    const { on, made, step, act } = await begin();
    const before = await made.state();
    await act();
    const fault = on.world.inject({ kind: 'call', action: undoing, how: 'denied' });
    await expect(on.drive(step().compensate(TOKEN))).rejects.toThrow(`${undoing} was denied`);
    expect((await on.drive(step().left(TOKEN))).length).toBeGreaterThan(0);
    on.world.lift(fault);
    await on.drive(step().compensate(TOKEN));
    expect(await on.drive(step().left(TOKEN))).toEqual([]);
    expect(await on.drive(step().compensate(TOKEN))).toBeNull();
    await on.pass(HOUR);
    expect(await made.state()).toEqual(before);
  });
}
