/** The command that npm installs is the built one: it must read exports and run programs as the sources do. */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { holdfast, ROOT, run } from './holdfast.ts';

const BUILT = `${ROOT}dist/scripts/holdfast.js`;
const GOLDEN = 'test/programs/golden/02-multi-az-for-region';

// `npm test` builds first. Other tests run the built command at the same time, so it is not built anew here.
beforeAll(() => expect(existsSync(BUILT), 'npm run build makes the built command').toBe(true));

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
