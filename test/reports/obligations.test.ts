/** What was owed, held against what a check shows. */
import { describe, expect, it } from 'vitest';
import { exitCode } from '../../scripts/commands/showing.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import { withObligations } from '../../src/reports/obligations.ts';
import { resultOf } from '../../src/reports/result.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { judge } from '../../src/verdicts/judge.ts';
import type { Obligation } from '../../src/verdicts/obligations.ts';

const URN = 'urn:pulumi:prod::shop::aws:rds/instance:Instance::orders';
const NOBODY = { at: '2026-11-23T00:00:00Z', places: [], resources: 1, calls: 1, gaps: [], missing: [], undeclared: [] };
const empty = resultOf(judge(buildEstate([], SERVICES), undefined, { today: '2026-11-23', seed: 1, world: 'live' }), 1);

type Found = VerifyResult['findings'][number];
const finding = (state: Found['state'], levels: Found['levels'], rule = 'rds-not-multi-az'): Found => ({
  rule,
  title: '',
  severity: 'critical',
  scopes: ['az'],
  state,
  unknownBecause: null,
  resource: URN,
  resourceTitle: 'RDS DB instance orders',
  property: 'multiAz',
  position: null,
  message: 'orders runs in one AZ',
  fingerprint: 'f1',
  levels,
  baseline: null,
  waiver: null,
});

/** What a check shows that read AWS and was given the code. */
function shown(findings: readonly Found[], more: Partial<VerifyResult> = {}): VerifyResult {
  return {
    ...empty,
    command: 'check',
    level: 'in-place',
    findings: [...findings],
    identities: [{ resource: URN, aliases: [], content: null, position: null }],
    observed: NOBODY,
    resources: { ...empty.resources, total: 1 },
    ...more,
  };
}

const owed = (more: Partial<Obligation> = {}): Obligation => ({
  kind: 'rule',
  id: 'rds-not-multi-az',
  fingerprint: 'f1',
  severity: 'critical',
  resource: URN,
  resourceTitle: 'RDS DB instance orders',
  property: 'multiAz',
  reason: 'unresolved-at-preview',
  detail: '',
  ...more,
});
const state = (result: VerifyResult, o = owed()) => withObligations(result, [o]).obligations?.[0]?.state;

describe('an obligation of a rule', () => {
  it.each<readonly [string, VerifyResult, 'discharged' | 'broken' | 'open', Obligation]>([
    ['AWS shows nothing of it', shown([]), 'discharged', owed()],
    ['AWS shows it', shown([finding('fires', ['in-place'])]), 'broken', owed()],
    ['nobody can tell yet', shown([finding('unknown', ['in-place'])]), 'open', owed()],
    ['only the code shows it', shown([finding('fires', ['designed'])]), 'discharged', owed()],
    ['the resource is not there', shown([], { observed: { ...NOBODY, missing: [URN] } }), 'open', owed()],
    ['nobody looked at AWS', shown([], { observed: null }), 'open', owed()],
    ['its code was not given', shown([], { identities: [] }), 'open', owed()],
    ['the rule is none of this version', shown([]), 'open', owed({ id: 'no-such-rule' })],
    [
      'what only code shows, the code shows',
      shown([finding('fires', ['designed'], 'pulumi-unprotected-stateful')]),
      'broken',
      owed({ id: 'pulumi-unprotected-stateful' }),
    ],
    ['what only code shows, the code does not', shown([]), 'discharged', owed({ id: 'pulumi-unprotected-stateful' })],
  ])('%s', (_what, result, expected, o) => expect(state(result, o)).toBe(expected));
});

it('of a metric that is in force nowhere stays open', () => {
  expect(state(shown([]), owed({ kind: 'metric', id: 'sla/shop/RTO-az', resource: null }))).toBe('open');
  expect(state(shown([]), owed({ kind: 'evidence', id: 'sla/shop/RTO-az', resource: null }))).toBe('open');
});

it('decides the exit code: broken 1, open 3, discharged neither', () => {
  const code = (result: VerifyResult) =>
    exitCode(withObligations(result, [owed()]), { failOn: 'never', catalog: false }, 'in-place');
  expect(code(shown([finding('fires', ['in-place'])]))).toBe(1);
  expect(code(shown([finding('unknown', ['in-place'])]))).toBe(3);
  expect(code(shown([]))).toBe(0);
});
