/**
 * The lock of an embedded store. PGlite takes none: a second process would silently overwrite what the first wrote. The lock is
 * a file that names a process by its id and by when it started, because ids are used again.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../model/errors.ts';

const holderSchema = z.object({ pid: z.int().positive(), started: z.string(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface Lock {
  release(): void;
}

/** Takes the lock of `folder`. Throws `UsageError` (`store-locked`) while a process that lives holds it. */
export function takeLock(folder: string): Lock {
  const file = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', host: hostname() };
  const text = `${JSON.stringify(mine)}\n`;
  // Linked, not written, into place: nobody ever reads half a lock.
  const draft = join(folder, `lock.${process.pid}`);
  writeFileSync(draft, text);
  try {
    if (!link(draft, file)) {
      const found = readText(file);
      if (found !== undefined) {
        const holder = parseHolder(found);
        if (holder === undefined || lives(holder)) throw locked(folder, file, holder);
        moveAside(file, found);
      }
      if (!link(draft, file)) throw locked(folder, file, parseHolder(readText(file) ?? ''));
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readText(file) === text) rmSync(file, { force: true });
    },
  };
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Of two processes that find the same dead holder one may already have a new lock: what was moved is looked at again, and put back. */
function moveAside(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) !== stale) link(aside, file);
  rmSync(aside, { force: true });
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Another machine's processes cannot be looked at: they count as living. */
function lives({ pid, started, host }: Holder): boolean {
  if (host !== hostname()) return true;
  const now = startOf(pid);
  return now !== undefined && (now === '' || started === '' || now === started);
}

/** When a process started, as text to compare: undefined when there is no such process, empty when nobody tells. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return undefined;
  }
  return linuxStart(pid) ?? psStart(pid) ?? '';
}

/** proc_pid_stat(5): field 22 is the start in ticks since the boot; the name in field 2 may hold blanks and brackets. A zombie is dead. */
function linuxStart(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  const boot = readText('/proc/sys/kernel/random/boot_id');
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined || boot === undefined ? undefined : `${boot.trim()} ${ticks}`;
}

function psStart(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

function locked(folder: string, file: string, holder: Holder | undefined): UsageError {
  const who =
    holder === undefined
      ? 'a lock that cannot be read'
      : `the lock of process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`;
  return new UsageError(
    'store-locked',
    `${folder}: expected a store that nobody uses, found ${who}. An embedded store serves one process at a time: wait for it, stop it, or set DATABASE_URL to a Postgres server for several. If that process is gone, remove ${file}.`,
  );
}
