/** What goes wrong while a drill is under way, and how it then ends (docs/drills.md). */
import { describe, expect, it } from 'vitest';
import type { PreparedDrill } from '../../src/drills/contract.ts';
import type { DrillResult } from '../../src/drills/result.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { Fault } from '../../src/simulator/world/faults.ts';
import { type Course, courseOf, planOf } from './crash-support.ts';
import { AWAY } from './parts.ts';
import { SHOPS, type Shop } from './shops.ts';

const shopOf = (kind: Shop['kind']): Shop => {
  const shop = SHOPS.find((s) => s.kind === kind);
  if (shop === undefined) throw new Error(`no shop for ${kind}`);
  return shop;
};
const MINUTE = 60_000;

async function begun(
  kind: Shop['kind'],
  change?: (drill: PreparedDrill, course: () => Course) => PreparedDrill,
): Promise<Course> {
  const shop = shopOf(kind);
  const course: Course = await courseOf(shop, await planOf(shop, 'continue'), (drill) => change?.(drill, () => course) ?? drill);
  return course;
}

/** From so long after the first thing was disrupted, for so long. */
function trouble(course: Course, fault: Fault, after: number, lasts: number): void {
  const { world } = course;
  let once = false;
  world.onFault((first, _, how) => {
    if (once || how === 'ends' || first === fault) return;
    once = true;
    world.clock.after(after, () => {
      const id = world.inject(fault);
      world.clock.after(lasts, () => world.lift(id));
    });
  });
}

async function ends(course: Course): Promise<DrillResult> {
  const result = await course.live();
  if (result === 'died') throw new Error('nobody killed it');
  expect(result).toMatchObject({ left: [], steady: true });
  expect((await course.entries()).at(-1)?.kind).toBe('ended');
  expect(course.world.faults.filter((f) => f.fault.kind === 'region-loss' || f.fault.kind === 'corruption')).toEqual([]);
  return result;
}

describe('APIs in trouble while people recover', () => {
  it.each([
    ['a brown-out', { kind: 'brown-out', region: AWAY, share: 0.4 }, 40 * MINUTE],
    ['throttling', { kind: 'call', action: 'rds:FailoverGlobalCluster', how: 'throttled' }, 15 * MINUTE + 10_000],
  ] satisfies [string, Fault, number][])('%s that passes is waited out', async (_, fault, lasts) => {
    const course = await begun('region-loss');
    trouble(course, fault, 1_000, lasts);
    expect(await ends(course)).toMatchObject({ status: 'recovered', automatic: false });
  });

  it('what is refused for good fails the drill, which is rolled back', async () => {
    const course = await begun('region-loss');
    trouble(course, { kind: 'call', action: 'rds:FailoverGlobalCluster', how: 'denied' }, 1_000, 600 * MINUTE);
    const result = await course.live();
    expect(result).toMatchObject({ status: 'failed', rto: null, left: [], steady: true });
    expect((await course.entries()).at(-1)?.kind).toBe('ended');
  });
});

it('a rollback that is denied leaves the run open, and ends it once it is allowed', async () => {
  const course = await begun('backup-restore');
  const denied = course.world.inject({ kind: 'call', action: 'rds:DeleteDBInstance', how: 'denied' });
  const blocked = await course.live();
  expect(blocked).toMatchObject({ status: 'recovered', steady: false });
  expect(blocked !== 'died' && blocked.left.length).toBeGreaterThan(0);
  expect(await course.journal.open()).toHaveLength(1);
  course.world.lift(denied);
  expect(await ends(course)).toMatchObject({ status: 'recovered' });
  expect(await course.journal.open()).toEqual([]);
});

describe('stop conditions', () => {
  it.each([
    ['that holds', true],
    ['that nobody can evaluate', undefined],
  ])('one %s ends the drill', async (_, says) => {
    const course = await begun('region-loss', (drill, on) => ({
      ...drill,
      stops: [{ id: 'alarm', holds: async () => (on().faults() > 0 ? says : false) }],
    }));
    const result = await ends(course);
    expect(result).toMatchObject({ status: 'stopped', rto: null });
    expect([...course.effects.keys()].some((e) => e.includes('Failover'))).toBe(false);
  });
});

describe('before anything is disrupted', () => {
  it.each([
    ['nobody has approved it', async () => 'nobody has approved it'],
    ['whether it holds cannot be told', async () => Promise.reject(new Error('AccessDenied'))],
  ] satisfies [string, () => Promise<string>][])('it is refused: %s', async (_, check) => {
    const course = await begun('region-loss', (drill) => ({ ...drill, preconditions: [{ id: 'approved', check }] }));
    const result = await ends(course);
    expect(result).toMatchObject({ status: 'refused', marks: {} });
    expect(course.effects.size).toBe(0);
    expect((await course.entries()).some((e) => e.kind === 'intent')).toBe(false);
  });
});

describe('the clock of the controller is set', () => {
  it.each([
    ['forwards, beyond its lease', 3_600_000],
    ['backwards', -3_600_000],
  ])('%s: what was measured means nothing', async (_, jump) => {
    const course = await begun('region-loss', (drill, on) => ({ ...drill, clock: jumping(drill.clock, jump, on) }));
    expect(await ends(course)).toMatchObject({ status: 'failed', rto: null });
  });
});

/** Five minutes after the onset. */
function jumping(clock: Clock, jump: number, course: () => Course): Clock {
  let since: number | undefined;
  let left = 0;
  const now = (): number => {
    if (course().faults() > 0) since ??= clock.now();
    if (since !== undefined && clock.now() - since > 5 * MINUTE) left = jump;
    return clock.now() + left;
  };
  return { now, sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal) };
}
