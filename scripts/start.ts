/** Runs the reference workload through `verify` and writes out/report.md and out/report.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderMarkdown } from '../src/reports/markdown.ts';
import { resultOf } from '../src/reports/result.ts';
import { renderTable } from '../src/reports/table.ts';
import { judgeSources } from './commands/judging.ts';
import { surroundings } from './surroundings.ts';

/** This file runs as dist/scripts/start.js. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const SEED = 1;

const around = surroundings();
const began = performance.now();
const flags = { state: [], config: [], timeout: 120, memory: 2048, color: true, seed: SEED };
const { judgement } = await judgeSources([root], flags, around);
const result = resultOf(judgement, SEED);

const out = join(root, 'out');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'report.json'), `${JSON.stringify(result, undefined, 2)}\n`);
writeFileSync(join(out, 'report.md'), renderMarkdown(result));

const seconds = ((performance.now() - began) / 1000).toFixed(1);
const next = `npx holdfast explain ${result.metrics.find((m) => m.designed.verdict !== 'met')?.id ?? ''}`;
around.write(renderTable(result, { width: around.width, paint: around.paint(true, undefined), places: 2, next }), undefined);
const show = (file: string): string => relative(around.cwd, join(out, file));
around.write(
  `\nThe reference workload was judged in ${seconds} s. Reports: ${show('report.md')}, ${show('report.json')}\n`,
  undefined,
);
