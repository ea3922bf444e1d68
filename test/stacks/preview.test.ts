import { describe, expect, it } from 'vitest';
import { Hole } from '../../src/model/value.ts';
import { parseSource } from '../../src/stacks/parse-source.ts';
import type { RawReading } from '../../src/stacks/raw.ts';
import { type Json, rawNamed, read, STACK, stackState, state } from './sources.ts';

const Q = 'aws:sqs/queue:Queue';
const step = (op: string, newState: Json | undefined, oldState?: Json): Json => ({
  op,
  urn: (newState ?? oldState)?.urn,
  ...(newState === undefined ? {} : { newState }),
  ...(oldState === undefined ? {} : { oldState }),
});
const queue = (name: string, more: Json = {}): Json => state(Q, name, more);
const names = (reading: RawReading): string[] => reading.resources.map((r) => r.urn.split('::').at(-1) ?? '');

describe('is a preview the whole stack?', () => {
  const create = step('create', stackState);
  const same = step('same', stackState, stackState);
  it.each<[string, Json, boolean, boolean]>([
    ['first deployment', { steps: [create, step('create', queue('q'))], changeSummary: { create: 2 } }, false, true],
    [
      'with --show-sames',
      { steps: [same, step('update', queue('q'), queue('q'))], changeSummary: { same: 1, update: 1 } },
      false,
      true,
    ],
    [
      'without --show-sames',
      { steps: [same, step('update', queue('q'), queue('q'))], changeSummary: { same: 7, update: 1 } },
      true,
      true,
    ],
    ['without the Stack', { steps: [step('create', queue('q'))], changeSummary: { create: 1 } }, true, true],
    ['without a summary', { steps: [create] }, true, false],
    ['a step was taken out', { steps: [create], changeSummary: { create: 2 } }, true, false],
    [
      'the program failed',
      { steps: [create], changeSummary: { create: 1 }, diagnostics: [{ severity: 'error', message: 'x' }] },
      true,
      false,
    ],
    [
      'a warning',
      { steps: [create], changeSummary: { create: 1 }, diagnostics: [{ severity: 'warning', message: 'x' }] },
      false,
      true,
    ],
    ['corrupt', { steps: [create], changeSummary: { create: 1 }, maybeCorrupt: true }, true, false],
    ['nothing to show', { changeSummary: { same: 3 } }, true, true],
  ])('%s', (_name, document, partial, complete) => {
    const reading = read(document);
    expect([reading.kind, reading.partial, reading.difference?.complete]).toEqual(['preview', partial, complete]);
  });
});

describe('steps', () => {
  it.each<[string, Json[], string[], string | undefined]>([
    ['create', [step('create', queue('q'))], ['q'], 'create'],
    ['import', [step('import', queue('q'))], ['q'], 'create'],
    ['update', [step('update', queue('q'), queue('q'))], ['q'], 'update'],
    ['same', [step('same', queue('q'), queue('q'))], ['q'], undefined],
    ['read', [step('read', queue('q'))], ['q'], undefined],
    ['refresh', [step('refresh', queue('q'), queue('q'))], ['q'], undefined],
    [
      'replace',
      [step('create-replacement', queue('q')), step('replace', queue('q')), step('delete-replaced', undefined, queue('q'))],
      ['q'],
      'replace',
    ],
    [
      'delete, then create',
      [step('delete-replaced', undefined, queue('q')), step('replace', queue('q')), step('create-replacement', queue('q'))],
      ['q'],
      'replace',
    ],
    ['delete', [step('delete', undefined, queue('q'))], [], undefined],
    [
      'delete of what an old replacement left',
      [step('same', queue('q'), queue('q')), step('delete', undefined, queue('q', { delete: true }))],
      ['q'],
      undefined,
    ],
  ])('%s', (_name, steps, expected, pending) => {
    const reading = read({ steps, changeSummary: {} });
    expect(names(reading)).toEqual(expected);
    expect(reading.resources[0]?.pending).toBe(pending);
  });

  it('says what will be deleted', () => {
    expect(read({ steps: [step('delete', undefined, queue('q'))], changeSummary: {} }).notes.join()).toMatch(
      /Queue::q will be deleted/,
    );
  });

  it('keeps id and outputs of what stays, less those that mirror a changed input', () => {
    const before = queue('q', {
      id: 'i',
      inputs: { delay: 1, name: 'q' },
      outputs: { delay: 1, name: 'q', arn: 'arn:aws:sqs:us-east-1:1:q' },
    });
    const reading = read({ steps: [step('update', queue('q', { inputs: { delay: 2, name: 'q' } }), before)], changeSummary: {} });
    expect(rawNamed(reading, 'q')).toMatchObject({
      id: 'i',
      inputs: { delay: 2 },
      outputs: { name: 'q', arn: 'arn:aws:sqs:us-east-1:1:q' },
    });
    expect(rawNamed(reading, 'q').outputs).not.toHaveProperty('delay');
  });

  it('keeps no id that is not known, and says what unknown inputs come from', () => {
    const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
    const made = queue('q', {
      id: unknown,
      inputs: { kmsMasterKeyId: unknown },
      propertyDependencies: { kmsMasterKeyId: ['k'] },
    });
    const q = rawNamed(read({ steps: [step('create', made)], changeSummary: {} }), 'q');
    expect(q.id).toBeUndefined();
    expect(q.inputs.kmsMasterKeyId).toBeInstanceOf(Hole);
    expect(q.inputs.kmsMasterKeyId).toMatchObject({ mentions: [{ urn: 'k', property: '' }] });
  });

  it('reads the configuration of default providers', () => {
    const reading = read({ config: { 'aws:region': 'eu-west-1', 'aws:token': 'hunter2', 'app:x': '1' }, changeSummary: {} });
    expect(reading.configRegion).toBe('eu-west-1');
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});

describe('engine events', () => {
  const lines = (events: readonly Json[]): string =>
    events.map((e, i) => JSON.stringify({ sequence: i, timestamp: 1, ...e })).join('\n');
  const pre = (op: string, after: Json | null, before: Json | null = null): Json => ({
    resourcePreEvent: { metadata: { op, urn: (after ?? before)?.urn, old: before, new: after }, planning: true },
  });
  const done = (resourceChanges: Json, more: Json = {}): Json => ({
    summaryEvent: { resourceChanges, isPreview: true, ...more },
  });

  it('reads one event a line, with the outputs that come later', () => {
    const text = lines([
      { preludeEvent: { config: { 'aws:region': 'eu-west-1' } } },
      pre('create', stackState),
      pre('create', queue('q')),
      { diagnosticEvent: { severity: 'info', message: 'x', color: 'never' } },
      { resOutputsEvent: { metadata: { op: 'create', urn: STACK, old: null, new: { ...stackState, outputs: { url: 'u' } } } } },
      done({ create: 2 }, { result: 'succeeded' }),
      { cancelEvent: {} },
    ]);
    const reading = parseSource(`${text}\n`, 'events');
    expect(names(reading)).toEqual(['shop-prod', 'q']);
    expect(reading.resources[0]?.outputs).toEqual({ url: 'u' });
    expect([reading.partial, reading.configRegion]).toEqual([false, 'eu-west-1']);
  });

  it.each<[string, Json[], Json]>([
    ['failed', [], { result: 'failed' }],
    ['an error was shown', [{ diagnosticEvent: { severity: 'error', message: 'x' } }], {}],
    ['an operation failed', [{ resOpFailedEvent: { metadata: {} } }], {}],
    ['the engine failed', [{ errorEvent: { error: 'x' } }], {}],
  ])('is partial: %s', (_name, events, more) => {
    const reading = parseSource(lines([pre('create', stackState), ...events, done({ create: 1 }, more)]), 'events');
    expect([reading.partial, reading.difference?.complete]).toEqual([true, false]);
  });
});
