/** Restores where nothing may be harmed: what was restored is read, and only what was read is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type LiveOptions, liveGround } from '../../../scripts/commands/live-ground.ts';
import { parseCatalogue } from '../../../src/catalog/parse.ts';
import { conduct } from '../../../src/drills/engine.ts';
import { UNHARMED } from '../../../src/drills/kinds/restores.ts';
import type { Approval } from '../../../src/drills/live/gates.ts';
import { observationsOf } from '../../../src/drills/observe.ts';
import type { Outside } from '../../../src/drills/ports.ts';
import { prepare } from '../../../src/drills/prepare.ts';
import { memoryJournal } from '../../../src/store/memory-journal.ts';
import { around } from '../../golden/support.ts';
import { promising, TABLE } from '../../verdicts/estates.ts';
import { asked, HASH, REGION, spec, TAGS } from './support.ts';
import { type Spec, shop, withIds } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-live-restore-'));
const OFF = join(folder, 'off');
writeFileSync(OFF, 'off');
afterAll(() => rmSync(folder, { recursive: true }));

const CARTS: Spec = {
  ...TABLE,
  tags: TAGS,
  inputs: { ...TABLE.inputs, hashKey: 'id', attributes: [{ name: 'id', type: 'S' }], billingMode: 'PAY_PER_REQUEST', tags: TAGS },
};
const WORLD = Date.UTC(2026, 10, 23);
const RUN = 'restore/1';
const DRILL = spec({
  id: 'restore',
  kind: 'backup-restore',
  member: undefined,
  probes: [{ kind: 'canary' }],
  points: ['newest'],
  window: undefined,
  blastRadius: { tags: TAGS, most: 20 },
  limit: 8 * 3600,
});
const MEMBER = { scope: 'data', name: '*' } as const;

interface Change {
  readonly metrics?: string;
  /** What stands between the drill and what it reads. */
  readonly seen?: (outside: Outside) => Partial<Outside>;
  readonly probes?: typeof DRILL.probes;
}

async function held(specs: readonly Spec[], { metrics = '{ RTO: { data: 8h }, RPO: { data: 1h } }', seen, probes }: Change = {}) {
  const given = (person: string): Approval => ({ person, at: WORLD - 3_600_000, decision: 'approved', subject: HASH });
  const drill = { ...DRILL, probes: probes ?? DRILL.probes };
  const options: LiveOptions = {
    flags: {
      aws: 'simulator',
      regions: REGION,
      seed: 1,
      killSwitch: OFF,
      controllerRegion: 'eu-west-1',
      drillRole: ['administrator', 'AKIA*'],
      resolver: ['system'],
    },
    catalogue: parseCatalogue(promising(metrics), 'holdfast.yaml', {}),
    declared: [withIds(specs)],
    spec: drill,
    member: MEMBER,
    run: RUN,
    asked,
    lasts: 9 * 3_600_000,
    began: undefined,
    store: {
      whereabouts: { folder: '/nowhere' },
      journal: memoryJournal(),
      approvals: async () => [given('ada'), given('ben')],
      forbidden: async () => false,
    },
    around,
    env: {},
    metadata: async () => undefined,
  };
  const live = await liveGround(options);
  const { outside } = live.ground;
  const ground = { ...live.ground, outside: { ...outside, ...seen?.(outside) } };
  const prepared = await live.drive(prepare(drill, MEMBER, RUN, ground));
  if (prepared === undefined) throw new Error('nothing to drill');
  const journal = live.journal(memoryJournal());
  const result = await live.drive(conduct(live.guarded(prepared.drill, HASH), { journal, holder: 'test' }));
  const { people, blind, notTaken } = prepared;
  const entries = await journal.read(RUN);
  const observations = observationsOf({ spec: drill, result, entries, people, blind, notTaken }, ground.judgement);
  return {
    result,
    blind,
    refused: live.guard.refused,
    values: Object.fromEntries(observations.map((o) => [o.metric.replace(/^.*\/([A-Z_]+)-.*$/, '$1'), o.value])),
    says: observations.map((o) => o.says),
    automatic: observations.map((o) => o.automatic),
  };
}

const COPY = /carts-/;

describe('a restore on real AWS', () => {
  it('harms nothing, reads what was restored, and tells how long that took and how far back it is', async () => {
    const { result, values, blind, says, automatic, refused } = await held([CARTS]);
    expect({ status: result.status, left: result.left, reason: result.reason }).toMatchObject({ status: 'recovered', left: [] });
    // Somebody decides first.
    expect(values.RTO).toBeGreaterThan(15 * 60);
    expect(values.RPO).toEqual(expect.any(Number));
    expect(says[0]).toContain(UNHARMED);
    expect(blind.some((b) => b.startsWith(UNHARMED))).toBe(true);
    expect([automatic, refused, result.outages]).toEqual([[false, false], [], []]);
  });

  it.each<[string, Change]>([
    ['cannot be read', { seen: (o) => ({ contents: async (log) => (COPY.test(log) ? undefined : o.contents(log)) }) }],
    [
      'nobody reads',
      { probes: [{ kind: 'dns', name: 'shop', resolvers: [] }], seen: () => ({ resolve: async () => ['1.2.3.4'] }) },
    ],
  ])('shows nothing by a copy that %s', async (_, change) => {
    const { result, values } = await held([CARTS], change);
    expect([result.status, result.left]).toEqual(['recovered', []]);
    expect(values).toEqual({ RTO: null, RPO: null });
  });

  it.each<[string, NonNullable<Change['seen']>]>([
    ['empty', (o) => ({ contents: async (log) => (COPY.test(log) ? [] : o.contents(log)) })],
    [
      'wrong',
      (o) => ({
        contents: async (log) => {
          const all = await o.contents(log);
          return COPY.test(log) ? all?.map((w) => ({ ...w, corrupt: true })) : all;
        },
      }),
    ],
    [
      'of a later moment',
      (o) => ({ contents: async (log) => (COPY.test(log) ? o.contents(log.replace(/carts-.*/, 'carts')) : o.contents(log)) }),
    ],
  ])('has not brought anything back when the copy is %s', async (_, seen) => {
    const { result, values } = await held([CARTS], { seen });
    expect([result.status, result.left, values.RTO]).toEqual(['not-recovered', [], 'never']);
  });

  it('does not take a copy for right whose writes nobody can follow', async () => {
    const { result, values } = await held([...shop()], {});
    expect(result.left).toEqual([]);
    expect(values).toEqual({ RTO: null, RPO: null });
  });
});
