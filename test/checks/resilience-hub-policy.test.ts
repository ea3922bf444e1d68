import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disagreements, entityName, resourceNames, UNRECOVERABLE, wantedOf } from '../../checks/resilience-hub-policy.ts';
import type { Metric } from '../../src/model/agreement.ts';
import { yes } from '../../src/model/known.ts';
import type { Scope } from '../../src/model/scope.ts';
import type { MetricVerdict, VerdictKind } from '../../src/model/verdict.ts';

const metric = (type: Metric['type'], scope: Scope, target: number): Metric => ({
  id: `sla/shop/${type}-${scope}`,
  agreementId: 'sla',
  serviceId: 'shop',
  type,
  scope,
  target,
  percentile: 99,
  clock: 'onset',
  scopeDefaulted: false,
  place: { file: '', line: 1, column: 1 },
});

describe('a policy', () => {
  it('takes the strictest of the scopes that Resilience Hub counts as one, and thirty days where nothing was agreed', () => {
    const wanted = wantedOf([
      metric('RTO', 'data', 3600),
      metric('RTO', 'software', 600),
      metric('RPO', 'az', 0),
      metric('RTO', 'region', 1e9),
      metric('AVAILABILITY', 'instance', 99),
    ]);
    expect(wanted?.policy).toEqual({
      Software: { rtoInSecs: 600, rpoInSecs: 2_592_000 },
      Hardware: { rtoInSecs: 2_592_000, rpoInSecs: 2_592_000 },
      AZ: { rtoInSecs: 2_592_000, rpoInSecs: 0 },
      Region: { rtoInSecs: 2_592_000, rpoInSecs: 2_592_000 },
    });
    expect(wanted?.metrics.Software.RTO?.scope).toBe('software');
  });

  it('leaves Regions out when nothing was agreed of them, and is none when nothing was agreed at all', () => {
    expect(Object.keys(wantedOf([metric('RTO', 'az', 1)])?.policy ?? {})).toEqual(['Software', 'Hardware', 'AZ']);
    expect(wantedOf([metric('RTO', 'account', 1), metric('MTPD', 'az', 1)])).toBeUndefined();
  });
});

describe('names', () => {
  it('are what Resilience Hub takes, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(entityName(text)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{1,59}$/);
      }),
    );
  });

  it('of resources are one for each ARN, and the same in any order', () => {
    const arn = fc
      .tuple(fc.constantFrom('rds', 's3'), fc.constantFrom('us-east-1', 'eu-west-1'), fc.string())
      .map(([s, r, n]) => `arn:aws:${s}:${r}:1:db:${n}`);
    fc.assert(
      fc.property(fc.array(arn), (arns) => {
        const names = resourceNames(arns);
        expect(names.size).toBe(new Set(arns).size);
        expect(resourceNames([...arns].reverse())).toEqual(names);
      }),
    );
  });
});

describe('a disagreement', () => {
  const rto = metric('RTO', 'az', 120);
  const of = (verdict: VerdictKind): ReadonlyMap<string, MetricVerdict> =>
    new Map([[rto.id, { metric: rto, verdict, reason: '', withPerson: yes() } as unknown as MetricVerdict]]);
  const wanted = wantedOf([rto]);

  it.each<[number | undefined, VerdictKind, string | undefined]>([
    [60, 'met', undefined],
    [120, 'met', undefined],
    [121, 'met', 'stricter'],
    [UNRECOVERABLE, 'met', 'stricter'],
    [60, 'not-met', 'milder'],
    [121, 'not-met', undefined],
    [60, 'unknown', undefined],
    [121, 'unknown', undefined],
    [undefined, 'met', undefined],
  ])('of an estimate of %s and %s: %s', (estimate, verdict, kind) => {
    if (wanted === undefined) throw new Error('nothing was agreed');
    const AZ = { complianceStatus: 'PolicyMet' as const, ...(estimate === undefined ? {} : { currentRtoInSecs: estimate }) };
    expect(disagreements(wanted, { AZ }, of(verdict)).map((d) => d.kind)).toEqual(kind === undefined ? [] : [kind]);
  });
});
