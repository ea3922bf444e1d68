import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/errors.ts';
import { decide } from '../../src/model/known.ts';
import { CONDITIONS } from '../../src/model/verdict.ts';
import { SUBNET } from '../../src/services/subnets.ts';
import { isNo } from '../../src/verdicts/conditions.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import type { Spec } from '../services/support-traffic.ts';
import { hole, out } from '../services/support-traffic.ts';
import { judgeSpecs, MULTI_AZ, NOBODY_KNOWS, promising, SINGLE_AZ, TABLE } from './estates.ts';

const verdicts = (j: Judgement): Readonly<Record<string, string>> =>
  Object.fromEntries(j.verdicts.map((v) => [`${v.metric.serviceId} ${v.metric.type} ${v.metric.scope}`, v.verdict]));

/** Its AZ is left to AWS; no named AZ of its Region is in the estate, and an AZ of another Region is. */
const NOWHERE: Spec = { ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, availabilityZone: null } };
const ELSEWHERE: Spec = {
  ...MULTI_AZ,
  name: 'reports',
  region: 'eu-west-1',
  inputs: { ...MULTI_AZ.inputs, availabilityZone: 'eu-west-1a' },
};

/** A function in two subnets, of which one names its AZ and the other its AZ's id: they may be one. */
const subnetOf = (name: string, inputs: NonNullable<Spec['inputs']>): Spec => ({ type: SUBNET, name, inputs });
const inSubnets = (...subnets: readonly Spec[]): readonly Spec[] => [
  ...subnets,
  {
    type: 'aws:lambda/function:Function',
    name: 'quotes',
    inputs: { vpcConfig: { subnetIds: subnets.map((s) => out(SUBNET, s.name, 'id')) } },
  },
];
const BY_NAME = subnetOf('a', { availabilityZone: 'us-east-1a' });
const BY_NAME_TOO = subnetOf('b', { availabilityZone: 'us-east-1b' });
const BY_ID = subnetOf('c', { availabilityZoneId: 'use1-az1' });

const AZ = promising('{ RTO: { az: 15m } }');

describe('verdicts', () => {
  const CASES: readonly (readonly [what: string, specs: readonly Spec[], metrics: string, verdict: string])[] = [
    ['a table survives an AZ', [TABLE], 'RTO: { az: 15m }', 'met'],
    ['subnets in two AZs', inSubnets(BY_NAME, BY_NAME_TOO), 'RTO: { az: 15m }', 'met'],
    ['subnets of which one names its AZ and one its id', inSubnets(BY_NAME, BY_ID), 'RTO: { az: 15m }', 'unknown'],
    ['a table does not survive its Region', [TABLE], 'RTO: { region: 15m }', 'not-met'],
    ['one instance in one AZ', [SINGLE_AZ], 'RTO: { az: 15m }', 'not-met'],
    ['one instance in an AZ that nobody names, beside one elsewhere', [NOWHERE, ELSEWHERE], 'RTO: { az: 15m }', 'not-met'],
    ['a Multi-AZ instance', [MULTI_AZ], 'RTO: { az: 15m }', 'met'],
    ['a Multi-AZ instance cannot do it in a second', [MULTI_AZ], 'RTO: { az: 1s }', 'not-met'],
    ['Multi-AZ is not known', [{ ...MULTI_AZ, inputs: { ...MULTI_AZ.inputs, multiAz: hole } }], 'RTO: { az: 15m }', 'unknown'],
    ['a type that nobody models', [TABLE, NOBODY_KNOWS], 'RTO: { az: 15m }', 'unknown'],
    ['a broken part is worse than an unknown one', [SINGLE_AZ, NOBODY_KNOWS], 'RTO: { az: 15m }', 'not-met'],
    ['people restore data', [TABLE], 'RTO: { data: 2d }', 'not-met'],
    ['a minimum without a time to reach it', [TABLE], 'MBCO: { az: 60% }', 'unknown'],
    ['no failure rates', [TABLE], 'AVAILABILITY: { az: 99.9% }', 'unknown'],
    ['nothing watches', [TABLE], 'DETECT: { region: 5m }', 'unknown'],
    ['people invoke', [TABLE], 'INVOKE: { region: 1h }', 'not-applicable'],
    ['history long enough', [TABLE], 'RETENTION: { data: 30d }', 'met'],
    ['history too short', [SINGLE_AZ], 'RETENTION: { data: 30d }', 'not-met'],
    ['history beside a type that nobody models', [TABLE, NOBODY_KNOWS], 'RETENTION: { data: 30d }', 'unknown'],
    ['the way back', [TABLE], 'RECONSTITUTE: { region: 1d }', 'unknown'],
  ];

  it.each(CASES)('%s', (_what, specs, metrics, verdict) => {
    const [judged] = judgeSpecs(specs, promising(`{ ${metrics} }`)).verdicts;
    expect(judged?.verdict, judged?.reason).toBe(verdict);
  });

  it.each(CASES)('%s: of a source that shows a part nothing is concluded from absence', (_what, specs, metrics, verdict) => {
    const [judged] = judgeSpecs(specs, promising(`{ ${metrics} }`), true).verdicts;
    // What a critical finding says is in sight.
    const shown = judged?.conditions.some((c) => c.id === 'findings' && isNo(c.holds));
    expect(judged?.verdict, judged?.reason).toBe(shown ? 'not-met' : verdict === 'not-applicable' ? verdict : 'unknown');
    expect(judged?.conditions.filter((c) => c.id !== 'findings' && isNo(c.holds))).toEqual([]);
  });

  it('a source that shows a part keeps nothing', () => {
    const all = '{ RTO: { az: 15m }, RPO: { az: 1m }, RETENTION: { data: 30d } }';
    expect(new Set(judgeSpecs([TABLE], promising(all)).verdicts.map((v) => v.verdict))).toEqual(new Set(['met']));
    expect(new Set(judgeSpecs([TABLE], promising(all), true).verdicts.map((v) => v.verdict))).toEqual(new Set(['unknown']));
  });

  it('names the seven conditions, the first that fails, and the resource that decides', () => {
    const [judged] = judgeSpecs([TABLE, SINGLE_AZ], AZ).verdicts;
    expect(judged?.conditions.map((c) => c.id)).toEqual([...CONDITIONS]);
    expect(judged?.decidedBy).toContain('orders');
    expect(judged?.reason).toContain('orders');
  });

  it('lists what nobody models', () => {
    const j = judgeSpecs([TABLE, NOBODY_KNOWS], AZ);
    expect(j.services[0]?.notModelled).toEqual([expect.stringContaining('oracle')]);
    expect([...j.estate.notModelled]).toEqual([['aws:braket/device:Device', 1]]);
  });

  it('says when a person would be enough', () => {
    const [judged] = judgeSpecs([TABLE], promising('{ RTO: { data: 2d } }')).verdicts;
    expect(judged?.automation).toBe('human-execution');
    expect(decide(judged?.withPerson ?? hole_, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' })).toBe('yes');
  });
});

const hole_ = { state: 'unknown', reason: 'error', detail: 'no verdict', from: [] } as const;

describe('services and suppliers', () => {
  const two = (strength: string): string => `services:
  shop: { tier: 1, resources: [{ name: carts }], entry: [{ name: carts }], dependsOn: [{ service: db, strength: ${strength} }] }
  db: { tier: 1, resources: [{ name: orders }], entry: [{ name: orders }] }`;

  it.each([
    ['hard', 'not-met'],
    ['soft', 'met'],
  ])('a %s dependency on what is lost: %s', (strength, verdict) => {
    expect(verdicts(judgeSpecs([TABLE, SINGLE_AZ], promising('{ RTO: { az: 15m } }', '', two(strength))))).toEqual({
      'shop RTO az': verdict,
    });
  });

  const SUPPLIED = `services:
  shop: { tier: 1, resources: [{ name: carts }], entry: [{ name: carts }], dependsOn: [{ supplier: payments }] }`;

  it.each([
    ['with evidence, in time', '{ evidence: contract 7, promises: { RTO: { supplier: 5m } } }', 'met'],
    ['with evidence, too late', '{ evidence: contract 7, promises: { RTO: { supplier: 5h } } }', 'not-met'],
    ['without evidence', '{ promises: { RTO: { supplier: 5m } } }', 'unknown'],
    ['without a promise', '{ evidence: contract 7 }', 'unknown'],
  ])('a supplier %s: %s', (_what, supplier, verdict) => {
    const catalogue = promising('{ RTO: { supplier: 15m } }', `suppliers:\n  payments: ${supplier}\n`, SUPPLIED);
    expect(verdicts(judgeSpecs([TABLE], catalogue))).toEqual({ 'shop RTO supplier': verdict });
  });

  it('refuses selectors that pick nothing, all at once and with their places', () => {
    const services = `services:
  shop:
    tier: 1
    resources: [{ name: carts }, { name: cart }]
    entry: [{ name: door }]`;
    try {
      judgeSpecs([TABLE], promising('{ RTO: { az: 15m } }', '', services));
      expect.unreachable('selectors that pick nothing must be refused');
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: 'selector-matches-nothing' });
      expect(String(error)).toContain('holdfast.yaml:4:34');
      expect(String(error)).toContain('holdfast.yaml:5:13');
    }
  });
});

describe('waivers', () => {
  const waiver = (until: string): string =>
    `waivers:\n  - { rule: rds-not-multi-az, reason: moved soon, approvedBy: CISO, until: ${until} }\n`;

  it.each([['2026-12-31'], ['2026-01-31']])('until %s: shown, and no verdict or KPI changes', (until) => {
    const plain = judgeSpecs([SINGLE_AZ], AZ);
    const waived = judgeSpecs([SINGLE_AZ], promising('{ RTO: { az: 15m } }', waiver(until)));
    const found = waived.findings.find((f) => f.rule === 'rds-not-multi-az');
    expect(found?.waiver).toMatchObject({ approvedBy: 'CISO', expired: until < '2026-06-01' });
    expect(verdicts(waived)).toEqual(verdicts(plain));
    expect(waived.kpis?.kpi2).toEqual(plain.kpis?.kpi2);
  });
});

describe('KPIs', () => {
  it('counts metrics in force, and leaves out what no failover can keep', () => {
    const j = judgeSpecs(
      [TABLE, NOBODY_KNOWS],
      promising('{ RTO: { az: 15m, region: 1h }, RETENTION: { data: 30d }, INVOKE: { region: 1h } }'),
    );
    expect(j.kpis?.kpi2).toMatchObject({
      all: { n: 2, met: 0, notMet: 1, unknown: 1, lower: 0, point: 0, upper: 50 },
      notApplicable: 2,
    });
    expect(j.kpis?.kpi1).toMatchObject({ sla: 1, ola: 0, agreed: 1, notInForce: 0 });
    expect(j.kpis?.kpi3).toMatchObject({ services: 1, any: 100 });
  });

  it('an agreement outside its period, or a draft, is not in force', () => {
    const ended = AZ.replace('from: 2026-01-01', 'from: 2025-01-01\n    to: 2025-12-31');
    const draft = AZ.replace('    approvedBy: Head of Retail\n', '');
    for (const catalogue of [ended, draft]) {
      const j = judgeSpecs([TABLE], catalogue);
      expect(j.verdicts).toEqual([]);
      expect(j.kpis?.kpi1).toMatchObject({ agreed: 0, notInForce: 1 });
      expect(j.kpis?.kpi3.any).toBe(0);
    }
  });
});
