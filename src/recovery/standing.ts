/** Who serves before the disruption, who waits, and what traffic can reach after it. */

import type { Estate, EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Role, Roles } from '../estate/roles.ts';
import { kept } from '../model/collections.ts';
import type { Truth } from '../model/known.ts';
import { all, any, decide, fold, no, not, unknown, yes } from '../model/known.ts';
import type { Orchestration, ResourceKind } from '../model/protection.ts';
import { isAutomatic, successorsOf } from '../model/protection.ts';
import type { Member } from '../model/scope.ts';
import type { Fate } from './fate.ts';
import { fateOf } from './fate.ts';

/** The estate with what is derived from it once and asked often. */
export class Terrain {
  readonly estate: Estate;
  readonly roles: Roles;
  /** Resources that pass traffic to each resource. */
  readonly #senders = new Map<string, string[]>();
  /** Who writes to, or reads from, each queue and proxy. */
  readonly #users = new Map<string, string[]>();
  readonly #standby = new Map<string, boolean>();
  readonly #serving = new Map<Role, readonly string[]>();
  readonly #aftermaths = new Map<string, Aftermath>();
  /** Every plan or automation of the estate that can start protections. */
  readonly orchestrations: readonly Orchestration[];

  /** Upper end of a service time in seconds, to choose between options. */
  readonly slowest: (row: string) => number;

  constructor(estate: Estate, roles: Roles, slowest: (row: string) => number) {
    this.estate = estate;
    this.roles = roles;
    this.slowest = slowest;
    this.orchestrations = [...estate.resources.values()].flatMap((item) => meaningOf(item)?.orchestrations ?? []);
    for (const [urn, item] of estate.resources) {
      for (const { carries, to } of meaningOf(item)?.links ?? []) {
        if (carries !== 'traffic' && carries !== 'endpoint') continue;
        fold(
          to,
          (target) => {
            if (carries === 'traffic') add(this.#senders, target, urn);
            else if (isPassive(meaningOf(this.item(target))?.kind)) add(this.#users, target, urn);
          },
          () => undefined,
        );
      }
    }
  }

  item(urn: string): EstateResource | undefined {
    return this.estate.resources.get(urn);
  }

  senders(urn: string): readonly string[] {
    return this.#senders.get(urn) ?? [];
  }

  /** What is left after the loss of a member. The same for all who ask, so that services share the answers. */
  after(member: Member): Aftermath {
    const key = `${member.scope} ${member.name}`;
    return kept(this.#aftermaths, key, () => new Aftermath(this, member));
  }

  /**
   * A resource waits when a role-mate's protection names it as successor and it does not name that one back
   * (the SECONDARY record, the secondary cluster, the replica), or when only waiting resources send it traffic.
   */
  isStandby(urn: string): boolean {
    const remembered = this.#standby.get(urn);
    if (remembered !== undefined) return remembered;
    const waits = meaningOf(this.item(urn))?.waits;
    if (waits !== undefined) {
      const told = fold(
        waits,
        (w) => w,
        () => false,
      );
      this.#standby.set(urn, told);
      return told;
    }
    this.#standby.set(urn, false); // A loop of references does not make anybody wait.
    const mates = this.roles.of(urn)?.members.filter((m) => m !== urn) ?? [];
    const succeeds = mates.some((mate) => this.#successors(mate).has(urn) && !this.#successors(urn).has(mate));
    const used = [...this.senders(urn), ...(this.#users.get(urn) ?? [])].filter(
      (s) => this.roles.of(s)?.id !== this.roles.of(urn)?.id,
    );
    const answer = succeeds || (used.length > 0 && used.every((s) => this.isStandby(s)));
    this.#standby.set(urn, answer);
    return answer;
  }

  /** Members that serve before the disruption; all of them when none can be told to wait. The same list each time. */
  serving(role: Role): readonly string[] {
    const remembered = this.#serving.get(role);
    if (remembered !== undefined) return remembered;
    const serving = this.#servingOf(role);
    this.#serving.set(role, serving);
    return serving;
  }

  #servingOf(role: Role): readonly string[] {
    // A membership (a global cluster) holds nothing itself: its clusters are judged.
    const real = role.members.filter((m) => meaningOf(this.item(m))?.kind !== 'config');
    const active = real.filter((m) => !this.isStandby(m));
    return active.length > 0 ? active : real.length > 0 ? real : role.members;
  }

  #successors(urn: string): ReadonlySet<string> {
    return successorsOf((meaningOf(this.item(urn))?.protections ?? []).filter((p) => p.scopes.includes('region')));
  }
}

/** A queue or a proxy does nothing of its own accord: it waits when all that use it wait. */
function isPassive(kind: ResourceKind | undefined): boolean {
  return kind === 'queue' || kind === 'proxy';
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** One disruption over the terrain, with every answer worked out once. */
export class Aftermath {
  readonly terrain: Terrain;
  readonly member: Member;
  readonly #fates = new Map<string, Fate>();
  readonly #open = new Map<string, Truth>();
  readonly #ways = new Map<string, Truth>();

  constructor(terrain: Terrain, member: Member) {
    this.terrain = terrain;
    this.member = member;
  }

  fate(urn: string): Fate {
    let fate = this.#fates.get(urn);
    if (fate === undefined) {
      const item = this.terrain.item(urn);
      fate =
        item === undefined
          ? { kind: 'unknown', why: unknown('dangling', `${urn} is not in the sources`, { resource: urn }) }
          : this.#fate(item);
      this.#fates.set(urn, fate);
    }
    return fate;
  }

  /** Losing one instance takes one serving member of one role; every other scope is judged by the resource alone. */
  #fate(item: EstateResource): Fate {
    if (this.member.scope !== 'instance' || this.member.name === '*') return fateOf(item, this.member);
    const role = this.terrain.roles.of(item.resource.urn);
    const struck = role !== undefined && role.id === this.member.name && this.terrain.serving(role)[0] === item.resource.urn;
    return struck ? fateOf(item, { scope: 'instance', name: '*' }) : { kind: 'untouched', why: 'another instance is lost' };
  }

  /** Is one instance of another role lost, and this role nothing that the loss could reach through traffic? */
  spares(role: Role): boolean {
    const { scope, name } = this.member;
    if (scope !== 'instance' || name === '*' || role.id === name) return false;
    return role.members.every((urn) => meaningOf(this.terrain.item(urn))?.kind !== 'traffic');
  }

  /** Does it serve, at least in part, without a person: untouched, reduced, or back by itself in place? */
  serves(urn: string): Truth {
    const fate = this.fate(urn);
    switch (fate.kind) {
      case 'untouched':
      case 'reduced':
        return yes(fate.why, { resource: urn });
      case 'unknown':
        return fate.why;
      case 'lost': {
        const inPlace = (meaningOf(this.terrain.item(urn))?.protections ?? []).filter(
          (p) =>
            p.scopes.includes(this.member.scope) &&
            isAutomatic(p.automation) &&
            fold(
              p.successors,
              (s) => s.includes(urn),
              () => false,
            ),
        );
        return inPlace.length === 0 ? no(fate.why, { resource: urn }) : any(inPlace.map((p) => p.armed));
      }
    }
  }

  /**
   * Can a request that arrives here be answered as things stand: this serves, and so does something that it passes
   * requests on to, if need be after that has moved by itself?
   */
  open(urn: string): Truth {
    const remembered = this.#open.get(urn);
    if (remembered !== undefined) return remembered;
    this.#open.set(urn, no('its traffic runs in a circle', { resource: urn }));
    const onward = (meaningOf(this.terrain.item(urn))?.links ?? []).filter((l) => l.carries === 'traffic');
    const ways = onward.map((l) =>
      fold<string, Truth>(
        l.to,
        (to) => any([this.open(to), this.#movesByItself(to)]),
        (why) => why,
      ),
    );
    const passes = ways.length === 0 ? this.serves(urn) : all([this.serves(urn), any(ways)]);
    this.#open.set(urn, passes);
    return passes;
  }

  /** A door of its own kind (a record set, a distribution) that leads requests elsewhere without a person. */
  #movesByItself(urn: string): Truth {
    const meaning = meaningOf(this.terrain.item(urn));
    if (meaning?.kind !== 'traffic') return no();
    const moves = meaning.protections.filter((p) => p.scopes.includes(this.member.scope) && isAutomatic(p.automation));
    const stand = moves.map((p) =>
      fold<readonly string[], Truth>(
        p.successors,
        (urns) => all([p.armed, any(urns.filter((u) => u !== urn).map((u) => this.open(u)))]),
        (why) => all([p.armed, why]),
      ),
    );
    return stand.length === 0 ? no() : any(stand);
  }

  /** Does anything that still serves send requests to it? Yes when nothing in the sources ever did: it is a door itself. */
  reached(urn: string): Truth {
    const remembered = this.#ways.get(urn);
    if (remembered !== undefined) return remembered;
    const reached = this.#reached(urn, new Set());
    this.#ways.set(urn, reached);
    return reached;
  }

  #reached(urn: string, seen: ReadonlySet<string>): Truth {
    const senders = this.terrain.senders(urn).filter((s) => s !== urn && !seen.has(s));
    if (senders.length === 0) return yes('nothing in the sources stands before it', { resource: urn });
    const next = new Set(seen).add(urn);
    return any(senders.map((s) => all([this.serves(s), this.#sends(s), this.#reached(s, next)])));
  }

  /** A branch that waits passes nothing on for as long as one that serves can be entered. */
  #sends(urn: string): Truth {
    const role = this.terrain.roles.of(urn);
    if (role === undefined || !this.terrain.isStandby(urn)) return yes();
    const before = this.terrain.serving(role).filter((s) => s !== urn);
    return before.length === 0 ? yes() : not(any(before.map((s) => this.open(s))));
  }
}

const IS_YES = { yes: () => true, no: () => false, unknown: () => false };

/** Is it certain? Asked a hundred thousand times in a run. */
export const holds = (t: Truth): boolean => decide(t, IS_YES);
