/** What becomes of one role under one disruption: who carries it afterwards, by what mechanism, and how fast. */

import { meaningOf } from '../estate/estate.ts';
import type { Role } from '../estate/roles.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, any, collect, decide, fold, is, known, map, no, not, together, unknown, yes } from '../model/known.ts';
import type { AutomationClass, Protection, Timing } from '../model/protection.ts';
import { fixed, isAutomatic, never, slowest, sum, timeUnknown, worstClass } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import type { Aftermath, Terrain } from './standing.ts';
import { holds } from './standing.ts';

export interface Outcome {
  readonly role: Role;
  /** `carried`: another member serves on at once. `recovered`: a protection brings it back. */
  readonly kind: 'unaffected' | 'carried' | 'recovered' | 'lost' | 'unknown';
  /** One clause for people, about this role. */
  readonly says: string;
  /** URN that decides. */
  readonly decidedBy: string;
  /** Condition 1: something takes over. */
  readonly exists: Truth;
  /** Condition 2: without a person. */
  readonly automatic: Truth;
  /** Condition 3: what the recovery needs is outside what is lost. */
  readonly survives: Truth;
  /** Condition 5: enabled and not suspended, before the disruption. */
  readonly armed: Truth;
  readonly automation: AutomationClass;
  readonly mechanism: string | undefined;
  readonly time: Timing;
  readonly point: Timing | undefined;
  /** Members that serve afterwards; what they need must be there too. */
  readonly carriers: readonly string[];
}

const INSTANT = fixed(0, 'nothing has to happen');

export function outcomeOf(role: Role, aftermath: Aftermath, needed: number): Outcome {
  const { terrain } = aftermath;
  const serving = terrain.serving(role);
  if (aftermath.spares(role)) return spared(role, serving, aftermath);
  const doors = serving.map((urn) => ({ urn, open: doorOpen(urn, aftermath) }));
  const struck = doors.filter((d) => !holds(d.open));
  if (struck.length === 0) return untouched(role, serving, aftermath);
  for (const door of struck) {
    const doubt = decide<Outcome | undefined>(door.open, {
      yes: () => undefined,
      no: () => undefined,
      unknown: (why) => unknowable(role, door.urn, why),
    });
    if (doubt !== undefined) return doubt;
  }

  if (role.kind === 'queue') {
    const kept = worstOf(
      role,
      struck.map((door) => repair(role, door.urn, aftermath)),
    );
    if (kept.kind === 'recovered') return kept;
  }
  if (role.kind !== 'store') {
    const carried = carriedOn(role, aftermath, needed, serving);
    if (carried !== undefined) return carried;
  }
  const repairs = struck.map((door) => repair(role, door.urn, aftermath));
  return worstOf(role, repairs);
}

const sparedRoles = new WeakMap<Terrain, Map<Role, Outcome>>();

/** `untouched`, kept: at instance scope nearly every role is spared by nearly every member, and always in the same words. */
function spared(role: Role, serving: readonly string[], aftermath: Aftermath): Outcome {
  const kept = sparedRoles.get(aftermath.terrain) ?? new Map<Role, Outcome>();
  sparedRoles.set(aftermath.terrain, kept);
  const outcome = kept.get(role) ?? untouched(role, serving, aftermath);
  kept.set(role, outcome);
  return outcome;
}

/** Global traffic (a record set, a distribution) is struck when what its branch leads to is; anything else when it is itself. */
function doorOpen(urn: string, aftermath: Aftermath): Truth {
  const meaning = meaningOf(aftermath.terrain.item(urn));
  const isGlobal =
    meaning !== undefined &&
    fold(
      meaning.placement,
      (p) => p.kind === 'global',
      () => false,
    );
  if (meaning?.kind === 'traffic' && isGlobal) return aftermath.open(urn);
  const fate = aftermath.fate(urn);
  return fate.kind === 'unknown' ? fate.why : known(fate.kind === 'untouched', { resource: urn });
}

function untouched(role: Role, serving: readonly string[], aftermath: Aftermath): Outcome {
  const first = serving[0] as string;
  const fate = aftermath.fate(first);
  const why = fate.kind === 'unknown' ? '' : fate.why;
  return {
    role,
    kind: 'unaffected',
    says: `${role.title}: ${why}`,
    decidedBy: first,
    exists: yes(why, { resource: first }),
    automatic: yes(why, { resource: first }),
    survives: yes(why, { resource: first }),
    armed: yes(why, { resource: first }),
    automation: 'always-on',
    mechanism: undefined,
    time: INSTANT,
    point: role.kind === 'store' ? fixed(0, 'no data is touched') : undefined,
    carriers: serving,
  };
}

function unknowable(role: Role, urn: string, why: ReturnType<typeof unknown>): Outcome {
  return {
    role,
    kind: 'unknown',
    says: `${role.title}: ${why.detail}`,
    decidedBy: urn,
    exists: why,
    automatic: why,
    survives: why,
    armed: why,
    automation: 'always-on',
    mechanism: undefined,
    time: timeUnknown(why),
    point: role.kind === 'store' || role.kind === 'queue' ? timeUnknown(why) : undefined,
    carriers: [],
  };
}

/** Role-mates that still serve, with enough capacity among them and traffic that reaches them. */
function carriedOn(role: Role, aftermath: Aftermath, needed: number, serving: readonly string[]): Outcome | undefined {
  const { terrain } = aftermath;
  const alive = role.members.filter((urn) => {
    const fate = aftermath.fate(urn);
    // A door that loses part of its ways in fails part of the requests: only what is whole carries on.
    const stands =
      role.kind === 'traffic' ? !holds(not(doorOpen(urn, aftermath))) : fate.kind === 'untouched' || fate.kind === 'reduced';
    return stands && !holds(not(aftermath.reached(urn)));
  });
  const first = alive[0];
  if (first === undefined) return undefined;
  // A second door helps only when something leads users to it: its own protection, or the door before it.
  if (role.kind === 'traffic' && alive.every((urn) => terrain.senders(urn).length === 0)) return undefined;
  const exists = takesWork(role, alive, serving, aftermath);
  const enough = capacityLeft(aftermath, alive, serving, needed);
  const titleOf = (urn: string | undefined): string => (urn === undefined ? undefined : terrain.item(urn)?.title) ?? role.title;
  const title = titleOf(first);
  const base = {
    role,
    decidedBy: first,
    exists,
    automatic: yes('it runs already', { resource: first }),
    survives: yes('it is outside what is lost', { resource: first }),
    armed: yes('it runs already', { resource: first }),
    point:
      role.kind === 'queue' ? waitingMessages(titleOf(serving.find((urn) => aftermath.fate(urn).kind === 'lost'))) : undefined,
    carriers: alive,
  };
  if (holds(not(exists))) return undefined;
  return decide(enough, {
    yes: (f): Outcome => ({
      ...base,
      kind: 'carried',
      says: `${title} serves on${f.detail === undefined ? '' : ` (${f.detail})`}`,
      automation: 'always-on',
      mechanism: 'running-twin',
      time: INSTANT,
    }),
    unknown: (why): Outcome => ({
      ...base,
      kind: 'carried',
      says: `${title} serves on; its capacity is not known: ${why.detail}`,
      exists: all([exists, why]),
      automation: 'always-on',
      mechanism: 'running-twin',
      time: timeUnknown(why),
    }),
    no: (f): Outcome | undefined => {
      const why = f.detail ?? 'its capacity is too small';
      const grown = scaledUp(role, aftermath, alive, why, all([exists, canGrow(aftermath, alive, serving, needed)]));
      if (grown !== undefined) return grown;
      const repairable = serving.some((urn) => candidates(urn, aftermath).length > 0);
      return repairable ? undefined : gone(role, first, aftermath, `${why}, and nothing adds to it in time`);
    },
  });
}

/** Messages that nobody had read are lost with their queue: nothing written to it is recovered. */
function waitingMessages(queue: string): Timing {
  return never(`messages waiting in ${queue} are lost with it`);
}

/** Members that served and still do need nothing to lead work to them; the others do, and a likeness of names does not. */
function takesWork(role: Role, alive: readonly string[], serving: readonly string[], aftermath: Aftermath): Truth {
  if (alive.some((urn) => serving.includes(urn))) return yes();
  if (role.kind === 'traffic') return any(alive.map((urn) => all([doorOpen(urn, aftermath), aftermath.reached(urn)])));
  const unseen = role.found.by === 'name' && alive.every((urn) => aftermath.terrain.senders(urn).length === 0);
  if (!unseen) return any(alive.map((urn) => aftermath.reached(urn)));
  const why = `${role.title} has a twin by ${role.found.what}, and nothing in the sources shows that work reaches it`;
  return unknown('unmapped', why, { resource: alive[0] ?? role.id });
}

/** Σ capacity that still runs ≥ needed × Σ capacity that served before. What has no servers of its own scales by itself. */
function capacityLeft(aftermath: Aftermath, alive: readonly string[], serving: readonly string[], needed: number): Truth {
  const running = (urn: string): Known<number> | undefined => meaningOf(aftermath.terrain.item(urn))?.capacity?.running;
  const before = serving.map(running).filter((c) => c !== undefined);
  if (before.length === 0) return yes();
  const after = alive.map((urn): Known<number> => {
    const capacity = running(urn) ?? known(0);
    const fate = aftermath.fate(urn);
    return fate.kind === 'reduced' ? map(together({ capacity, left: fate.left }), (v) => v.capacity * v.left) : capacity;
  });
  const totals = together({ before: collect(before), after: collect(after) });
  const add = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
  return fold(
    totals,
    (v, fact): Truth => {
      if (add(v.before) === 0)
        return unknown(
          'not-reported',
          'nothing is certain to run before the disruption, so what is enough is not known',
          fact.from,
        );
      const share = add(v.after) / add(v.before);
      // Half a task cannot serve: compare with the tolerance of floating-point shares only.
      return known(
        share + 1e-9 >= needed,
        fact.from,
        `${Math.floor(share * 1000) / 10}% of capacity left, ${Math.round(needed * 1000) / 10}% needed`,
      );
    },
    (why) => why,
  );
}

/**
 * Can what is left grow to what is needed? Not beyond its maximum. In another Region nobody can tell: AWS holds no capacity
 * ready for whoever must launch while a Region is lost (ARC developer guide, "Add execution blocks"; docs/model.md, KPI 2,
 * condition 4, counts only what runs or is reserved).
 */
function canGrow(aftermath: Aftermath, alive: readonly string[], serving: readonly string[], needed: number): Truth {
  const capacities = (urns: readonly string[], of: 'running' | 'max'): Known<number> =>
    map(
      collect(urns.map((urn) => meaningOf(aftermath.terrain.item(urn))?.capacity?.[of]).filter((c) => c !== undefined)),
      (list) => list.reduce((a, b) => a + b, 0),
    );
  const totals = together({ most: capacities(alive, 'max'), before: capacities(serving, 'running') });
  const allowed = is(totals, (v) => v.most + 1e-9 >= needed * v.before, 'its maximum is below what is needed');
  const obtained: Truth =
    aftermath.member.scope === 'region'
      ? unknown(
          'not-reported',
          'whether AWS can launch the missing capacity while a Region is lost is not known: keep it running',
          { resource: alive[0] ?? '' },
        )
      : yes();
  return all([allowed, obtained]);
}

/** What is left is too small: a protection of a survivor must add to it (an Auto Scaling group replaces, a plan scales). */
function scaledUp(role: Role, aftermath: Aftermath, alive: readonly string[], why: string, exists: Truth): Outcome | undefined {
  if (holds(not(exists))) return undefined;
  const best = bestOf(
    alive.flatMap((urn) =>
      candidates(urn, aftermath).filter((c) =>
        fold(
          c.protection.successors,
          (s) => s.includes(urn),
          () => true,
        ),
      ),
    ),
    aftermath.terrain,
  );
  if (best === undefined) return undefined;
  const outcome = fromCandidate(role, best, aftermath);
  return { ...outcome, says: `${why}; ${best.protection.says}`, exists: all([exists, outcome.exists]), carriers: alive };
}

interface Candidate {
  readonly urn: string;
  readonly protection: Protection;
  readonly armed: Truth;
  readonly survives: Truth;
}

/** Protections of a resource for the scope, plain and as started by an orchestrator; those out of force are left out. */
function candidates(urn: string, aftermath: Aftermath): readonly Candidate[] {
  const { scope } = aftermath.member;
  const found: Candidate[] = [];
  for (const plain of meaningOf(aftermath.terrain.item(urn))?.protections ?? []) {
    if (!plain.scopes.includes(scope)) continue;
    for (const protection of [plain, ...orchestrated(plain, urn, aftermath.terrain, scope)]) {
      const takesOver = successorsStand(protection, urn, aftermath);
      const armed = all([protection.armed, takesOver]);
      if (!holds(not(armed))) found.push({ urn, protection, armed, survives: callsSurvive(protection, aftermath) });
    }
  }
  return found;
}

function orchestrated(plain: Protection, urn: string, terrain: Terrain, scope: Scope): readonly Protection[] {
  if (plain.action === undefined) return [];
  const mates = new Set(terrain.roles.of(urn)?.members ?? [urn]);
  const found: Protection[] = [];
  for (const o of terrain.orchestrations) {
    if (o.action !== plain.action || !o.scopes.includes(scope)) continue;
    const named = o.targets.map((t) =>
      fold(
        t,
        (to): Truth => known(mates.has(to)),
        (why) => why,
      ),
    );
    const covers = any(named);
    if (holds(not(covers))) continue;
    found.push({
      ...plain,
      automation: o.automation,
      armed: all([plain.armed, o.armed, covers]),
      time: sum(o.lead, plain.time),
      says: isAutomatic(o.automation) ? `${o.says} (${plain.mechanism})` : `${plain.says}, started by ${o.says}`,
    });
  }
  return found;
}

/** Successors elsewhere must themselves be outside what is lost; recovery in place needs none. */
function successorsStand(protection: Protection, urn: string, aftermath: Aftermath): Truth {
  const { member } = aftermath;
  const elsewhere: Truth =
    protection.into !== undefined && (member.scope === 'region' || member.scope === 'account')
      ? not(is(protection.into, (into) => into === member.name, 'it would recover into what is lost'))
      : yes();
  const standing = fold(
    protection.successors,
    (urns): Truth => {
      const others = urns.filter((u) => u !== urn && !isPartOf(u, aftermath));
      if (others.length < urns.length || urns.length === 0) return yes();
      // A successor that is a door must lead somewhere; any other must not be lost itself.
      return any(
        others.map((u) => (meaningOf(aftermath.terrain.item(u))?.kind === 'traffic' ? aftermath.open(u) : aftermath.serves(u))),
      );
    },
    (why) => why,
  );
  return all([elsewhere, standing]);
}

/** An instance of a cluster, an origin of a distribution: it has no fate of its own here, its owner speaks for it. */
function isPartOf(urn: string, aftermath: Aftermath): boolean {
  return aftermath.terrain.item(urn)?.standing.kind === 'part';
}

/** Control-plane calls must not need a control plane that is lost with the member (REL11-BP04). */
function callsSurvive(protection: Protection, aftermath: Aftermath): Truth {
  const { member } = aftermath;
  const answers = protection.calls.map((call): Truth => {
    if (member.scope === 'control-plane') {
      return call.plane === 'data'
        ? yes()
        : no(`${call.action} needs a control plane`, { resource: aftermath.terrain.roles.all[0]?.id ?? '' });
    }
    if (member.scope !== 'region' || call.region === undefined) return yes();
    return fold(
      call.region,
      (region): Truth =>
        known(region !== member.name, [], region === member.name ? `${call.action} runs in ${region}, which is lost` : undefined),
      (why) => why,
    );
  });
  return answers.length === 0 ? yes('it calls no control plane') : all(answers);
}

/**
 * The option that would be taken: automatic before human, surely armed before perhaps, then the newest recovery point,
 * then the shortest time.
 */
function bestOf(found: readonly Candidate[], terrain: Terrain): Candidate | undefined {
  const rank = (c: Candidate): number =>
    classRank(c.protection.automation) + (holds(c.armed) ? 0 : 1) + (holds(c.survives) ? 0 : 2);
  const ranked = found.map((c) => ({
    c,
    rank: rank(c),
    point: c.protection.point === undefined ? 0 : upperEnd(c.protection.point, terrain.slowest),
    time: upperEnd(c.protection.time, terrain.slowest),
  }));
  return ranked.sort((a, b) => a.rank - b.rank || order(a.point, b.point) || order(a.time, b.time))[0]?.c;
}

/** A plan that a person only has to start comes before what a person must do by hand. */
function classRank(automation: AutomationClass): number {
  return isAutomatic(automation) ? 0 : automation === 'human-decision' ? 4 : 8;
}

/** Two infinities are alike. */
const order = (a: number, b: number): number => (a === b ? 0 : a - b);

function upperEnd(t: Timing, slowestOf: (row: string) => number): number {
  switch (t.kind) {
    case 'row':
      return slowestOf(t.row);
    case 'fixed':
      return t.seconds;
    case 'span':
      return t.max;
    case 'sum':
      return t.parts.reduce((total, part) => total + upperEnd(part, slowestOf), 0);
    case 'slowest':
      return Math.max(0, ...t.parts.map((part) => upperEnd(part, slowestOf)));
    case 'never':
    case 'unknown':
      return Number.POSITIVE_INFINITY;
  }
}

function repair(role: Role, urn: string, aftermath: Aftermath): Outcome {
  const best = bestOf(candidates(urn, aftermath), aftermath.terrain);
  return best === undefined ? gone(role, urn, aftermath) : fromCandidate(role, best, aftermath);
}

function fromCandidate(role: Role, best: Candidate, aftermath: Aftermath): Outcome {
  const { protection } = best;
  const from = { resource: best.urn };
  const says = `${aftermath.terrain.item(best.urn)?.title ?? role.title}: ${protection.says}`;
  const successors = fold(
    protection.successors,
    (urns) => urns.filter((u) => aftermath.terrain.item(u) !== undefined && !isPartOf(u, aftermath)),
    () => [],
  );
  return {
    role,
    kind: 'recovered',
    says,
    decidedBy: best.urn,
    exists: best.armed,
    automatic: known(isAutomatic(protection.automation), from, `${says} (${protection.automation})`),
    survives: best.survives,
    armed: best.armed,
    automation: protection.automation,
    mechanism: protection.mechanism,
    time: protection.time,
    point: protection.point,
    carriers: successors.length > 0 ? successors : [best.urn],
  };
}

/** Nothing brings it back: say what was there and why it does not count. */
function gone(role: Role, urn: string, aftermath: Aftermath, reason?: string): Outcome {
  const { terrain, member } = aftermath;
  const item = terrain.item(urn);
  const fate = aftermath.fate(urn);
  const title = item?.title ?? role.title;
  const offered = (meaningOf(item)?.protections ?? []).filter((p) => p.scopes.includes(member.scope));
  const disarmed = offered
    .map((p) =>
      decide(p.armed, { no: (f) => f.detail ?? `${p.mechanism} is not armed`, yes: () => undefined, unknown: () => undefined }),
    )
    .find((d) => d !== undefined);
  const twin = role.found.by === 'name' ? `; its twin by name (${role.found.what}) gets no traffic` : '';
  const because =
    reason ??
    `${fate.kind === 'unknown' || fate.kind === 'untouched' ? 'what it leads to is lost' : fate.why}, and ${disarmed ?? 'nothing brings it back'}${twin}`;
  const why = `${title}: ${because}`;
  const from = { resource: urn };
  return {
    role,
    kind: 'lost',
    says: why,
    decidedBy: urn,
    exists: no(why, from),
    automatic: no(why, from),
    survives: yes(),
    armed: no(why, from),
    automation: 'human-execution',
    mechanism: undefined,
    time: never(because),
    point: role.kind === 'store' ? never(because) : role.kind === 'queue' ? waitingMessages(title) : undefined,
    carriers: [],
  };
}

/** Several members must each come back: the role is as slow, as lossy and as manual as the worst of them. */
function worstOf(role: Role, repairs: readonly Outcome[]): Outcome {
  const first = repairs[0] as Outcome;
  if (repairs.length === 1) return first;
  const worst = repairs.find((r) => r.kind === 'lost') ?? repairs.find((r) => !isAutomatic(r.automation)) ?? first;
  const points = repairs.map((r) => r.point).filter((p) => p !== undefined);
  return {
    ...worst,
    role,
    exists: all(repairs.map((r) => r.exists)),
    automatic: all(repairs.map((r) => r.automatic)),
    survives: all(repairs.map((r) => r.survives)),
    armed: all(repairs.map((r) => r.armed)),
    automation: worstClass(repairs.map((r) => r.automation)),
    time: slowest(...repairs.map((r) => r.time)),
    point: points.length === 0 ? undefined : slowest(...points),
    carriers: repairs.flatMap((r) => r.carriers),
  };
}
