/** Drills that would show what was agreed: from the agreements, and from the mechanisms that the recovery graph rests on. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Dependency, Metric, MetricType, ServiceEntry } from '../model/agreement.ts';
import { groupBy } from '../model/collections.ts';
import { DRILL_KINDS, type DrillKind, type DrillSpec, type Precondition, SCOPE_OF, type StopRule } from '../model/drill.ts';
import { decide, fold, is } from '../model/known.ts';
import { isAutomatic, type Protection } from '../model/protection.ts';
import type { MetricVerdict } from '../model/verdict.ts';
import { type BackupVaultFacts, backupVault } from '../services/backup-vault.ts';
import type { Judgement } from '../verdicts/judge.ts';
import { CONTROLS } from './controls.ts';
import { MECHANISMS_OF, REPLICATING } from './mechanisms.ts';

/** What a drill can measure. The others are judged from configuration, or over a year. */
const SHOWN: ReadonlySet<MetricType> = new Set(['RTO', 'RPO', 'MTPD', 'MBCO', 'DETECT', 'INVOKE']);

const TITLES: Readonly<Record<DrillKind, string>> = {
  'az-loss': 'Loss of an Availability Zone',
  'region-evacuation': 'Evacuation of a Region',
  'region-loss': 'Loss of a Region',
  'database-failover': 'Failover of the database',
  'global-database-failover': 'Failover of the global database',
  'global-database-switchover': 'Switchover of the global database',
  'cache-failover': 'Failover of the cache',
  'dns-failover': 'Failover of DNS',
  'bucket-failover': 'Failover of the bucket',
  'backup-restore': 'Restore from backups',
  'key-loss': 'Loss of a key',
  'ransomware-recovery': 'Recovery from the locked vault',
  'dependency-loss': 'Loss of',
  'control-plane-loss': "Loss of a Region's control planes",
  'table-top': 'Table-top',
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A drill goes on a while after the promise is broken: how late recovery is matters too. Seconds. */
const GRACE = 10 * MINUTE;
/** Seconds for what has no promise about time. */
const NO_TARGET = HOUR;

/** What is known of one service, gathered once for all of its drills. */
interface Subject {
  readonly service: ServiceEntry;
  readonly judgement: Judgement;
  readonly verdicts: readonly MetricVerdict[];
  /** Its own resources on its recovery paths, and what nobody else owns of what they need. */
  readonly parts: readonly EstateResource[];
}

/**
 * Drills for every agreed (service, scope) that a drill can show, and for every mechanism that the service's own resources rest
 * on. The same judgement gives the same drills, in the order of the catalogue and of `DRILL_KINDS`, with ids that are made of the
 * service and the kind.
 */
export function suggest(judgement: Judgement): readonly DrillSpec[] {
  const taken = new Set<string>();
  const verdicts = groupBy(judgement.verdicts, (v) => v.metric.serviceId);
  return judgement.services.flatMap(({ entry: service }) => {
    const own = verdicts.get(service.id) ?? [];
    if (own.length === 0) return [];
    const subject = { service, judgement, verdicts: own, parts: partsOf(service.id, own, judgement) };
    return DRILL_KINDS.flatMap((kind) => drillsOf(kind, subject)).map((spec) => ({ ...spec, id: unused(spec.id, taken) }));
  });
}

function unused(id: string, taken: Set<string>): string {
  let free = id;
  for (let n = 2; taken.has(free); n += 1) free = `${id}-${n}`;
  taken.add(free);
  return free;
}

function partsOf(service: string, verdicts: readonly MetricVerdict[], judgement: Judgement): readonly EstateResource[] {
  const { estate, assignment } = judgement;
  const urns = new Set<string>();
  for (const verdict of onePerScope(verdicts)) {
    // Which instance is lost changes nothing about which parts there are, and there may be hundreds.
    const members = verdict.metric.scope === 'instance' ? [verdict.member] : judgement.membersOf(verdict);
    for (const member of members)
      for (const { role } of judgement.pathOf({ ...verdict, member }).outcomes) for (const urn of role.members) urns.add(urn);
  }
  return [...estate.resources.values()].filter(({ resource: { urn } }) => {
    const owners = assignment.owners.get(urn);
    return urns.has(urn) && (owners === undefined || owners.includes(service));
  });
}

function onePerScope(verdicts: readonly MetricVerdict[]): readonly MetricVerdict[] {
  return [...groupBy(verdicts, (v) => v.metric.scope).values()].flatMap((same) => same.slice(0, 1));
}

function drillsOf(kind: DrillKind, subject: Subject): readonly DrillSpec[] {
  const { service } = subject;
  if (kind === 'table-top') return service.tier === 1 && hasPeople(subject) ? [tableTop(subject)] : [];
  if (kind === 'dependency-loss') return dependencies(subject).map((d) => dependencyLoss(subject, d));
  return isCalledFor(kind, subject) ? [base(kind, subject)] : [];
}

function isCalledFor(kind: DrillKind, subject: Subject): boolean {
  const mechanisms = MECHANISMS_OF[kind];
  if (mechanisms !== undefined)
    return subject.parts.some((part) => protectionsOf(part).some((p) => mechanisms.has(p.mechanism) && mayAct(p)));
  if (kind === 'key-loss') return subject.parts.some((part) => meaningOf(part)?.kind === 'key');
  if (metricsFor(kind, subject).length === 0) return false;
  if (kind === 'region-evacuation') return hasTwoRegions(subject);
  return kind !== 'ransomware-recovery' || hasLockedVault(subject.judgement);
}

/** What lives in one Region has nowhere to go while the Region is well. */
function hasTwoRegions({ verdicts, judgement }: Subject): boolean {
  const [regional] = verdicts.filter((v) => v.metric.scope === 'region');
  return regional !== undefined && judgement.membersOf(regional).length > 1;
}

function protectionsOf(part: EstateResource): readonly Protection[] {
  return meaningOf(part)?.protections ?? [];
}

/** What is known not to work needs no drill. */
function mayAct(protection: Protection): boolean {
  return decide(protection.armed, { yes: () => true, no: () => false, unknown: () => true });
}

function hasLockedVault({ estate }: Judgement): boolean {
  return [...estate.resources.values()].some(({ standing }) => {
    if (standing.kind !== 'modelled' || standing.module.id !== backupVault.id) return false;
    // Facts of a vault were made by the vault's own module.
    const { lock } = standing.facts as BackupVaultFacts;
    return decide(
      is(lock, (l) => l !== undefined),
      { yes: () => true, no: () => false, unknown: () => false },
    );
  });
}

function hasPeople({ verdicts }: Subject): boolean {
  return verdicts.some((v) => v.automation !== undefined && !isAutomatic(v.automation));
}

/** Suppliers, and the services that it cannot do without. */
function dependencies({ service }: Subject): readonly Dependency[] {
  return service.dependsOn.filter((d) => d.on.kind === 'supplier' || d.strength === 'hard');
}

function metricsFor(kind: DrillKind, { verdicts }: Subject): readonly Metric[] {
  const scope = SCOPE_OF[kind];
  if (scope === undefined) return [];
  return verdicts.map((v) => v.metric).filter((m) => m.scope === scope && SHOWN.has(m.type));
}

function base(kind: DrillKind, subject: Subject): DrillSpec {
  const { service, judgement } = subject;
  const metrics = metricsFor(kind, subject);
  const limit = limitFor(kind, subject);
  return {
    id: `${service.id}-${kind}`,
    title: `${TITLES[kind]} (${service.title})`,
    kind,
    service: service.id,
    member: undefined,
    hypothesis: {
      steady: `Users of ${service.title} are served, and what they write is kept.`,
      metrics: metrics.map((m) => m.id),
    },
    preconditions: preconditionsFor(kind, subject),
    recover: undefined,
    probes: [],
    stops: stopsFor(kind, limit, metrics, judgement),
    points: kind === 'backup-restore' ? ['newest', 'oldest'] : kind === 'ransomware-recovery' ? ['newest'] : [],
    limit,
    dwell: undefined,
    afterCrash: 'roll-back',
    blastRadius: { tags: tagsOf(service), most: undefined },
    approvals: { by: [], count: 1 },
    window: undefined,
    // Demonstrated verdicts are good for a year, in tier 1 for half a year (docs/model.md, KPI 2).
    every: service.tier === 1 ? 180 : 365,
    controls: CONTROLS[kind],
    participants: [],
    place: service.place,
  };
}

function dependencyLoss(subject: Subject, { on }: Dependency): DrillSpec {
  const spec = base('dependency-loss', subject);
  const { title } = subject.service;
  return {
    ...spec,
    id: `${spec.id}-${on.id}`,
    title: `${TITLES['dependency-loss']} ${on.id} (${title})`,
    member: on.id,
    // What is promised for the loss of a supplier says nothing about the loss of one's own service.
    hypothesis: { ...spec.hypothesis, metrics: on.kind === 'supplier' ? spec.hypothesis.metrics : [] },
  };
}

/** Who sits at the table: those whom a recovery plan of the service names, else those whom every plan needs. */
function tableTop(subject: Subject): DrillSpec {
  const { service, judgement } = subject;
  const plans = (judgement.catalogue?.plans ?? []).filter((p) => p.services.includes(service.id));
  const roles = [...new Set(plans.flatMap((p) => p.contacts.map((c) => c.role)))];
  return {
    ...base('table-top', subject),
    hypothesis: { steady: 'Everybody who is needed is reached, decides in time, and says so to those who wait.', metrics: [] },
    preconditions: [],
    stops: [],
    limit: undefined,
    blastRadius: { tags: {}, most: undefined },
    participants: roles.length > 0 ? roles : ['incident lead', 'service owner', 'communication'],
  };
}

function limitFor(kind: DrillKind, { verdicts }: Subject): number {
  const scope = SCOPE_OF[kind] ?? (kind === 'key-loss' ? 'az' : 'region');
  const times = verdicts.map((v) => v.metric).filter((m) => m.scope === scope && (m.type === 'RTO' || m.type === 'MTPD'));
  return (times.length === 0 ? NO_TARGET : Math.max(...times.map((m) => m.target))) + GRACE;
}

function preconditionsFor(kind: DrillKind, subject: Subject): readonly Precondition[] {
  const found: Precondition[] = [{ kind: 'no-other-drill' }];
  if (kind === 'backup-restore' || kind === 'ransomware-recovery') {
    const point = strictest(metricsFor(kind, subject));
    found.push({ kind: 'fresh-backups', within: point === undefined || point === 0 ? DAY : point });
  }
  if (['region-loss', 'region-evacuation', 'global-database-failover', 'global-database-switchover'].includes(kind)) {
    const point = strictest(metricsFor('region-loss', subject));
    if (point !== undefined && point > 0 && everyStoreReplicates(subject)) found.push({ kind: 'lag-within', seconds: point });
  }
  return found;
}

/** Seconds of data that may be lost. */
function strictest(metrics: readonly Metric[]): number | undefined {
  const points = metrics.filter((m) => m.type === 'RPO').map((m) => m.target);
  return points.length === 0 ? undefined : Math.min(...points);
}

/** A store without a replica has no lag that anybody could tell. */
function everyStoreReplicates({ parts }: Subject): boolean {
  const stores = parts.filter((part) => meaningOf(part)?.kind === 'store');
  const copies = new Set(stores.flatMap((part) => protectionsOf(part).filter(replicates).flatMap(successorsOf)));
  return stores.length > 0 && stores.every((s) => copies.has(s.resource.urn) || protectionsOf(s).some(replicates));
}

function replicates(protection: Protection): boolean {
  return REPLICATING.has(protection.mechanism) && mayAct(protection);
}

function successorsOf({ successors }: Protection): readonly string[] {
  return fold(
    successors,
    (urns) => urns,
    () => [],
  );
}

/**
 * Nothing lasts longer than its limit and what comes after it. Where users are real, a drill that leaves nearly all of them
 * without service for longer than was promised is over: one in a hundred requests, so that a service which is away exactly as
 * long as it may be does not count as away for longer.
 */
function stopsFor(kind: DrillKind, limit: number, metrics: readonly Metric[], { world }: Judgement): readonly StopRule[] {
  const longer: StopRule = { kind: 'longer-than', seconds: limit + 15 * MINUTE };
  const promised = Math.max(0, ...metrics.filter((m) => m.type === 'RTO').map((m) => m.target));
  const restored = kind === 'backup-restore' || kind === 'ransomware-recovery';
  if (world !== 'live' || promised === 0 || promised > 8 * HOUR || restored) return [longer];
  return [longer, { kind: 'availability-below', share: 0.01, over: promised + 5 * MINUTE }];
}

/** What everything of the service carries, by its selectors: tags that each selector by tags asks for. */
function tagsOf({ selectors }: ServiceEntry): Readonly<Record<string, string>> {
  const [first, ...others] = selectors.map((s) => s.tags).filter((tags) => tags !== undefined);
  const exact = Object.entries(first ?? {}).filter(([, value]) => !value.includes('*'));
  return Object.fromEntries(exact.filter(([key, value]) => others.every((tags) => tags[key] === value)));
}
