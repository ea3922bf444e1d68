/** The three levels end to end: a drill in simulated AWS, its evidence carried out as a pack, and read beside the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { verifyResultSchema } from '../../src/reports/result-schema.ts';
import { writePack } from '../../src/store/pack.ts';
import { readPack } from '../../src/store/read-pack.ts';
import { type EvidenceDraft, type EvidenceRecord, GENESIS, seal } from '../../src/store/record.ts';
import { signerOf } from '../../src/store/signing.ts';
import { served } from '../policies/served.ts';
import { catalogue, type Deployed, holdfast, type Ran, scratch, stackExport, TABLE } from './holdfast.ts';

const files = scratch({
  'shop.json': stackExport([TABLE]),
  'changed.json': stackExport([{ ...TABLE, inputs: { ...TABLE.inputs, pointInTimeRecovery: { enabled: false } } }]),
  'holdfast.yaml': catalogue({ metrics: '{ RTO: { az: 15m }, RPO: { az: 1m, region: 1h } }' }),
});
afterAll(() => files.remove());
const at = files.path;
const CATALOGUE = ['--catalog', at('holdfast.yaml')];
const DAY = 86_400_000;

const verify = (source: string, ...more: readonly string[]): Promise<Ran> =>
  holdfast(['verify', at(source), ...CATALOGUE, '--json', ...more]);
function resultOf({ out, err }: Ran): VerifyResult {
  expect(err).toBe('');
  return verifyResultSchema.parse(JSON.parse(out));
}
const metric = (result: VerifyResult, name: string) => result.metrics.find((m) => m.id === `sla/shop/${name}`);

let plain: VerifyResult;
let held = 0;

beforeAll(async () => {
  plain = resultOf(await verify('shop.json'));
  const ran = await holdfast([
    'drill',
    'run',
    'shop-az-loss',
    at('shop.json'),
    ...CATALOGUE,
    '--store',
    at('store'),
    '--requester',
    'ann',
    '--json',
  ]);
  expect(ran.err).toBe('');
  const exported = await holdfast([
    'evidence',
    'export',
    '--store',
    at('store'),
    '--out',
    at('pack'),
    '--key',
    at('key.pem'),
    ...CATALOGUE,
  ]);
  expect(exported.code).toBe(0);
  held = readPack(at('pack')).records.filter((r) => r.kind === 'drill-result').length;
  await asLive(readPack(at('pack')).records, at('live'));
});

/** The same records as if it had happened in real AWS: nothing here can, and a pack that says so is all that verify sees of it. */
async function asLive(records: readonly EvidenceRecord[], folder: string): Promise<void> {
  const text = (r: EvidenceRecord): EvidenceDraft => ({
    kind: r.kind,
    world: 'live',
    at: r.at,
    subject: r.subject,
    body: JSON.parse(JSON.stringify(r.body).replaceAll('"world":"simulated"', '"world":"live"')) as EvidenceDraft['body'],
  });
  async function* sealed(): AsyncGenerator<EvidenceRecord> {
    let last: { sequence: number; hash: string } = GENESIS;
    for (const record of records) {
      const next = seal(text(record), last);
      last = next;
      yield { ...next, body: JSON.parse(next.body) as EvidenceRecord['body'] };
    }
  }
  await writePack(sealed(), { folder, signer: signerOf(at('key.pem')), now: Date.now(), catalogue: undefined });
}

describe('evidence beside the code', () => {
  it('what was simulated changes no figure of a live estate, and stands in its own column', async () => {
    const beside = resultOf(await verify('shop.json', '--evidence', at('pack')));
    expect(held).toBeGreaterThan(0);
    expect(beside.evidence?.drills).toBe(held);
    expect(metric(beside, 'RTO-az')?.rehearsed).toMatchObject({ verdict: 'met', expired: [] });
    const { evidence: _, warnings, ...rest } = beside;
    const { evidence: __, warnings: before, ...expected } = plain;
    expect({ ...rest, metrics: rest.metrics.map((m) => ({ ...m, rehearsed: null })) }).toEqual(expected);
    // Nobody named a signer.
    expect(warnings.slice(0, before.length)).toEqual(before);
    expect(warnings).toHaveLength(before.length + 1);
  });

  it('of a store as of a pack', async () => {
    const beside = resultOf(await verify('shop.json', '--store', at('store')));
    expect(metric(beside, 'RTO-az')?.rehearsed?.verdict).toBe('met');
    expect(beside.kpis).toEqual(plain.kpis);
  });

  it('a fix is recorded of a run that there is', async () => {
    const [run] = readPack(at('pack')).records.filter((r) => r.kind === 'drill-result');
    const fixed = (name: string): Promise<Ran> =>
      holdfast(['evidence', 'fixed', name, '--by', 'ann', '--says', 'the runbook names the right table', '--store', at('store')]);
    expect(await fixed(run?.subject ?? '')).toMatchObject({ code: 0, err: '' });
    expect((await fixed('nowhere')).code).toBe(2);
    const beside = resultOf(await verify('shop.json', '--store', at('store')));
    expect(metric(beside, 'RTO-az')?.rehearsed?.verdict).toBe('met');
  });

  it('what really happened is demonstrated, with K2 and KPI 5', async () => {
    const { fingerprint } = readPack(at('live'));
    const shown = resultOf(await verify('shop.json', '--evidence', at('live'), '--signer', fingerprint));
    expect(metric(shown, 'RTO-az')).toMatchObject({ demonstrated: { verdict: 'met' }, rehearsed: null });
    expect(metric(shown, 'RPO-region')?.demonstrated?.verdict).not.toBe('met');
    expect(shown.kpis?.kpi2Demonstrated?.all).toMatchObject({ n: 3, met: 2 });
    expect(shown.kpis?.kpi5?.all).toMatchObject({ n: 2, met: 2 });
    expect(shown.warnings).toEqual(plain.warnings);
    const both = resultOf(await verify('shop.json', '--evidence', at('live'), '--evidence', at('pack'), '--signer', fingerprint));
    expect(both.kpis).toEqual(shown.kpis);
    expect(metric(both, 'RTO-az')?.demonstrated).toEqual(metric(shown, 'RTO-az')?.demonstrated);
    for (const format of ['table', 'markdown'])
      expect(
        (await holdfast(['verify', at('shop.json'), ...CATALOGUE, '--format', format, '--evidence', at('live')])).out,
      ).toMatch(/demonstrated met/);
  });

  it('it expires by what changed and by age', async () => {
    const changed = resultOf(await verify('changed.json', '--evidence', at('live')));
    expect(metric(changed, 'RTO-az')?.demonstrated).toMatchObject({
      verdict: 'expired',
      expired: expect.arrayContaining([expect.objectContaining({ why: 'changed' })]) as unknown,
    });
    expect(metric(changed, 'RTO-az')?.demonstrated?.reason).toContain('carts');
    const later = new Date(Date.now() + 200 * DAY).toISOString().slice(0, 10);
    const old = resultOf(await verify('shop.json', '--evidence', at('live'), '--date', later));
    expect(metric(old, 'RTO-az')?.demonstrated).toMatchObject({
      verdict: 'expired',
      expired: expect.arrayContaining([expect.objectContaining({ why: 'age' })]) as unknown,
    });
    expect(old.kpis?.kpi5).toMatchObject({ all: { met: 0, unknown: 2 }, coverage: 0 });
  });

  it('check shows it beside both levels', async () => {
    const ran = await holdfast([
      'check',
      'drift',
      '--aws',
      'simulator',
      '--source',
      at('shop.json'),
      ...CATALOGUE,
      '--json',
      '--evidence',
      at('pack'),
    ]);
    const seen = resultOf(ran);
    // What was drilled in simulated AWS is that world's own: the figures are of rehearsals, and nothing is demonstrated.
    expect(seen.world).toBe('simulated');
    expect(metric(seen, 'RTO-az')).toMatchObject({ demonstrated: null, rehearsed: { verdict: 'met' } });
    expect(seen.kpis?.kpi5?.all.met).toBe(2);
  });
});

describe('the policy pack told of evidence', () => {
  const owed = async (inputs: Deployed['inputs'], more: object = {}): Promise<readonly string[]> => {
    const settings = { catalogue: at('holdfast.yaml'), evidence: [at('live')], date: plain.date, ...more };
    const { said } = await served({ settings }, { read: readFile }).preview([
      { type: TABLE.type, name: TABLE.name, inputs, providerInputs: { region: 'eu-west-1' } },
    ]);
    return said.map((s) => `${s.policy}: ${s.message}`);
  };
  const again = (said: readonly string[]): readonly string[] => said.filter((s) => s.includes('drill again'));

  it('owes a drill again where the change makes one worthless', async () => {
    expect(again(await owed(TABLE.inputs))).toEqual([]);
    const changed = again(await owed({ ...TABLE.inputs, pointInTimeRecovery: { enabled: false } }));
    expect(changed.join()).toContain('sla/shop/RTO-az');
    const { fingerprint } = readPack(at('live'));
    expect(again(await owed({ ...TABLE.inputs, pointInTimeRecovery: { enabled: false } }, { signers: [fingerprint] }))).toEqual(
      changed,
    );
  });

  it('refuses what somebody else signed, and says so', async () => {
    await expect(owed(TABLE.inputs, { signers: ['0'.repeat(64)] })).rejects.toThrow('expected a pack signed by');
  });
});

describe('evidence that cannot be believed ends in 2', () => {
  const refused = async (...more: readonly string[]): Promise<Ran> => {
    const ran = await verify('shop.json', ...more);
    expect(ran).toMatchObject({ code: 2, out: '' });
    return ran;
  };

  it('signed by somebody else', async () => {
    const { err } = await refused('--evidence', at('pack'), '--signer', '0'.repeat(64));
    expect(err).toContain(readPack(at('pack')).fingerprint);
  });

  it('changed after it was signed, a signer without a pack, and a store that is not there', async () => {
    const records = readFileSync(`${at('live')}/records.jsonl`, 'utf8');
    await asLive(readPack(at('pack')).records, at('broken'));
    writeFileSync(`${at('broken')}/records.jsonl`, records.replace('"automatic":true', '"automatic":false'));
    await refused('--evidence', at('broken'));
    await refused('--signer', '0'.repeat(64));
    await refused('--store', at('nowhere'));
  });

  it('a sound record that says what it cannot say', async () => {
    const [first, ...rest] = readPack(at('pack')).records.filter((r) => r.kind === 'drill-result');
    if (first === undefined) throw new Error('no drill');
    const body = JSON.parse(JSON.stringify(first.body).replace('"version":1', '"version":2')) as EvidenceRecord['body'];
    await asLive([{ ...first, body }, ...rest], at('newer'));
    const { err } = await refused('--evidence', at('newer'));
    expect(err).toContain(`record 1 (drill-result ${first.subject})`);
  });
});
