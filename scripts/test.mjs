/**
 * `npm test`: everything that CI runs, from a fresh clone: generated files, types, lint, layers, dead code, then all
 * tests. Ends with `N passed, N failed, N skipped`; exit 1 when anything failed.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root } from './setup.mjs';

install();
await build();

// Where the Pulumi CLI has to be built, that goes on beside what follows.
const engine = spawn(process.execPath, ['scripts/setup-pulumi.mjs'], { cwd: root, stdio: 'inherit' });
const engineReady = new Promise((done) => {
  engine.on('close', (code) => done(code === 0));
});

const bin = (name) => join(root, 'node_modules', '.bin', name);
const report = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const json = join(report, 'vitest.json');
const steps = [
  ['typed lint', bin('eslint'), ['.']],
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['layers', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'checks', 'scripts', 'infra', 'policies']],
  ['dead code', bin('knip'), []],
  ['generated files are current', bin('tsx'), ['scripts/generate.ts', '--check']],
  ['format and lint', bin('biome'), ['check', '.']],
];

let passed = 0;
let failed = 0;
let skipped = 0;
/** Side by side, as many as there are processors, the longest first; what each prints is shown when it has ended. */
const waiting = [...steps];
const inTurn = async () => {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const [name, command, args] = step;
    const [ok, printed] = await new Promise((resolve) => {
      execFile(command, args, { cwd: root, maxBuffer: 2 ** 26 }, (error, out, err) => resolve([error === null, out + err]));
    });
    if (ok) passed += 1;
    else failed += 1;
    process.stdout.write(`\n── ${name}\n${printed}${ok ? 'passed' : 'FAILED'}: ${name}\n`);
  }
};
const lanes = Array.from({ length: availableParallelism() }, inTurn);
// The last of them may take much longer than the others: the tests need not wait for it.
await Promise.race(lanes);

process.stdout.write('\n── the Pulumi engine\n');
if (await engineReady) {
  passed += 1;
  process.stdout.write('passed: it is here\n');
} else if (process.env.CI === 'true') {
  failed += 1;
  process.stdout.write('FAILED: nothing is skipped in CI\n');
} else {
  process.stdout.write('Tests on the real engine are skipped, for the reason given above.\n');
}

process.stdout.write('\n── tests\n');
const tests = spawn(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${json}`], {
  cwd: root,
  stdio: 'inherit',
});
const status = await new Promise((done) => {
  tests.on('close', done);
});
await Promise.all(lanes);
try {
  const summary = JSON.parse(readFileSync(json, 'utf8'));
  passed += summary.numPassedTests;
  failed += summary.numFailedTests;
  skipped += summary.numPendingTests + summary.numTodoTests;
  // A file that does not even load has no test of its own to fail.
  if (status !== 0 && summary.numFailedTests === 0) failed += Math.max(1, summary.numFailedTestSuites);
} catch {
  failed += 1;
}
rmSync(report, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
