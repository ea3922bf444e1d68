import { describe, expect, it } from 'vitest';
import type { DecisionMade } from '../../../src/drills/invocation/contract.ts';
import { invocationGates } from '../../../src/drills/invocation/gates.ts';
import { type Asked, ELSEWHERE, type GateFacts, open } from '../../../src/drills/live/gates.ts';
import type { Invocation } from '../../../src/model/invocation.ts';
import { known, no, unknown, yes } from '../../../src/model/known.ts';
import { planOf, shop } from './support.ts';

const FACTS: GateFacts = {
  now: 0,
  began: 0,
  ends: 0,
  drillHash: 'x',
  // Nobody need have approved it beforehand.
  approvals: known([]),
  touched: known([{ arn: 'arn:a', tags: known({ continuity: 'invocable' }) }]),
  takesDown: { regions: ['us-east-1'], zones: [] },
  killSwitch: no(),
  controller: { region: known(ELSEWHERE), zone: known(undefined) },
  store: { region: known(ELSEWHERE), zone: known(undefined) },
  caller: known({ account: '111122223333', arn: 'arn:aws:sts::111122223333:assumed-role/holdfast-drill/me' }),
  accounts: ['111122223333'],
  roles: ['holdfast-*'],
  grade: 'disrupt',
};
const ASKED = { allowDisruption: true, change: 'CHG-1', requester: 'Ada' };
const AUTOMATIC: DecisionMade = { automatic: true, by: [], reason: '', at: 0, criteria: 'yes', says: '', signals: [] };
const BY_ADA: DecisionMade = { ...AUTOMATIC, automatic: false, by: ['Ada'], criteria: 'unknown' };
const TAGGED: Partial<Invocation> = { blastRadius: { tags: { continuity: 'invocable' }, most: undefined } };
const PEOPLE: Partial<Invocation> = { ...TAGGED, authority: { kind: 'people', by: ['Ada'], count: 1 } };

const gatesOf = (
  declared: DecisionMade | undefined,
  {
    invocation = TAGGED,
    asked = ASKED,
    facts = {},
  }: { invocation?: Partial<Invocation>; asked?: Asked; facts?: Partial<GateFacts> } = {},
) => invocationGates(planOf(shop(), invocation), declared, asked, { ...FACTS, ...facts });

describe('gates of an invocation', () => {
  it('are open once it is declared by its authority', () => {
    expect(open(gatesOf(AUTOMATIC))).toBe(true);
    expect(open(gatesOf(BY_ADA, { invocation: PEOPLE }))).toBe(true);
    const standing = { ...ASKED, change: '' };
    expect(
      open(
        gatesOf(AUTOMATIC, {
          invocation: { ...TAGGED, change: 'Standing CHG-2' },
          asked: { ...standing, change: undefined },
        }),
      ),
    ).toBe(true);
  });

  it.each<[string, () => ReturnType<typeof gatesOf>, string]>([
    ['nobody declared it', () => gatesOf(undefined), 'approvals'],
    ['the plan asks for people now', () => gatesOf(AUTOMATIC, { invocation: PEOPLE }), 'approvals'],
    ['its criteria did not hold', () => gatesOf({ ...AUTOMATIC, criteria: 'unknown' }), 'approvals'],
    ['it is a dry run', () => gatesOf(AUTOMATIC, { asked: { ...ASKED, allowDisruption: false } }), 'allow-disruption'],
    ['no change is named', () => gatesOf(AUTOMATIC, { asked: { ...ASKED, change: '' } }), 'change'],
    ['no tags are named', () => gatesOf(AUTOMATIC, { invocation: {} }), 'blast-radius'],
    [
      'what is touched cannot be told',
      () => gatesOf(AUTOMATIC, { facts: { touched: unknown('access-denied', 'x') } }),
      'blast-radius',
    ],
    ['somebody forbids it', () => gatesOf(AUTOMATIC, { facts: { killSwitch: yes() } }), 'kill-switch'],
    [
      'the controller is in the Region that is lost',
      () => gatesOf(AUTOMATIC, { facts: { controller: { region: known('us-east-1'), zone: known(undefined) } } }),
      'controller',
    ],
    ['the caller is another account', () => gatesOf(AUTOMATIC, { facts: { accounts: ['999988887777'] } }), 'caller'],
    ['the session may only read', () => gatesOf(AUTOMATIC, { facts: { grade: 'read' } }), 'grade'],
  ])('are closed: %s', (_, gates, id) => {
    expect(
      gates()
        .filter((g) => g.holds !== 'yes')
        .map((g) => g.id),
    ).toEqual([id]);
  });
});
