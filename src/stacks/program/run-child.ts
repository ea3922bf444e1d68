/** Starts the child process that runs a program, holds it to its limits, and brings its answer back. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunRequest, RunResult } from './protocol.ts';

export interface Limits {
  readonly seconds: number;
  /** Heap of the child, MiB. */
  readonly memory: number;
}

/** How a child process ended, and what it printed. */
export interface ChildEnd {
  /** Undefined when it ended without writing an answer. */
  readonly result: RunResult | undefined;
  readonly end: 'ended' | 'out-of-time' | 'out-of-memory' | 'stopped';
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly printed: string;
}

export interface Child {
  readonly ended: Promise<ChildEnd>;
  /** Ends it after this many seconds more, if it still runs. */
  stopWithin(seconds: number): void;
}

/** Kept from the start and from the end of what a program prints. */
const KEPT_CHARACTERS = 8_000;
const KEPT_LINES = 12;

/** V8's and Node's own words for running out of heap. */
const OUT_OF_MEMORY = /heap out of memory|allocation failed|ERR_WORKER_OUT_OF_MEMORY/i;

/** This module's own extension tells whether Holdfast runs from source or built. */
const MAIN = fileURLToPath(new URL(`./child/main${extname(import.meta.url)}`, import.meta.url));
/** Our own tsx: the project need not have one. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Runs `request` in `cwd` with an empty home, no credentials and nothing else of the caller's environment but PATH. */
export function startChild(
  request: Omit<RunRequest, 'resultFile'>,
  cwd: string,
  nodeArgs: readonly string[],
  limits: Limits,
): Child {
  let stopWithin: (seconds: number) => void = () => undefined;
  const ended = (async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'holdfast-'));
    try {
      const home = join(scratch, 'home');
      await mkdir(home);
      const resultFile = join(scratch, 'result.json');
      const requestFile = join(scratch, 'request.json');
      await writeFile(requestFile, JSON.stringify({ ...request, resultFile }));
      const args = ['--import', TSX, ...nodeArgs, `--max-old-space-size=${limits.memory}`, MAIN, requestFile];
      const child = spawn(process.execPath, args, {
        cwd,
        env: environment(request, home),
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let end: ChildEnd['end'] = 'ended';
      const kill = (why: ChildEnd['end']) => {
        end = why;
        // The whole group: a program may have started others.
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          child.kill('SIGKILL');
        }
      };
      const timer = setTimeout(() => kill('out-of-time'), limits.seconds * 1000);
      let early: NodeJS.Timeout | undefined;
      stopWithin = (seconds) => {
        early ??= setTimeout(() => kill('stopped'), seconds * 1000);
      };
      const output = keeper();
      child.stdout.on('data', output.take);
      child.stderr.on('data', output.take);
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (c, s) => resolve([c, s]));
      });
      clearTimeout(timer);
      clearTimeout(early);
      const printed = output.text();
      if (end === 'ended' && signal !== null && OUT_OF_MEMORY.test(printed)) end = 'out-of-memory';
      const result = end === 'ended' ? await readResult(resultFile) : undefined;
      return { result, end, code: code ?? undefined, signal: signal ?? undefined, printed };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  })();
  return { ended, stopWithin: (seconds) => stopWithin(seconds) };
}

async function readResult(file: string): Promise<RunResult | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunResult;
  } catch {
    return undefined;
  }
}

/** The variables that Pulumi's language host sets for a program (`runtime/state.js` and `runtime/config.js` read them). */
function environment(request: Omit<RunRequest, 'resultFile'>, home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    USERPROFILE: home,
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    PULUMI_NODEJS_PROJECT: request.project,
    PULUMI_NODEJS_STACK: request.stack,
    PULUMI_NODEJS_ORGANIZATION: request.organization,
    PULUMI_NODEJS_ROOT_DIRECTORY: request.folder,
    PULUMI_NODEJS_DRY_RUN: 'true',
    PULUMI_NODEJS_MONITOR: 'mock',
    PULUMI_CONFIG: JSON.stringify(request.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.secretKeys),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
}

/** Keeps the start and the end of a stream of text, however long. */
function keeper(): { take(chunk: Buffer): void; text(): string } {
  let head = '';
  let tail = '';
  let dropped = false;
  return {
    take(chunk) {
      let text = chunk.toString('utf8');
      const room = KEPT_CHARACTERS - head.length;
      if (room > 0) {
        head += text.slice(0, room);
        text = text.slice(room);
      }
      if (tail.length + text.length > KEPT_CHARACTERS) dropped = true;
      tail = (tail + text).slice(-KEPT_CHARACTERS);
    },
    text() {
      const lines = (dropped ? `${head}\n…\n${tail}` : head + tail).split('\n').filter((l) => l.trim() !== '');
      if (lines.length <= 2 * KEPT_LINES) return lines.join('\n');
      return [...lines.slice(0, KEPT_LINES), '…', ...lines.slice(-KEPT_LINES)].join('\n');
    },
  };
}
