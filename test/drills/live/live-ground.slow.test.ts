import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Live, type LiveOptions, liveGround } from '../../../scripts/commands/live-ground.ts';
import { parseCatalogue } from '../../../src/catalog/parse.ts';
import { conduct } from '../../../src/drills/engine.ts';
import { listExperiments, listTemplates } from '../../../src/drills/live/calls.ts';
import type { Approval } from '../../../src/drills/live/gates.ts';
import { prepare } from '../../../src/drills/prepare.ts';
import type { DrillResult } from '../../../src/drills/result.ts';
import { memoryJournal } from '../../../src/store/memory-journal.ts';
import { around } from '../../golden/support.ts';
import { promising, TABLE } from '../../verdicts/estates.ts';
import { ACCOUNT, asked, HASH, REGION, spec, TAGS } from './support.ts';
import { type Spec, shop, withIds } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-live-'));
/** Reading a file takes no virtual time: the store's flag is looked at while it stands still. */
let forbidden = false;
beforeEach(() => {
  forbidden = false;
});
afterAll(() => rmSync(folder, { recursive: true }));

const CARTS: Spec = {
  ...TABLE,
  tags: TAGS,
  inputs: { ...TABLE.inputs, hashKey: 'id', attributes: [{ name: 'id', type: 'S' }], billingMode: 'PAY_PER_REQUEST', tags: TAGS },
};
const WORLD = Date.UTC(2026, 10, 23);
const MEMBER = { scope: 'az', name: 'us-east-1a' } as const;
const DRILL = spec({
  probes: [{ kind: 'canary' }],
  window: undefined,
  blastRadius: { tags: TAGS, most: 20 },
});

function options(more: Partial<LiveOptions> = {}, flags: Partial<LiveOptions['flags']> = {}): LiveOptions {
  const given = (person: string): Approval => ({ person, at: WORLD - 3_600_000, decision: 'approved', subject: HASH });
  const journal = memoryJournal();
  return {
    flags: {
      aws: 'simulator',
      regions: REGION,
      seed: 1,
      killSwitch: 'store',
      controllerRegion: 'eu-west-1',
      fisRole: `arn:aws:iam::${ACCOUNT}:role/fis`,
      drillRole: ['administrator', 'AKIA*'],
      resolver: ['system'],
      ...flags,
    },
    catalogue: parseCatalogue(promising('{ RTO: { az: 15m } }'), 'holdfast.yaml', {}),
    declared: [withIds([...shop(), CARTS])],
    spec: DRILL,
    member: MEMBER,
    run: 'lose-a-zone/us-east-1a/1',
    asked,
    lasts: 2 * 3_600_000,
    began: undefined,
    store: {
      whereabouts: { folder: '/nowhere' },
      journal,
      approvals: async () => [given('ada'), given('ben')],
      forbidden: async () => forbidden,
    },
    around,
    env: {},
    metadata: async () => undefined,
    ...more,
  };
}

const notHolding = async (live: Live): Promise<readonly string[]> =>
  (await live.drive(live.gates(HASH))).filter((g) => g.holds !== 'yes').map((g) => `${g.id}: ${g.holds}`);

/** `once`: after the disruption has begun. */
async function held(live: Live, once: () => void = () => undefined): Promise<DrillResult> {
  const run = 'lose-a-zone/us-east-1a/1';
  const prepared = await live.drive(prepare(DRILL, MEMBER, run, live.ground));
  if (prepared === undefined) throw new Error('nothing to drill');
  const disrupt = prepared.drill.disrupt.map((step) => ({
    ...step,
    act: async (...given: Parameters<typeof step.act>) => {
      const did = await step.act(...given);
      once();
      return did;
    },
  }));
  const journal = live.journal(memoryJournal());
  return live.drive(conduct(live.guarded({ ...prepared.drill, disrupt }, HASH), { journal, holder: 'test' }));
}

const AT = { account: ACCOUNT, region: REGION };
const leftIn = async (live: Live): Promise<readonly unknown[]> => {
  const { experimentTemplates = [] } = await live.drive(live.guard.session.send(listTemplates, {}, AT));
  const { experiments = [] } = await live.drive(live.guard.session.send(listExperiments, {}, AT));
  return [...experimentTemplates, ...experiments.filter((e) => e.state?.status === 'running')];
};

describe('a drill on the ground of AWS', () => {
  it('has every gate open where everything is in order, and none of them opens by itself', async () => {
    const live = await liveGround(options());
    expect(await notHolding(live)).toEqual([]);
    expect(live.ground.world).toBe('simulated');
    expect(await notHolding(await liveGround(options({ asked: { ...asked, allowDisruption: false } })))).toEqual([
      'allow-disruption: no',
    ]);
  });

  it.each<[string, Partial<LiveOptions>, Partial<LiveOptions['flags']>, string]>([
    ['an approval of another drill', { store: { ...options().store, approvals: async () => [] } }, {}, 'approvals: no'],
    [
      'approvals that cannot be read',
      { store: { ...options().store, approvals: () => Promise.reject(new Error('gone')) } },
      {},
      'approvals: unknown',
    ],
    ['no kill switch', {}, { killSwitch: join(folder, 'nowhere') }, 'kill-switch: unknown'],
    [
      'its controller in the AZ',
      { metadata: async (path) => (path === 'placement/region' ? REGION : 'us-east-1a') },
      {},
      'controller: no',
    ],
    ['its controller nobody knows where', {}, { controllerRegion: '' }, 'controller: unknown'],
    ['another role', {}, { drillRole: ['holdfast-drill'] }, 'caller: no'],
    ['resources without its tags', { declared: [withIds([...shop({}), CARTS])] }, {}, 'blast-radius: no'],
    ['more resources than it may touch', { spec: { ...DRILL, blastRadius: { tags: TAGS, most: 1 } } }, {}, 'blast-radius: no'],
    ['an AZ that is empty', { member: { scope: 'az', name: 'us-east-1f' } }, {}, 'blast-radius: unknown'],
  ])('stays closed with %s', async (_, more, flags, closed) => {
    expect(await notHolding(await liveGround(options(more, flags)))).toEqual([closed]);
  });

  it('takes the AZ away, and leaves nothing behind: no experiment, no template, no canary', async () => {
    const live = await liveGround(options());
    const result = await held(live);
    expect({ status: result.status, left: result.left, reason: result.reason }).toMatchObject({ status: 'recovered', left: [] });
    expect([await leftIn(live), live.guard.refused]).toEqual([[], []]);
    expect(await live.drive(live.ground.outside.contents(`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts`))).toEqual([]);
  });

  it('is refused before anything is changed when a gate is closed', async () => {
    const live = await liveGround(options({ asked: { ...asked, change: undefined } }));
    const result = await held(live);
    expect([result.status, result.reason]).toEqual(['refused', expect.stringContaining('change')]);
    expect([
      await leftIn(live),
      await live.drive(live.ground.outside.contents(`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts`)),
    ]).toEqual([[], []]);
  });

  it('is rolled back when the kill switch is engaged midway', async () => {
    const live = await liveGround(options());
    const result = await held(live, () => {
      forbidden = true;
    });
    expect([result.status, result.left]).toEqual(['stopped', []]);
    expect(await leftIn(live)).toEqual([]);
  });

  it('does not end while a canary is left', async () => {
    const live = await liveGround(options());
    const prepared = await live.drive(prepare(DRILL, MEMBER, 'lose-a-zone/us-east-1a/1', live.ground));
    if (prepared === undefined) throw new Error('nothing to drill');
    const inner = memoryJournal();
    let refused = true;
    const { outside } = live.ground;
    const journal = live.journal(inner);
    const holding = {
      ...journal,
      append: async (...[lease, entry]: Parameters<typeof journal.append>) => {
        if (entry.kind === 'ended' && refused) {
          refused = false;
          throw new Error('canaries are left');
        }
        return journal.append(lease, entry);
      },
    };
    const drill = live.guarded(prepared.drill, HASH);
    await expect(live.drive(conduct(drill, { journal: holding, holder: 'test' }))).rejects.toThrow(/canaries are left/);
    expect(await inner.open()).toHaveLength(1);
    await live.drive(live.ground.clock.sleep(60_000));
    const result = await live.drive(conduct(drill, { journal: holding, holder: 'test' }));
    expect([result.status, await inner.open()]).toEqual(['recovered', []]);
    expect(await live.drive(outside.contents(`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts`))).toEqual([]);
  });

  it('reads which URL stands for a store', async () => {
    await expect(liveGround(options({}, { canary: ['orders'] }))).rejects.toMatchObject({ code: 'canary-unreadable' });
  });
});
