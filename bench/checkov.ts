/** Checkov, for comparison: installed once from PyPI into a virtual environment in the user's cache folder. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './measure.ts';

export type Checkov =
  | { readonly installed: true; readonly scan: (template: string, cwd: string) => Promise<number> }
  | { readonly installed: false; readonly why: string };

/** Installs it when it is not there. */
export function checkov(): Checkov {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'holdfast');
  const folder = join(cache, 'checkov');
  const program = join(folder, 'bin', 'checkov');
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true });
    console.log('  installing Checkov (PyPI) …');
    for (const [command, args] of [
      ['python3', ['-m', 'venv', folder]],
      [join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', 'checkov']],
    ] as const) {
      const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
      if (done.status !== 0) {
        const last = (done.error?.message ?? done.stderr).trim().split('\n').at(-1);
        return { installed: false, why: `${command} ${args[0]} failed: ${last}` };
      }
    }
  }
  const args = (template: string) => [
    '-f',
    template,
    '--framework',
    'cloudformation',
    '--output',
    'json',
    '--quiet',
    '--compact',
  ];
  // 1: it has found something.
  return { installed: true, scan: (template, cwd) => run(program, [...args(template), '--skip-download'], cwd, [0, 1]) };
}
