/** The real engine for tests: the CLI on PATH, or the one that `npm test` has built. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
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
