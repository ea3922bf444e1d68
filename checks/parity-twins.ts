/** The pairs that parity compares: a resource, and one that would stand in for it. */
import type { EstateResource } from '../src/estate/estate.ts';
import { meaningOf } from '../src/estate/estate.ts';
import { findRoles, type Role } from '../src/estate/roles.ts';
import { is, no, together } from '../src/model/known.ts';
import type { Judgement } from '../src/verdicts/judge.ts';
import { certainly } from './questions.ts';

/** Two resources of one service that stand in for one another from different Regions, or of which one waits. */
export interface Twin {
  readonly primary: EstateResource;
  readonly standby: EstateResource;
}

export function twinsIn(judgement: Judgement): readonly Twin[] {
  return rolesOf(judgement).flatMap((role) => ofRole(role, judgement));
}

/** Roles are found by themselves where no catalogue names services. */
function rolesOf(judgement: Judgement): readonly Role[] {
  if (judgement.catalogue === undefined) return findRoles(judgement.estate).all;
  return [...new Map(judgement.services.flatMap((s) => s.roles).map((r) => [r.id, r])).values()];
}

function ofRole(role: Role, judgement: Judgement): readonly Twin[] {
  const members = role.members.map((urn) => judgement.estate.resources.get(urn)).filter((i) => i !== undefined);
  const waits = (item: EstateResource): boolean => certainly(meaningOf(item)?.waits ?? no());
  const primary = members.find((m) => !waits(m)) ?? members[0];
  if (primary === undefined) return [];
  return members
    .filter((m) => m !== primary && kindOf(m) === kindOf(primary) && (waits(m) || apart(m, primary)))
    .map((standby) => ({ primary, standby }));
}

/** A replica key is declared by another type than its primary, and is the same kind of thing. */
const kindOf = ({ standing }: EstateResource): string | undefined =>
  standing.kind === 'modelled' ? standing.module.id : undefined;

export function apart(a: EstateResource, b: EstateResource): boolean {
  return certainly(is(together({ a: a.resource.region, b: b.resource.region }), (r) => r.a !== r.b));
}
