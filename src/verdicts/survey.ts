/** Without any agreement: what survives the loss of an AZ, of a Region and of the data, resource by resource. */

import type { Estate, EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import { decide, fold } from '../model/known.ts';
import type { ResourceKind } from '../model/protection.ts';
import { isAutomatic } from '../model/protection.ts';
import type { Member } from '../model/scope.ts';
import { ANY_MEMBER } from '../model/scope.ts';
import type { Outcome } from '../recovery/outcome.ts';
import { outcomeOf } from '../recovery/outcome.ts';
import type { Terrain } from '../recovery/standing.ts';
import { SUBNET } from '../services/subnets.ts';

export const SURVEYED = ['az', 'region', 'data'] as const;
export type SurveyedScope = (typeof SURVEYED)[number];

/** `survives`: nothing to do. `recovers`: by itself. `person`: somebody must act. `lost`: nothing brings it back. */
export type Survival = 'survives' | 'recovers' | 'person' | 'lost' | 'unknown';

export interface SurveyRow {
  readonly resource: string;
  readonly title: string;
  readonly kind: ResourceKind;
  readonly answers: Readonly<Record<SurveyedScope, { readonly survival: Survival; readonly says: string }>>;
}

/** Kinds that can stop a service or lose its data. What only configures or watches is left out. */
const SHOWN: ReadonlySet<ResourceKind> = new Set(['store', 'compute', 'traffic', 'queue', 'key', 'secret', 'proxy', 'network']);

export function survey(terrain: Terrain): readonly SurveyRow[] {
  const rows: SurveyRow[] = [];
  for (const role of terrain.roles.all) {
    for (const urn of terrain.serving(role)) {
      const item = terrain.item(urn);
      const meaning = meaningOf(item);
      if (item === undefined || meaning === undefined || !SHOWN.has(meaning.kind) || !isOwnPlace(item)) continue;
      const answerFor = (scope: SurveyedScope): SurveyRow['answers'][SurveyedScope] => {
        const outcome = outcomeOf(role, terrain.after(memberOf(scope, item)), 1);
        return { survival: survivalOf(outcome), says: outcome.says };
      };
      rows.push({
        resource: urn,
        title: item.title,
        kind: meaning.kind,
        answers: { az: answerFor('az'), region: answerFor('region'), data: answerFor('data') },
      });
    }
  }
  return rows;
}

/** VPCs, subnets and routes share the fate of their Region and say nothing by themselves; a zonal gateway does. */
function isOwnPlace(item: EstateResource): boolean {
  const meaning = meaningOf(item);
  if (meaning?.kind !== 'network') return true;
  return (
    fold(
      meaning.placement,
      (p) => p.kind === 'zonal' && p.spread.zones.length + p.spread.doubtful === 1,
      () => false,
    ) && item.resource.type !== SUBNET
  );
}

function memberOf(scope: SurveyedScope, item: EstateResource): Member {
  if (scope !== 'region') return { scope, name: ANY_MEMBER };
  return {
    scope,
    name: fold(
      item.resource.region,
      (r) => r,
      () => ANY_MEMBER,
    ),
  };
}

function survivalOf(outcome: Outcome): Survival {
  switch (outcome.kind) {
    case 'unaffected':
      return 'survives';
    case 'unknown':
      return 'unknown';
    case 'lost':
      return 'lost';
    case 'carried':
    case 'recovered':
      return decide<Survival>(outcome.exists, {
        no: () => 'lost',
        unknown: () => 'unknown',
        yes: () => (!isAutomatic(outcome.automation) ? 'person' : outcome.kind === 'carried' ? 'survives' : 'recovers'),
      });
  }
}

/** Resources whose loss with one AZ stops what they do, and that nothing replaces by itself. */
export function singlePointsOfFailure(rows: readonly SurveyRow[]): readonly SurveyRow[] {
  return rows.filter((r) => r.answers.az.survival === 'lost' || r.answers.az.survival === 'person');
}

/** Types that no service reads, most frequent first. */
export function notModelledTypes(estate: Estate): readonly { readonly type: string; readonly count: number }[] {
  return [...estate.notModelled]
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
}
