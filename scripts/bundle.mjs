/**
 * Builds dist/: the command line's modules joined into a few files. Node loads three hundred modules one by one in 0.2 s,
 * a third of a run on a typical stack. A module that starts a process of its own (`./child/…`) ends up in a chunk, so all
 * children lie beside the chunks.
 */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const ENTRIES = [
  'scripts/holdfast.ts',
  'scripts/start.ts',
  'src/stacks/program/read-program.ts',
  'src/stacks/program/child/main.ts',
];
const CHUNKS = 'src/stacks/program';
/** Modules started as processes, besides the chunks' own. */
const CHILDREN = ['src/engine/child/language-host.ts'];

export async function bundle(root) {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  await build({
    entryPoints: [
      ...ENTRIES.map((file) => ({ in: join(root, file), out: file.replace(/\.ts$/, '') })),
      ...CHILDREN.map((file) => ({ in: join(root, file), out: `${CHUNKS}/child/${basename(file, '.ts')}` })),
    ],
    outdir: dist,
    outbase: root,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // tsx compiles programs and PGlite reads its WebAssembly where they are installed; clients of AWS are loaded one by one, when they
    // are called; pg has a native twin that nobody installs.
    external: ['tsx', '@aws-sdk/*', '@smithy/*', '@electric-sql/pglite', 'pg', 'vega', 'vega-lite', '@grpc/*', '@pulumi/*'],
    // A third less to parse at every start; names stay, so that a fault can be reported.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    // CommonJS packages inside an ES module ask for Node's own modules with require().
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  });
}
