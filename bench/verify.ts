/** `holdfast verify --format json` as a whole process, beside a process that only parses the same JSON, and Checkov. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkov } from './checkov.ts';
import { generateEstate } from './estate.ts';
import { type Check, type Cost, median, node, ROOT, show, typical } from './measure.ts';
import { cloudFormation } from './template.ts';

const SIZES = [100, 1000, 10_000] as const;
const ROUNDS = 5;
/** Rounds in which Checkov takes part: its seconds are many and vary little. */
const CHECKOV_ROUNDS = 3;
const CHECKOV_SIZES = [100, 1000] as const;

const HOLDFAST = join(ROOT, 'dist', 'scripts', 'holdfast.js');
const PARSE = 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))';
/** Verdicts may be anything here: only usage errors (2) are wrong. */
const CODES = [0, 1, 3];

export async function benchVerify(): Promise<readonly Check[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-estates-'));
  try {
    const file = (size: number, ending: string) => join(scratch, `${size}.${ending}`);
    for (const size of SIZES) {
      const estate = generateEstate(size);
      writeFileSync(file(size, 'json'), estate.text);
      writeFileSync(file(size, 'yaml'), estate.catalogue);
      writeFileSync(file(size, 'template.json'), cloudFormation(estate.resources));
    }
    const other = checkov();
    if (!other.installed) console.log(`  without Checkov: ${other.why}`);
    const costs = new Map<string, Cost[]>();
    const keep = (what: string, cost: Cost) => costs.set(what, [...(costs.get(what) ?? []), cost]);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const size of SIZES) {
        const [source, catalogue] = [file(size, 'json'), file(size, 'yaml')];
        const verify = [HOLDFAST, 'verify', source, '--catalog', catalogue, '--format', 'json', '--date', '2026-11-23'];
        keep(`verify ${size}`, await node(verify, scratch, CODES));
        keep(`parse ${size}`, await node(['-e', PARSE, source], scratch));
      }
      if (!other.installed || round >= CHECKOV_ROUNDS) continue;
      for (const size of CHECKOV_SIZES) {
        const seconds = await other.scan(file(size, 'template.json'), scratch);
        keep(`checkov ${size}`, { seconds, processor: undefined, memory: undefined });
      }
    }
    const of = (what: string): Cost => typical(costs.get(what) ?? []);
    for (const size of SIZES) {
      show(`verify, ${size} resources`, of(`verify ${size}`));
      show(`only parsing the same JSON, ${size}`, of(`parse ${size}`));
    }
    if (other.installed) for (const size of CHECKOV_SIZES) show(`Checkov, ${size} resources`, of(`checkov ${size}`));
    const seconds = (what: string) => median((costs.get(what) ?? []).map((c) => c.seconds));
    return [
      { what: 'verify, 1,000 resources', value: seconds('verify 1000'), unit: 's', limit: 0.7 },
      { what: 'verify, 10,000 resources', value: seconds('verify 10000'), unit: 's', limit: 2.5 },
      { what: 'growth from 1,000 to 10,000', value: seconds('verify 10000') / seconds('verify 1000'), unit: '×', limit: 12 },
      { what: 'peak memory, 10,000 resources', value: of('verify 10000').memory ?? Number.NaN, unit: 'MiB', limit: 500 },
      ...(other.installed
        ? [{ what: 'faster than Checkov, 1,000', value: seconds('checkov 1000') / seconds('verify 1000'), unit: '×', least: 7 }]
        : []),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
