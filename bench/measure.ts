/** Runs whole processes and keeps what they cost. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const USAGE = fileURLToPath(new URL('usage.cjs', import.meta.url));

export interface Cost {
  /** By the clock, from start to end. */
  readonly seconds: number;
  /** Processor time, user and system; undefined for what is not a Node process. */
  readonly processor: number | undefined;
  /** Peak resident memory, MiB. */
  readonly memory: number | undefined;
}

/** What one bound came to. `limit` is the most that is allowed, `least` the least. */
export interface Check {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
  readonly least?: number;
}

export const holds = (c: Check): boolean => c.value <= (c.limit ?? Infinity) && c.value >= (c.least ?? -Infinity);

/** Runs a Node script to its end. Throws when it ends with a code that is not in `codes`. */
export async function node(args: readonly string[], cwd: string, codes: readonly number[] = [0]): Promise<Cost> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const file = join(scratch, 'usage.json');
    const seconds = await run(process.execPath, ['--require', USAGE, ...args], cwd, codes, { HOLDFAST_BENCH_USAGE: file });
    const usage = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ResourceUsage;
    return { seconds, processor: (usage.userCPUTime + usage.systemCPUTime) / 1e6, memory: usage.maxRSS / 1024 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Seconds that a command takes. What it prints is dropped; what it complains about is shown when it fails. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  codes: readonly number[] = [0],
  environment: NodeJS.ProcessEnv = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null && codes.includes(code)) resolve((performance.now() - start) / 1000);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}\n${complaint}`));
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** Medians of several runs, memory at its highest. */
export function typical(costs: readonly Cost[]): Cost {
  const of = (pick: (c: Cost) => number | undefined) => costs.map(pick).filter((x) => x !== undefined);
  const processor = of((c) => c.processor);
  const memory = of((c) => c.memory);
  return {
    seconds: median(costs.map((c) => c.seconds)),
    processor: processor.length === 0 ? undefined : median(processor),
    memory: memory.length === 0 ? undefined : Math.max(...memory),
  };
}

export function show(what: string, cost: Cost): void {
  const processor = cost.processor === undefined ? '' : `  processor ${cost.processor.toFixed(2)} s`;
  const memory = cost.memory === undefined ? '' : `  memory ${cost.memory.toFixed(0)} MiB`;
  console.log(`  ${what.padEnd(44)} ${cost.seconds.toFixed(2).padStart(6)} s${processor}${memory}`);
}
