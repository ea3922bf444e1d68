/**
 * Does as much run as before? Requests of probes carry no load: two servers answer them as well as twelve. A service is back when it
 * has the capacity that was agreed (docs/model.md, Clock: validated at MBCO), so load balancers are asked how many targets are healthy.
 */
import type { EstateResource } from '../../estate/estate.ts';
import { meaningOf } from '../../estate/estate.ts';
import { fold } from '../../model/known.ts';
import type { Member } from '../../model/scope.ts';
import type { RecoveryPath } from '../../recovery/path.ts';
import type { Probe } from '../contract.ts';
import type { Ground } from '../ground.ts';
import { targetHealth } from './calls.ts';
import { type Located, located } from './places.ts';

const TARGET_GROUP = 'aws:lb/targetGroup:TargetGroup';
const LAMBDA = 'lambda';

/** Id of the probe of a role, by its title. */
export const capacityOf = (title: string): string => `capacity of ${title}`;

export interface CapacitySettings {
  readonly path: RecoveryPath;
  /** The path of the same service when nothing of it is lost: who serves then. */
  readonly before: RecoveryPath;
  /** What is away now. */
  readonly lost: () => Member | undefined;
  readonly ground: Ground;
  /** Milliseconds. */
  readonly every: number;
  /** Share, 0 … 1, of the targets before the onset that must be healthy again. */
  readonly needed: number;
}

/** One for each role that computes behind a load balancer. The first look, before the onset, says how much there was. */
export function capacityProbes({ path, before, lost, ground, every, needed }: CapacitySettings): readonly Probe[] {
  return path.outcomes
    .filter(({ role }) => role.kind === 'compute')
    .flatMap(({ role, carriers }): readonly Probe[] => {
      const serving = before.outcomes.find((o) => o.role.id === role.id)?.carriers ?? role.members;
      const groups = new Map([...serving, ...carriers].flatMap((urn) => groupsOf(urn, ground).map((g) => [g.arn, g] as const)));
      const first = new Set(serving.flatMap((urn) => groupsOf(urn, ground).map((g) => g.arn)));
      if (first.size === 0) return [];
      let full: number | undefined;
      const look: Probe['look'] = async () => {
        const asked = [...groups.values()].filter((g) => full !== undefined || first.has(g.arn));
        const counts = await Promise.all(asked.map((g) => healthy(g, lost(), ground)));
        const now = counts.reduce((sum, n) => sum + n, 0);
        full ??= now;
        const ok = full > 0 && now + 1e-9 >= needed * full;
        return { ok, says: `${now} healthy, ${full} before`, data: { healthy: now, before: full } };
      };
      return [{ id: capacityOf(role.title), every, tells: 't4', look }];
    });
}

/** Target groups that pass requests to a resource. */
function groupsOf(urn: string, { judgement }: Ground): readonly Located[] {
  const leadsThere = (item: EstateResource): boolean =>
    (meaningOf(item)?.links ?? []).some(
      (link) =>
        link.carries === 'traffic' &&
        fold(
          link.to,
          (to) => to === urn,
          () => false,
        ),
    );
  return [...judgement.estate.resources.values()]
    .filter((item) => item.resource.type === TARGET_GROUP && item.resource.inputs.targetType !== LAMBDA && leadsThere(item))
    .flatMap(located);
}

/** What is in the Region that is lost counts for nothing, and nobody asks there. */
async function healthy({ arn, at }: Located, lost: Member | undefined, { session }: Ground): Promise<number> {
  if (lost?.scope === 'region' && lost.name === at.region) return 0;
  const { TargetHealthDescriptions = [] } = await session.send(targetHealth, { TargetGroupArn: arn }, at);
  return TargetHealthDescriptions.filter((t) => t.TargetHealth?.State === 'healthy').length;
}
