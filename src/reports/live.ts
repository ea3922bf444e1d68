/** Adds what live AWS showed to the result of the code. */

import type { Finding } from '../model/finding.ts';
import { fold, type Known } from '../model/known.ts';
import type { Kpi2 } from '../model/kpi.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import { findingOf, judgedOf, kpi2Of } from './result.ts';
import type { VerifyResult } from './result-schema.ts';

type Checked = VerifyResult['checks'][number];

export interface LiveFact {
  readonly resource: string;
  readonly resourceTitle: string;
  readonly what: string;
  readonly value: Known<number | string | boolean>;
  readonly unit: Checked['facts'][number]['unit'];
  readonly at: string | undefined;
}

export interface LiveLevel {
  readonly world: VerifyResult['world'];
  readonly observed: NonNullable<VerifyResult['observed']>;
  readonly verdicts: readonly MetricVerdict[];
  /** Of the in-place estate and of the checks. */
  readonly findings: readonly Finding[];
  readonly kpi2: Kpi2 | undefined;
  readonly checks: readonly { readonly id: string; readonly title: string; readonly facts: readonly LiveFact[] }[];
  readonly warnings: readonly string[];
}

/** The same document at the in-place level: what the code says stays beside what AWS shows. */
export function withLive(designed: VerifyResult, live: LiveLevel): VerifyResult {
  const byMetric = new Map(live.verdicts.map((v) => [v.metric.id, v]));
  const inCode = new Set(designed.findings.map(identity));
  const inAws = new Map(live.findings.map((f) => [`${f.rule}\n${f.fingerprint}\n${f.resource}`, f]));
  return {
    ...designed,
    command: 'check',
    level: 'in-place',
    world: live.world,
    metrics: designed.metrics.map((m) => {
      const seen = byMetric.get(m.id);
      return { ...m, inPlace: seen === undefined ? null : judgedOf(seen) };
    }),
    findings: [
      ...designed.findings.map((f) => (inAws.has(identity(f)) ? { ...f, levels: [...f.levels, 'in-place' as const] } : f)),
      ...[...inAws].filter(([key]) => !inCode.has(key)).map(([, f]) => findingOf(f, ['in-place'])),
    ],
    kpis: designed.kpis === null ? null : { ...designed.kpis, kpi2InPlace: live.kpi2 === undefined ? null : kpi2Of(live.kpi2) },
    observed: live.observed,
    checks: live.checks.map((c) => ({ id: c.id, title: c.title, facts: c.facts.map((f) => factOf(f, live.observed.at)) })),
    warnings: [...new Set([...designed.warnings, ...live.warnings])],
  };
}

/** Where AWS was read and no infrastructure code was given: nothing is known by design. */
export function withoutCode(seen: VerifyResult): VerifyResult {
  const reason = 'no infrastructure code was given';
  return {
    ...seen,
    metrics: seen.metrics.map((m) => ({
      ...m,
      designed: {
        ...m.designed,
        verdict: m.designed.verdict === 'not-applicable' ? ('not-applicable' as const) : ('unknown' as const),
        automation: null,
        predicted: null,
        reason,
        resource: null,
        withPerson: 'unknown' as const,
        waivedOnly: false,
        conditions: [],
      },
    })),
    findings: [],
    kpis: seen.kpis === null ? null : { ...seen.kpis, kpi2: undecided(seen.kpis.kpi2) },
  };
}

function undecided(kpi2: NonNullable<VerifyResult['kpis']>['kpi2']): NonNullable<VerifyResult['kpis']>['kpi2'] {
  const open = ({ n }: { readonly n: number }) => ({
    n,
    met: 0,
    notMet: 0,
    unknown: n,
    lower: 0,
    point: null,
    upper: n === 0 ? 0 : 100,
  });
  return {
    all: open(kpi2.all),
    withoutDataScope: open(kpi2.withoutDataScope),
    feasibleWithPerson: open(kpi2.feasibleWithPerson),
    notApplicable: kpi2.notApplicable,
  };
}

const identity = (f: { readonly rule: string; readonly fingerprint: string; readonly resource: string }): string =>
  `${f.rule}\n${f.fingerprint}\n${f.resource}`;

function factOf(fact: LiveFact, seenAt: string): Checked['facts'][number] {
  const { resource, resourceTitle, what, unit } = fact;
  return {
    resource,
    resourceTitle,
    what,
    unit,
    ...fold<number | string | boolean, { value: number | string | boolean | null; unknownBecause: string | null }>(
      fact.value,
      (value) => ({ value, unknownBecause: null }),
      (why) => ({ value: null, unknownBecause: `${why.reason}: ${why.detail}` }),
    ),
    at: fact.at ?? null,
    ageSeconds: fact.at === undefined ? null : Math.max(0, (Date.parse(seenAt) - Date.parse(fact.at)) / 1000),
  };
}
