/** `up`, the loss of a Region, and then `preview`, all on the real engine: does the program fight the failover? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rehearsedOnEngine } from '../../scripts/commands/rehearse-engine.ts';
import { around, flags } from '../golden/support.ts';
import { describeEngine, PROGRAMS } from './support.ts';

const run = (config: readonly string[]) =>
  rehearsedOnEngine([join(PROGRAMS, 'replica-pair')], { ...flags, config, format: 'json', member: 'eu-west-1' }, around);

describeEngine('after the loss of a Region', () => {
  it('a program that states where its replica gets its data from is caught', async () => {
    const { engine, drills, world } = await run([]);
    expect(world).toBe('simulated');
    expect(drills.map((d) => d.result.status)).toEqual(['recovered']);
    expect(engine?.operations.slice(0, 3)).toEqual([
      { operation: 'preview', changes: { create: 13 } },
      { operation: 'up', changes: { create: 13 } },
      { operation: 'preview --refresh', changes: { same: 13 } },
    ]);
    expect(engine?.afterFailover).toMatchObject([
      {
        nobodyCanTell: null,
        findings: [
          {
            rule: 'fights-failover-undo',
            resource: expect.stringMatching(/::orders-replica$/),
            property: 'replicateSourceDb',
            position: { file: 'index.ts' },
            mend: expect.stringContaining('ignoreChanges: ["replicateSourceDb"]'),
          },
        ],
      },
    ]);
  });

  it('one that leaves it to whoever operates it is clean', async () => {
    const { engine, drills } = await run(['wellMade=true']);
    expect(drills.map((d) => d.result.status)).toEqual(['recovered']);
    expect(engine?.afterFailover).toMatchObject([{ nobodyCanTell: null, findings: [] }]);
  });

  it('without a project folder, or with several, says what it needs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    writeFileSync(join(folder, 'stack.json'), '{"version":3}');
    const asked = rehearsedOnEngine([join(folder, 'stack.json')], { ...flags, format: 'json', catalog: false }, around);
    await expect(asked).rejects.toMatchObject({ code: 'engine-source' });
    rmSync(folder, { recursive: true });
  });
});
