/** What the steps of the action share: GitHub's files and commands, its API, and Holdfast itself. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

const { env } = process;
const action = join(import.meta.dirname, '..', '..');
/** A checkout of the action is not built; what is runs without a compiler. */
const BUILT = join(action, 'dist/scripts/holdfast.js');
const SOURCE = [join(action, 'node_modules/tsx/dist/cli.mjs'), join(action, 'scripts/holdfast.ts')];

/** The event that started the workflow. */
export const event = env.GITHUB_EVENT_PATH === undefined ? {} : JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'));

/** Outputs are named by us and hold numbers, words of ours and paths of the runner: one line each. */
export function output(name, value) {
  const text = String(value).replace(/[\r\n]/g, ' ');
  appendFileSync(env.GITHUB_OUTPUT, `${name}=${text}\n`);
}

const escaped = (text) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const escapedProperty = (text) => escaped(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** A workflow command (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions): error, warning or notice. */
export function say(command, message, properties = {}) {
  const at = Object.entries({ title: 'Holdfast', ...properties })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapedProperty(String(value))}`)
    .join(',');
  process.stdout.write(`::${command} ${at}::${escaped(message)}\n`);
}

/** Runs nothing it should not: pull_request_target would run foreign code beside the secrets of the repository. */
export function refuseForeignCode() {
  if (env.GITHUB_EVENT_NAME !== 'pull_request_target') return;
  say('error', 'pull_request_target runs the code of a fork with your secrets: use the event pull_request, which needs none.');
  process.exit(2);
}

const lines = (text) =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Holdfast over the sources of the inputs, below `root`. The program gets no token. */
export function holdfast(root, args, change) {
  const folder = resolve(root, env.HOLDFAST_FOLDER || '.');
  const catalog = env.HOLDFAST_CATALOG ? ['--catalog', env.HOLDFAST_CATALOG] : [];
  const { HOLDFAST_TOKEN, HOLDFAST_CHANGE, ...rest } = env;
  const ran = spawnSync(
    process.execPath,
    [...(existsSync(BUILT) ? [BUILT] : SOURCE), 'verify', ...args, ...catalog, '--', ...lines(env.HOLDFAST_SOURCES)],
    {
      cwd: folder,
      env: change ? { ...rest, HOLDFAST_CHANGE: change } : rest,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (ran.error !== undefined) return { code: 2, error: `cannot be run in ${folder}: ${ran.error.message}` };
  return { code: ran.status ?? 2, error: ran.stderr.trim() };
}

export function git(args, cwd = env.GITHUB_WORKSPACE) {
  const ran = spawnSync('git', args, { cwd, encoding: 'utf8' });
  return { ok: ran.status === 0, text: (ran.stdout ?? '').trim(), error: (ran.stderr ?? '').trim() };
}

/** The workspace's own path of a file of the inputs. */
export const inFolder = (file) =>
  isAbsolute(file) ? file : resolve(env.GITHUB_WORKSPACE ?? '.', env.HOLDFAST_FOLDER || '.', file);

/** A call of GitHub's REST API (https://docs.github.com/en/rest); `path` below the repository, or an address that it gave. */
export function api(path, init = {}) {
  const address = path.startsWith('http') ? path : `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}${path}`;
  return fetch(address, {
    ...init,
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'content-type': 'application/json',
      authorization: `Bearer ${env.HOLDFAST_TOKEN}`,
    },
    signal: AbortSignal.timeout(30_000),
  });
}
