/** Microsoft's own validator over what we write. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { renderSarif } from '../../src/reports/sarif.ts';
import { RULES } from '../../src/rules/registry.ts';
import { ROOT } from '../cli/holdfast.ts';
import { RESULTS } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-sarif-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Advice that we do not follow: there is no page about Holdfast to point at yet. */
const ADVICE = new Set(['SARIF2005']);

it('the SARIF multitool finds nothing wrong', async () => {
  const layout = {
    projects: new Map([['shop', { folder: 'infra', manifest: 'infra/Pulumi.yaml' }]]),
    catalogue: 'holdfast.yaml',
    otherwise: 'infra/Pulumi.yaml',
    version: '0.1.0',
  };
  // One log: the tool takes seconds for each.
  const logs = Object.values(RESULTS).map((result) => JSON.parse(renderSarif(result, RULES, layout)));
  const log = join(folder, 'all.sarif');
  writeFileSync(log, JSON.stringify({ ...logs[0], runs: logs.flatMap((l) => l.runs) }, undefined, 2));
  const report = join(folder, 'report.json');
  const tool = join(ROOT, 'node_modules', '.bin', 'sarif-multitool');
  const { stdout } = await promisify(execFile)(tool, ['validate', log, '--output', report, '--level', 'Error', 'Warning'], {
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
  });
  expect(stdout).toContain('1 files scanned');
  const { runs } = JSON.parse(readFileSync(report, 'utf8').replace(/^\ufeff/, '')) as {
    readonly runs: readonly { readonly results: readonly { readonly ruleId: string; readonly message: unknown }[] }[];
  };
  const found = runs[0]?.results ?? [];
  expect(found.filter((r) => !ADVICE.has(r.ruleId))).toEqual([]);
  expect(found).not.toEqual([]);
});
