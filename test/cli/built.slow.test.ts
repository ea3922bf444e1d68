/** The command that npm installs is the built one: it must read exports and run programs as the sources do. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdfast, ROOT, run } from './holdfast.ts';

const SOURCE = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'scripts/holdfast.ts')];
const GOLDEN = 'test/programs/golden/02-multi-az-for-region';

describe('the built command', () => {
  it('knows its version', async () => {
    expect(await holdfast(['--version'])).toMatchObject({ code: 0, err: '' });
  });

  it('runs a program in a child of its own, to the same bytes', async () => {
    const args = ['verify', GOLDEN, '--json', '--date', '2026-06-01'];
    const [built, source] = await Promise.all([holdfast(args), run(process.execPath, [...SOURCE, ...args])]);
    expect(built).toEqual(source);
    expect(JSON.parse(built.out).metrics.length).toBeGreaterThan(0);
  });
});
