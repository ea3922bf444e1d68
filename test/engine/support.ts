/** The real engine for tests: the CLI on PATH, or the one that `npm test` has built. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe } from 'vitest';
import { cachedBuild } from '../../src/engine/build-cli.ts';
import { findPulumi, onPath, type PulumiCli } from '../../src/engine/cli.ts';

export const PROGRAMS = fileURLToPath(new URL('../programs/engine/', import.meta.url));

async function here(): Promise<PulumiCli | undefined> {
  const built = cachedBuild(process.env);
  // Nothing is skipped in CI; elsewhere no test waits for a build of minutes.
  const worthAsking =
    process.env.CI === 'true' || onPath('pulumi', process.env) !== undefined || (built !== undefined && existsSync(built));
  if (worthAsking) return findPulumi(process.env);
  process.stdout.write('skipped: no Pulumi CLI here; `node scripts/setup-pulumi.mjs` finds or builds one\n');
  return undefined;
}

const found = await here();

/** Tests that need the engine: they get the CLI, or are skipped with the reason printed. */
export function describeEngine(name: string, tests: (cli: PulumiCli) => void): void {
  if (found === undefined) describe.skip(name, () => undefined);
  else describe(name, () => tests(found));
}

export interface Scratch {
  readonly root: string;
  /** Writes a folder of these files into it, and says where. */
  folder(name: string, files: Readonly<Record<string, string>>): string;
}

/** A place of a test file's own, in which programs find the packages of this project. It goes when the tests have run. */
export function scratch(): Scratch {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(root, 'node_modules'));
  return {
    root,
    folder(name, files) {
      const made = join(root, name);
      mkdirSync(made);
      for (const [file, text] of Object.entries(files)) writeFileSync(join(made, file), text);
      return made;
    },
  };
}
