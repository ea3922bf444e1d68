/** The one pipeline that verify, checks, policies and drills call: an estate and a catalogue in, verdicts out. */

import { chainCheck } from '../catalog/chain.ts';
import { agreedAt } from '../catalog/in-force.ts';
import type { Estate } from '../estate/estate.ts';
import { holdsState } from '../estate/estate.ts';
import type { Role, Roles } from '../estate/roles.ts';
import { findRoles } from '../estate/roles.ts';
import type { Agreement, Catalogue, Metric, ServiceEntry } from '../model/agreement.ts';
import { groupBy } from '../model/collections.ts';
import type { Finding } from '../model/finding.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Kpis } from '../model/kpi.ts';
import type { World } from '../model/resource.ts';
import type { Member } from '../model/scope.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import { simulation } from '../recovery/estimate.ts';
import type { RecoveryPath, ServiceNeeds } from '../recovery/path.ts';
import { Terrain } from '../recovery/standing.ts';
import { timeTable } from '../recovery/table.ts';
import { serviceTimes } from '../recovery/times/index.ts';
import { RULES } from '../rules/registry.ts';
import type { Assignment } from './assign.ts';
import { assign, joined } from './assign.ts';
import { findingsOf, ruleContext } from './findings.ts';
import { ground } from './ground.ts';
import { kpi1, kpi2, kpi3 } from './kpis.ts';
import { judgeMetric } from './metric.ts';
import type { SurveyRow } from './survey.ts';
import { survey } from './survey.ts';

export interface JudgeOptions {
  /** YYYY-MM-DD: decides which agreements are in force and which waivers hold. */
  readonly today: string;
  readonly seed: number;
  readonly world: World;
  /** Of the estate: designed is what code declares, in place is what AWS shows. */
  readonly level?: 'designed' | 'in-place';
  /** In place: who owns what by the code. Tags that were changed by hand move nothing from service to service. */
  readonly owned?: Assignment | undefined;
  /** Who owns what, where that was worked out already: selectors are then not asked again. */
  readonly assignment?: Assignment;
  /** Ids of the metrics to judge; the targets of the others still count. Default: all. */
  readonly only?: ReadonlySet<string>;
}

export interface JudgedService {
  readonly entry: ServiceEntry;
  readonly resources: readonly string[];
  readonly roles: readonly Role[];
  /** Resources that belong to it and that nobody models: its recovery metrics are unknown. */
  readonly notModelled: readonly string[];
}

export interface Judgement {
  readonly world: World;
  readonly today: string;
  readonly estate: Estate;
  readonly catalogue: Catalogue | undefined;
  readonly assignment: Assignment;
  readonly roles: Roles;
  readonly agreements: readonly Agreement[];
  readonly services: readonly JudgedService[];
  readonly verdicts: readonly MetricVerdict[];
  readonly findings: readonly Finding[];
  /** Undefined without a catalogue: there is nothing to count. */
  readonly kpis: Kpis | undefined;
  /** Stateful resources that no service claims. */
  readonly orphans: readonly string[];
  readonly survey: readonly SurveyRow[];
  /** The recovery path behind a verdict, for those who want to see every role. */
  readonly pathOf: (verdict: MetricVerdict) => RecoveryPath;
  /** Everything that the metric's scope stands for: each is a way to lose. `pathOf` takes the verdict with any of them. */
  readonly membersOf: (verdict: MetricVerdict) => readonly Member[];
  /** One line each: drafts, chains that cannot hold, doubts about who owns what. */
  readonly warnings: readonly string[];
}

export function judge(estate: Estate, catalogue: Catalogue | undefined, options: JudgeOptions): Judgement {
  const assignment: Assignment =
    catalogue === undefined
      ? { services: new Map(), roles: [], owners: new Map() }
      : joined(options.assignment ?? assign(estate, catalogue), options.owned, estate);
  const times = timeTable(serviceTimes, catalogue?.times ?? []);
  const terrain = new Terrain(
    estate,
    findRoles(estate, assignment.roles),
    (row) => times.get(row)?.row.pessimistic[2] ?? Number.POSITIVE_INFINITY,
  );
  const agreements = catalogue === undefined ? [] : agreedAt(catalogue, options.today);
  const metrics = agreements.flatMap((a) => a.metrics);
  const perService = groupBy(metrics, (m) => m.serviceId);
  const metricsOf = (urn: string): readonly Metric[] =>
    (assignment.owners.get(urn) ?? []).flatMap((owner) => perService.get(owner) ?? []);
  const context = ruleContext(terrain, metricsOf, catalogue !== undefined);
  const rules = options.level === 'in-place' ? RULES.filter((r) => r.ofCode !== true) : RULES;
  const findings = findingsOf(rules, context, catalogue, options.today);
  const shared = ground(terrain, times, simulation(options.seed), metrics, findings, catalogue?.failureRates ?? {});
  const needs = catalogue === undefined ? new Map<string, ServiceNeeds>() : needsOf(catalogue, assignment);
  const needsFor = (metric: Metric): ServiceNeeds =>
    needs.get(metric.serviceId) ?? {
      id: metric.serviceId,
      resources: [],
      entries: [],
      dependsOn: [],
      suppliers: [],
      doubts: [],
      optional: new Set(),
    };
  const asked = options.only === undefined ? metrics : metrics.filter((m) => options.only?.has(m.id));
  const verdicts = asked.map((metric) => {
    const service = needsFor(metric);
    return judgeMetric(metric, service, shared.members(service, metric.scope), shared);
  });
  const stateful = [...estate.resources.values()]
    .filter((r) =>
      fold(
        holdsState(r),
        (s) => s,
        () => false,
      ),
    )
    .map((r) => r.resource.urn);
  const orphans = catalogue === undefined ? [] : stateful.filter((urn) => !assignment.owners.has(urn));
  const chain = catalogue === undefined ? [] : chainCheck(catalogue);
  // A policy pack judges whole stacks and asks for no survey.
  let surveyed: readonly SurveyRow[] | undefined;
  return {
    world: options.world,
    today: options.today,
    estate,
    catalogue,
    assignment,
    roles: terrain.roles,
    agreements,
    services: [...assignment.services.values()].map((s) => ({
      entry: s.entry,
      resources: s.resources,
      roles: [...new Set(s.resources.map((urn) => terrain.roles.of(urn)).filter((r) => r !== undefined))],
      notModelled: s.resources.filter((urn) => estate.resources.get(urn)?.standing.kind === 'not-modelled'),
    })),
    verdicts,
    findings,
    kpis:
      catalogue === undefined
        ? undefined
        : {
            kpi1: kpi1(catalogue, agreements, chain.length),
            kpi2: kpi2(verdicts),
            kpi3: kpi3(catalogue, agreements, orphans.length, stateful.length),
          },
    orphans,
    get survey() {
      surveyed ??= catalogue === undefined ? survey(terrain) : [];
      return surveyed;
    },
    pathOf: (v) =>
      shared.path(
        needsFor(v.metric),
        v.member,
        v.metric.type === 'MBCO' ? v.metric.target / 100 : shared.capacityNeeded(v.metric),
      ),
    membersOf: (v) => shared.members(needsFor(v.metric), v.metric.scope),
    warnings: [
      ...(catalogue?.warnings ?? []).map((w) => `${w.place.file}:${w.place.line}:${w.place.column}: ${w.message}`),
      ...[...assignment.services.values()].flatMap((s) =>
        s.doubts.map((d) => `service ${s.entry.id}: it is not known whether it owns ${d.detail}`),
      ),
      ...estate.readings.flatMap((r) => r.notes),
    ],
  };
}

/** Services with what they cannot do without. Soft dependencies may be absent and are left out. */
function needsOf(catalogue: Catalogue, assignment: Assignment): ReadonlyMap<string, ServiceNeeds> {
  const made = new Map<string, ServiceNeeds>();
  const make = (id: string): ServiceNeeds | undefined => {
    const present = made.get(id);
    if (present !== undefined) return present;
    const service = assignment.services.get(id);
    if (service === undefined) return undefined;
    const hard = service.entry.dependsOn.filter((d) => d.strength === 'hard');
    // The catalogue refuses cycles between services, so this ends.
    const dependsOn = hard
      .filter((d) => d.on.kind === 'service')
      .map((d) => make(d.on.id))
      .filter((n) => n !== undefined);
    // A supplier that the service can do without for a while still keeps, or breaks, what is promised for its loss.
    const suppliers = service.entry.dependsOn
      .filter((d) => d.on.kind === 'supplier')
      .map((d): ServiceNeeds['suppliers'][number] => {
        const supplier = catalogue.suppliers.find((s) => s.id === d.on.id);
        return {
          id: d.on.id,
          promise: (scope, type) => {
            const promised = supplier?.promises.find((p) => p.scope === scope && p.type === type);
            if (promised === undefined)
              return unknown('not-reported', `supplier ${d.on.id} has promised no ${type} for ${scope} scope`);
            if (supplier?.evidence === undefined)
              return unknown('not-reported', `supplier ${d.on.id} gives no evidence for its promises`);
            return known(promised.seconds);
          },
        };
      });
    const needs: ServiceNeeds = {
      id,
      resources: service.resources,
      entries: service.entries,
      dependsOn,
      suppliers,
      doubts: service.doubts,
      optional: new Set(
        service.entry.dependsOn
          .filter((d) => d.strength === 'soft' && d.on.kind === 'service')
          .flatMap((d) => assignment.services.get(d.on.id)?.resources ?? []),
      ),
    };
    made.set(id, needs);
    return needs;
  };
  for (const id of assignment.services.keys()) make(id);
  return made;
}
