/** What rules about AWS Backup ask: which rules of which plans cover a store, and what they keep of it. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, map, no, together } from '../model/known.ts';
import { backupable, coveredBy } from '../services/backup-coverage.ts';
import type { BackupCopy, BackupRule } from '../services/backup-plan.ts';
import { backupPlan } from '../services/backup-plan.ts';
import type { Backupable } from '../services/backup-selection.ts';
import { some } from './questions.ts';
import type { Check, RuleAnswer, RuleContext } from './rule.ts';
import { onEvery } from './rule.ts';

/** A store that AWS Backup can back up, with every rule that may. */
export interface Backed {
  readonly item: EstateResource;
  readonly resource: Backupable;
  readonly name: string;
  /** Rules of each plan, with whether the plan covers the store. */
  readonly rules: readonly { readonly covers: Truth; readonly rules: Known<readonly BackupRule[]> }[];
}

/** Asks about each store that AWS Backup knows, in an estate with a plan; elsewhere nobody meant to use AWS Backup. */
export function onBacked(check: (backed: Backed, context: RuleContext) => RuleAnswer | undefined): Check {
  return onEvery((item, context) => {
    const plans = context.allFacts(backupPlan);
    if (plans.length === 0 || meaningOf(item) === undefined) return undefined;
    const resource = backupable(item.props, context.estate.view);
    return resource === undefined
      ? undefined
      : check(
          {
            item,
            resource,
            name: item.resource.name,
            rules: plans.map((plan) => ({ covers: all([coveredBy(plan, resource), resource.ready]), rules: plan.rules })),
          },
          context,
        );
  });
}

export const covered = (backed: Backed, context: RuleContext): Truth => some(backed.rules, (plan) => plan.covers, context);

/** Some rule that covers the store passes. */
export function someRule(backed: Backed, test: (rule: BackupRule) => Truth, context: RuleContext): Truth {
  return some(
    backed.rules,
    (plan) => all([plan.covers, andThen(plan.rules, (rules) => any([...rules.map(test), no('no such rule')]))]),
    context,
  );
}

export function someCopy(rule: BackupRule, test: (copy: BackupCopy) => Truth): Truth {
  return andThen(rule.copies, (copies) => any([...copies.map(test), no('no such copy')]));
}

/** Seconds from the damage back to the newest finished backup, at worst, when every job succeeds. */
export function worstAge(rule: BackupRule): Known<number> {
  return map(
    together({ gap: rule.gap, start: rule.startWindow, end: rule.completionWindow }),
    ({ gap, start, end }) => gap + start + end,
  );
}
