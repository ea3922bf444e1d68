/**
 * The law that a failure closes: whatever goes wrong with one API action, nothing is lost silently. Every resource that is gone
 * and every property that is gone is covered by a gap or a hole, and nothing else changes.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AnyCall } from '../../src/aws/failure.ts';
import { limiter } from '../../src/aws/limits.ts';
import type { Target } from '../../src/aws/organisation.ts';
import { session } from '../../src/aws/session.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { fold } from '../../src/model/known.ts';
import type { Gap, Resource } from '../../src/model/resource.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../../src/model/value.ts';
import { type Observation, observe } from '../../src/services/observed/observe.ts';
import type { Scan } from '../../src/services/observed/scan.ts';
import type { VirtualClock } from '../../src/simulator/world/clock.ts';

/** Ways in which one action goes wrong, for all of its calls. */
export const WAYS = ['denied', 'throttled', 'timeout', 'truncated', 'garbage', 'empty', 'garbled-item'] as const;
export type Way = (typeof WAYS)[number];

export interface FailClosed {
  readonly scans: readonly Scan[];
  readonly targets: readonly Target[];
  /** A fresh world each time, with the same things in it. */
  readonly world: () =>
    | { readonly transport: Transport; readonly clock: VirtualClock }
    | Promise<{ readonly transport: Transport; readonly clock: VirtualClock }>;
  /** Empty replies that are legitimate, so that nothing can be noticed: by action, with the reason. */
  readonly mayBeEmpty?: Readonly<Record<string, string>>;
  /** Properties that may be unset instead of a hole, since no service reads them: by type and path (`inputs.hashKey`). */
  readonly unread?: Readonly<Record<string, readonly string[]>>;
  /** Types of which one item of a listing makes several resources, with the reason. */
  readonly together?: Readonly<Record<string, string>>;
}

export interface Violation {
  readonly action: string;
  readonly way: Way;
  readonly what: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Actions that were spoiled: those which the scans really send. */
  readonly actions: readonly string[];
  readonly runs: number;
}

export async function failClosed(given: FailClosed, ways: readonly Way[] = WAYS): Promise<Verdict> {
  const sound = await watch(given, undefined);
  if (sound.gaps.length > 0 || sound.holes.length > 0)
    throw new Error(`the sound world has gaps already: ${JSON.stringify([...sound.gaps, ...sound.holes])}`);
  const actions = Object.keys(sound.calls);
  const violations: Violation[] = [];
  let runs = 0;
  for (const action of actions)
    for (const way of ways) {
      if (way === 'empty' && given.mayBeEmpty?.[action] !== undefined) continue;
      runs += 1;
      const spoilt = await watch(given, { action, way });
      for (const what of compare(sound, spoilt, way, given)) violations.push({ action, way, what });
    }
  return { violations, actions, runs };
}

/** One action that goes wrong, in one way. */
export interface Spoil {
  readonly action: string;
  readonly way: Way;
}

/** What the scans make of the world, sound or spoilt. */
export async function watch(given: FailClosed, spoil: Spoil | undefined): Promise<Observation> {
  const { transport, clock } = await given.world();
  const allowed: readonly AnyCall[] = given.scans.flatMap((s) => s.calls);
  const made = session({
    world: 'simulated',
    grade: 'read',
    transport: spoil === undefined ? transport : spoiled(transport, allowed, spoil),
    clock,
    random: () => 0.5,
    limits: limiter(clock),
    allowed,
    retries: { attempts: 3, base: 100, cap: 1000, total: 5000 },
  });
  return clock.drive(observe({ session: made, clock, targets: given.targets, scans: given.scans }));
}

const FAULTS: Readonly<Record<'denied' | 'throttled' | 'timeout' | 'garbage', () => Error>> = {
  denied: () => Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }),
  throttled: () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
  timeout: () => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }),
  garbage: () => new SyntaxError('Unexpected token < in JSON at position 0'),
};

const NEXT = 'the-page-that-never-comes';

function spoiled(transport: Transport, calls: readonly AnyCall[], { action, way }: Spoil): Transport {
  // One reply only, and the same one when it is asked for again.
  let garbledKey: string | undefined;
  const found = new Map(calls.filter((c) => c.action === action).map((c) => [`${c.client} ${c.operation}`, c]));
  return {
    async send(client, operation, input, at, signal) {
      const call = found.get(`${client} ${operation}`);
      if (call === undefined) return transport.send(client, operation, input, at, signal);
      switch (way) {
        case 'denied':
        case 'throttled':
        case 'timeout':
        case 'garbage':
          throw FAULTS[way]();
        case 'empty':
          return {};
        case 'truncated':
          if (call.pages === undefined) throw FAULTS.garbage();
          if (JSON.stringify(input).includes(NEXT)) throw FAULTS.timeout();
          return withMember(await transport.send(client, operation, input, at, signal), call.pages.output, NEXT);
        case 'garbled-item': {
          const reply = await transport.send(client, operation, input, at, signal);
          const key = JSON.stringify([client, operation, input, at]);
          if (garbledKey === undefined && garbled(reply) !== reply) garbledKey = key;
          return key === garbledKey ? garbled(reply) : reply;
        }
      }
    },
  };
}

function withMember(reply: object, path: string, value: unknown): object {
  const [top = '', ...below] = path.split('.');
  const record = reply as Readonly<Record<string, unknown>>;
  return { ...reply, [top]: below.length === 0 ? value : withMember(record[top] ?? {}, below.join('.'), value) };
}

/** The first item of the first list has lost its texts: its name, whatever that is called. A name becomes nothing. */
function garbled(reply: object): object {
  for (const [name, value] of Object.entries(reply)) {
    if (Array.isArray(value) && value.length > 0) {
      const [first, ...others] = value as readonly unknown[];
      return { ...reply, [name]: [withoutTexts(first), ...others] };
    }
    if (!Array.isArray(value) && typeof value === 'object' && value !== null && !(value instanceof Date)) {
      const inner = garbled(value);
      if (inner !== value) return { ...reply, [name]: inner };
    }
  }
  return reply;
}

const withoutTexts = (item: unknown): unknown =>
  typeof item === 'object' && item !== null
    ? Object.fromEntries(Object.entries(item).filter(([, value]) => typeof value !== 'string'))
    : null;

/** What is different and nobody says so. */
export function compare(sound: Observation, spoilt: Observation, way: Way, given: Omit<FailClosed, 'world'>): readonly string[] {
  const wrong: string[] = [];
  const now = new Map(spoilt.resources.map((r) => [r.urn, r]));
  for (const before of sound.resources) {
    const after = now.get(before.urn);
    now.delete(before.urn);
    if (covered(before, spoilt.gaps)) continue;
    if (after === undefined) wrong.push(`${before.urn} is lost without a gap`);
    else wrong.push(...changes(before, after, given.unread?.[before.type] ?? []).map((what) => `${before.urn}: ${what}`));
  }
  for (const urn of now.keys()) wrong.push(`${urn} appears from nowhere`);
  const changed = !isDeepStrictEqual(sound.resources.map(plain), spoilt.resources.map(plain));
  const silent = spoilt.gaps.length === 0 && spoilt.holes.length === 0 && !spoilt.resources.some(holds);
  if (silent && (changed || way === 'denied' || way === 'throttled' || way === 'timeout' || way === 'garbage'))
    wrong.push('neither a gap nor a hole');
  if (way === 'garbled-item') wrong.push(...tooMany(sound, spoilt, given));
  return wrong;
}

/** One garbled item costs what was made of it: one resource of a type, unless the type is an exception. */
function tooMany(sound: Observation, spoilt: Observation, given: Omit<FailClosed, 'world'>): readonly string[] {
  const there = new Set(spoilt.resources.map((r) => r.urn));
  const lost = sound.resources.filter((r) => !there.has(r.urn)).map((r) => r.type);
  return [...new Set(lost)]
    .map((type) => [type, lost.filter((t) => t === type).length] as const)
    .filter(([type, count]) => count > 1 && given.together?.[type] === undefined)
    .map(([type, count]) => `one garbled item cost ${count} of ${type}`);
}

const text = (known: Resource['region']): string =>
  fold(
    known,
    (v) => v,
    () => '?',
  );

function covered(resource: Resource, gaps: readonly Gap[]): boolean {
  return gaps.some(
    (g) =>
      g.types.includes(resource.type) &&
      g.account === text(resource.account) &&
      (g.region === '' || g.region === text(resource.region)),
  );
}

const plain = ({ inputs, outputs, tags }: Resource): unknown => ({ inputs, outputs, tags: state(tags) });
const state = (tags: Resource['tags']): unknown =>
  fold<Readonly<Record<string, string>>, unknown>(
    tags,
    (v) => v,
    () => 'unknown',
  );

function changes(before: Resource, after: Resource, unread: readonly string[]): readonly string[] {
  const tags =
    isDeepStrictEqual(state(before.tags), state(after.tags)) || state(after.tags) === 'unknown' ? [] : ['tags changed'];
  const others = [
    ...differences(before.inputs, after.inputs, 'inputs'),
    ...differences(before.outputs, after.outputs, 'outputs'),
  ].filter((what) => !(what.endsWith(' is undefined') && unread.some((path) => what.startsWith(`${path} was `))));
  return [...tags, ...others];
}

/** A hole may stand where a value was; everything else must be as before. */
function differences(before: Value | undefined, after: Value | undefined, path: string): readonly string[] {
  if (after instanceof Hole || isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) return members(before, after, path);
  // A list whose length could not be told has a hole among its items.
  if (isList(before) && isList(after)) {
    if (after.some((v) => v instanceof Hole)) return [];
    if (before.length === after.length) return before.flatMap((v, i) => differences(v, after[i], `${path}[${i}]`));
  }
  return [`${path} was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`];
}

function members(before: Values, after: Values, path: string): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(before[key], after[key], `${path}.${key}`),
  );
}

const holds = (r: Resource): boolean => state(r.tags) === 'unknown' || hasHole(r.inputs) || hasHole(r.outputs);
function hasHole(value: Value): boolean {
  if (value instanceof Hole) return true;
  if (isList(value)) return value.some(hasHole);
  return isRecord(value) && Object.values(value).some(hasHole);
}
