/** What two sides of a failover both need. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { any, decide, fold, no, unknown, yes } from '../model/known.ts';
import type { LinkKind } from '../model/protection.ts';
import { isAutomatic } from '../model/protection.ts';
import { isGlobal } from './places.ts';
import type { RuleContext } from './rule.ts';

/** Links without whose other end a resource cannot serve. */
const NEEDED: ReadonlySet<LinkKind> = new Set(['traffic', 'endpoint', 'key', 'secret', 'image', 'network']);

interface Closure {
  readonly found: ReadonlySet<string>;
  /** What could not be resolved, in words. */
  readonly unresolved: ReadonlySet<string>;
}

function closureOf(starts: readonly Known<string>[], context: RuleContext): Closure {
  const found = new Set<string>();
  const unresolved = new Set<string>();
  const open: string[] = [];
  const visit = (to: Known<string>): void =>
    fold(
      to,
      (urn) => {
        if (!found.has(urn)) open.push(urn);
        found.add(urn);
      },
      (why) => void unresolved.add(why.detail),
    );
  for (const start of starts) visit(start);
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    for (const link of meaningOf(context.estate.resources.get(urn))?.links ?? []) if (NEEDED.has(link.carries)) visit(link.to);
  }
  return { found, unresolved };
}

/**
 * Does something that one Region holds, and that nothing brings back by itself, stand behind both? Unknown when both have
 * the same reference that nobody can resolve: it may be one thing or two.
 */
export function sharedBetween(a: readonly Known<string>[], b: readonly Known<string>[], context: RuleContext): Truth {
  const left = closureOf(a, context);
  const right = closureOf(b, context);
  const both = [...left.found].filter((urn) => right.found.has(urn)).map((urn) => context.estate.resources.get(urn));
  const shared = both.filter((item) => item !== undefined).map(diesWithItsRegion);
  const blurred = [...left.unresolved].filter((detail) => right.unresolved.has(detail));
  return any([
    ...shared,
    ...blurred.map((detail) => unknown('dangling', `both sides have something that cannot be resolved: ${detail}`)),
    no('they share nothing'),
  ]);
}

function diesWithItsRegion(item: EstateResource): Truth {
  const meaning = meaningOf(item);
  if (meaning === undefined) {
    return item.standing.kind === 'not-modelled' ? unknown('not-modelled', item.standing.why) : no('it serves nothing itself');
  }
  if (isGlobal(item)) return no('it has no Region that could be lost');
  const gone = fold<{ readonly kind: string }, boolean>(
    meaning.under.region ?? unknown('not-modelled', 'left out'),
    (impact) => impact.kind !== 'unaffected',
    () => true,
  );
  if (!gone || meaning.kind === 'config') return no('it outlives its Region');
  const back = meaning.protections.filter((p) => p.scopes.includes('region') && isAutomatic(p.automation)).map((p) => p.armed);
  return decide(any([...back, no()]), {
    yes: () => no('it comes back by itself in another Region'),
    no: () => yes(`PRIMARY and SECONDARY both need ${item.title}, which lives in one Region`),
    unknown: (why): Truth => why,
  });
}
