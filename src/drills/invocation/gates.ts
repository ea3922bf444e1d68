/** What must hold before an invocation changes anything on real AWS: the gates of drills, with its authority for their approvals. Pure. */
import type { DrillSpec } from '../../model/drill.ts';
import { type Asked, type Gate, type GateFacts, gates } from '../live/gates.ts';
import type { DecisionMade, PreparedInvocation } from './contract.ts';

type GatedPlan = Pick<PreparedInvocation, 'plan' | 'services' | 'invocation'>;

/** `declared`: the decision of the run; undefined while there is none. */
export function invocationGates(
  plan: GatedPlan,
  declared: DecisionMade | undefined,
  asked: Asked,
  facts: GateFacts,
): readonly Gate[] {
  const change = asked.change ?? plan.invocation.change;
  return gates(specOf(plan), { ...asked, change }, facts).map((gate) =>
    gate.id === 'approvals' ? { id: gate.id, ...authority(plan, declared) } : gate,
  );
}

function authority({ invocation }: GatedPlan, declared: DecisionMade | undefined): Pick<Gate, 'holds' | 'says'> {
  if (declared === undefined) return { holds: 'no', says: 'the invocation is not declared' };
  if (!declared.automatic) return { holds: 'yes', says: `declared by ${declared.by.join(' and ')}` };
  // A plan that was changed since may ask for people now.
  if (invocation.authority.kind !== 'automatic') return { holds: 'no', says: 'the plan asks for people, and none declared it' };
  return declared.criteria === 'yes'
    ? { holds: 'yes', says: `declared automatically: ${declared.says}` }
    : { holds: 'no', says: 'declared automatically without its criteria' };
}

/** What really happened asks for no window. */
function specOf({ plan, services, invocation }: GatedPlan): DrillSpec {
  return {
    id: plan,
    title: plan,
    kind: 'region-loss',
    service: services[0] ?? '',
    member: invocation.member,
    hypothesis: { steady: undefined, metrics: [] },
    preconditions: [],
    recover: invocation.steps,
    probes: [],
    stops: [],
    points: [],
    limit: undefined,
    dwell: undefined,
    afterCrash: 'continue',
    blastRadius: invocation.blastRadius,
    approvals: { by: [], count: 1 },
    window: undefined,
    every: undefined,
    controls: [],
    participants: [],
    place: invocation.place,
  };
}
