import { describe, expect, it } from 'vitest';
import { textOf } from '../../scripts/commands/rehearse.ts';
import { restless } from '../../scripts/commands/rehearse-engine.ts';
import type { EngineStep } from '../../src/engine/events.ts';
import { type EngineReport, REHEARSAL_VERSION, type RehearsalResult } from '../../src/reports/rehearsal.ts';

const ENGINE: EngineReport = { cli: 'a CLI', operations: [], notDeployed: null, opaque: [], afterFailover: [] };

const told = (engine: Partial<EngineReport>): readonly string[] => {
  const result: RehearsalResult = {
    schemaVersion: REHEARSAL_VERSION,
    command: 'rehearse',
    world: 'simulated',
    date: '2026-11-23',
    seed: 1,
    catalogue: null,
    metrics: [],
    drills: [],
    notes: [],
    engine: { ...ENGINE, ...engine },
  };
  return textOf(result).split('\n');
};

const urnOf = (type: string, name: string) => `urn:pulumi:dev::shop::my:Part$${type}::${name}`;

describe('what the engine said, as text', () => {
  it('tells drills after which nothing would change in one line, and those of which nobody knows one by one', () => {
    const clean = (run: string) => ({ run, findings: [], nobodyCanTell: null });
    const lines = told({
      afterFailover: [clean('a'), { run: 'b', findings: [], nobodyCanTell: 'it was still running after 9 s' }, clean('c')],
    });
    expect(lines).toContain('after 2 of 3 drills the next update leaves everything as it is');
    expect(lines).toContain('after the failover (b):');
    expect(lines.filter((line) => /\((?:a|c)\)/.test(line))).toEqual([]);
  });

  it('tells what simulated AWS does not know by type, with a few names', () => {
    const logs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => urnOf('aws:cloudwatch/logGroup:LogGroup', name));
    const lines = told({ opaque: [...logs, urnOf('aws:cloudtrail/trail:Trail', 't')] });
    const kept = 'kept as declared, since simulated AWS does not know';
    expect(lines).toContain(`${kept} aws:cloudwatch/logGroup:LogGroup: a, b, c, d, e and 2 more`);
    expect(lines).toContain(`${kept} aws:cloudtrail/trail:Trail: t`);
  });
});

describe('an update right after the first', () => {
  const step = (op: string, name: string, ...paths: readonly string[]): EngineStep => ({
    op,
    urn: urnOf('aws:sqs/queue:Queue', name),
    type: 'aws:sqs/queue:Queue',
    provider: '',
    diffs: paths.map((path) => ({ path, kind: 'update', inputDiff: true })),
    before: undefined,
    after: undefined,
    failed: false,
  });

  it('is told when it changes something', () => {
    const [note] = restless([
      step('same', 'a'),
      step('update', 'b', 'tags.at'),
      step('update', 'c'),
      step('replace', 'd', 'name'),
    ]);
    expect(note).toContain('change 2 resources, 1 of them by replacing them (tags.at, name)');
  });

  it('is not told when it changes nothing', () => {
    expect(restless([step('same', 'a'), step('update', 'component')])).toEqual([]);
  });
});
