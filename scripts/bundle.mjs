/**
 * Builds dist/: the modules joined into a few files. Node loads three hundred modules one by one in 0.2 s, a third of a run on a
 * typical stack. The command line becomes one script, whose compiled code can be kept (scripts/launch.mjs); whatever else starts on
 * its own shares chunks. A module that starts a process of its own (`./child/…`) ends up in the script or in a chunk, so all children
 * lie beside these.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const MODULES = ['scripts/start.ts', 'src/stacks/program/read-program.ts', 'src/stacks/program/child/main.ts'];
const CHUNKS = 'src/stacks/program';
/** Modules started as processes, besides the chunks' own. */
const CHILDREN = ['src/engine/child/language-host.ts', 'src/provider/child/provider.ts', 'src/provider/child/random.ts'];

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // A third less to parse at every start; names stay, so that a fault can be reported.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
};
const MODULE = {
  ...OPTIONS,
  splitting: true,
  format: 'esm',
  // CommonJS packages inside an ES module ask for Node's own modules with require().
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
};
/**
 * tsx compiles programs and PGlite reads its WebAssembly where they are installed; clients of AWS are loaded one by one, when they are
 * called; pg has a native twin that nobody installs; the SDK of Pulumi serialises objects of its own google-protobuf alone.
 */
const INSTALLED = [
  ...['tsx', 'pg', 'vega', 'vega-lite', 'google-protobuf'],
  ...['@aws-sdk/*', '@smithy/*', '@electric-sql/pglite', '@grpc/*', '@pulumi/*'],
];

/** Modules, joined with all that they import, and what they share in chunks. */
export const buildModules = (entryPoints, outdir) =>
  build({ ...MODULE, entryPoints, outdir, chunkNames: `${CHUNKS}/[name]-[hash]`, external: INSTALLED });

export async function bundle(root) {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  await buildModules(
    [
      ...MODULES.map((file) => ({ in: join(root, file), out: file.replace(/\.ts$/, '') })),
      ...CHILDREN.map((file) => ({ in: join(root, file), out: `${CHUNKS}/child/${basename(file, '.ts')}` })),
    ],
    dist,
  );
  const { outputFiles } = await build({
    ...OPTIONS,
    format: 'cjs',
    entryPoints: [join(root, 'scripts/holdfast.ts')],
    outfile: join(dist, CHUNKS, 'holdfast.js'),
    external: INSTALLED,
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
    write: false,
  });
  // Code that was kept cannot import any more (Node 20 and 22): the launcher imports for it.
  for (const { path, text } of outputFiles) writeFileSync(path, text.replaceAll(/\bimport\((?=["`])/g, 'importModule('));
  const command = join(dist, 'scripts/holdfast.js');
  copyFileSync(join(root, 'scripts/launch.mjs'), command);
  chmodSync(command, 0o755);
  await bundlePack(root, join(dist, 'policies'));
  // The first run keeps its compiled code for all others: one that uses much of it. Whatever it finds is no matter of the build.
  spawnSync(process.execPath, [command, 'verify', '.', '--format', 'json'], { cwd: root, stdio: 'ignore' });
}

/** The policy pack, in a folder that `--policy-pack` takes: built, because the engine compiles no ES module. */
export async function bundlePack(root, folder) {
  await build({
    ...MODULE,
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
