/**
 * Runs the reference workload through the main job: deployed into simulated AWS, read from there, judged at both levels, and
 * drilled. Writes out/report.md, out/report.json, out/rehearsal.txt and out/rehearsal.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDuration } from '../src/model/quantity.ts';
import { renderMarkdown } from '../src/reports/markdown.ts';
import { renderTable } from '../src/reports/table.ts';
import { established } from '../src/reports/words.ts';
import { checkedBySources } from './commands/check.ts';
import { rehearsed, textOf } from './commands/rehearse.ts';
import { surroundings } from './surroundings.ts';

/** This file runs as dist/scripts/start.js. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 1;

const around = surroundings();
const began = performance.now();
const flags = {
  source: [root],
  evidence: [],
  signer: [],
  aws: 'simulator',
  since: '1h',
  state: [],
  config: [],
  timeout: 120,
  memory: 2048,
  color: true,
} as const;
const judged = await checkedBySources([], { ...flags, format: 'table', failOn: 'never', seed: SEED }, around);

const rehearsing = performance.now();
// One loss of each kind: an AZ with a database in it, the Region that the shop runs in, a promoted cache, a restored database.
const SHOWN: readonly (readonly [service: string, scope: string, member: string])[] = [
  ['checkout', 'az', 'eu-west-1a'],
  ['checkout', 'region', 'eu-west-1'],
  ['storefront', 'region', 'eu-west-1'],
  ['catalogue-cache', 'region', 'eu-west-1'],
  ['reporting', 'data', '*'],
];
const rehearsal = await rehearsed([root], { ...flags, format: 'text', seed: SEED }, around, (t) =>
  SHOWN.some(([service, scope, member]) => t.service === service && t.scope === scope && t.member === member),
);
const drillSeconds = ((performance.now() - rehearsing) / 1000).toFixed(1);
const result = judged;

const out = join(root, 'out');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'report.json'), `${JSON.stringify(result, undefined, 2)}\n`);
writeFileSync(join(out, 'report.md'), renderMarkdown(result));
writeFileSync(join(out, 'rehearsal.json'), `${JSON.stringify(rehearsal.result, undefined, 2)}\n`);
writeFileSync(join(out, 'rehearsal.txt'), textOf(rehearsal.result));

for (const { result: drill } of rehearsal.result.drills) {
  const how =
    drill.rto === null ? `${drill.status}: ${drill.reason}` : `recovered after ${formatDuration(Math.round(drill.rto))}`;
  around.write(`Drilled in simulated AWS: ${drill.service} without ${drill.scope} ${drill.member}: ${how}\n`, undefined);
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
const next = `npx holdfast explain ${result.metrics.find((m) => established(m).verdict !== 'met')?.id ?? ''}`;
around.write(renderTable(result, { width: around.width, paint: around.paint(true, undefined), places: 2, next }), undefined);
const show = (file: string): string => relative(around.cwd, join(out, file));
around.write(
  `\nThe reference workload was deployed into simulated AWS, judged at both levels and drilled in ${seconds} s (drills: ${drillSeconds} s). Reports: ${show('report.md')}, ${show('report.json')}, ${show('rehearsal.txt')}, ${show('rehearsal.json')}\n`,
  undefined,
);
