/** Installs and builds what a fresh clone lacks, so that `npm start` and `npm test` are enough. Plain JavaScript: nothing is installed yet. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a command in the project folder; exits with its code when it fails. */
export function run(command, args, environment = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/**
 * Installs what the lock file names, unless node_modules was installed from this very lock file. `npm ci` would refuse a
 * lock without the optional packages of every platform, and a registry mirror need not have them; `--no-save` keeps the
 * lock as it is and takes the versions from it.
 */
export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`Holdfast needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
    process.exit(2);
  }
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stdout.write('Installing dependencies…\n');
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Writes dist/ anew. */
export async function build() {
  const { bundle } = await import('./bundle.mjs');
  await bundle(root);
}
