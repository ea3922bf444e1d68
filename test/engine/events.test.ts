import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventReader } from '../../src/engine/events.ts';

const read = (...events: readonly (object | string)[]) => {
  const reader = eventReader();
  for (const event of events) reader.line(typeof event === 'string' ? event : JSON.stringify(event));
  return reader.end();
};

const URN = 'urn:pulumi:dev::shop::aws:rds/instance:Instance::orders';
const metadata = (op: string, more: object = {}) => ({
  op,
  urn: URN,
  type: 'aws:rds/instance:Instance',
  provider: 'p::1',
  ...more,
});
const state = (inputs: object, more: object = {}) => ({ id: 'orders', inputs, outputs: {}, protect: true, ...more });

describe('an event log', () => {
  it('tells each step once, with what was before and what is after', () => {
    const log = read(
      { resourcePreEvent: { metadata: metadata('update', { old: state({ size: 1 }), diffs: ['size'] }) } },
      { resOutputsEvent: { metadata: metadata('update', { old: state({ size: 1 }), new: state({ size: 2 }) }) } },
      { summaryEvent: { resourceChanges: { update: 1, same: 'many' } } },
    );
    expect(log.steps).toEqual([
      {
        op: 'update',
        urn: URN,
        type: 'aws:rds/instance:Instance',
        provider: 'p::1',
        diffs: [{ path: 'size', kind: 'update', inputDiff: false }],
        before: { id: 'orders', protect: true, inputs: { size: 1 }, outputs: {} },
        after: { id: 'orders', protect: true, inputs: { size: 2 }, outputs: {} },
        failed: false,
      },
    ]);
    expect(log).toMatchObject({ changes: { update: 1 }, unreadable: 0 });
  });

  it.each([
    [
      'the detailed diff',
      { detailedDiff: { source: { diffKind: 'update-replace', inputDiff: true } }, diffs: ['source', 'other'] },
      [{ path: 'source', kind: 'update-replace', inputDiff: true }],
    ],
    [
      'the keys that replace',
      { detailedDiff: null, diffs: ['size', 'source'], keys: ['source'] },
      [
        { path: 'size', kind: 'update', inputDiff: false },
        { path: 'source', kind: 'update-replace', inputDiff: false },
      ],
    ],
    ['nothing', { detailedDiff: {} }, []],
  ])('takes properties from %s', (_, more, diffs) => {
    expect(read({ resourcePreEvent: { metadata: metadata('replace', more) } }).steps[0]?.diffs).toEqual(diffs);
  });

  it('keeps a refresh apart from the update that follows it', () => {
    const log = read(
      { resourcePreEvent: { metadata: metadata('refresh') } },
      { resOutputsEvent: { metadata: metadata('update') } },
      { resourcePreEvent: { metadata: metadata('replace') } },
      { resOpFailedEvent: { metadata: metadata('replace') } },
    );
    expect(log.steps.map((s) => [s.op, s.failed])).toEqual([
      ['refresh', false],
      ['replace', true],
    ]);
  });

  it('a step whose end is told twice is one step', () => {
    const end = { resOutputsEvent: { metadata: metadata('same') } };
    expect(read({ resourcePreEvent: { metadata: metadata('same') } }, end, end).steps).toHaveLength(1);
  });

  it('gives diagnostics without prefixes, colours and debugging, which repeats secrets', () => {
    const log = read(
      { diagnosticEvent: { severity: 'warning', message: '<{%fg 3%}>warning: <{%reset%}>take care\n', urn: URN } },
      { diagnosticEvent: { severity: 'info#err', message: '\u001b[31mError\u001b[0m: no such thing' } },
      { diagnosticEvent: { severity: 'debug', message: 'password=hunter2' } },
      { errorEvent: { error: 'update failed' } },
    );
    expect(log.diagnostics).toEqual([
      { severity: 'warning', urn: URN, message: 'take care' },
      { severity: 'info#err', urn: undefined, message: 'Error: no such thing' },
      { severity: 'error', urn: undefined, message: 'update failed' },
    ]);
  });

  it('tells violations and remediations of policies', () => {
    const name = { resourceUrn: URN, policyPackName: 'continuity', policyPackVersion: '1', policyName: 'rds-multi-az' };
    const log = read(
      { policyEvent: { ...name, enforcementLevel: 'warning', message: 'one zone' } },
      { policyEvent: { ...name, enforcementLevel: 'mandatory', message: 'one zone' } },
      { policyRemediationEvent: { ...name, before: { multiAz: false }, after: { multiAz: true } } },
    );
    expect(log.policies.map((p) => [p.policy, p.enforcement, p.remediated?.after])).toEqual([
      ['rds-multi-az', 'advisory', undefined],
      ['rds-multi-az', 'mandatory', undefined],
      ['rds-multi-az', '', { multiAz: true }],
    ]);
  });

  it('passes over kinds that it does not know, and counts lines that it cannot read', () => {
    const log = read({ teapotEvent: { short: true } }, '', '{"sequence":1', '[1]', 'null');
    expect(log).toEqual({ steps: [], diagnostics: [], policies: [], changes: undefined, unreadable: 3 });
  });

  it('survives whatever stands in a line', () => {
    const kinds = [
      'resourcePreEvent',
      'resOutputsEvent',
      'resOpFailedEvent',
      'diagnosticEvent',
      'policyEvent',
      'policyRemediationEvent',
      'summaryEvent',
      'errorEvent',
    ];
    const keys = [
      'metadata',
      'op',
      'urn',
      'old',
      'new',
      'inputs',
      'diffs',
      'keys',
      'detailedDiff',
      'message',
      'resourceChanges',
      '__proto__',
      'x',
    ];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const event = fc.oneof(
      fc.string(),
      fc.dictionary(fc.constantFrom(...kinds, 'newEvent'), tree, { maxKeys: 3 }).map((e) => JSON.stringify(e)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), (lines) => {
        const log = read(...lines);
        for (const step of log.steps) {
          expect(typeof step.urn).toBe('string');
          expect(Array.isArray(step.diffs)).toBe(true);
        }
      }),
    );
  });
});
