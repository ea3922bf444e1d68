import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InvokeFlags, invoke } from '../../../scripts/commands/invoke.ts';
import type { Surroundings } from '../../../scripts/surroundings.ts';
import { noPaint } from '../../../src/reports/text.ts';
import { openStore } from '../../../src/store/store.ts';
import { observationsFrom } from '../../../src/verdicts/demonstrated-records.ts';

const ROOT = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-invoke-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const catalogue = join(folder, 'holdfast.yaml');

beforeAll(() => {
  const text = readFileSync(join(ROOT, 'infra/holdfast.yaml'), 'utf8').replace(
    'sources: [".."]',
    `sources: [${JSON.stringify(ROOT)}]`,
  );
  writeFileSync(catalogue, text);
});

async function run(store: string, flags: Partial<InvokeFlags>): Promise<{ readonly code: number; readonly document: Document }> {
  let out = '';
  const around: Surroundings = {
    today: '2026-11-23',
    width: 100,
    cwd: folder,
    stdin: async () => new Uint8Array(),
    async *lines() {},
    ask: () => undefined,
    write: (text) => {
      out += text;
    },
    progress: () => undefined,
    paint: () => noPaint,
  };
  const all: InvokeFlags = {
    catalog: catalogue,
    store: join(folder, store),
    aws: 'simulator',
    seed: 1,
    by: [],
    json: true,
    state: [],
    config: [],
    timeout: 120,
    memory: 2048,
    color: false,
    ...flags,
  };
  const code = await invoke('shop-region-loss', [], all, around);
  return { code, document: JSON.parse(out) as Document };
}

interface Document {
  readonly holds?: string;
  readonly world: string;
  readonly signals?: readonly { readonly shows: string }[];
  readonly outcome?: {
    readonly run: string;
    readonly status: string;
    readonly rto: number | null;
    readonly declared: { readonly by: readonly string[] } | null;
  };
}

describe('a plan exercised in simulated AWS', () => {
  it('whose Region is lost and comes back: declared, carried out, deactivated, and normal again', async () => {
    const { code, document } = await run('whole', { lose: 'eu-west-1', by: ['Head of Platform', 'Duty officer'] });
    expect(document.outcome).toMatchObject({ status: 'normal-again', declared: { by: ['Head of Platform', 'Duty officer'] } });
    expect(code).toBe(0);
    const store = await openStore({ folder: join(folder, 'whole') });
    try {
      const records = [];
      for await (const record of store.evidence.read()) records.push(record);
      expect(records.map((r) => r.kind)).toEqual(['decision', 'drill-result', 'drill-result', 'drill-result', 'decision']);
      expect(records.every((r) => r.world === 'simulated')).toBe(true);
      const { observations, problems } = observationsFrom(records);
      expect(problems).toEqual([]);
      expect(observations.every((o) => o.source === 'actual' && o.world === 'simulated' && !o.automatic)).toBe(true);
      const rto = observations.filter((o) => o.metric.includes('RTO-region'));
      expect(rto.map((o) => o.value)).toEqual(rto.map(() => document.outcome?.rto));
      expect(rto.length).toBeGreaterThan(0);
      expect(observations.filter((o) => o.metric.includes('/RPO')).every((o) => o.value === null)).toBe(true);
      expect((await store.evidence.verify()).broken).toBeUndefined();
      expect(await store.journal.open()).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it('of which one of two has the authority: nothing happens', async () => {
    const { code, document } = await run('alone', { lose: 'eu-west-1', by: ['Head of Platform'] });
    expect(document.outcome).toMatchObject({ status: 'stood-down', declared: null });
    expect(code).toBe(0);
  });

  it('can be assessed: nothing shows while all is well, and the criteria hold while it is lost', async () => {
    const calm = await run('calm', { assess: true });
    expect([calm.code, calm.document.holds, calm.document.world]).toEqual([0, 'no', 'simulated']);
    const lost = await run('lost', { assess: true, watch: true, lose: 'eu-west-1' });
    expect([lost.code, lost.document.holds]).toEqual([1, 'yes']);
  });
});
