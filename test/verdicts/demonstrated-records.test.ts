import { describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../src/drills/record.ts';
import { observationsFrom, type ReadRecord } from '../../src/verdicts/demonstrated-records.ts';

const RUN = 'drill/shop/az/us-east-1a';
const BODY: DrillRecord = {
  version: 1,
  drill: { id: 'az', title: 'An AZ is lost', kind: 'az-loss', service: 'shop', controls: ['ISO 22301 8.5'], participants: [] },
  drillHash: 'ab'.repeat(32),
  result: {
    run: RUN,
    kind: 'az-loss',
    service: 'shop',
    scope: 'az',
    member: 'us-east-1a',
    world: 'live',
    status: 'recovered',
    reason: 'recovered',
    marks: { t0: 1_000, t5: 61_000 },
    rto: 60,
    rtoDeclared: null,
    automatic: true,
    measured: null,
    availability: 0.9,
    outages: [],
    steady: true,
    left: [],
    epochs: 1,
  },
  observations: [
    {
      metric: 'sla/shop/RTO-az',
      member: 'us-east-1a',
      source: 'test',
      world: 'live',
      at: 1_000,
      value: 60,
      automatic: true,
      run: RUN,
      says: 'recovered after 1m',
    },
  ],
  material: { 'sla/shop/RTO-az': 'cd'.repeat(32) },
  parts: { 'urn:pulumi:prod::shop::aws:rds/instance:Instance::orders': 'ef'.repeat(8) },
  members: ['us-east-1a', 'us-east-1b'],
  people: [],
  blind: [],
  notTaken: [],
  requester: 'ann',
  approvers: ['bob'],
  change: undefined,
};

const record = (body: unknown, more: Partial<ReadRecord> = {}): ReadRecord => ({
  kind: 'drill-result',
  world: 'live',
  at: 70_000,
  subject: RUN,
  sequence: 7,
  // As it comes out of a store.
  body: JSON.parse(JSON.stringify(body)) as unknown,
  ...more,
});
const [observation] = BODY.observations;
const observing = (changes: object): unknown => ({ ...BODY, observations: [{ ...observation, ...changes }] });

describe('records of evidence', () => {
  it('a drill gives its observations, with what they rest on', () => {
    expect(observationsFrom([record(BODY)])).toEqual({
      observations: [
        {
          ...observation,
          kind: 'az-loss',
          service: 'shop',
          scope: 'az',
          material: 'cd'.repeat(32),
          parts: BODY.parts,
          members: BODY.members,
        },
      ],
      fixes: [],
      drills: 1,
      foreign: 0,
      problems: [],
    });
  });

  it.each<[string, ReadRecord]>([
    ['a later version', record({ ...BODY, version: 2 })],
    ['no body', record(null)],
    ['a kind that nobody knows', record({ ...BODY, drill: { ...BODY.drill, kind: 'meteor' } })],
    ['a value that is none', record(observing({ value: 'soon' }))],
    ['a negative value', record(observing({ value: -1 }))],
    ['hashes that are none', record({ ...BODY, material: { x: 'y' } })],
    ['no members', record({ ...BODY, members: undefined })],
    ['live inside of simulated', record(BODY, { world: 'simulated' })],
    ['simulated inside of live', record({ ...BODY, result: { ...BODY.result, world: 'simulated' } })],
    ['an observation of another world', record(observing({ world: 'simulated' }))],
    ['an observation of another run', record(observing({ run: 'x' }))],
    ['another subject', record(BODY, { subject: 'x' })],
    ['a result of another service', record({ ...BODY, drill: { ...BODY.drill, service: 'till' } })],
    ['a kind that takes another scope', record({ ...BODY, result: { ...BODY.result, scope: 'region' } })],
    [
      'a part that speaks for the whole',
      record({ ...BODY, drill: { ...BODY.drill, kind: 'key-loss' }, result: { ...BODY.result, kind: 'key-loss' } }),
    ],
    ['a fix of another run', record({ decision: 'fixed', run: 'x', by: 'ann', says: 'mended' }, { kind: 'decision' })],
    ['a fix by nobody', record({ decision: 'fixed', run: RUN, by: '', says: 'mended' }, { kind: 'decision' })],
  ])('%s is a problem with a name, and nothing of it counts', (_, bad) => {
    const read = observationsFrom([bad]);
    expect(read).toMatchObject({ observations: [], fixes: [], drills: 0 });
    expect(read.problems).toHaveLength(1);
    expect(read.problems[0]).toContain('record 7');
  });

  it('a fix is kept, other decisions are not its business, and what is foreign is counted', () => {
    const fix = record(
      { decision: 'fixed', run: RUN, by: 'ann', says: 'the runbook names the right cluster' },
      { kind: 'decision' },
    );
    const approval = record({ decision: 'approved', person: 'bob' }, { kind: 'decision' });
    const foreign = record({ signer: 'x', record: { body: BODY } }, { kind: 'import' });
    expect(observationsFrom([fix, approval, foreign])).toEqual({
      observations: [],
      fixes: [{ run: RUN, at: 70_000 }],
      drills: 0,
      foreign: 1,
      problems: [],
    });
  });
});
