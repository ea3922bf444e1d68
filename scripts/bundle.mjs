/**
 * Builds dist/: the command line's modules joined into a few files. Node loads three hundred modules one by one in 0.2 s,
 * a third of a run on a typical stack. A module that starts a process of its own (`./child/…`) ends up in a chunk, so all
 * children lie beside the chunks.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const CHILDREN = ['src/engine/child/language-host.ts', 'src/provider/child/provider.ts'];

const OPTIONS = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // A third less to parse at every start; names stay, so that a fault can be reported.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  // CommonJS packages inside an ES module ask for Node's own modules with require().
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
};

export async function bundle(root) {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  await build({
    ...OPTIONS,
    entryPoints: [
      ...ENTRIES.map((file) => ({ in: join(root, file), out: file.replace(/\.ts$/, '') })),
      ...CHILDREN.map((file) => ({ in: join(root, file), out: `${CHUNKS}/child/${basename(file, '.ts')}` })),
    ],
    outdir: dist,
    outbase: root,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    // tsx compiles programs and PGlite reads its WebAssembly where they are installed; clients of AWS are loaded one by one, when they
    // are called; pg has a native twin that nobody installs.
    external: ['tsx', '@aws-sdk/*', '@smithy/*', '@electric-sql/pglite', 'pg', 'vega', 'vega-lite', '@grpc/*', '@pulumi/*'],
  });
  await bundlePack(root, join(dist, 'policies'));
}

/** The policy pack, in a folder that `--policy-pack` takes: built, because the engine compiles no ES module. */
export async function bundlePack(root, folder) {
  await build({
    ...OPTIONS,
    entryPoints: [join(root, 'policies/index.ts')],
    outdir: folder,
    // The engine starts a pack on the SDK that it finds from the pack's folder, and the pack must speak through the same one.
    external: ['@pulumi/*'],
  });
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = { name: 'holdfast-policies', version, license, private: true, type: 'module', main: 'index.js' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  copyFileSync(join(root, 'policies/PulumiPolicy.yaml'), join(folder, 'PulumiPolicy.yaml'));
}
