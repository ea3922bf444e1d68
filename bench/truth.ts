/**
 * Does the recovery model tell the truth? Generated estates are judged, deployed into simulated AWS and drilled for all that their
 * agreements speak of. The simulator shares the cited service times with the model and nothing else, and is given another pace: so it
 * is composition that is measured.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Check } from './measure.ts';
import type { EstateTruth } from './truth-run.ts';
import { type Summary, summaryOf, tableOf } from './truth-table.ts';

const ESTATES = 300;

export async function benchTruth(): Promise<readonly Check[]> {
  const wanted = Number(process.env.HOLDFAST_TRUTH_ESTATES ?? ESTATES);
  const start = performance.now();
  const summary = summaryOf(await all(wanted));
  const seconds = (performance.now() - start) / 1000;
  console.log(`  ${summary.estates} estates, ${summary.drills} drills in ${seconds.toFixed(0)} s\n\n${tableOf(summary)}\n`);
  for (const line of summary.missed.slice(0, 40)) console.log(`  missed: ${line}`);
  for (const line of summary.broken) console.log(`  BROKEN: ${line}`);
  return checksOf(summary);
}

const percent = ({ count, covered }: { readonly count: number; readonly covered: number }): number =>
  (100 * covered) / Math.max(1, count);

export function checksOf({ parts, services, broken }: Summary): readonly Check[] {
  return [
    { what: 'parts whose recovery is covered', value: percent(parts), unit: '%', least: 97 },
    { what: 'services whose recovery is covered', value: percent(services), unit: '%', least: 97 },
    { what: 'median p99/p50 of parts', value: parts.width ?? Number.NaN, unit: '×', limit: 4 },
    { what: 'median p99/p50 of services', value: services.width ?? Number.NaN, unit: '×', limit: 4 },
    { what: 'promises called met that a drill broke', value: broken.length, unit: '', limit: 0 },
  ];
}

interface Said {
  readonly truth?: EstateTruth;
  readonly seed?: number;
  readonly error?: string;
}

/** Seeds 0, 1, 2 … over all processors; results in the order of the seeds. */
function all(count: number): Promise<readonly EstateTruth[]> {
  return new Promise((resolve, reject) => {
    const truths: EstateTruth[] = [];
    let next = 0;
    const path = fileURLToPath(new URL('truth-worker.ts', import.meta.url));
    // Infinity stays what it is on the way, which JSON does not let it.
    const workers = Array.from({ length: Math.min(count, availableParallelism()) }, () =>
      fork(path, { serialization: 'advanced' }),
    );
    const stop = (): void => {
      for (const worker of workers) worker.disconnect();
    };
    for (const worker of workers) {
      worker.on('error', reject);
      worker.on('exit', (code) => code !== 0 && reject(new Error(`a worker ended with ${code}`)));
      worker.on('message', ({ truth, seed, error }: Said) => {
        if (truth === undefined) {
          stop();
          reject(new Error(`estate ${seed}: ${error}`));
          return;
        }
        truths.push(truth);
        if (process.stderr.isTTY) process.stderr.write(`\r  ${truths.length} of ${count} estates`);
        if (next < count) worker.send(next++);
        else if (truths.length === count) {
          stop();
          resolve(truths.sort((a, b) => a.seed - b.seed));
        }
      });
      worker.send(next++);
    }
  });
}
