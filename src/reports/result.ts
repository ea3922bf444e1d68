/** A judgement as the plain document that every format is rendered from. */

import type { EstateResource } from '../estate/estate.ts';
import { unitOf } from '../model/agreement.ts';
import type { Finding } from '../model/finding.ts';
import type { Truth } from '../model/known.ts';
import { decide } from '../model/known.ts';
import type { Kpi2, Share } from '../model/kpi.ts';
import { formatDuration, formatPercent } from '../model/quantity.ts';
import { memberLabel } from '../model/scope.ts';
import type { MetricVerdict, Predicted } from '../model/verdict.ts';
import { identitiesOf } from '../verdicts/identities.ts';
import type { Judgement } from '../verdicts/judge.ts';
import type { SurveyRow, Survival } from '../verdicts/survey.ts';
import { notModelledTypes, singlePointsOfFailure } from '../verdicts/survey.ts';
import { RESULT_VERSION, type VerifyResult } from './result-schema.ts';

type JudgedResult = VerifyResult['metrics'][number]['designed'];

export function resultOf(judgement: Judgement, seed: number): VerifyResult {
  const { estate, catalogue, kpis } = judgement;
  const items = [...estate.resources.values()];
  const count = (kind: EstateResource['standing']['kind']): number => items.filter((r) => r.standing.kind === kind).length;
  const spof = new Set(singlePointsOfFailure(judgement.survey).map((r) => r.resource));
  return {
    schemaVersion: RESULT_VERSION,
    command: 'verify',
    world: judgement.world,
    level: 'designed',
    date: judgement.today,
    seed,
    catalogue: catalogue?.file ?? null,
    sources: estate.readings.map((r) => ({
      source: r.source,
      kind: r.kind,
      project: r.project,
      stack: r.stack,
      resources: r.resources.length,
      partial: r.partial,
    })),
    resources: {
      total: items.length,
      modelled: count('modelled'),
      parts: count('part'),
      inert: count('inert'),
      components: count('component'),
      notModelled: count('not-modelled'),
    },
    services: judgement.services.map((s) => ({
      id: s.entry.id,
      title: s.entry.title,
      tier: s.entry.tier,
      owner: s.entry.owner ?? null,
      resources: s.resources.length,
      roles: s.roles.map((role) => ({
        title: role.title,
        kind: role.kind,
        members: [...role.members],
        found: role.found.by,
        how: role.found.by === 'alone' ? 'nothing stands in for it' : role.found.what,
      })),
      notModelled: s.notModelled.map((urn) => {
        const item = estate.resources.get(urn);
        return { resource: urn, title: item?.title ?? urn, why: item?.standing.kind === 'not-modelled' ? item.standing.why : '' };
      }),
    })),
    agreements: judgement.agreements.map(({ id, title, kind, version, approvedBy, to, changeReference }) => ({
      id,
      title,
      kind,
      version,
      approvedBy: approvedBy ?? null,
      to: to ?? null,
      changeReference: changeReference ?? null,
    })),
    metrics: judgement.verdicts.map((v) => ({
      id: v.metric.id,
      agreement: v.metric.agreementId,
      service: v.metric.serviceId,
      type: v.metric.type,
      scope: v.metric.scope,
      target: {
        value: v.metric.target,
        unit: unitOf(v.metric.type),
        text: unitOf(v.metric.type) === 'percent' ? formatPercent(v.metric.target, 3) : formatDuration(v.metric.target),
      },
      percentile: v.metric.percentile,
      clock: v.metric.clock,
      scopeDefaulted: v.metric.scopeDefaulted,
      place: v.metric.place,
      designed: judgedOf(v),
      inPlace: null,
      demonstrated: null,
      rehearsed: null,
    })),
    findings: judgement.findings.map((f) => findingOf(f, ['designed'])),
    kpis:
      kpis === undefined
        ? null
        : {
            kpi1: kpis.kpi1,
            kpi2: kpi2Of(kpis.kpi2),
            kpi2InPlace: null,
            kpi2Demonstrated: null,
            kpi3: kpis.kpi3,
            kpi5: null,
          },
    observed: null,
    evidence: null,
    checks: [],
    survey: [...judgement.survey]
      .sort((a, b) => urgency(a) - urgency(b))
      .map((row) => ({
        resource: row.resource,
        title: row.title,
        kind: row.kind,
        position: estate.resources.get(row.resource)?.resource.position ?? null,
        singlePointOfFailure: spof.has(row.resource),
        ...row.answers,
      })),
    baseline: null,
    remedies: null,
    obligations: null,
    identities: identitiesOf(estate, judgement.findings).map((i) => ({ ...i, aliases: [...i.aliases] })),
    orphans: [...judgement.orphans],
    notModelled: [...notModelledTypes(estate)],
    warnings: [...judgement.warnings],
  };
}

/** What an AZ takes with it comes first, then what nobody can tell, then data that nothing brings back. */
function urgency({ answers }: SurveyRow): number {
  const order: readonly Survival[] = ['lost', 'person', 'unknown'];
  const az = order.indexOf(answers.az.survival);
  return az >= 0 ? az : answers.data.survival === 'lost' ? order.length : order.length + 1;
}

export function judgedOf(v: MetricVerdict): JudgedResult {
  return {
    verdict: v.verdict,
    automation: v.automation ?? null,
    predicted: v.predicted === undefined ? null : predictedOf(v.predicted),
    reason: v.reason,
    resource: v.decidedBy ?? null,
    member: memberLabel(v.member),
    withPerson: word(v.withPerson),
    countsForKpi2: v.countsForKpi2,
    waivedOnly: v.waivedOnly,
    decidingRow: v.decidingRow ?? null,
    conditions: v.conditions.map((c) => ({
      id: c.id,
      holds: word(c.holds),
      unknownBecause: decide(c.holds, { yes: () => null, no: () => null, unknown: (why) => why.reason }),
      reason: c.reason,
      resource: c.decidedBy ?? null,
    })),
  };
}

function predictedOf(p: Predicted): NonNullable<JudgedResult['predicted']> {
  const time = (s: number): number | 'never' => (Number.isFinite(s) ? s : 'never');
  return {
    p50: time(p.p50),
    p95: time(p.p95),
    p99: time(p.p99),
    atPercentile: time(p.atPercentile),
    error: p.error,
    min: time(p.min),
    max: time(p.max),
    samples: p.samples,
    skewP99: p.skewP99 ?? null,
    assumedRows: [...p.assumedRows],
  };
}

export function findingOf(f: Finding, levels: VerifyResult['findings'][number]['levels']): VerifyResult['findings'][number] {
  return {
    rule: f.rule,
    title: f.title,
    severity: f.severity,
    scopes: [...f.scopes],
    state: f.undecided === undefined ? 'fires' : 'unknown',
    unknownBecause: f.undecided?.reason ?? null,
    resource: f.resource,
    resourceTitle: f.resourceTitle,
    property: f.property ?? null,
    position: f.position ?? null,
    message: f.message,
    fingerprint: f.fingerprint,
    levels,
    waiver: f.waiver ?? null,
    baseline: null,
  };
}

export function kpi2Of(k: Kpi2): NonNullable<VerifyResult['kpis']>['kpi2'] {
  return {
    all: shareOf(k.all),
    withoutDataScope: shareOf(k.withoutDataScope),
    feasibleWithPerson: shareOf(k.feasibleWithPerson),
    notApplicable: k.notApplicable,
  };
}

export const shareOf = (s: Share): NonNullable<VerifyResult['kpis']>['kpi2']['all'] => ({ ...s, point: s.point ?? null });
const word = (t: Truth): 'yes' | 'no' | 'unknown' => decide(t, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' });
