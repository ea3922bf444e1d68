/** Is the project's own Pulumi SDK installed? When it is not, which command installs it? */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from '../../model/errors.ts';

const LOCK_FILES: readonly (readonly [file: string, command: string])[] = [
  ['package-lock.json', 'npm ci'],
  ['npm-shrinkwrap.json', 'npm ci'],
  ['yarn.lock', 'yarn install'],
  ['pnpm-lock.yaml', 'pnpm install'],
  ['bun.lock', 'bun install'],
  ['bun.lockb', 'bun install'],
];

/** @throws UsageError `program-not-installed` when @pulumi/pulumi cannot be resolved from the program. */
export function requireInstalled(entry: string, folder: string): void {
  try {
    createRequire(entry).resolve('@pulumi/pulumi');
  } catch {
    const { command, where } = installCommand(folder);
    throw new UsageError(
      'program-not-installed',
      `${folder}: the program's own @pulumi/pulumi is not installed. Run \`${command}\` in ${where}, then try again`,
    );
  }
}

/** By the nearest lock file at or above the folder: a workspace keeps it at its root. */
function installCommand(folder: string): { readonly command: string; readonly where: string } {
  for (let at = folder; ; at = dirname(at)) {
    const lock = LOCK_FILES.find(([file]) => existsSync(join(at, file)));
    if (lock !== undefined) return { command: lock[1], where: at };
    if (dirname(at) === at) return { command: 'npm install', where: folder };
  }
}
