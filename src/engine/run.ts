/** Runs one command of the CLI, held to a time limit, and never leaves a process behind. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { groupBy } from '../model/collections.ts';

export interface CommandEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly end: 'ended' | 'out-of-time' | 'aborted';
  readonly out: string;
  readonly said: string;
}

export interface CommandLimits {
  readonly seconds: number;
  readonly signal: AbortSignal | undefined;
}

/** Kept of what a command prints on each of its two streams. A state export of thousands of resources is some MB. */
const MAX_OUT = 512_000_000;
const MAX_SAID = 64_000;
/** The engine is asked to stop, and gets this long to end its plugins, seconds. */
const GRACE = 5;

export async function runCommand(
  path: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
  limits: CommandLimits,
): Promise<CommandEnd> {
  if (limits.signal?.aborted) return { code: undefined, signal: undefined, end: 'aborted', out: '', said: '' };
  const child = spawn(path, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let end: CommandEnd['end'] = 'ended';
  let grace: NodeJS.Timeout | undefined;
  const stop = (why: CommandEnd['end']) => {
    if (grace !== undefined) return;
    end = why;
    child.kill('SIGINT');
    grace = setTimeout(() => void killTree(child), GRACE * 1000);
  };
  const timer = setTimeout(() => stop('out-of-time'), limits.seconds * 1000);
  const abort = () => stop('aborted');
  limits.signal?.addEventListener('abort', abort);
  // Ending this process must end the engine as well.
  const exit = () => child.kill('SIGKILL');
  process.once('exit', exit);

  const out: Buffer[] = [];
  let size = 0;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_OUT) out.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-MAX_SAID);
  });
  try {
    const [code, signal] = await new Promise<[number | null, string | null]>((done, failed) => {
      child.on('error', failed);
      child.on('close', (c, s) => done([c, s]));
    });
    return { code: code ?? undefined, signal: signal ?? undefined, end, out: Buffer.concat(out).toString('utf8'), said };
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    limits.signal?.removeEventListener('abort', abort);
    process.removeListener('exit', exit);
  }
}

/** The engine puts each plugin in a process group of its own, so its descendants are looked up and ended one by one. */
async function killTree(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const doomed = [child.pid, ...(await descendants(child.pid))];
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

async function descendants(root: number): Promise<readonly number[]> {
  const children = groupBy(await processes(), (p) => p.parent);
  const below = (pid: number): readonly number[] => (children.get(pid) ?? []).flatMap((p) => [p.pid, ...below(p.pid)]);
  return below(root);
}

/** Of all processes, from /proc where there is one: small images come without `ps`. */
async function processes(): Promise<readonly { readonly pid: number; readonly parent: number }[]> {
  if (existsSync('/proc/self/stat')) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    return Promise.all(
      pids.map(async (pid) => {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
        // The name, in parentheses, may hold anything; state and parent follow it.
        return { pid: Number(pid), parent: Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2]) };
      }),
    );
  }
  const table = await new Promise<string>((done) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid='], (_, printed) => done(printed));
  });
  return table.split('\n').map((line) => {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parent };
  });
}
