/** The command that npm installs is the built one: it must read exports and run programs as the sources do. */
import { beforeAll, describe, expect, it } from 'vitest';
import { holdfast, ROOT, run } from './holdfast.ts';

const BUILT = `${ROOT}dist/scripts/holdfast.js`;
const GOLDEN = 'test/programs/golden/02-multi-az-for-region';

beforeAll(async () => {
  const built = await run(process.execPath, [`${ROOT}scripts/build.mjs`]);
  expect(built.code, built.err).toBe(0);
}, 180_000);

describe('the built command', () => {
  it('knows its version', async () => {
    const ran = await run(process.execPath, [BUILT, '--version']);
    expect(ran).toMatchObject({ code: 0, err: '' });
  });

  it('runs a program in a child of its own, to the same bytes', async () => {
    const args = ['verify', GOLDEN, '--json', '--date', '2026-06-01'];
    const built = await run(process.execPath, [BUILT, ...args]);
    const source = await holdfast(args);
    expect(built).toEqual(source);
    expect(JSON.parse(built.out).metrics.length).toBeGreaterThan(0);
  });
});
