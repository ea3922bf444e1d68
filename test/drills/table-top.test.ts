import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/aws/call.ts';
import { conduct } from '../../src/drills/engine.ts';
import type { Ground, Said } from '../../src/drills/ground.ts';
import { observationsOf } from '../../src/drills/observe.ts';
import { membersOf, prepare } from '../../src/drills/prepare.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { VirtualClock } from '../../src/simulator/world/clock.ts';
import { memoryJournal } from '../../src/store/memory-journal.ts';
import { judgeSpecs, promising, TABLE } from '../verdicts/estates.ts';
import { SPEC } from './spec.ts';

const judgement = judgeSpecs([TABLE], promising('{ RTO: { region: 15m }, INVOKE: { region: 15m } }'));
const invoke = judgement.verdicts.map((v) => v.metric.id).filter((id) => id.includes('INVOKE'));

const spec: DrillSpec = {
  ...SPEC,
  kind: 'table-top',
  participants: ['incident lead', 'communication'],
  hypothesis: { steady: undefined, metrics: invoke },
};

function groundWith(clock: VirtualClock, ask: (role: string) => Promise<Said | undefined>): Ground {
  const nobody = async (): Promise<undefined> => undefined;
  return {
    judgement,
    clock,
    world: 'simulated',
    notThere: new Map(),
    session: { world: 'simulated', grade: 'read', send: () => Promise.reject(new Error('nothing is asked')) } satisfies Session,
    outside: {
      resolvers: ['here'],
      request: async () => ({ kind: 'refused', why: 'nobody' }),
      resolve: nobody,
      write: async () => ({ kind: 'refused', why: 'nobody' }),
      contents: nobody,
      lag: nobody,
    },
    injector: { refuses: nobody, begin: async () => null, state: async () => 'not-begun', end: async () => null },
    others: async () => [],
    checks: nobody,
    table: { ask },
  };
}

async function held(ask: (role: string, clock: VirtualClock) => Promise<Said | undefined>) {
  const clock = new VirtualClock(Date.parse('2026-06-01T09:00:00Z'));
  const ground = groundWith(clock, (role) => ask(role, clock));
  const [member] = membersOf(spec, judgement);
  if (member === undefined) throw new Error('a table-top is about its service');
  const prepared = await prepare(spec, member, 'run', ground);
  if (prepared === undefined) throw new Error('nothing was prepared');
  const journal = memoryJournal();
  const result = await clock.drive(conduct(prepared.drill, { journal, holder: 'test' }));
  const { people, blind, notTaken } = prepared;
  return { spec, result, entries: await journal.read('run'), people, blind, notTaken };
}

describe('a table-top', () => {
  it('keeps who decided what when, and speaks of the decision alone', async () => {
    const shown = await held(async (role, clock) => {
      await clock.sleep(5 * 60_000);
      return { who: `Ana, ${role}`, says: 'yes', at: clock.now() };
    });
    expect(shown.result, shown.result.reason).toMatchObject({ status: 'recovered', left: [], automatic: false });
    expect(observationsOf(shown, judgement).map((o) => [o.metric, o.value, o.automatic])).toEqual([[invoke[0], 300, false]]);
    expect(JSON.stringify(shown.entries)).toContain('Ana, incident lead');
  });

  it('to which somebody does not answer says nothing', async () => {
    const shown = await held(async () => undefined);
    expect(shown.result).toMatchObject({ status: 'failed', left: [] });
    expect(observationsOf(shown, judgement).map((o) => o.value)).toEqual([null]);
  });
});
