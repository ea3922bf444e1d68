/** KPIs 1, 2 and 3 (docs/model.md): pure functions of the catalogue and of verdicts. */
import type { Agreement, Catalogue } from '../model/agreement.ts';
import { decide } from '../model/known.ts';
import type { Kpi1, Kpi2, Kpi3, Share } from '../model/kpi.ts';
import { share } from '../model/kpi.ts';
import type { MetricVerdict } from '../model/verdict.ts';

/** Agreements in force with at least one metric; every metric that the catalogue accepts is valid and measurable. */
export function kpi1(catalogue: Catalogue, inForce: readonly Agreement[], unsupported: number): Kpi1 {
  const measured = inForce.filter((a) => a.metrics.length > 0);
  return {
    sla: measured.filter((a) => a.kind === 'SLA').length,
    ola: measured.filter((a) => a.kind === 'OLA').length,
    agreed: inForce.length,
    notInForce: catalogue.agreements.length - inForce.length,
    unsupported,
  };
}

/** Over the metrics that a failover can apply to. Expired counts as unknown. */
export function kpi2(verdicts: readonly MetricVerdict[]): Kpi2 {
  const counted = verdicts.filter((v) => v.countsForKpi2 && v.verdict !== 'not-applicable');
  return {
    all: shareOf(counted),
    withoutDataScope: shareOf(counted.filter((v) => v.metric.scope !== 'data')),
    feasibleWithPerson: counted
      .map((v) => decide(v.withPerson, { yes: () => share(1, 0, 0), no: () => share(0, 1, 0), unknown: () => share(0, 0, 1) }))
      .reduce(plus, share(0, 0, 0)),
    notApplicable: verdicts.length - counted.length,
  };
}

function shareOf(verdicts: readonly MetricVerdict[]): Share {
  const count = (...kinds: readonly MetricVerdict['verdict'][]): number =>
    verdicts.filter((v) => kinds.includes(v.verdict)).length;
  return share(count('met'), count('not-met'), count('unknown', 'expired'));
}

function plus(a: Share, b: Share): Share {
  return share(a.met + b.met, a.notMet + b.notMet, a.unknown + b.unknown);
}

/** More than this share of stateful resources without a service makes the denominator doubtful. */
const ORPHAN_LIMIT = 0.05;

/** Over the catalogue's services in production. `orphans` of `stateful` resources belong to no service. */
export function kpi3(catalogue: Catalogue, inForce: readonly Agreement[], orphans: number, stateful: number): Kpi3 {
  const services = catalogue.services.filter((s) => s.lifecycle === 'production');
  const grades = services.map((service) => {
    const metrics = inForce.flatMap((a) => a.metrics).filter((m) => m.serviceId === service.id);
    const has = (type: string, scope: string): boolean => metrics.some((m) => m.type === type && m.scope === scope);
    const mandatory = catalogue.mandatory[service.tier];
    const minimum = metrics.length > 0 && mandatory.every((m) => has(m.type, m.scope));
    const capacity = !mandatory.some((m) => m.scope === 'region') || has('MBCO', 'region');
    return { any: metrics.length > 0, minimum, complete: minimum && capacity && metrics.some((m) => m.type === 'RETENTION') };
  });
  const percent = (n: number): number => (services.length === 0 ? 0 : (100 * n) / services.length);
  return {
    services: services.length,
    any: percent(grades.filter((g) => g.any).length),
    minimum: percent(grades.filter((g) => g.minimum).length),
    complete: percent(grades.filter((g) => g.complete).length),
    orphans,
    stateful,
    denominatorDoubtful: stateful > 0 && orphans / stateful > ORPHAN_LIMIT,
  };
}
