/** One meaning, no second copy: what the pack says of a stack is what verify says of it. */
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateEstate } from '../../bench/estate.ts';
import { readCatalogue } from '../../src/catalog/find.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { RULES } from '../../src/rules/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { normalise } from '../../src/stacks/normalise.ts';
import { parseSource } from '../../src/stacks/parse-source.ts';
import type { RawReading } from '../../src/stacks/raw.ts';
import { judge } from '../../src/verdicts/judge.ts';
import { haveExports, realExport } from '../stacks/real-exports.ts';
import { type Preview, registrationsOf, served } from './served.ts';

const IDS = new Set(RULES.map((r) => r.id));

/** As a policy is told: neither what happens at deletion nor where in the program a resource is. */
const untold = (raw: RawReading): RawReading => ({
  ...raw,
  configRegion: undefined,
  awsConfig: {},
  resources: raw.resources.map((r) => ({ ...r, retainOnDelete: undefined, position: undefined, pending: undefined })),
});

async function bothSay(raw: RawReading, catalogue?: Catalogue): Promise<void> {
  const { findings, verdicts } = judge(buildEstate([normalise(untold(raw), { region: 'us-east-1' })], SERVICES), catalogue, {
    today: '2026-11-23',
    seed: 1,
    world: 'live',
  });
  const settings = { region: 'us-east-1', ...(catalogue === undefined ? {} : { catalogue: catalogue.file }) };
  const { said } = await served({ settings }).preview(registrationsOf(raw.resources));
  const fires = findings.filter((f) => f.undecided === undefined).map((f) => `${f.rule} ${f.resource}`);
  const open = findings.filter((f) => f.undecided !== undefined).map((f) => `${f.rule} ${f.resource}`);
  expect(ofRules(said)).toEqual([...new Set(fires)].sort());
  expect(owed(said)).toEqual([...new Set(open)].sort());
  const broken = verdicts.filter((v) => v.verdict === 'not-met').map((v) => v.metric.id);
  const unknown = verdicts.filter((v) => v.verdict === 'unknown').map((v) => v.metric.id);
  const metrics = said.filter((s) => s.policy.startsWith('agreed-metrics-')).map((s) => s.message);
  expect(metrics).toHaveLength(broken.length);
  for (const id of broken)
    expect(
      metrics.some((m) => m.includes(`${id} is not met`)),
      id,
    ).toBe(true);
  const debts = said
    .filter((s) => s.policy === 'obligations')
    .map((s) => s.message)
    .join('\n');
  for (const id of unknown) expect(debts).toContain(`metric ${id}`);
}

const ofRules = (said: Preview['said']): readonly string[] =>
  [...new Set(said.filter((s) => IDS.has(s.policy)).map((s) => `${s.policy} ${s.urn}`))].sort();

const owed = (said: Preview['said']): readonly string[] =>
  said
    .filter((s) => s.policy === 'obligations')
    .flatMap((s) => s.message.split('\n').map((line) => `${/^[\w-]+/.exec(line)?.[0]} ${s.urn}`))
    .filter((line) => IDS.has(line.split(' ')[0] ?? ''))
    .sort();

describe.runIf(haveExports)('every real export', () => {
  const files = haveExports ? readdirSync(new URL('../../../shared/data/exports/', import.meta.url)) : [];
  it.each(files.filter((f) => f.endsWith('stack.json') || f.endsWith('state.json')))('%s', async (file) => {
    await bothSay(parseSource(realExport(file), file));
  });
});

describe('a generated estate of 250 resources', () => {
  const estate = generateEstate(250);
  const raw = parseSource(estate.text, 'estate.json');

  it('without a catalogue', () => bothSay(raw));

  it('with a catalogue of 100 metrics', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-policies-'));
    try {
      const file = join(folder, 'holdfast.yaml');
      writeFileSync(file, estate.catalogue);
      await bothSay(raw, readCatalogue(file));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
