/** What several rules ask: what was promised, what brings a resource back, and whether anything starts that without a person. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import { mentionsOf } from '../estate/mentions.ts';
import { kept } from '../model/collections.ts';
import type { Known, Truth, Unknown } from '../model/known.ts';
import { all, any, because, decide, fold, is, known, no, yes } from '../model/known.ts';
import type { Protection } from '../model/protection.ts';
import { isAutomatic } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import type { RuleAnswer, RuleContext } from './rule.ts';
import { answer } from './rule.ts';

const DAY = 86_400;

/** Fires when all of these hold, with this sentence. */
export function when(truths: readonly Truth[], sentence: string, property?: string): RuleAnswer {
  return answer(because(all(truths), sentence), property);
}

/** Fires with the sentence of the first of these that holds, unless a condition rules it out. */
export function whenAny(conditions: readonly Truth[], sentences: readonly Truth[], property?: string): RuleAnswer {
  const found = any(sentences);
  const held = all([...conditions, found]);
  return answer(decide(held, { yes: () => found, no: () => held, unknown: () => held }), property);
}

export function anyAgreed(context: RuleContext, urn: string, ...scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => context.agreed(urn, scope));
}

/** Strictest agreed RPO, RTO … in seconds; undefined when none was agreed, so that there is nothing to compare with. */
export function strictest(context: RuleContext, urn: string, type: 'RTO' | 'RPO', scope: Scope): number | undefined {
  return context.targets(urn, type, scope)[0];
}

/** Longest agreed retention in days, whatever its scope. */
export function agreedDays(context: RuleContext, urn: string): number | undefined {
  const [longest] = context.targets(urn, 'RETENTION');
  return longest === undefined ? undefined : longest / DAY;
}

export const days = (n: number): string => (n === 1 ? '1 day' : `${n} days`);

/** Some element passes; of an empty list none does, unless the sources are partial and it may only be out of sight. */
export function some<T>(items: readonly T[], test: (item: T) => Truth, context: RuleContext): Truth {
  return any([...items.map(test), context.estate.incomplete ?? no()]);
}

/**
 * Is the resource one of those that the estate names in these places? As `some` over them with `is`, for questions about
 * every resource of a kind: the places are read once.
 */
export function anyNames(
  places: (context: RuleContext) => readonly Known<string | undefined>[],
): (urn: string, context: RuleContext) => Truth {
  const read = oncePerEstate((context) => {
    const all = places(context);
    return {
      named: new Set(all.map((k) => textOr(k, undefined))),
      unread: all.flatMap((k) =>
        fold<unknown, readonly Unknown[]>(
          k,
          () => [],
          (why) => [why],
        ),
      ),
    };
  });
  return (urn, context) => {
    const { named, unread } = read(context);
    return any([named.has(urn) ? yes() : no(), ...unread, context.estate.incomplete ?? no()]);
  };
}

/** Does AWS Backup keep something to restore from after the loss of `scope`? */
export function awsBackup(item: EstateResource, scope: Scope): Truth {
  const given = (meaningOf(item)?.protections ?? []).filter((p) => p.scopes.includes(scope) && byAwsBackup(p));
  return any([...given.map((p) => p.armed), no('no AWS Backup plan covers it')]);
}

/** Days for which AWS Backup keeps it; 0 when no plan covers it. */
export function awsBackupDays(item: EstateResource, context: RuleContext): Known<number> {
  return meaningOf(item)?.backupDays ?? context.estate.incomplete ?? known(0);
}

/** The mechanisms of services/backup-coverage.ts, which the estate adds to those of the services. */
const byAwsBackup = (p: Protection): boolean => p.mechanism === 'backup-restore' || p.mechanism === 'backup-copy-restore';

/** Does the service itself bring it back, in whatever time, by itself or by a person? */
export function ownProtection(item: EstateResource, scope: Scope): Truth {
  const own = (meaningOf(item)?.protections ?? []).filter((p) => p.scopes.includes(scope) && !byAwsBackup(p));
  return any([...own.map((p) => p.armed), no('nothing of its own brings it back')]);
}

export function comesBack(item: EstateResource, scope: Scope, context: RuleContext): Truth {
  return any([ownProtection(item, scope), awsBackup(item, scope), context.estate.incomplete ?? no()]);
}

/**
 * Does a plan or automation of the estate start this action for the resource, or for what stands in for it, when a Region
 * is lost and without a person?
 */
export function startedByItself(urn: string, action: string, context: RuleContext): Truth {
  const mates = new Set(context.role(urn)?.members ?? [urn]);
  const plans = orchestrations(context).filter(
    (o) => o.action === action && o.scopes.includes('region') && isAutomatic(o.automation),
  );
  return some(
    plans,
    (plan) => all([some(plan.targets, (target) => is(target, (to) => mates.has(to)), context), plan.armed]),
    context,
  );
}

/** Works something out at the first question about an estate, and keeps it as long as the estate. */
export function oncePerEstate<T extends object>(make: (context: RuleContext) => T): (context: RuleContext) => T {
  const made = new WeakMap<RuleContext['estate'], T>();
  return (context) => kept(made, context.estate, () => make(context));
}

const orchestrations = oncePerEstate((context) =>
  [...context.estate.resources.values()].flatMap((item) => meaningOf(item)?.orchestrations ?? []),
);

const readers = oncePerEstate((context) => {
  const index = new Map<string, Set<EstateResource>>();
  for (const item of context.estate.resources.values()) {
    if (meaningOf(item)?.kind !== 'compute') continue;
    for (const mention of mentionsOf(item.props, context.estate.view)) {
      const to = textOr(mention.to, undefined);
      if (to !== undefined) index.set(to, (index.get(to) ?? new Set()).add(item));
    }
  }
  return index;
});

/** Computing resources whose inputs (environment, container definitions, user data …) mention this one. */
export function readersOf(urn: string, context: RuleContext): readonly EstateResource[] {
  return [...(readers(context).get(urn) ?? [])];
}

/** For sentences: the value where it is known, else the words given. */
export function textOr<T, U>(k: Known<T>, otherwise: U): T | U {
  return fold<T, T | U>(
    k,
    (value) => value,
    () => otherwise,
  );
}
