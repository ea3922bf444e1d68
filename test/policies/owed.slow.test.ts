/** What the pack leaves owed at a preview, from its own file, told off by `holdfast check` after the update. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { type Deployed, holdfast, scratch, stackExport } from '../cli/holdfast.ts';
import { promising } from '../verdicts/estates.ts';
import { served, UNKNOWN } from './served.ts';

const ORDERS: Deployed = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: { engine: 'postgres', instanceClass: 'db.m6g.large', allocatedStorage: 20, backupRetentionPeriod: 7 },
};
const after = (multiAz: boolean) => stackExport([{ ...ORDERS, inputs: { ...ORDERS.inputs, multiAz } }]);
const files = scratch({
  'holdfast.yaml': promising('{ RTO: { az: 15m } }'),
  'right.json': after(true),
  'wrong.json': after(false),
  'gone.json': stackExport([]),
});
afterAll(() => files.remove());

it.each([
  ['right.json', 'discharged'],
  ['wrong.json', 'broken'],
  ['gone.json', 'open'],
])('an obligation of the pack is judged on what stands: %s', async (source, becomes) => {
  const owed = files.path(`owed-${source}`);
  const { type, name, inputs } = ORDERS;
  const preview = await served(
    { settings: { catalogue: files.path('holdfast.yaml'), obligations: owed, date: '2026-06-01' } },
    { read: readFile, write: writeFileSync },
  ).preview([{ type, name, inputs: { ...inputs, multiAz: UNKNOWN }, providerInputs: { region: 'eu-west-1' } }]);
  expect(preview.said.some((s) => s.policy === 'obligations' && s.message.includes('rds-not-multi-az'))).toBe(true);
  const args = ['--source', files.path(source), '--catalog', files.path('holdfast.yaml'), '--obligations', owed];
  const ran = await holdfast(['check', '--aws', 'simulator', ...args, '--date', '2026-06-01', '--json']);
  expect(ran.err).toBe('');
  const { obligations } = JSON.parse(ran.out);
  const of = (id: string) => obligations.find((o: { readonly id: string }) => o.id === id);
  expect(of('rds-not-multi-az')?.state).toBe(becomes);
  expect(ran.code).toBe({ discharged: 0, broken: 1, open: 3 }[becomes]);
});
