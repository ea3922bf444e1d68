/**
 * What a demonstrated promise rests on, as hashes over meanings: while they are the same, a drill still speaks for the promise.
 * Names, tags, order, what runs and how late it is never enter. It is the designed level that is hashed: a drill keeps the hash of
 * its sources, and the same sources give the same hash later.
 */
import { createHash } from 'node:crypto';
import { type EstateResource, meaningOf } from '../estate/estate.ts';
import type { Metric } from '../model/agreement.ts';
import { kept } from '../model/collections.ts';
import { fold, type Known } from '../model/known.ts';
import type { LinkKind, Orchestration, Placement, Protection } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import { timesIn } from './alike.ts';
import type { Judgement } from './judge.ts';

export interface Material {
  /** SHA-256 over all of it. */
  readonly hash: string;
  /** A hash for each resource (URN), and one for the promise itself (metric id): they tell what changed, and decide nothing. */
  readonly parts: Readonly<Record<string, string>>;
}

/** What a drill keeps of several metrics of one service and scope: they rest on the same resources. */
export interface Materials {
  /** By metric id. */
  readonly material: Readonly<Record<string, string>>;
  /** Of all of them together; empty where there are too many to keep. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Parts beyond this many would not leave room in a record for anything else. */
const PARTS_AT_MOST = 1_000;

export function materialsOf(judgement: Judgement, metrics: readonly string[]): Materials {
  const all = metrics.map((id) => [id, materialOf(judgement, id)] as const);
  const parts = Object.assign({}, ...all.map(([, m]) => m.parts)) as Record<string, string>;
  return {
    material: Object.fromEntries(all.map(([id, m]) => [id, m.hash])),
    parts: Object.keys(parts).length > PARTS_AT_MOST ? {} : parts,
  };
}

/** How far beyond the resources that a service needs their neighbours are looked at: a record's health check, and what that watches. */
const ROUNDS = 2;

/** Throws for a metric that is not in force. */
export function materialOf(judgement: Judgement, metricId: string): Material {
  const verdict = judgement.verdicts.find((v) => v.metric.id === metricId);
  if (verdict === undefined) throw new Error(`${metricId}: no such metric is in force`);
  const { metric } = verdict;
  const services = hardClosure(judgement, metric.serviceId);
  const needed = neededBy(
    judgement,
    services,
    judgement.pathOf(verdict).entries.flatMap((role) => role.members),
  );
  const shapes = shapesAt(metric.scope, judgement, needed);
  const promise = digest(promiseOf(metric, judgement, services));
  const plans = [...judgement.estate.resources].filter(([, item]) => shapes.started(item).length > 0).map(([urn]) => urn);
  const rests = [...new Set([...needed, ...plans])];
  const colours = rests.map((urn) => shapes.colour(urn, ROUNDS)).sort();
  return {
    hash: createHash('sha256')
      .update([promise, ...colours].join('\n'))
      .digest('hex'),
    parts: { ...Object.fromEntries(shapes.seen().map(([urn, hash]) => [urn, short(hash)])), [metric.id]: short(promise) },
  };
}

/** The promise, how much must serve for it, what suppliers promise to it, and how much of the service nobody can tell. */
function promiseOf(metric: Metric, judgement: Judgement, services: readonly string[]): unknown {
  const { type, scope, target, percentile, clock, serviceId } = metric;
  const floors = judgement.verdicts
    .map((v) => v.metric)
    .filter((m) => m.serviceId === serviceId && m.scope === scope && m.type === 'MBCO')
    .map((m) => m.target);
  const suppliers = judgement.catalogue?.suppliers.filter((s) =>
    services.some((id) =>
      judgement.assignment.services.get(id)?.entry.dependsOn.some((d) => d.on.kind === 'supplier' && d.on.id === s.id),
    ),
  );
  return [
    [type, scope, target, percentile, clock],
    floors.sort((a, b) => a - b),
    scope === 'supplier'
      ? (suppliers ?? [])
          .map((s) => JSON.stringify([s.evidence !== undefined, s.promises.filter((p) => p.scope === scope)]))
          .sort()
      : [],
    services.map((id) => judgement.assignment.services.get(id)?.doubts.length ?? 0),
    judgement.estate.partial !== undefined,
  ];
}

/** The service and every service that it cannot do without. */
export function hardClosure(judgement: Judgement, service: string, seen = new Set<string>()): readonly string[] {
  if (!seen.has(service)) {
    seen.add(service);
    for (const { on, strength } of judgement.assignment.services.get(service)?.entry.dependsOn ?? [])
      if (on.kind === 'service' && strength === 'hard') hardClosure(judgement, on.id, seen);
  }
  return [...seen];
}

const ROOTS: ReadonlySet<string> = new Set(['store', 'compute', 'queue']);
const NEEDS: ReadonlySet<LinkKind> = new Set(['traffic', 'endpoint', 'key', 'secret']);

/** As recovery paths lead, with every member of a role as if it might carry on: who does so hangs on what happens to run. */
function neededBy(judgement: Judgement, services: readonly string[], entries: readonly string[]): ReadonlySet<string> {
  const { estate, roles, assignment } = judgement;
  const own = new Set(services.flatMap((id) => assignment.services.get(id)?.resources ?? []));
  const optional = new Set(
    services.flatMap((id) =>
      (assignment.services.get(id)?.entry.dependsOn ?? [])
        .filter((d) => d.on.kind === 'service' && d.strength === 'soft')
        .flatMap((d) => assignment.services.get(d.on.id)?.resources ?? []),
    ),
  );
  const open = [...entries];
  for (const urn of own) {
    const item = estate.resources.get(urn);
    if (item?.standing.kind === 'not-modelled' || ROOTS.has(meaningOf(item)?.kind ?? '')) open.push(urn);
  }
  const needed = new Set<string>();
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    if (needed.has(urn) || !estate.resources.has(urn)) continue;
    needed.add(urn);
    open.push(...(roles.of(urn)?.members ?? []));
    for (const { carries, to } of meaningOf(estate.resources.get(urn))?.links ?? []) {
      if (!NEEDS.has(carries)) continue;
      fold(
        to,
        (target) => (own.has(target) || !optional.has(target) ? open.push(target) : 0),
        () => 0,
      );
    }
  }
  return needed;
}

interface Shapes {
  /** Hash of what a resource is and does, and of what surrounds it so many steps far. */
  colour(urn: string, rounds: number): string;
  /** Orchestrations of a resource that start something needed at the scope. */
  started(item: EstateResource | undefined): readonly Orchestration[];
  /** Every resource that was looked at, with the hash of it alone. */
  seen(): readonly (readonly [string, string])[];
}

function shapesAt(scope: Scope, judgement: Judgement, needed: ReadonlySet<string>): Shapes {
  const { estate, roles } = judgement;
  const alone = new Map<string, string>();
  const colours = new Map<string, string>();
  const started: Shapes['started'] = (item) =>
    (meaningOf(item)?.orchestrations ?? []).filter(
      (o) =>
        o.scopes.includes(scope) &&
        o.targets.some((t) =>
          fold(
            t,
            (urn) => needed.has(urn),
            () => true,
          ),
        ),
    );
  const aloneOf = (urn: string): string => kept(alone, urn, () => digest(ownShape(estate.resources.get(urn), scope, started)));
  const neighbours = (urn: string): readonly (readonly [string, string | undefined])[] => {
    const item = estate.resources.get(urn);
    const meaning = meaningOf(item);
    const to = (label: string, target: Known<string>) =>
      [label, fold<string, string | undefined>(target, (t) => t, nothing)] as const;
    return [
      ...(meaning?.links ?? []).map((l) => to(l.carries, l.to)),
      ...(roles.of(urn)?.members ?? []).filter((m) => m !== urn).map((m) => ['stands in', m] as const),
      ...ofScope(meaning?.protections ?? [], scope).flatMap((p) =>
        fold<readonly string[], readonly (readonly [string, string | undefined])[]>(
          p.successors,
          (list) => list.map((s) => [s === urn ? `${p.mechanism} in place` : p.mechanism, s === urn ? undefined : s] as const),
          () => [[p.mechanism, undefined]],
        ),
      ),
      ...started(item).flatMap((o) =>
        o.targets.map((t) => to(o.action, t)).filter(([, target]) => target === undefined || needed.has(target)),
      ),
    ];
  };
  const colour = (urn: string, rounds: number): string => {
    if (rounds === 0) return aloneOf(urn);
    const key = `${rounds} ${urn}`;
    const known = colours.get(key);
    if (known !== undefined) return known;
    const around = neighbours(urn).map(([label, target]) =>
      JSON.stringify([label, target === undefined || !estate.resources.has(target) ? null : colour(target, rounds - 1)]),
    );
    const made = digest([aloneOf(urn), around.sort()]);
    colours.set(key, made);
    return made;
  };
  return { colour, started, seen: () => [...alone] };
}

/** What a resource is and does by itself, without a name of its own in it. */
function ownShape(item: EstateResource | undefined, scope: Scope, started: Shapes['started']): unknown {
  if (item === undefined) return 'outside';
  const { resource, props } = item;
  const meaning = meaningOf(item);
  if (meaning === undefined) return [resource.type, item.standing.kind];
  return [
    resource.type,
    meaning.kind,
    word(resource.region),
    fold<Placement, unknown>(meaning.placement, placementClass, unknowable),
    meaning.waits === undefined ? null : word(meaning.waits),
    engineOf(props),
    meaning.retentionDays === undefined ? null : word(meaning.retentionDays),
    meaning.backupDays === undefined ? null : word(meaning.backupDays),
    meaning.detection === undefined ? null : timesIn(meaning.detection),
    sorted(meaning.links.map((l) => [l.carries, fold(l.to, () => 'known', unknowable)])),
    sorted(ofScope(meaning.protections, scope).map(protectionShape)),
    sorted(
      started(item).map((o) => [
        o.action,
        o.automation,
        word(o.armed),
        timesIn(o.lead),
        o.grows === undefined ? null : word(o.grows),
      ]),
    ),
  ];
}

const ofScope = (protections: readonly Protection[], scope: Scope): readonly Protection[] =>
  protections.filter((p) => p.scopes.includes(scope));

function protectionShape(p: Protection): unknown {
  return [
    p.mechanism,
    [...p.scopes].sort(),
    p.automation,
    p.action !== undefined && SCALES.has(p.action) ? null : word(p.armed),
    p.into === undefined ? null : word(p.into),
    p.action ?? null,
    timesIn(p.time),
    p.point === undefined ? null : timesIn(p.point),
  ];
}

/** Whether there is room to grow into hangs on what runs; the designed level judges it anew each time. */
const SCALES: ReadonlySet<string> = new Set(['asg-scale', 'ecs-scale', 'eks-scale']);

/** Which AZs they are is chosen for every deployment anew; how many is not. */
function placementClass(p: Placement): unknown {
  return p.kind === 'zonal' ? [p.kind, p.spread.zones.length + p.spread.doubtful] : p.kind;
}

/** Engine and the part of its version whose change is an upgrade that may break things. */
function engineOf(props: EstateResource['props']): unknown {
  const text = (path: string): string | null => fold(props.text(path), (v) => v ?? null, unknowable);
  const engine = text('engine');
  const version = text('engineVersion') ?? text('kafkaVersion') ?? (props.type === EKS ? text('version') : null);
  return [engine, version === null ? null : major(version, engine)];
}

const EKS = 'aws:eks/cluster:Cluster';

/**
 * `16` of 16.3, `8.0` of 8.0.mysql_aurora.3.05 (below 10, and for MariaDB, the second number makes a release), `OpenSearch_2` of
 * OpenSearch_2.11.
 */
function major(version: string, engine: string | null): string {
  const [, first = version, second] = /^(\d+)\.(\d+|x)/.exec(version) ?? /^([^.]*)/.exec(version) ?? [];
  return second === undefined || (Number(first) >= 10 && engine !== 'mariadb') ? first : `${first}.${second}`;
}

/** A value as it counts; what is not known is one and the same, whatever the reason. */
const word = (k: Known<string | number | boolean>): string => fold(k, String, unknowable);
const unknowable = (): string => 'unknown';
const nothing = (): undefined => undefined;
const sorted = (list: readonly unknown[]): readonly string[] => list.map((x) => JSON.stringify(x)).sort();
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
/** Of a part: long enough to tell two meanings of one resource apart, short enough to keep hundreds. */
const short = (hash: string): string => hash.slice(0, 16);
