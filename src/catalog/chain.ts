/**
 * The chain from an SLA down: can its targets be kept by what the agreements under it and the suppliers promise
 * (docs/model.md, KPI 1)?
 *
 * The rule, for one SLA metric of service s, with the services D that s needs by hard dependencies, directly or not:
 * - RTO: a service starts to recover when what it needs is back, so promises add up along a chain of hard
 *   dependencies. T(x) = own(x) + max over y in needs(x) of T(y), a service without a promise adding nothing
 *   (it is flagged), and T(s) ≤ target must hold, own(s) being what an underpinning agreement promises for s itself.
 * - RPO: the oldest data decides: every promise for s or one of D must be ≤ target.
 * - MBCO, AVAILABILITY: the weakest decides: every promise must be ≥ target.
 * Only promises of the same type and scope count, from the agreements that the SLA names in `underpinnedBy`, those
 * that these name, and, for D, the SLA itself. Of two promises for one service the tighter counts, because both are
 * to be kept. A draft promises nothing. A supplier's promise counts with evidence only.
 * What has no promise of the type and scope is unsupported: nobody knows (design.md, law 1). Suppliers can promise
 * RTO and RPO only, so they are not asked for the others.
 */
import type { Agreement, Catalogue, Metric, MetricType, Place, ServiceEntry, Supplier } from '../model/agreement.ts';
import { isAtLeast } from '../model/agreement.ts';
import { firstOf } from '../model/naming.ts';
import { formatDuration } from '../model/quantity.ts';
import type { Scope } from '../model/scope.ts';
import { showPlace } from './problem.ts';

export interface ChainFlag {
  readonly code: 'does-not-fit' | 'unsupported';
  /** The SLA metric. */
  readonly metricId: string;
  readonly place: Place;
  /** Metrics, dependencies or suppliers underneath that cause it. */
  readonly underlying: readonly Place[];
  readonly message: string;
}

type ChainType = 'RTO' | 'RPO' | 'MBCO' | 'AVAILABILITY';

function isChainType(type: MetricType): type is ChainType {
  return type === 'RTO' || type === 'RPO' || type === 'MBCO' || type === 'AVAILABILITY';
}

/** A promise under the SLA, whoever made it. */
interface Promised {
  /** `service identity` or `supplier psp`. */
  readonly label: string;
  readonly value: number;
  readonly place: Place;
}

interface Missing {
  readonly label: string;
  readonly why: string;
  readonly place: Place;
}

/** Every flag, for approved SLAs and drafts alike: a draft is checked before it is signed. Expects no circles. */
export function chainCheck(catalogue: Pick<Catalogue, 'services' | 'suppliers' | 'agreements'>): readonly ChainFlag[] {
  const services = new Map(catalogue.services.map((s) => [s.id, s]));
  const suppliers = new Map(catalogue.suppliers.map((s) => [s.id, s]));
  const agreements = new Map(catalogue.agreements.map((a) => [a.id, a]));
  const flags: ChainFlag[] = [];
  for (const sla of catalogue.agreements.filter((a) => a.kind === 'SLA')) {
    const under = tightest(
      underpinning(sla, agreements)
        .filter((a) => a.approvedBy !== undefined)
        .flatMap((a) => a.metrics),
    );
    const own = tightest(sla.metrics);
    for (const metric of sla.metrics) {
      const { type } = metric;
      if (!isChainType(type)) continue;
      const find = (serviceId: string): Metric | undefined => {
        const key = promiseKey(type, metric.scope, serviceId);
        const theirs = under.get(key);
        // What the SLA promises for the same service is the metric under test.
        const ours = serviceId === metric.serviceId ? undefined : own.get(key);
        return theirs === undefined || (ours !== undefined && tighter(ours, theirs)) ? ours : theirs;
      };
      flags.push(...checkMetric(metric, type, services, suppliers, find));
    }
  }
  return flags;
}

function promiseKey(type: MetricType, scope: Scope, serviceId: string): string {
  return `${type} ${scope} ${serviceId}`;
}

function tightest(metrics: readonly Metric[]): ReadonlyMap<string, Metric> {
  const found = new Map<string, Metric>();
  for (const m of metrics) {
    const key = promiseKey(m.type, m.scope, m.serviceId);
    const before = found.get(key);
    if (before === undefined || tighter(m, before)) found.set(key, m);
  }
  return found;
}

function tighter(a: Metric, b: Metric): boolean {
  return isAtLeast(a.type) ? a.target > b.target : a.target < b.target;
}

function underpinning(sla: Agreement, agreements: ReadonlyMap<string, Agreement>): readonly Agreement[] {
  const found = new Map<string, Agreement>();
  const queue = [...sla.underpinnedBy];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const agreement = agreements.get(id);
    if (agreement === undefined || found.has(id) || id === sla.id) continue;
    found.set(id, agreement);
    queue.push(...agreement.underpinnedBy);
  }
  return [...found.values()];
}

function checkMetric(
  metric: Metric,
  type: ChainType,
  services: ReadonlyMap<string, ServiceEntry>,
  suppliers: ReadonlyMap<string, Supplier>,
  find: (serviceId: string) => Metric | undefined,
): readonly ChainFlag[] {
  const order = needed(metric.serviceId, services);
  const missing = new Map<string, Missing>();
  const promises: Promised[] = [];
  // Longest sum below each service, dependencies first; the chain is kept as a linked list.
  const longest = new Map<string, Link>();
  for (const service of order) {
    const own = find(service.id);
    const label = `service ${service.id}`;
    const mine: Promised | undefined = own && { label, value: own.target, place: own.place };
    if (mine !== undefined) promises.push(mine);
    let below: Link | undefined;
    for (const d of service.dependsOn.filter((x) => x.strength === 'hard')) {
      let link = d.on.kind === 'service' ? longest.get(d.on.id) : undefined;
      if (d.on.kind === 'service' && find(d.on.id) === undefined) {
        const label = `service ${d.on.id}`;
        missing.set(label, { label, why: 'no approved agreement under it promises one', place: d.place });
      }
      const supplier = d.on.kind === 'supplier' ? suppliers.get(d.on.id) : undefined;
      if (supplier !== undefined && (type === 'RTO' || type === 'RPO')) {
        const given = supplierPromise(supplier, type, metric);
        if ('why' in given) missing.set(given.label, given);
        else {
          promises.push(given);
          link = { sum: given.value, last: given, next: undefined };
        }
      }
      if (link !== undefined && (below === undefined || link.sum > below.sum)) below = link;
    }
    const link = mine === undefined ? below : { sum: mine.value + (below?.sum ?? 0), last: mine, next: below };
    if (link !== undefined) longest.set(service.id, link);
  }
  const broken =
    type === 'RTO' ? chainTooLong(metric, longest.get(metric.serviceId)) : promises.filter((p) => !fits(metric, p.value));
  const flags: ChainFlag[] = [];
  if (broken.length > 0) flags.push(doesNotFit(metric, type, broken));
  if (missing.size > 0) flags.push(unsupported(metric, [...missing.values()].reverse()));
  return flags;
}

interface Link {
  readonly sum: number;
  readonly last: Promised;
  readonly next: Link | undefined;
}

/** The service and what it needs by hard dependencies, each after all that it needs. Iterative: chains may be long. */
function needed(root: string, services: ReadonlyMap<string, ServiceEntry>): readonly ServiceEntry[] {
  const order: ServiceEntry[] = [];
  const seen = new Set<string>();
  const stack: { readonly id: string; readonly leaving: boolean }[] = [{ id: root, leaving: false }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const service = services.get(step.id);
    if (service === undefined) continue;
    if (step.leaving) {
      order.push(service);
      continue;
    }
    if (seen.has(step.id)) continue;
    seen.add(step.id);
    stack.push({ id: step.id, leaving: true });
    for (const d of service.dependsOn) {
      if (d.strength === 'hard' && d.on.kind === 'service') stack.push({ id: d.on.id, leaving: false });
    }
  }
  return order;
}

function supplierPromise(supplier: Supplier, type: 'RTO' | 'RPO', metric: Metric): Promised | Missing {
  const label = `supplier ${supplier.id}`;
  const promise = supplier.promises.find((p) => p.type === type && p.scope === metric.scope);
  if (promise === undefined) return { label, why: 'it promises none', place: supplier.place };
  if (supplier.evidence === undefined) return { label, why: 'its promise has no evidence', place: supplier.place };
  return { label, value: promise.seconds, place: supplier.place };
}

function fits(metric: Metric, value: number): boolean {
  return metric.type === 'RPO' ? value <= metric.target : value >= metric.target;
}

function chainTooLong(metric: Metric, link: Link | undefined): readonly Promised[] {
  if (link === undefined || link.sum <= metric.target) return [];
  const chain: Promised[] = [];
  for (let here: Link | undefined = link; here !== undefined; here = here.next) chain.push(here.last);
  return chain;
}

/** Places that one flag points at. */
const MAX_PLACES = 5;

function doesNotFit(metric: Metric, type: ChainType, broken: readonly Promised[]): ChainFlag {
  const show = (value: number): string => (type === 'RTO' || type === 'RPO' ? formatDuration(value) : `${value}%`);
  const parts = firstOf(broken.map((p) => `${p.label} ${show(p.value)} at ${showPlace(p.place)}`));
  const sum = type === 'RTO' && broken.length > 1 ? `, ${show(broken.reduce((s, p) => s + p.value, 0))} in a row` : '';
  return {
    code: 'does-not-fit',
    metricId: metric.id,
    place: metric.place,
    underlying: broken.slice(0, MAX_PLACES).map((p) => p.place),
    message: `${metric.id} promises ${show(metric.target)}, but under it there is only ${parts}${sum}: mend one of them`,
  };
}

function unsupported(metric: Metric, missing: readonly Missing[]): ChainFlag {
  const parts = firstOf(missing.map((m) => `${m.label} (${m.why}, ${showPlace(m.place)})`));
  return {
    code: 'unsupported',
    metricId: metric.id,
    place: metric.place,
    underlying: missing.slice(0, MAX_PLACES).map((m) => m.place),
    message: `${metric.id} rests on something without ${metric.type} for ${metric.scope}: ${parts}; agree on one, or make the dependency soft`,
  };
}
