/**
 * Builds dist/: the command line's modules joined into a few files. Node loads three hundred modules one by one in 0.2 s,
 * a third of a run on a typical stack. Chunks lie beside `run-child`, which starts `./child/main.js`.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ENTRIES = [
  'scripts/holdfast.ts',
  'scripts/start.ts',
  'src/stacks/program/read-program.ts',
  'src/stacks/program/child/main.ts',
];

export async function bundle(root) {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  await build({
    entryPoints: ENTRIES.map((file) => join(root, file)),
    outdir: dist,
    outbase: root,
    chunkNames: 'src/stacks/program/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // tsx compiles programs and PGlite reads its WebAssembly where they are installed; clients of AWS are loaded one by one, when they
    // are called; pg has a native twin that nobody installs.
    external: ['tsx', '@aws-sdk/*', '@smithy/*', '@electric-sql/pglite', 'pg', 'vega', 'vega-lite'],
    // A third less to parse at every start; names stay, so that a fault can be reported.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    // CommonJS packages inside an ES module ask for Node's own modules with require().
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  });
}
