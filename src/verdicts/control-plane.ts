/** A control-plane outage leaves what runs running; what it takes away is every recovery that must call a control plane. */

import { meaningOf } from '../estate/estate.ts';
import type { Truth } from '../model/known.ts';
import { all, no, yes } from '../model/known.ts';
import { isAutomatic } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import type { ServiceNeeds } from '../recovery/path.ts';
import type { Ground } from './ground.ts';

/** Scopes whose automatic recovery a control-plane promise rests on. */
const RESTS_ON: readonly Scope[] = ['instance', 'az', 'region'];

/**
 * Do the automatic recoveries of the service, for the scopes that it has promised, work with data-plane calls alone
 * (Well-Architected REL11-BP04)? Yes when nothing is promised that would need one.
 */
export function recoversWithoutControlPlane(serviceId: string, needs: ServiceNeeds, ground: Ground): Truth {
  const promised = RESTS_ON.filter((scope) => ground.agreedTarget(serviceId, 'RTO', scope) !== undefined);
  const answers = promised.flatMap((scope) =>
    ground.members(needs, scope).flatMap((member) =>
      ground.path(needs, member, (ground.agreedTarget(serviceId, 'MBCO', scope) ?? 100) / 100).outcomes.map((outcome): Truth => {
        if (outcome.mechanism === undefined || !isAutomatic(outcome.automation)) return yes();
        const item = ground.terrain.item(outcome.decidedBy);
        const chosen = meaningOf(item)?.protections.find((p) => p.mechanism === outcome.mechanism && p.scopes.includes(scope));
        const call = chosen?.calls.find((c) => c.plane === 'control');
        return call === undefined
          ? yes()
          : no(`${item?.title ?? outcome.role.title}: its recovery for ${scope} scope calls ${call.action}, a control plane`, {
              resource: outcome.decidedBy,
            });
      }),
    ),
  );
  return answers.length === 0 ? yes() : all(answers);
}
