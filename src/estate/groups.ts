import { groupBy } from '../model/collections.ts';
import { fold } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { successorsOf } from '../model/protection.ts';
import type { Estate } from './estate.ts';
import { meaningOf } from './estate.ts';
import type { Role, RoleBasis } from './roles.ts';

/** Disjoint sets of URNs, each with the strongest reason that joined it. */
export class Groups {
  readonly #root = new Map<string, string>();
  readonly #basis = new Map<string, RoleBasis>();

  add(urn: string): void {
    if (!this.#root.has(urn)) this.#root.set(urn, urn);
  }

  has(urn: string): boolean {
    return this.#root.has(urn);
  }

  join(urns: readonly string[], basis: RoleBasis): void {
    const known = urns.filter((u) => this.#root.has(u));
    const first = known[0];
    if (first === undefined || known.length < 2) return;
    const root = this.#find(first);
    const kept = this.#basis.get(root) ?? basis;
    for (const urn of known.slice(1)) this.#root.set(this.#find(urn), root);
    this.#basis.set(root, kept);
  }

  members(): readonly (readonly string[])[] {
    return [...groupBy(this.#root.keys(), (urn) => this.#find(urn)).values()];
  }

  toRoles(estate: Estate): readonly Role[] {
    return this.members().map((members) => {
      const first = members[0] as string;
      const leaders = members.filter((urn) => leads(meaningOf(estate.resources.get(urn))));
      const leader = leaders.find((urn) => !leaders.some((mate) => succeeds(urn, mate, estate))) ?? leaders[0] ?? first;
      const item = estate.resources.get(leader);
      return {
        id: first,
        title: item?.title ?? first,
        kind: meaningOf(item)?.kind ?? 'config',
        members,
        found: members.length === 1 ? { by: 'alone' } : (this.#basis.get(this.#find(first)) ?? { by: 'alone' }),
      };
    });
  }

  #find(urn: string): string {
    let root = urn;
    for (let next = this.#root.get(root); next !== undefined && next !== root; next = this.#root.get(root)) root = next;
    for (let at = urn; at !== root; ) {
      const next = this.#root.get(at) as string;
      this.#root.set(at, root);
      at = next;
    }
    return root;
  }
}

/** One way only: of a source and its copy the copy takes over, of two that copy each other neither is first. */
function succeeds(urn: string, mate: string, estate: Estate): boolean {
  const takesOver = (from: string, to: string): boolean =>
    successorsOf(meaningOf(estate.resources.get(from))?.protections ?? []).has(to);
  return mate !== urn && takesOver(mate, urn) && !takesOver(urn, mate);
}

/** A role is called after a member that serves. */
function leads(meaning: Meaning | undefined): boolean {
  if (meaning === undefined || meaning.kind === 'config') return false;
  return (
    meaning.waits === undefined ||
    fold(
      meaning.waits,
      (waits) => !waits,
      () => true,
    )
  );
}
