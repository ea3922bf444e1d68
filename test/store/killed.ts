/** What tests share that kill processes: the child built once, and moments that are chance and yet the same at every run. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Builds a module of the project, with everything that it imports, before the file's tests, and takes it away after them. Its path. */
export function builtChild(module: string): () => string {
  let folder = '';
  beforeAll(async () => {
    // Where imports of packages are resolved, and git does not look.
    const cache = join(ROOT, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'holdfast-child-'));
    await build({
      entryPoints: [join(ROOT, module)],
      outfile: join(folder, 'child.mjs'),
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      external: ['@aws-sdk/*', '@smithy/*', '@electric-sql/pglite', 'pg-native'],
      banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => join(folder, 'child.mjs');
}

/** Numbers between 0 and 1. */
export function moments(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
