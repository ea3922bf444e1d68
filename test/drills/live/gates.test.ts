import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drillHash } from '../../../src/drills/hash.ts';
import { type Asked, ELSEWHERE, GATES, type Gate, type GateFacts, gates, open } from '../../../src/drills/live/gates.ts';
import type { DrillSpec } from '../../../src/model/drill.ts';
import { known, unknown } from '../../../src/model/known.ts';
import { ACCOUNT, approval, asked, facts, HASH, NOW, REGION, spec, TAGS } from './support.ts';

const HOUR = 3600 * 1000;
const unread = unknown('error', 'not read');
const gate = (id: Gate['id'], s: DrillSpec = spec(), a: Asked = asked, f: GateFacts = facts()): Gate['holds'] | undefined =>
  gates(s, a, f).find((g) => g.id === id)?.holds;

it('all of them hold for a drill that may be held', () => {
  expect(gates(spec(), asked, facts()).map((g) => [g.id, g.holds])).toEqual(GATES.map((id) => [id, 'yes']));
  expect(open(gates(spec(), asked, facts()))).toBe(true);
});

it('no gate is no permission', () => {
  expect([open([]), open(gates(spec(), asked, facts()).slice(1))]).toEqual([false, false]);
});

type Case = readonly [
  what: string,
  id: Gate['id'],
  holds: Gate['holds'],
  s?: Partial<DrillSpec>,
  a?: Partial<Asked>,
  f?: Partial<GateFacts>,
];
const at = (region: string, zone?: string) => ({ region: known(region), zone: known(zone) });
const touched = (n: number, tags: Record<string, string> = TAGS) =>
  known(Array.from({ length: n }, (_, i) => ({ arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-${i}`, tags: known(tags) })));
const caller = (arn: string, account = ACCOUNT) => known({ account, arn });

const CASES: readonly Case[] = [
  ['a dry run', 'allow-disruption', 'no', {}, { allowDisruption: false }],
  ['no change', 'change', 'no', {}, { change: undefined }],
  ['an empty change', 'change', 'no', {}, { change: '  ' }],
  ['one approval of two', 'approvals', 'no', {}, {}, { approvals: known([approval('ada')]) }],
  ['one person twice', 'approvals', 'no', {}, {}, { approvals: known([approval('ada'), approval(' ADA ')]) }],
  ['the requester', 'approvals', 'no', {}, {}, { approvals: known([approval('ada'), approval('Rita')]) }],
  ['nobody', 'approvals', 'no', {}, {}, { approvals: known([approval('ada'), approval('  ')]) }],
  [
    'another drill',
    'approvals',
    'no',
    {},
    {},
    { approvals: known([approval('ada'), approval('ben', { subject: 'b'.repeat(64) })]) },
  ],
  [
    'an old approval',
    'approvals',
    'no',
    {},
    {},
    { approvals: known([approval('ada'), approval('ben', { at: NOW - 24 * HOUR })]) },
  ],
  [
    'an approval of tomorrow',
    'approvals',
    'no',
    {},
    {},
    { approvals: known([approval('ada'), approval('ben', { at: NOW + 1 })]) },
  ],
  [
    'a withdrawn approval',
    'approvals',
    'no',
    {},
    {},
    { approvals: known([approval('ada'), approval('ben'), approval('ben', { at: NOW - 1, decision: 'refused' })]) },
  ],
  [
    'an approval after a refusal',
    'approvals',
    'yes',
    {},
    {},
    { approvals: known([approval('ada'), approval('ben', { at: NOW - 2 * HOUR, decision: 'refused' }), approval('ben')]) },
  ],
  [
    'both in one instant',
    'approvals',
    'no',
    {},
    {},
    { approvals: known([approval('ada'), approval('ben', { decision: 'refused' }), approval('ben')]) },
  ],
  ['somebody who may not approve', 'approvals', 'no', { approvals: { by: ['ada', 'cleo'], count: 2 } }],
  ['those who may', 'approvals', 'yes', { approvals: { by: ['ADA', 'ben'], count: 2 } }],
  ['a count of none', 'approvals', 'no', { approvals: { by: [], count: 0 } }, {}, { approvals: known([]) }],
  [
    'approvals that ran out while it lasts',
    'approvals',
    'yes',
    { window: undefined },
    {},
    { now: NOW + 23.5 * HOUR, ends: NOW + 24 * HOUR },
  ],
  [
    'a drill that was not shown',
    'approvals',
    'no',
    {},
    {},
    { drillHash: '', approvals: known([approval('ada', { subject: '' }), approval('ben', { subject: '' })]) },
  ],
  ['unreadable approvals', 'approvals', 'unknown', {}, {}, { approvals: unread }],
  ['no window', 'window', 'yes', { window: undefined }],
  ['another day', 'window', 'no', { window: { days: [2], from: 0, to: 1440, zone: 'UTC' } }],
  ['an end outside of it', 'window', 'no', { window: { days: [1], from: 9 * 60, to: 10 * 60 + 59, zone: 'UTC' } }],
  ['a zone that is none', 'window', 'unknown', { window: { days: [1], from: 0, to: 1440, zone: 'Mars/Olympus' } }],
  ['no day', 'window', 'unknown', { window: { days: [], from: 0, to: 1440, zone: 'UTC' } }],
  ['longer than it may last', 'window', 'no', {}, {}, { now: NOW + HOUR + 1 }],
  ['no tags', 'blast-radius', 'no', { blastRadius: { tags: {}, most: undefined } }],
  ['nothing there', 'blast-radius', 'no', {}, {}, { touched: known([]) }],
  ['a tag of another value', 'blast-radius', 'no', {}, {}, { touched: touched(1, { 'holdfast:drill': 'no' }) }],
  [
    'one without the tag',
    'blast-radius',
    'no',
    {},
    {},
    {
      touched: known([
        { arn: 'arn:a', tags: unread },
        { arn: 'arn:b', tags: known({}) },
      ]),
    },
  ],
  ['one unread', 'blast-radius', 'unknown', {}, {}, { touched: known([{ arn: 'arn:a', tags: unread }]) }],
  ['as many as may be', 'blast-radius', 'yes', {}, {}, { touched: touched(10) }],
  ['too many', 'blast-radius', 'no', {}, {}, { touched: touched(11) }],
  ['no bound', 'blast-radius', 'yes', { blastRadius: { tags: TAGS, most: undefined } }, {}, { touched: touched(11) }],
  ['nobody can tell what', 'blast-radius', 'unknown', {}, {}, { touched: unread }],
  ['engaged', 'kill-switch', 'no', {}, {}, { killSwitch: known(true) }],
  ['unreadable', 'kill-switch', 'unknown', {}, {}, { killSwitch: unread }],
  ['in the AZ', 'controller', 'no', {}, {}, { controller: at('us-east-1', 'us-east-1a') }],
  ['in another AZ of the Region', 'controller', 'yes', {}, {}, { controller: at('us-east-1', 'us-east-1b') }],
  ['in some AZ of the Region', 'controller', 'unknown', {}, {}, { controller: { region: known('us-east-1'), zone: unread } }],
  ['in no AWS', 'controller', 'yes', {}, {}, { controller: at(ELSEWHERE), store: at(ELSEWHERE) }],
  ['in the Region', 'controller', 'no', {}, {}, { takesDown: { regions: ['eu-west-1'], zones: [] } }],
  [
    'its store in the Region',
    'controller',
    'no',
    {},
    {},
    { takesDown: { regions: [REGION], zones: [] }, store: at(REGION, 'us-east-1b') },
  ],
  ['nobody knows where', 'controller', 'unknown', {}, {}, { controller: { region: unread, zone: unread } }],
  ['nobody knows where its store is', 'controller', 'unknown', {}, {}, { store: { region: unread, zone: unread } }],
  [
    'nothing goes down',
    'controller',
    'yes',
    {},
    {},
    { takesDown: { regions: [], zones: [] }, controller: { region: unread, zone: unread } },
  ],
  ['another account', 'caller', 'no', {}, {}, { accounts: ['444455556666'] }],
  ['no account named', 'caller', 'no', {}, {}, { accounts: [] }],
  ['another role', 'caller', 'no', {}, {}, { caller: caller(`arn:aws:sts::${ACCOUNT}:assumed-role/Admin/x`) }],
  [
    'a role that only ends so',
    'caller',
    'no',
    {},
    {},
    { caller: caller(`arn:aws:sts::${ACCOUNT}:assumed-role/not-holdfast-drill/x`) },
  ],
  ['a user', 'caller', 'no', {}, {}, { caller: caller(`arn:aws:iam::${ACCOUNT}:user/holdfast-drill`) }],
  ['the root user', 'caller', 'no', {}, {}, { caller: caller(`arn:aws:iam::${ACCOUNT}:root`) }],
  ['a role with a path', 'caller', 'yes', {}, {}, { caller: caller(`arn:aws-cn:iam::${ACCOUNT}:role/ops/holdfast-drill`) }],
  ['nobody knows who', 'caller', 'unknown', {}, {}, { caller: unread }],
  ['a session that reads', 'grade', 'no', {}, {}, { grade: 'read' }],
  ['a session that publishes', 'grade', 'no', {}, {}, { grade: 'publish' }],
];

describe('one gate by itself', () => {
  for (const [what, id, holds, s = {}, a = {}, f = {}] of CASES)
    it(`${what}: ${id} → ${holds}`, () => {
      const all = gates(spec(s), { ...asked, ...a }, facts(f));
      expect(all.filter((g) => g.holds !== 'yes').map((g) => [g.id, g.holds])).toEqual(holds === 'yes' ? [] : [[id, holds]]);
      expect(open(all)).toBe(holds === 'yes');
    });

  it('has a case in which it alone does not hold', () => {
    expect(new Set(CASES.filter(([, , holds]) => holds !== 'yes').map(([, id]) => id))).toEqual(new Set(GATES));
  });
});

describe('the window', () => {
  const local = (text: string): number => Date.parse(text);
  const night = { days: [6], from: 22 * 60, to: 6 * 60, zone: 'Europe/Zurich' };
  it.each([
    ['across midnight', night, '2026-11-21T23:00+01:00', 4, 'yes'],
    ['after midnight, by the day on which it opened', night, '2026-11-22T01:00+01:00', 4, 'yes'],
    ['the night before', night, '2026-11-21T01:00+01:00', 1, 'no'],
    ['beyond its end', night, '2026-11-22T03:00+01:00', 4, 'no'],
    // Clocks go back on 25 October 2026 at 03:00 CEST: the night has an hour more.
    ['in the longer night', night, '2026-10-24T22:00+02:00', 9, 'yes'],
    ['beyond the longer night', night, '2026-10-24T22:00+02:00', 9.1, 'no'],
    // And forward on 29 March at 02:00 CET: an hour less.
    ['in the shorter night', night, '2026-03-28T22:00+01:00', 7, 'yes'],
    ['beyond the shorter night', night, '2026-03-28T22:00+01:00', 7.1, 'no'],
    ['in the hour that is repeated', { ...night, days: [7], from: 150, to: 300 }, '2026-10-25T02:40+02:00', 1, 'no'],
    ['in its second half', { ...night, days: [7], from: 150, to: 300 }, '2026-10-25T02:40+01:00', 1, 'yes'],
    ['on two days in a row', { days: [1, 2], from: 0, to: 1440, zone: 'Asia/Tokyo' }, '2026-11-23T23:30+09:00', 2, 'yes'],
    ['around the clock', { days: [1], from: 600, to: 600, zone: 'UTC' }, '2026-11-24T09:00Z', 1, 'yes'],
    ['in a zone half an hour off', { days: [1], from: 540, to: 600, zone: 'Asia/Kolkata' }, '2026-11-23T09:00+05:30', 1, 'yes'],
    [
      'in a zone half an hour off, too late',
      { days: [1], from: 540, to: 600, zone: 'Asia/Kolkata' },
      '2026-11-23T09:01+05:30',
      1,
      'no',
    ],
  ])('%s', (_, window, from, hours, holds) => {
    const now = local(from);
    expect(gate('window', spec({ window }), asked, facts({ now, began: now, ends: now + hours * HOUR }))).toBe(holds);
  });

  it('that fits a drill fits every shorter one', () => {
    const minutes = fc.integer({ min: 0, max: 1440 });
    const zone = fc.constantFrom('UTC', 'Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
    fc.assert(
      fc.property(
        minutes,
        minutes,
        zone,
        days,
        fc.integer({ min: 0, max: 366 * 24 * 60 }),
        minutes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, to, zone, days, start, lasts, share) => {
          const window = { days, from, to, zone };
          const now = Date.UTC(2026, 0, 1) + start * 60_000;
          const holds = (begin: number, end: number) =>
            gate('window', spec({ window }), asked, facts({ now: begin, began: begin, ends: end }));
          const end = now + lasts * 60_000;
          if (holds(now, end) === 'yes') expect(holds(now + share * (end - now), end)).toBe('yes');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what was approved', () => {
  const member = { scope: 'az', name: 'us-east-1a' } as const;
  const step = { id: 'lose us-east-1a', does: { kind: 'az-loss', zone: 'us-east-1a' } };
  const hash = drillHash(spec(), [member], [step]);
  it('is the drill, wherever it stands', () => {
    expect(drillHash(spec({ place: { file: 'b.yaml', line: 9, column: 9 } }), [member], [step])).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
  it.each([
    ['another limit', spec({ limit: 60 }), [member], [step]],
    ['a wider blast radius', spec({ blastRadius: { tags: TAGS, most: 11 } }), [member], [step]],
    ['another member', spec(), [{ ...member, name: 'us-east-1b' }], [step]],
    ['a step more', spec(), [member], [step, step]],
    ['a step that does something else', spec(), [member], [{ ...step, does: { kind: 'az-loss', zone: 'us-east-1b' } }]],
  ])('%s is another drill', (_, s, members, steps) => {
    expect(drillHash(s, members, steps)).not.toBe(hash);
    expect(
      gate(
        'approvals',
        s,
        asked,
        facts({
          drillHash: drillHash(s, members, steps),
          approvals: known([approval('ada', { subject: hash }), approval('ben', { subject: HASH })]),
        }),
      ),
    ).toBe('no');
  });
});
