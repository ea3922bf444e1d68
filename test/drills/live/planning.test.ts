import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { withDrills } from '../../../scripts/cli/drill.ts';
import type { DrillRunFlags } from '../../../scripts/commands/drill.ts';
import type { DryRun } from '../../../scripts/commands/drill-dry-run.ts';
import { namedMembers } from '../../../scripts/commands/drill-live.ts';
import { nextOf } from '../../../scripts/commands/drill-next.ts';
import { longestOf } from '../../../src/drills/forward.ts';
import { GATES, type GateId } from '../../../src/drills/live/gates.ts';

const az = (name: string) => ({ scope: 'az', name }) as const;

describe('what is taken away on real AWS', () => {
  it('is named: by the sources, or by whoever asks', () => {
    const tokens = [az('az:us-east-1:1'), az('az:us-east-1:2')];
    expect(namedMembers([az('us-east-1a'), az('us-east-1b')], undefined)).toHaveLength(2);
    expect(namedMembers([az('us-east-1a'), az('us-east-1b')], 'us-east-1b')).toEqual([az('us-east-1b')]);
    expect(namedMembers(tokens, 'us-east-1c')).toEqual([az('us-east-1c')]);
    expect(namedMembers([az('*')], 'us-east-1c')).toEqual([az('us-east-1c')]);
    expect(namedMembers([{ scope: 'data', name: '*' }], undefined)).toHaveLength(1);
  });

  it('is not guessed', () => {
    expect(() => namedMembers([az('us-east-1a'), az('az:eu-west-1:1')], undefined)).toThrow(/--member/);
    expect(namedMembers([az('az:us-east-1:1')], 'eu-west-1a')).toEqual([]);
    expect(namedMembers([az('us-east-1a')], 'us-east-1b')).toEqual([]);
    expect(namedMembers([{ scope: 'region', name: 'us-east-1' }], 'us-east-1a')).toEqual([]);
  });

  it('lasts as long as the looks before it, its limit, its dwell and a last look', () => {
    expect(longestOf(600_000, 30_000)).toBe(5 * 60_000 + 3 * 60_000 + 600_000 + 30_000 + 60_000);
    expect(longestOf(600_000)).toBe(longestOf(600_000, 60_000));
  });
});

describe('what comes after a dry run', () => {
  const flags: DrillRunFlags = {
    state: [],
    config: ['a:b=c d'],
    timeout: 60,
    memory: 1,
    color: false,
    seed: 1,
    format: 'text',
    aws: 'live',
    service: 'shop',
    killSwitch: "it's off",
    fisApiRole: ['one', 'two'],
    requester: 'rita',
  };
  const shown = (...closed: readonly GateId[]): DryRun => ({
    drill: 'lose-a-zone',
    kind: 'az-loss',
    service: 'shop',
    scope: 'az',
    member: 'us-east-1a',
    drillHash: '',
    preconditions: [],
    steps: [],
    experiments: [],
    watched: [],
    stops: [],
    limit: 1,
    gates: GATES.map((id) => ({ id, holds: closed.includes(id) ? 'no' : 'yes', says: '' })),
    blind: [],
    notTaken: [],
  });
  const given = `'a:b=c d' --fis-api-role one --fis-api-role two`;

  it('is approving it, where nobody has, and holding it', () => {
    const quoted = String.raw`--kill-switch 'it'\''s off' --config ${given}`;
    expect(nextOf('lose-a-zone', ['prod.json'], [shown('approvals', 'change', 'allow-disruption')], flags)).toEqual([
      `holdfast drill approve lose-a-zone prod.json --aws live ${quoted} --by NAME   # by somebody else than the requester`,
      `holdfast drill run lose-a-zone prod.json --aws live --service shop ${quoted} --requester rita --allow-disruption --change CHG-123`,
    ]);
    expect(nextOf('lose-a-zone', [], [shown('allow-disruption')], { ...flags, change: 'CHG-7' })).toEqual([
      expect.stringMatching(/^holdfast drill run .*--change CHG-7$/),
    ]);
  });

  it('is nothing in a simulated world', () => {
    expect(nextOf('lose-a-zone', [], [shown()], { ...flags, aws: 'simulator' })).toEqual([]);
  });
});

it('a run is taken up where it was begun, unless somebody says otherwise', () => {
  const drill = new Command('drill');
  withDrills(drill);
  const worldOf = (name: string): unknown => drill.commands.find((c) => c.name() === name)?.opts().aws;
  expect(['run', 'approve', 'resume'].map(worldOf)).toEqual(['simulator', 'simulator', undefined]);
});
