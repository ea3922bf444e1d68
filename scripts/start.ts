/**
 * Runs the reference workload through the main job: deployed into simulated AWS, read from there, and judged at both levels.
 * Writes out/report.md and out/report.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderMarkdown } from '../src/reports/markdown.ts';
import { renderTable } from '../src/reports/table.ts';
import { established } from '../src/reports/words.ts';
import { checked } from './commands/check.ts';
import { surroundings } from './surroundings.ts';

/** This file runs as dist/scripts/start.js. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 1;

const around = surroundings();
const began = performance.now();
const flags = {
  source: [root],
  aws: 'simulator',
  since: '1h',
  state: [],
  config: [],
  timeout: 120,
  memory: 2048,
  color: true,
} as const;
const result = await checked([], { ...flags, format: 'table', failOn: 'never', seed: SEED }, around);

const out = join(root, 'out');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'report.json'), `${JSON.stringify(result, undefined, 2)}\n`);
writeFileSync(join(out, 'report.md'), renderMarkdown(result));

const seconds = ((performance.now() - began) / 1000).toFixed(1);
const next = `npx holdfast explain ${result.metrics.find((m) => established(m).verdict !== 'met')?.id ?? ''}`;
around.write(renderTable(result, { width: around.width, paint: around.paint(true, undefined), places: 2, next }), undefined);
const show = (file: string): string => relative(around.cwd, join(out, file));
around.write(
  `\nThe reference workload was deployed into simulated AWS and judged at both levels in ${seconds} s. Reports: ${show('report.md')}, ${show('report.json')}\n`,
  undefined,
);
