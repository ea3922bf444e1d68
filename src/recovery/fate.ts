/** What one disruption does to one resource. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth, Unknown } from '../model/known.ts';
import { andThen, decide, fold, known, no, unknown, yes } from '../model/known.ts';
import type { Impact } from '../model/protection.ts';
import type { Member, Scope } from '../model/scope.ts';
import { ANY_MEMBER, regionOfToken, sameZone } from '../model/scope.ts';

export type Fate =
  | { readonly kind: 'untouched'; readonly why: string }
  | { readonly kind: 'reduced'; readonly left: Known<number>; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: Unknown };

export function fateOf(item: EstateResource, member: Member): Fate {
  const meaning = meaningOf(item);
  const from = { resource: item.resource.urn };
  if (meaning === undefined) return { kind: 'unknown', why: unknown('not-modelled', `${item.title} is not modelled`, from) };
  const impact = meaning.under[member.scope] ?? unmodelled(member.scope, item);
  const harmless = fold(
    impact,
    (i) => (i.kind === 'unaffected' ? i.why : undefined),
    () => undefined,
  );
  if (harmless !== undefined) return { kind: 'untouched', why: harmless };
  return decide(reaches(item, member), {
    no: () => ({ kind: 'untouched', why: `it is outside ${member.name}` }),
    unknown: (why) => ({ kind: 'unknown', why }),
    yes: () => fold<Impact, Fate>(impact, fateFrom, (why) => ({ kind: 'unknown', why })),
  });
}

function fateFrom(impact: Impact): Fate {
  switch (impact.kind) {
    case 'unaffected':
      return { kind: 'untouched', why: impact.why };
    case 'reduced':
      return { kind: 'reduced', left: impact.left, why: impact.why };
    case 'lost':
      return { kind: 'lost', why: impact.why };
  }
}

/** Is the resource inside the member that is lost? */
function reaches(item: EstateResource, member: Member): Truth {
  const meaning = meaningOf(item);
  if (meaning === undefined || member.name === ANY_MEMBER) return yes();
  switch (member.scope) {
    case 'region':
      return andThen(meaning.placement, (placement) =>
        placement.kind === 'global' ? no('it answers from many places') : inRegion(item, member.name),
      );
    case 'account':
      return andThen(item.resource.account, (account) => known(account === member.name));
    case 'az':
      return andThen(meaning.placement, (placement): Truth => {
        if (placement.kind === 'global') return no('it answers from many places');
        if (placement.kind === 'regional') {
          const region = regionOfToken(member.name);
          return region === undefined ? yes() : inRegion(item, region);
        }
        const same = placement.spread.zones.map((zone) => sameZone(zone, member.name));
        if (same.includes(true)) return yes();
        if (placement.spread.doubtful === 0)
          return same.includes(undefined)
            ? unknown('not-reported', `whether it runs in ${member.name} is not known: the code names AZs in several ways`)
            : no();
        // A place whose AZ is not known may be in this one; in some AZ of its Region it is, and every AZ is judged.
        const region = regionOfToken(member.name);
        return region === undefined ? yes() : inRegion(item, region);
      });
    default:
      return yes();
  }
}

function inRegion(item: EstateResource, region: string): Truth {
  return andThen(item.resource.region, (r) => known(r === region));
}

function unmodelled(scope: Scope, item: EstateResource): Known<Impact> {
  return unknown('not-modelled', `what ${scope} scope does to ${item.title} is not modelled`, { resource: item.resource.urn });
}
