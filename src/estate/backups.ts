/** Adds what AWS Backup gives: plans protect resources of many services, so their protections are added here, once. */

import { backupable, backupProtections, backupRetentionDays } from '../services/backup-coverage.ts';
import type { BackupPlanFacts } from '../services/backup-plan.ts';
import { backupPlan } from '../services/backup-plan.ts';
import type { View } from '../services/view.ts';
import type { EstateResource } from './estate.ts';

export function withBackups(resources: Map<string, EstateResource>, view: View): void {
  const plans: BackupPlanFacts[] = [];
  for (const { standing } of resources.values()) {
    // Facts of a plan were made by the plan's own module.
    if (standing.kind === 'modelled' && standing.module.id === backupPlan.id) plans.push(standing.facts as BackupPlanFacts);
  }
  const missing = view.missing(...backupPlan.types, ...backupPlan.parts.map((p) => p.type));
  if (plans.length === 0 && missing === undefined) return;
  for (const [urn, item] of resources) {
    const target = item.standing.kind === 'modelled' ? backupable(item.props, view) : undefined;
    if (item.standing.kind !== 'modelled' || target === undefined) continue;
    const protections = backupProtections(target, plans, missing);
    if (protections.length === 0) continue;
    const { meaning } = item.standing;
    const kept = backupRetentionDays(target, plans);
    resources.set(urn, {
      ...item,
      standing: {
        ...item.standing,
        meaning: {
          ...meaning,
          protections: [...meaning.protections, ...protections],
          backupDays: kept,
        },
      },
    });
  }
}
