/** What every drill of a service shares, whatever is taken away: its recovery path, its doors and stores, and how they are watched. */
import type { Estate, EstateResource } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import type { Metric } from '../../model/agreement.ts';
import { type DrillSpec, SCOPE_OF } from '../../model/drill.ts';
import { type Json, memberOf } from '../../model/journal.ts';
import { unknown } from '../../model/known.ts';
import type { ResourceKind } from '../../model/protection.ts';
import { ANY_MEMBER, type Member, regionOfToken } from '../../model/scope.ts';
import type { MetricVerdict } from '../../model/verdict.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
import type { Judgement } from '../../verdicts/judge.ts';
import { type Canary, canary } from '../canary.ts';
import type { Probe } from '../contract.ts';
import type { Ground } from '../ground.ts';
import { dnsProbe, type EntryWatch, entryWatch, lagProbe } from '../probes.ts';
import { capacityProbes } from './capacity.ts';
import { detectorProbe } from './detectors.ts';
import { copied, sourcesFirst } from './lag.ts';
import { type Located, located, regionsOf, storeEndpoints, textsOf } from './places.ts';

export interface Scene {
  readonly spec: DrillSpec;
  /** As the world names it. */
  readonly member: Member;
  readonly run: string;
  readonly ground: Ground;
  readonly path: RecoveryPath;
  /** Verdicts on the metrics that the drill is held for. */
  readonly verdicts: readonly MetricVerdict[];
  /** Stores of the service, where AWS says where they are. */
  readonly stores: readonly (Located & { readonly role: Role })[];
  readonly canaries: readonly Canary[];
  readonly doors: readonly EntryWatch[];
  readonly probes: readonly Probe[];
  /** What cannot be seen, one line each. */
  readonly blind: readonly string[];
  /** Milliseconds between looks. */
  readonly every: number;
  /** Milliseconds after which what has not recovered is rolled back. */
  readonly limit: number;
  /** Milliseconds since the epoch at which the disruption began; before it, now. */
  readonly onset: () => number;
  /** In the instant of the onset, before anything is lost. */
  readonly strike: () => Promise<void>;
  /** What was lost is there again. */
  readonly returned: () => void;
  /** What was written up to now, by store; the last of it now. */
  readonly keeps: () => Promise<Json>;
  /** Another controller began it then, and kept that. */
  readonly resumed: (t0: number, kept: Json | undefined) => void;
}

/** A drill goes on a while after the promise is broken: how late recovery is matters too. Seconds. */
const GRACE = 600;
/** Seconds for a service with no promise about time. */
const NO_TARGET = 3600;

export async function sceneOf(spec: DrillSpec, member: Member, run: string, ground: Ground): Promise<Scene> {
  const { judgement, outside, clock } = ground;
  const { estate } = judgement;
  const verdicts = metricsOf(spec, judgement);
  const path = judgement.pathOf(asking(spec, judged(member, spec, judgement)));
  const limit = limitOf(spec, judgement);
  const every = Math.min(60_000, Math.max(1_000, Math.round(limit / 600 / 1000) * 1000));
  // A sixtieth of what may be lost is seen to be lost.
  const point = Math.min(...verdicts.filter((v) => v.metric.type === 'RPO').map((v) => v.metric.target));
  const between = Math.min(every, Math.max(1_000, Math.round(point / 60) * 1000));
  const blind: string[] = [...new Set(path.unknowns.map((u) => u.detail))];
  const wants = (kind: DrillSpec['probes'][number]['kind']): boolean =>
    spec.probes.length === 0 ? kind === 'entry' || kind === 'canary' : spec.probes.some((p) => p.kind === kind);

  const stores = path.outcomes
    .filter((o) => o.role.kind === 'store')
    .flatMap(({ role }) => itemsOf(role, estate).flatMap((item) => located(item).map((place) => ({ ...place, role }))));
  let onset: number | undefined;
  let away = false;
  const canaries: Canary[] = [];
  const regions = regionsOf(estate);
  for (const { role } of path.outcomes) {
    if (role.kind === 'queue') blind.push(`${role.title}: messages that wait are not followed`);
    if (role.kind !== 'store' || !wants('canary')) continue;
    const endpoints: string[] = [];
    for (const item of sourcesFirst(itemsOf(role, estate))) endpoints.push(...(await storeEndpoints(item, regions, outside)));
    if (endpoints.length === 0) blind.push(`${role.title}: nothing there takes canary writes`);
    else
      canaries.push(
        canary(
          { id: role.id, title: role.title, endpoints },
          outside,
          clock,
          between,
          () => (away ? onset : undefined),
          checksData(spec),
        ),
      );
  }

  const { hosts, unanswered } = await doorsOf(spec, path, ground);
  if (wants('entry')) blind.push(...unanswered);
  const needed = (verdicts.find((v) => v.metric.type === 'MBCO')?.metric.target ?? 100) / 100;
  const doors = wants('entry')
    ? hosts.map((host) => entryWatch(host, outside, () => clock.now(), every, needed, slowestOf(spec)))
    : [];
  const extra: Probe[] = [];
  for (const rule of spec.probes) {
    if (rule.kind === 'dns') extra.push(dnsProbe(rule.name, outside, every, resolversOf(rule.resolvers, ground)));
    if (rule.kind === 'lag') for (const members of copied(stores).values()) extra.push(lagProbe(members, outside, every));
  }
  const before = judgement.pathOf(asking(spec, NOWHERE));
  const capacity = wants('entry')
    ? capacityProbes({ path, before, lost: () => (away ? member : undefined), ground, every, needed })
    : [];
  const detectors = detectorProbe(spec.service, verdicts, ground, every);
  return {
    spec,
    member,
    run,
    ground,
    path,
    verdicts,
    stores,
    canaries,
    doors,
    probes: [...doors.map((d) => d.probe), ...canaries.map((c) => c.probe), ...capacity, ...extra, ...detectors],
    blind,
    every,
    limit,
    onset: () => onset ?? clock.now(),
    strike: async () => {
      // The last write before the onset is written at the onset: what it loses is not hidden between two writes.
      for (const one of canaries) await one.write();
      onset ??= clock.now();
      away = true;
    },
    returned: () => {
      away = false;
    },
    keeps: async () => {
      for (const one of canaries) await one.write();
      return Object.fromEntries(canaries.map((one) => [one.id, one.history()]));
    },
    resumed: (t0, kept = null) => {
      onset = t0;
      away = true;
      for (const one of canaries) one.remember(memberOf(kept, one.id));
    },
  };
}

/** A Region in which nothing is. */
const NOWHERE: Member = { scope: 'region', name: 'nowhere' };

/** Drills after which wrong data must be gone, and not only writes taken. */
const checksData = ({ kind }: DrillSpec): boolean => kind === 'backup-restore' || kind === 'ransomware-recovery';

/** The metrics that a drill is held for: those it names, else all of its service and its scope. */
function metricsOf(spec: DrillSpec, judgement: Judgement): readonly MetricVerdict[] {
  const { metrics } = spec.hypothesis;
  return judgement.verdicts.filter(
    (v) =>
      v.metric.serviceId === spec.service &&
      (metrics.length > 0 ? metrics.includes(v.metric.id) : v.metric.scope === SCOPE_OF[spec.kind]),
  );
}

/** A question about a service and a scope that nobody need have promised anything for. */
export function asking(spec: Pick<DrillSpec, 'service' | 'place'>, member: Member): MetricVerdict {
  const metric: Metric = {
    id: '',
    agreementId: '',
    serviceId: spec.service,
    type: 'RTO',
    scope: member.scope,
    target: 0,
    percentile: 99,
    clock: 'onset',
    scopeDefaulted: false,
    place: spec.place,
  };
  return {
    metric,
    level: 'designed',
    verdict: 'unknown',
    conditions: [],
    automation: undefined,
    predicted: undefined,
    reason: '',
    decidedBy: undefined,
    member,
    withPerson: unknown('not-reported', 'nothing was promised'),
    countsForKpi2: false,
    waivedOnly: false,
    decidingRow: undefined,
  };
}

/** The member of the judged estate that a thing of the world is: zones that code cannot name have names once there. */
export function judged(member: Member, spec: Pick<DrillSpec, 'service' | 'place'>, judgement: Judgement): Member {
  const members = judgement.membersOf(asking(spec, member));
  const same = members.find((m) => m.name === member.name);
  if (same !== undefined || member.scope !== 'az') return same ?? member;
  const region = regionOfToken(member.name);
  const tokens = members.filter((m) => m.name.startsWith('az:') && regionOfToken(m.name) === region);
  // Tokens count the zones of a Region in their order (src/services/subnets.ts).
  const nth = `az:${region}:${(member.name.codePointAt(member.name.length - 1) ?? 0) - 96}`;
  return (
    tokens.find((m) => m.name === nth) ??
    tokens.find((m) => m.name.endsWith(':?')) ??
    members.find((m) => m.name === ANY_MEMBER) ??
    member
  );
}

/** Milliseconds after which what has not recovered is rolled back: as the drill says, else by what is promised. */
export function limitOf(spec: DrillSpec, judgement: Judgement): number {
  if (spec.limit !== undefined) return spec.limit * 1000;
  const targets = metricsOf(spec, judgement)
    .filter((v) => v.metric.type === 'RTO' || v.metric.type === 'MTPD')
    .map((v) => v.metric.target);
  return ((targets.length === 0 ? NO_TARGET : Math.max(...targets)) + GRACE) * 1000;
}

export const itemsOf = (role: Role, estate: Estate): readonly EstateResource[] =>
  role.members.map((urn) => estate.resources.get(urn)).filter((item) => item !== undefined);

/** Outputs under which users reach a thing, the best first. */
export const ENTRY_OUTPUTS = ['fqdn', 'dnsName', 'domainName', 'apiEndpoint', 'invokeUrl', 'functionUrl', 'endpoint', 'address'];

/** Kinds of things that users can ask; stores have writers. */
const DOORS: ReadonlySet<ResourceKind> = new Set(['traffic', 'compute', 'proxy']);

/** Hosts that users ask: those that the drill names, else the entries of the path that answer. */
async function doorsOf(
  spec: DrillSpec,
  path: RecoveryPath,
  { judgement, outside }: Ground,
): Promise<{ readonly hosts: readonly string[]; readonly unanswered: readonly string[] }> {
  const named = spec.probes.flatMap((p) => (p.kind === 'entry' && p.url !== undefined ? [p.url] : []));
  if (named.length > 0) return { hosts: [...new Set(named)], unanswered: [] };
  const hosts = new Set<string>();
  const unanswered: string[] = [];
  for (const role of path.entries) {
    if (!DOORS.has(role.kind)) continue;
    const answering: string[] = [];
    for (const item of itemsOf(role, judgement.estate)) {
      // Names of one thing all lead to the same: the first that answers will do.
      for (const host of textsOf(item, ENTRY_OUTPUTS)) {
        if ((await outside.request(host, 0)).kind !== 'served') continue;
        answering.push(host);
        break;
      }
    }
    if (answering.length === 0) unanswered.push(`${role.title}: nobody answers there`);
    for (const host of answering) hosts.add(host);
  }
  return { hosts: [...hosts], unanswered };
}

const slowestOf = (spec: DrillSpec): number | undefined =>
  spec.probes.flatMap((p) => (p.kind === 'entry' && p.slowest !== undefined ? [p.slowest] : [])).sort((a, b) => a - b)[0];

/** Indices into the resolvers of the ground. */
function resolversOf(named: readonly string[], { outside }: Ground): readonly number[] {
  const all = outside.resolvers.map((_, i) => i);
  return named.length === 0 ? all : all.filter((i) => named.includes(outside.resolvers[i] ?? ''));
}
