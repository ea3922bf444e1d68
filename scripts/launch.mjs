#!/usr/bin/env node
/**
 * The installed command, dist/scripts/holdfast.js: starts the command line, which is built as one script beside it, with the code
 * that V8 made of it in an earlier run. Without that a fifth of a run on a thousand resources goes into compiling
 * (docs/benchmarks.md). V8 refuses what another version of it made, or what other flags made: it is then made anew.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/**
 * How much bytecode a function of Node 20 runs before V8 optimises it; V8's own default is 67,584 (`node --v8-options`). A run lasts
 * a few seconds and is spread over hundreds of functions: at the default a third of its processor time goes into optimising what is
 * hardly used again (docs/benchmarks.md). Later Nodes have a cheaper compiler in between (Maglev), and no such flag.
 */
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=400000');

const file = fileURLToPath(new URL('../src/stacks/program/holdfast.js', import.meta.url));
const kept = `${file}.${process.version}.cache`;

function earlier() {
  try {
    return readFileSync(kept);
  } catch {
    return undefined;
  }
}

const script = new Script(`(function (require, importModule, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`, {
  filename: file,
  cachedData: earlier(),
});
if (script.cachedDataRejected !== false) {
  process.on('exit', () => {
    try {
      // Renamed, so that a run beside this one never reads half of it.
      writeFileSync(`${kept}.${process.pid}`, script.createCachedData());
      renameSync(`${kept}.${process.pid}`, kept);
    } catch {
      // The folder may be another's: every run compiles then.
    }
  });
}
script.runInThisContext()(createRequire(file), (name) => import(name), file, dirname(file));
