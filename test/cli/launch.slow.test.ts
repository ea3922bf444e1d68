/** The installed command starts with the code that an earlier run compiled, and never depends on it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUILT, type Ran, ROOT, run } from './holdfast.ts';

const PROGRAM = 'dist/src/stacks/program';
let installed: string;

beforeAll(() => {
  installed = mkdtempSync(join(tmpdir(), 'holdfast-installed-'));
  mkdirSync(join(installed, 'dist/scripts'), { recursive: true });
  mkdirSync(join(installed, PROGRAM), { recursive: true });
  cpSync(BUILT, join(installed, 'dist/scripts/holdfast.js'));
  cpSync(join(ROOT, PROGRAM, 'holdfast.js'), join(installed, PROGRAM, 'holdfast.js'));
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
});

afterAll(() => rmSync(installed, { recursive: true, force: true }));

const start = (...args: readonly string[]): Promise<Ran> =>
  run(process.execPath, [join(installed, 'dist/scripts/holdfast.js'), ...args], { env: { AWS_EC2_METADATA_DISABLED: 'true' } });
const keptFiles = (): readonly string[] => readdirSync(join(installed, PROGRAM)).filter((name) => name.includes('.cache'));
const keptFile = (): string => join(installed, PROGRAM, keptFiles()[0] ?? 'nothing was kept');

it('the build kept the code of a run', () => {
  expect(readdirSync(join(ROOT, PROGRAM)).filter((name) => name.endsWith(`${process.version}.cache`))).toHaveLength(1);
});

it('keeps it once, and says the same with it: also where something is imported late', async () => {
  // Credentials are looked up by a package that is loaded when it is needed.
  const late = ['check', '--no-catalog', '--aws', 'http://127.0.0.1:9'] as const;
  const [first, firstLate] = [await start('--help'), await start(...late)];
  const made = statSync(keptFile());
  const [second, secondLate] = [await start('--help'), await start(...late)];
  expect([second.code, second.out, secondLate.code, secondLate.err]).toEqual([0, first.out, 2, firstLate.err]);
  expect(secondLate.err).not.toContain('ERR_VM');
  expect(keptFiles()).toHaveLength(1);
  expect(statSync(keptFile()).ino).toBe(made.ino);
});

it.each([
  ['cut off', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  ['of other code', (whole: Buffer) => Buffer.concat([whole.subarray(0, 8), Buffer.alloc(8, 7), whole.subarray(16)])],
  ['empty', () => Buffer.alloc(0)],
])('takes no code that is %s, and keeps it anew', async (_, spoil) => {
  await start('--help');
  const [file, whole] = [keptFile(), readFileSync(keptFile())];
  writeFileSync(file, spoil(whole));
  const ran = await start('--version');
  expect([ran.code, ran.err]).toEqual([0, '']);
  expect(readFileSync(file).length).toBeGreaterThan(whole.length / 2);
});
