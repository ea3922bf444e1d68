import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dueOf, type Held } from '../../scripts/commands/drill-held.ts';
import type { DrillListResult } from '../../scripts/commands/drill-list.ts';
import type { DrillShowResult } from '../../scripts/commands/drill-show.ts';
import { parseDrillFile } from '../../src/catalog/drills.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { openStore } from '../../src/store/store.ts';
import { catalogue, holdfast, scratch, stackExport, TABLE } from './holdfast.ts';

const PROMISES = catalogue({ metrics: '{ RTO: { az: 5m, data: 4h }, RPO: { data: 1h } }' });
const files = scratch({
  'shop/holdfast.yaml': `${PROMISES}drills: [{ id: zone, kind: az-loss, service: shop, every: 365d }]\n`,
  'shop/orders.drill.yaml': 'id: keys\nkind: key-loss\nservice: shop\n',
  'shop/prod.json': stackExport([TABLE]),
  'twice/holdfast.yaml': `${PROMISES}drills: [{ id: zone, kind: az-loss, service: shop }]\n`,
  'twice/a.drill.yaml': 'id: zone\nkind: az-loss\nservice: shop\n',
  'twice/prod.json': stackExport([TABLE]),
});
const at = files.path;
afterAll(() => files.remove());
const drill = (...args: readonly string[]) =>
  holdfast(['drill', ...args, '--date', '2026-11-23'], { cwd: at('shop'), env: { DATABASE_URL: '', HOLDFAST_STORE: '' } });

const run = (id: string, world: 'live' | 'simulated', day: string, status = 'recovered') => ({
  kind: 'drill-result' as const,
  world,
  at: Date.parse(`${day}T12:00:00Z`),
  subject: `${id}/${day}/${status}`,
  body: { drill: { id }, result: { member: 'eu-west-1a', status } },
});

beforeAll(async () => {
  const store = await openStore({ folder: at('shop/.holdfast') });
  await store.evidence.append([
    run('zone', 'live', '2026-01-10'),
    run('zone', 'simulated', '2026-11-20'),
    run('other', 'live', '2026-11-21'),
  ]);
  await store.close();
});

describe('drill list', () => {
  it('shows what is written, what it takes away and shows, when it was held and is due', async () => {
    const listed = await drill('list', 'prod.json', '--json');
    expect([listed.code, listed.err]).toEqual([0, '']);
    const { drills } = JSON.parse(listed.out) as DrillListResult;
    expect(drills).toMatchObject([
      {
        id: 'zone',
        written: true,
        metrics: ['sla/shop/RTO-az'],
        lastHeld: { at: '2026-01-10T12:00:00.000Z', status: 'recovered' },
        lastRehearsed: { at: '2026-11-20T12:00:00.000Z' },
        due: '2027-01-10',
        overdue: false,
        problems: [],
      },
      { id: 'keys', written: true, metrics: [], members: [], lastHeld: null, due: null, overdue: false },
    ]);
    expect(drills[1]?.place).toMatch(/orders\.drill\.yaml:1:1$/);
    expect(drills[1]?.problems).toHaveLength(1);
    const text = await drill('list', 'prod.json');
    expect(text.out).toContain('2027-01-10');
    expect(text.out.split('\n')[0]).toBe('world: live');
  });

  it('suggests a file that reads back, without what is written', async () => {
    const suggested = await drill('list', 'prod.json', '--suggest', '--out', at('made.yaml'));
    expect([suggested.code, suggested.err]).toEqual([0, '']);
    const text = readFileSync(at('made.yaml'), 'utf8');
    const drills = parseDrillFile(text, 'made.yaml', parseCatalogue(PROMISES, 'holdfast.yaml', {}));
    expect(drills.map((d) => d.id)).toEqual(['shop-backup-restore', 'shop-table-top']);
  });

  it('refuses an id that is written twice, at its place', async () => {
    const refused = await holdfast(['drill', 'list', 'prod.json'], { cwd: at('twice') });
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/a\.drill\.yaml:1:5: expected another id/);
  });
});

describe('drill show', () => {
  it('shows each run with its steps, as it is written or suggested', async () => {
    const shown = await drill('show', 'zone', 'prod.json', '--json');
    expect([shown.code, shown.err]).toEqual([0, '']);
    const { drill: spec, runs } = JSON.parse(shown.out) as DrillShowResult;
    expect(spec).toMatchObject({ id: 'zone', afterCrash: 'roll-back', approvals: { by: [], count: 1 } });
    expect(runs.length).toBeGreaterThan(0);
    for (const one of runs) expect(one.disrupt.length + (one.unknown?.length ?? 0)).toBeGreaterThan(0);
    const suggested = await drill('show', 'shop-backup-restore', 'prod.json');
    expect(suggested.code).toBe(0);
    for (const part of ['Hypothesis', 'Preconditions', 'Takes away', 'Rollback', 'Approvals', 'Evidence for'])
      expect(suggested.out).toContain(part);
  });

  it('names the drills that there are when there is no such one', async () => {
    const none = await drill('show', 'zome', 'prod.json');
    expect(none.code).toBe(2);
    expect(none.err).toContain('zone');
  });
});

describe('when a drill is due', () => {
  const [yearly] = parseDrillFile(
    'id: d\nkind: az-loss\nservice: shop\nevery: 365d',
    'f',
    parseCatalogue(PROMISES, 'holdfast.yaml', {}),
  );
  const held = (world: Held['world'], day: string, status: string): Held => ({
    drill: 'd',
    run: day,
    member: '*',
    world,
    status,
    at: Date.parse(day),
  });
  const rows: readonly (readonly [name: string, runs: readonly Held[], due: string, overdue: boolean])[] = [
    ['never held', [], '2026-11-23', true],
    ['rehearsed only', [held('simulated', '2026-11-22', 'recovered')], '2026-11-23', true],
    ['held in time', [held('live', '2025-11-23', 'recovered')], '2026-11-23', false],
    ['held too long ago', [held('live', '2025-11-22', 'recovered')], '2026-11-22', true],
    ['held, and the promise broken', [held('live', '2026-11-01', 'not-recovered')], '2027-11-01', false],
    ['refused since', [held('live', '2025-01-01', 'recovered'), held('live', '2026-11-01', 'refused')], '2026-01-01', true],
  ];
  it.each(rows)('%s', (_, runs, due, overdue) => {
    expect(yearly).toBeDefined();
    if (yearly !== undefined) expect(dueOf(yearly, runs, '2026-11-23')).toMatchObject({ due, overdue });
  });
});
