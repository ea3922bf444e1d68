/** What becomes of one role under one disruption: who carries it afterwards, by what mechanism, and how fast. */
import { meaningOf } from '../estate/estate.ts';
import type { Role } from '../estate/roles.ts';
import { kept } from '../model/collections.ts';
import type { Truth } from '../model/known.ts';
import { all, any, decide, fold, known, no, not, unknown, yes } from '../model/known.ts';
import type { AutomationClass, Timing } from '../model/protection.ts';
import { fixed, isAutomatic, never, slowest, timeUnknown, worstClass } from '../model/protection.ts';
import { canGrow, capacityLeft, grownEnough } from './capacity.ts';
import type { Candidate } from './options.ts';
import { bestOf, candidates, isPartOf } from './options.ts';
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
  /** Members that served before. */
  readonly serving: readonly string[];
}

const INSTANT = fixed(0, 'nothing has to happen');

const workedOut = new WeakMap<Aftermath, Map<number, Map<Role, Outcome>>>();

/** Worked out once: services that cannot do without one another ask for the same roles. */
export function outcomeOf(role: Role, aftermath: Aftermath, needed: number): Outcome {
  if (aftermath.spares(role)) return spared(role, aftermath);
  const byNeed = kept(workedOut, aftermath, () => new Map<number, Map<Role, Outcome>>());
  const byRole = kept(byNeed, needed, () => new Map<Role, Outcome>());
  return kept(byRole, role, () => newOutcome(role, aftermath, needed));
}

function newOutcome(role: Role, aftermath: Aftermath, needed: number): Outcome {
  const { terrain } = aftermath;
  const serving = terrain.serving(role);
  const doors = serving.map((urn) => ({ urn, open: doorOpen(urn, aftermath) }));
  const struck = doors.filter((d) => !holds(d.open));
  if (struck.length === 0) return untouched(role, serving, aftermath);
  for (const door of struck) {
    const doubt = decide<Outcome | undefined>(door.open, {
      yes: () => undefined,
      no: () => undefined,
      unknown: (why) => unknowable(role, serving, door.urn, why),
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
  // Users stay at a door that still lets most of them in: whatever stands beside it, it is out of order until it has mended itself.
  const ajar = struck.filter((door) => role.kind === 'traffic' && aftermath.fate(door.urn).kind === 'reduced');
  const mended = ajar.map((door) => repair(role, door.urn, aftermath));
  if (mended.length > 0 && mended.every((m) => m.kind === 'recovered')) return worstOf(role, mended);
  if (role.kind !== 'store') {
    const carried = carriedOn(role, aftermath, needed, serving);
    if (carried !== undefined) return carried;
  }
  const repairs = struck.map((door) => repair(role, door.urn, aftermath));
  return worstOf(role, repairs);
}

const sparedRoles = new WeakMap<Terrain, Map<Role, Outcome>>();

/** `untouched`, kept: at instance scope nearly every role is spared by nearly every member, and always in the same words. */
function spared(role: Role, aftermath: Aftermath): Outcome {
  const byRole = kept(sparedRoles, aftermath.terrain, () => new Map<Role, Outcome>());
  return kept(byRole, role, () => untouched(role, aftermath.terrain.serving(role), aftermath));
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
  const stands = yes(why, { resource: first });
  return {
    role,
    kind: 'unaffected',
    says: `${role.title}: ${why}`,
    decidedBy: first,
    exists: stands,
    automatic: stands,
    survives: stands,
    armed: stands,
    automation: 'always-on',
    mechanism: undefined,
    time: INSTANT,
    point: role.kind === 'store' ? fixed(0, 'no data is touched') : undefined,
    carriers: serving,
    serving,
  };
}

function unknowable(role: Role, serving: readonly string[], urn: string, why: ReturnType<typeof unknown>): Outcome {
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
    serving,
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
    serving,
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
      const enoughWith = ({ urn, grows }: Candidate): Truth =>
        grows === undefined ? yes() : grownEnough(aftermath, { urn, share: grows }, alive, serving, needed);
      const grown = scaledUp(role, aftermath, alive, why, all([exists, canGrow(aftermath, alive, serving, needed)]), enoughWith);
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

/** What is left is too small: a protection of a survivor must add to it (an Auto Scaling group replaces, a plan scales). */
function scaledUp(
  role: Role,
  aftermath: Aftermath,
  alive: readonly string[],
  why: string,
  exists: Truth,
  enough: (candidate: Candidate) => Truth,
): Outcome | undefined {
  if (holds(not(exists))) return undefined;
  const best = bestOf(
    alive.flatMap((urn) =>
      candidates(urn, aftermath)
        .filter((c) =>
          fold(
            c.protection.successors,
            (s) => s.includes(urn),
            () => true,
          ),
        )
        .map((c) => ({ ...c, armed: all([c.armed, enough(c)]) }))
        .filter((c) => !holds(not(c.armed))),
    ),
    aftermath.terrain,
  );
  if (best === undefined) return undefined;
  const outcome = fromCandidate(role, best, aftermath);
  return { ...outcome, says: `${why}; ${best.protection.says}`, exists: all([exists, outcome.exists]), carriers: alive };
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
    serving: aftermath.terrain.serving(role),
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
  const lost = no(why, { resource: urn });
  return {
    role,
    kind: 'lost',
    says: why,
    decidedBy: urn,
    exists: lost,
    automatic: lost,
    survives: yes(),
    armed: lost,
    automation: 'human-execution',
    mechanism: undefined,
    time: never(because),
    point: role.kind === 'store' ? never(because) : role.kind === 'queue' ? waitingMessages(title) : undefined,
    carriers: [],
    serving: terrain.serving(role),
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
