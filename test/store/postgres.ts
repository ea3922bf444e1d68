/**
 * A real Postgres server for tests. In this order: `HOLDFAST_TEST_DATABASE_URL` (a server of CI's own; each caller gets a database
 * of its own on it), else Postgres's programs where Debian puts them or on the path, started in a folder of their own. Elsewhere
 * the tests are skipped with a printed reason; with CI=true absence fails, because nobody reads what CI skips.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

export interface Server {
  /** A new, empty database. */
  database(): Promise<string>;
  stop(): Promise<void>;
}

const ABSENT =
  'no Postgres: install it (Debian: apt-get install postgresql), or name a server in HOLDFAST_TEST_DATABASE_URL (user must be superuser)';

export function hasPostgres(): boolean {
  if (process.env.HOLDFAST_TEST_DATABASE_URL !== undefined || programs() !== undefined) return true;
  if (process.env.CI === 'true') throw new Error(ABSENT);
  console.warn(`skipped: ${ABSENT}`);
  return false;
}

/**
 * `durable`: what is committed is on the disk, as where users are; only benchmarks ask for that. Tests kill clients, never the
 * server, and wait less without.
 */
export async function startPostgres({ durable = false } = {}): Promise<Server> {
  const given = process.env.HOLDFAST_TEST_DATABASE_URL;
  return given === undefined ? startOwn(durable) : { database: () => createDatabase(given), stop: async () => undefined };
}

let databases = 0;

async function createDatabase(server: string): Promise<string> {
  databases += 1;
  const name = `holdfast_${process.pid}_${Date.now()}_${databases}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** initdb refuses root, and needs a user with a name. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((l) => l.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('expected a user postgres or nobody to run Postgres as');
  return { uid: Number(uid), gid: Number(gid) };
}

function programs(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((v) => join(debian, v, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.find((f) => f !== '' && existsSync(join(f, 'initdb')) && existsSync(join(f, 'postgres')));
}

async function startOwn(durable: boolean): Promise<Server> {
  const bin = programs();
  if (bin === undefined) throw new Error(ABSENT);
  const user = account();
  // A socket's path may have about 100 characters.
  const folder = mkdtempSync(join(tmpdir(), 'hfpg-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const setting = { cwd: folder, ...user };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    ...setting,
    stdio: 'ignore',
  });
  const options = ['listen_addresses=', 'max_connections=50', ...(durable ? [] : ['fsync=off'])];
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, ...options.flatMap((option) => ['-c', option])], {
    ...setting,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => server.on('close', () => resolve()));
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (tries > 300 || server.exitCode !== null) throw new Error(`Postgres did not start: ${String(error)}\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    database: () => createDatabase(url),
    stop: async () => {
      // Immediate shutdown: nothing of it is kept.
      server.kill('SIGQUIT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
