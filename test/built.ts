/** Processes that modules of the project start, for tests: built as they are in dist/, and anew for each run of the tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'vitest/config';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Of scripts/bundle.mjs. */
interface Bundling {
  buildModules(entryPoints: readonly { readonly in: string; readonly out: string }[], folder: string): Promise<void>;
}

async function built(modules: readonly string[]): Promise<string> {
  // Where imports of packages are resolved, and git does not look.
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'holdfast-built-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { buildModules }: Bundling = await import(`${ROOT}scripts/bundle.mjs`);
  await buildModules(
    modules.map((file) => ({ in: join(ROOT, file), out: join('child', basename(file, '.ts')) })),
    folder,
  );
  return folder;
}

/** Modules that start a process, from the `child` folder beside them, with that process's module. */
const STARTERS = [
  ['src/stacks/program/run-child.ts', 'src/stacks/program/child/main.ts'],
  ['src/engine/plugins.ts', 'src/engine/child/language-host.ts'],
  ['src/provider/door.ts', 'src/provider/child/provider.ts'],
  ['src/provider/door.ts', 'src/provider/child/random.ts'],
] as const;

/** The processes that these modules start are built once for a run of the tests: the modules take themselves to lie beside what is built. */
export function builtChildren(): Plugin {
  let folder: Promise<string> | undefined;
  return {
    name: 'built-children',
    enforce: 'pre',
    transform: async (code, id) => {
      if (!STARTERS.some(([starter]) => id === join(ROOT, starter))) return undefined;
      folder ??= built(STARTERS.map(([, child]) => child));
      const beside = pathToFileURL(join(await folder, 'starter.js')).href;
      return { code: code.replaceAll('import.meta.url', JSON.stringify(beside)), map: null };
    },
  };
}
