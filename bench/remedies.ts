/** `verify --goal`: options for every broken promise of the reference workload and of generated estates. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEstate } from './estate.ts';
import { type Check, type Cost, node, ROOT, show, typical } from './measure.ts';

const SIZES = [250, 1000] as const;
const ROUNDS = 3;
const HOLDFAST = join(ROOT, 'dist', 'scripts', 'holdfast.js');
const GOAL = ['--goal', '90%', '--format', 'json', '--date', '2026-11-23'];
/** Verdicts may be anything here: only usage errors (2) are wrong. */
const CODES = [0, 1, 3];

export async function benchRemedies(): Promise<readonly Check[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-remedies-'));
  try {
    const costs = new Map<string, Cost[]>();
    const run = async (what: string, ...args: readonly string[]): Promise<void> => {
      const cost = await node([HOLDFAST, 'verify', ...args, ...GOAL], scratch, CODES);
      costs.set(what, [...(costs.get(what) ?? []), cost]);
    };
    for (const size of SIZES) {
      const estate = generateEstate(size);
      writeFileSync(join(scratch, `${size}.json`), estate.text);
      writeFileSync(join(scratch, `${size}.yaml`), estate.catalogue);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      await run('reference', ROOT);
      for (const size of SIZES) await run(`${size}`, join(scratch, `${size}.json`), '--catalog', join(scratch, `${size}.yaml`));
    }
    const of = (what: string): Cost => typical(costs.get(what) ?? []);
    show('verify --goal, reference workload', of('reference'));
    for (const size of SIZES) show(`verify --goal, ${size} resources`, of(`${size}`));
    const seconds = (what: string): number => of(what).seconds;
    return [
      { what: 'goal, reference workload', value: seconds('reference'), unit: 's', limit: 8 },
      { what: 'goal, 1,000 resources', value: seconds('1000'), unit: 's', limit: 12 },
      // Four times the resources; the promises are as many, and each service rests on four times as much.
      { what: 'goal, growth from 250 to 1,000', value: seconds('1000') / seconds('250'), unit: '×', limit: 6 },
      { what: 'goal, peak memory, 1,000 resources', value: of('1000').memory ?? Number.NaN, unit: 'MiB', limit: 900 },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
