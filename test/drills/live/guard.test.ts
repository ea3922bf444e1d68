import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, call } from '../../../src/aws/call.ts';
import type { Actuator, PreparedDrill } from '../../../src/drills/contract.ts';
import { conduct } from '../../../src/drills/engine.ts';
import { GATES, type Gate, type GateId, gates } from '../../../src/drills/live/gates.ts';
import { GateClosed, guard } from '../../../src/drills/live/guard.ts';
import { known } from '../../../src/model/known.ts';
import { VirtualClock } from '../../../src/simulator/world/clock.ts';
import { memoryJournal } from '../../../src/store/memory-journal.ts';
import { ACCOUNT, asked, facts, NOW, REGION, recording, spec } from './support.ts';

const AT = { account: ACCOUNT, region: REGION };
const describeThings = call<object, object>({
  client: 'rds',
  operation: 'DescribeDBInstances',
  action: 'rds:DescribeDBInstances',
});
const reboot = call<object, object>({
  client: 'rds',
  operation: 'RebootDBInstance',
  action: 'rds:RebootDBInstance',
  grade: 'disrupt',
});
const start = call<object, object>({
  client: 'rds',
  operation: 'StartDBInstance',
  action: 'rds:StartDBInstance',
  grade: 'disrupt',
});
const publish = call<object, object>({
  client: 'resiliencehub',
  operation: 'CreateApp',
  action: 'resiliencehub:CreateApp',
  grade: 'publish',
});
const CALLS: readonly Call<object, object>[] = [describeThings, reboot, start, publish];
const CHANGES = [reboot, start, publish];

const allHold: readonly Gate[] = GATES.map((id) => ({ id, holds: 'yes', says: '' }));
const without = (ids: readonly GateId[], holds: Gate['holds']): readonly Gate[] =>
  allHold.map((g) => (ids.includes(g.id) ? { ...g, holds } : g));

describe('a guarded session', () => {
  it('sends what it is asked to while every gate holds', async () => {
    const session = recording();
    const { session: guarded } = guard({ session, calls: CALLS, gates: async () => gates(spec(), asked, facts()) });
    for (const one of CALLS) await guarded.send(one, {}, AT);
    expect(session.sent.map((s) => s.action)).toEqual(CALLS.map((c) => c.action));
  });

  it.each(GATES.flatMap((id) => (['no', 'unknown'] as const).map((holds) => [id, holds] as const)))(
    'changes nothing when %s alone is %s, and reads all the same',
    async (id, holds) => {
      const session = recording();
      const g = guard({ session, calls: CALLS, gates: async () => without([id], holds) });
      for (const one of CHANGES) await expect(g.session.send(one, {}, AT)).rejects.toBeInstanceOf(GateClosed);
      await expect(g.permit('POST https://canary.example/')).rejects.toBeInstanceOf(GateClosed);
      await g.session.send(describeThings, {}, AT);
      expect(session.sent.map((s) => s.action)).toEqual([describeThings.action]);
      expect(g.refused.map((r) => [r.action, r.closed.map((c) => c.id)])).toEqual(
        [...CHANGES.map((c) => c.action), 'POST https://canary.example/'].map((action) => [action, [id]]),
      );
    },
  );

  it('changes nothing for any set of gates that do not hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([...GATES], { minLength: 1 }),
        fc.constantFrom('no' as const, 'unknown' as const),
        fc.array(fc.constantFrom(...CALLS), { minLength: 1 }),
        fc.boolean(),
        async (closed, holds, calls, left) => {
          const session = recording();
          const shown = left ? allHold.filter((g) => !closed.includes(g.id)) : without(closed, holds);
          const g = guard({ session, calls: CALLS, gates: async () => shown });
          for (const one of calls) await g.session.send(one, {}, AT).catch(() => undefined);
          expect(session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
          expect(g.refused).toHaveLength(calls.filter((c) => c !== describeThings).length);
        },
      ),
    );
  });

  it('takes gates that cannot be evaluated for closed', async () => {
    const session = recording();
    const g = guard({ session, calls: CALLS, gates: () => Promise.reject(new Error('no answer')) });
    await expect(g.session.send(reboot, {}, AT)).rejects.toBeInstanceOf(GateClosed);
    expect(session.sent).toEqual([]);
  });

  it.each([
    ['called a read', { ...reboot, grade: 'read' as const }, CALLS],
    ['called a read by the list too', { ...reboot, grade: 'read' as const }, [{ ...reboot, grade: 'read' as const }]],
    [
      'that is on no list',
      call<object, object>({ client: 'rds', operation: 'DescribeNothing', action: 'rds:DescribeNothing' }),
      CALLS,
    ],
  ])('refuses a change %s', async (_, one, calls) => {
    const session = recording();
    const g = guard({ session, calls, gates: async () => without(['window'], 'no') });
    await expect(g.session.send(one, {}, AT)).rejects.toBeInstanceOf(GateClosed);
    expect(session.sent).toEqual([]);
  });

  it('lets undoing pass, and nothing that happens beside it', async () => {
    const session = recording();
    const g = guard({ session, calls: CALLS, gates: async () => without(['kill-switch'], 'no') });
    const undone = g.undoing(async () => {
      await Promise.resolve();
      await g.session.send(start, {}, AT);
    });
    const beside = g.session.send(reboot, {}, AT);
    await undone;
    await expect(beside).rejects.toBeInstanceOf(GateClosed);
    expect(session.sent.map((s) => s.action)).toEqual([start.action]);
  });
});

/** A drill that stops an instance and starts it again. */
function drillOver(send: (one: typeof reboot) => Promise<unknown>, clock: VirtualClock): PreparedDrill {
  let down = false;
  const step: Actuator = {
    id: 'reboot',
    describe: () => null,
    act: async () => {
      await send(reboot);
      down = true;
      return null;
    },
    outcome: async () => (down ? 'done' : 'not-done'),
    compensate: async () => {
      await send(start);
      down = false;
      return null;
    },
    left: async () => (down ? ['instance'] : []),
  };
  return {
    run: 'run',
    kind: 'database-failover',
    service: 'shop',
    scope: 'instance',
    member: '*',
    world: 'live',
    preconditions: [],
    disrupt: [step],
    recover: [],
    probes: [{ id: 'up', every: 1_000, look: async () => ({ ok: !down, says: down ? 'down' : 'up', data: null }) }],
    stops: [],
    validated: async () => !down,
    limit: 3_600_000,
    clock,
  };
}

describe('a drill under guard', () => {
  it.each([
    ['the kill switch is engaged', { killSwitch: known(true) }],
    ['its time is over', { now: NOW + 2 * 3_600_000 }],
  ])('is rolled back when %s midway, with its undoing sent', async (_, later) => {
    const clock = new VirtualClock(NOW);
    const session = recording();
    let closed = false;
    const g = guard({ session, calls: CALLS, gates: async () => gates(spec(), asked, facts(closed ? later : {})) });
    const drill = g.guarded(drillOver((one) => g.session.send(one, {}, AT), clock));
    clock.after(600_000, () => {
      closed = true;
    });
    const result = await clock.drive(conduct(drill, { journal: memoryJournal(), holder: 'test' }));
    expect([result.status, result.left]).toEqual(['stopped', []]);
    expect(session.sent.map((s) => s.action)).toEqual([reboot.action, start.action]);
  });

  it('does not begin when a gate is closed', async () => {
    const clock = new VirtualClock(NOW);
    const session = recording();
    const g = guard({ session, calls: CALLS, gates: async () => gates(spec(), { ...asked, allowDisruption: false }, facts()) });
    const result = await clock.drive(
      conduct(g.guarded(drillOver((one) => g.session.send(one, {}, AT), clock)), { journal: memoryJournal(), holder: 'test' }),
    );
    expect([result.status, session.sent]).toEqual(['refused', []]);
  });
});
