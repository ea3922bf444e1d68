/** How one service comes back from one disruption: the roles it needs, what becomes of each, and in which order. */

import { meaningOf } from '../estate/estate.ts';
import type { Role } from '../estate/roles.ts';
import { kept } from '../model/collections.ts';
import type { Known, Unknown } from '../model/known.ts';
import { fold, unknown } from '../model/known.ts';
import type { LinkKind } from '../model/protection.ts';
import { fastest, fixed, row, timeUnknown } from '../model/protection.ts';
import type { Member } from '../model/scope.ts';
import type { RecoveryGraph, RecoveryNode } from './graph.ts';
import { withoutCircles } from './order.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { Aftermath, Terrain } from './standing.ts';

/** What a service is, to the recovery model. */
export interface ServiceNeeds {
  readonly id: string;
  /** URNs that the catalogue maps to it. */
  readonly resources: readonly string[];
  /** Why it is not known whether some further resources belong to it. */
  readonly doubts: readonly Unknown[];
  /** URNs where users come in, when the catalogue names them. */
  readonly entries: readonly string[];
  /** URNs of services that it can do without for a while, as the catalogue says: what is called there is not waited for. */
  readonly optional: ReadonlySet<string>;
  /** Services that it cannot do without. */
  readonly dependsOn: readonly ServiceNeeds[];
  /** Its suppliers, and what their promise gives under a scope. */
  readonly suppliers: readonly SupplierNeed[];
}

export interface SupplierNeed {
  readonly id: string;
  readonly promise: (scope: Member['scope'], type: 'RTO' | 'RPO') => Known<number>;
}

export interface RecoveryPath {
  readonly member: Member;
  readonly outcomes: readonly Outcome[];
  /** Roles where users come in. */
  readonly entries: readonly Role[];
  /** What stops anybody from telling: unmodelled resources, dangling references. */
  readonly unknowns: readonly Unknown[];
  /** What stops anybody from telling when users are served again, and says nothing about data. */
  readonly timeUnknowns: readonly Unknown[];
  readonly graph: RecoveryGraph;
}

/** Links that a resource cannot serve without. An image is needed only to start, and is judged by rules. */
const NEEDS: ReadonlySet<LinkKind> = new Set(['traffic', 'endpoint', 'key', 'secret']);

/** Kinds that are part of the service by themselves; any other kind matters when something that serves needs it. */
const ROOTS = new Set(['store', 'compute', 'queue']);

export function recoveryPath(service: ServiceNeeds, member: Member, needed: number, terrain: Terrain): RecoveryPath {
  const aftermath = terrain.after(member);
  const outcomes = new Map<string, Outcome>();
  const after = new Map<string, Set<string>>();
  const { services, entries, optional, start, timeUnknowns, ...footprint } = footprintOf(service, terrain);
  const unknowns: Unknown[] = [...footprint.unknowns];
  if (member.scope === 'supplier' && services.every((s) => s.suppliers.length === 0)) {
    unknowns.push(unknown('unmapped', `service ${service.id} depends on no supplier in the catalogue: name it under dependsOn`));
  }
  const open: Role[] = [...start];
  for (let role = open.pop(); role !== undefined; role = open.pop()) {
    if (outcomes.has(role.id)) continue;
    const outcome = outcomeOf(role, aftermath, needed);
    outcomes.set(role.id, outcome);
    const needs = new Set<string>();
    for (const carrier of outcome.carriers) {
      for (const link of meaningOf(terrain.item(carrier))?.links ?? []) {
        if (link.carries === 'egress') unknowns.push(...waysOutLost(link.to, carrier, aftermath));
        if (!NEEDS.has(link.carries)) continue;
        fold(
          link.to,
          (to) => {
            if (optional.has(to)) return;
            const target = terrain.roles.of(to);
            if (target !== undefined && target.id !== role.id) {
              needs.add(target.id);
              open.push(target);
            } else if (target === undefined && terrain.item(to)?.standing.kind === 'not-modelled') {
              unknowns.push(
                unknown(
                  'not-modelled',
                  `${terrain.item(carrier)?.title ?? carrier} needs ${terrain.item(to)?.title ?? to}, which is not modelled`,
                  { resource: to },
                ),
              );
            }
          },
          (why) => unknowns.push(why),
        );
      }
    }
    after.set(role.id, needs);
  }
  const found = [...outcomes.values()];
  return {
    member,
    outcomes: found,
    entries,
    unknowns,
    timeUnknowns,
    graph: {
      nodes: [
        ...nodes(found, withoutCircles(after)),
        ...takenOut(found, aftermath),
        ...supplierNodes(services, member),
        ...ignorance(unknowns, timeUnknowns),
      ],
    },
  };
}

/** Whether a service can serve without the internet is not in its code, so a lost way out leaves it unknown. */
function waysOutLost(gateway: Known<string>, carrier: string, aftermath: Aftermath): readonly Unknown[] {
  return fold<string, readonly Unknown[]>(
    gateway,
    (urn) => {
      const fate = aftermath.fate(urn);
      if (fate.kind === 'untouched' || fate.kind === 'reduced') return [];
      const title = (id: string): string => aftermath.terrain.item(id)?.title ?? id;
      const why = `${title(carrier)} goes out through ${title(urn)}, which ${fate.kind === 'lost' ? 'is lost' : 'may be lost'}: whether it can serve without is not in the code`;
      return [unknown('not-modelled', why, { resource: urn })];
    },
    (why) => [why],
  );
}

/** What a path starts from, whichever member is lost. */
interface Footprint {
  /** The service and every service that it cannot do without. */
  readonly services: readonly ServiceNeeds[];
  readonly entries: readonly Role[];
  readonly start: readonly Role[];
  /** Resources that it can do without. */
  readonly optional: ReadonlySet<string>;
  readonly unknowns: readonly Unknown[];
  readonly timeUnknowns: readonly Unknown[];
}

const footprints = new WeakMap<Terrain, Map<ServiceNeeds, Footprint>>();

/** Worked out once: a service with a hundred roles has a hundred paths at instance scope. */
function footprintOf(service: ServiceNeeds, terrain: Terrain): Footprint {
  const byService = kept(footprints, terrain, () => new Map<ServiceNeeds, Footprint>());
  return kept(byService, service, () => newFootprint(service, terrain));
}

function newFootprint(service: ServiceNeeds, terrain: Terrain): Footprint {
  const unknowns: Unknown[] = [];
  const timeUnknowns: Unknown[] = [];
  const services = closure(service);
  const entries = services.flatMap((s) => entryRoles(s, terrain));
  // What a source does not show may be the very resource that is lost.
  if (terrain.estate.partial !== undefined) unknowns.push(terrain.estate.partial);
  for (const s of services) {
    if (entryRoles(s, terrain).length === 0 && s.resources.length > 0) {
      timeUnknowns.push(
        unknown('unmapped', `nothing in service ${s.id} is an entry point: name one under entry: in the catalogue`),
      );
    }
    for (const urn of s.resources) {
      const item = terrain.item(urn);
      if (item?.standing.kind === 'not-modelled') unknowns.push(unknown('not-modelled', item.standing.why, { resource: urn }));
    }
    unknowns.push(...s.doubts.map((d) => ({ ...d, detail: `it is not known whether service ${s.id} owns ${d.detail}` })));
    if (s.resources.length === 0) unknowns.push(unknown('unmapped', `no resource belongs to service ${s.id}`));
  }
  const own = new Set(services.flatMap((s) => s.resources));
  const optional = new Set(services.flatMap((s) => [...s.optional]).filter((urn) => !own.has(urn)));
  const start = [...entries, ...services.flatMap((s) => rootRoles(s, terrain))];
  return { services, entries, start, optional, unknowns, timeUnknowns };
}

/** The service and every service that it cannot do without, each once. */
function closure(service: ServiceNeeds, seen = new Map<string, ServiceNeeds>()): readonly ServiceNeeds[] {
  if (!seen.has(service.id)) {
    seen.set(service.id, service);
    for (const dependency of service.dependsOn) closure(dependency, seen);
  }
  return [...seen.values()];
}

/** Traffic that nothing else in the sources sends traffic to; the catalogue's `entry:` overrides. */
function entryRoles(service: ServiceNeeds, terrain: Terrain): readonly Role[] {
  const named = service.entries.map((urn) => terrain.roles.of(urn)).filter((r) => r !== undefined);
  if (named.length > 0) return unique(named);
  const doors = service.resources.filter((urn) => {
    if (meaningOf(terrain.item(urn))?.kind !== 'traffic') return false;
    const own = terrain.roles.of(urn)?.id;
    return terrain.senders(urn).every((s) => terrain.roles.of(s)?.id === own);
  });
  return unique(doors.map((urn) => terrain.roles.of(urn)).filter((r) => r !== undefined));
}

function rootRoles(service: ServiceNeeds, terrain: Terrain): readonly Role[] {
  return unique(
    service.resources
      .filter((urn) => ROOTS.has(meaningOf(terrain.item(urn))?.kind ?? ''))
      .map((urn) => terrain.roles.of(urn))
      .filter((r) => r !== undefined),
  );
}

function unique(roles: readonly Role[]): readonly Role[] {
  return [...new Map(roles.map((r) => [r.id, r])).values()];
}

/** Whatever a person does by hand waits for one person to notice and decide, once (docs/model.md, Recovery time, T_decide). */
const DECISION: RecoveryNode = {
  id: 'human-decision',
  label: 'somebody decides to act',
  time: row('human-decision'),
  starts: 'at-onset',
  after: [],
  point: undefined,
  shock: undefined,
};

const byHand = (outcome: Outcome): boolean => outcome.kind === 'recovered' && outcome.automation === 'human-execution';

/**
 * One node a role. Traffic that moves by its own health checks does so from the onset; what is promoted, replaced
 * or restored waits for what it needs. After a store has moved, its clients must notice and connect again.
 */
function nodes(outcomes: readonly Outcome[], after: ReadonlyMap<string, ReadonlySet<string>>): readonly RecoveryNode[] {
  const made: RecoveryNode[] = outcomes.some(byHand) ? [DECISION] : [];
  for (const outcome of outcomes) {
    const { role } = outcome;
    made.push({
      id: role.id,
      label: role.title,
      time: outcome.time,
      starts:
        role.kind === 'traffic' && outcome.kind === 'recovered' && outcome.automation === 'service-native'
          ? 'at-onset'
          : 'after-dependencies',
      after: [...(after.get(role.id) ?? []), ...(byHand(outcome) ? [DECISION.id] : [])],
      point: outcome.point,
      shock: outcome.mechanism,
    });
    if (role.kind === 'store' && outcome.kind === 'recovered' && outcome.automation !== 'always-on') {
      made.push({
        id: `reconnect ${role.id}`,
        label: `clients of ${role.title} connect again`,
        time: row('client-reconnect'),
        starts: 'after-dependencies',
        after: [role.id],
        point: undefined,
        shock: 'client-reconnect',
      });
    }
  }
  return made;
}

/**
 * A door that stands goes on sending requests to what is lost behind it, until its own checks fail or what keeps those behind it
 * has noticed and takes them out (ECS and Auto Scaling deregister what they replace).
 */
function takenOut(outcomes: readonly Outcome[], aftermath: Aftermath): readonly RecoveryNode[] {
  const { terrain } = aftermath;
  const made = new Map<string, RecoveryNode>();
  for (const door of outcomes.flatMap((o) => (o.role.kind === 'traffic' ? o.carriers : []))) {
    const meaning = meaningOf(terrain.item(door));
    const { detection } = meaning ?? {};
    if (meaning === undefined || detection === undefined) continue;
    const behind = meaning.links.flatMap((link) =>
      link.carries === 'traffic'
        ? fold(
            link.to,
            (to) => [to],
            () => [],
          )
        : [],
    );
    for (const urn of behind) {
      const target = meaningOf(terrain.item(urn));
      const { kind } = aftermath.fate(urn);
      if (target?.kind !== 'compute' || (kind !== 'reduced' && kind !== 'lost')) continue;
      const id = `${door} takes out ${urn}`;
      made.set(id, {
        id,
        label: `${terrain.item(door)?.title ?? door} takes out what is lost of ${terrain.item(urn)?.title ?? urn}`,
        time: target.detection === undefined ? detection : fastest(detection, target.detection),
        starts: 'at-onset',
        after: [],
        point: undefined,
        shock: undefined,
      });
    }
  }
  return [...made.values()];
}

function supplierNodes(services: readonly ServiceNeeds[], member: Member): readonly RecoveryNode[] {
  if (member.scope !== 'supplier') return [];
  return services.flatMap((s) =>
    s.suppliers.map((supplier): RecoveryNode => {
      const time = supplier.promise(member.scope, 'RTO');
      const point = supplier.promise(member.scope, 'RPO');
      return {
        id: `supplier ${supplier.id}`,
        label: `supplier ${supplier.id}`,
        time: fold(time, (seconds) => fixed(seconds, `promised by ${supplier.id}`), timeUnknown),
        starts: 'at-onset',
        after: [],
        point: fold(point, (seconds) => fixed(seconds, `promised by ${supplier.id}`), timeUnknown),
        shock: undefined,
      };
    }),
  );
}

/** Whatever is not known keeps the whole from being known. */
function ignorance(unknowns: readonly Unknown[], timeUnknowns: readonly Unknown[]): readonly RecoveryNode[] {
  const ofData = unknowns[0];
  const first = ofData ?? timeUnknowns[0];
  if (first === undefined) return [];
  return [
    {
      id: 'unknown',
      label: 'what is not known',
      time: timeUnknown(first),
      starts: 'at-onset',
      after: [],
      point: ofData === undefined ? undefined : timeUnknown(ofData),
      shock: undefined,
    },
  ];
}
