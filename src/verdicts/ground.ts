/** What judging the metrics of one run shares: the terrain, paths already worked out, targets, times, findings. */

import { meaningOf } from '../estate/estate.ts';
import type { Role } from '../estate/roles.ts';
import type { Catalogue, Metric, MetricType } from '../model/agreement.ts';
import { isAtLeast } from '../model/agreement.ts';
import { kept } from '../model/collections.ts';
import type { Finding } from '../model/finding.ts';
import { fold, unknown } from '../model/known.ts';
import type { Member, Scope } from '../model/scope.ts';
import { ANY_MEMBER, regionOfToken, unnamedZone } from '../model/scope.ts';
import type { Simulation } from '../recovery/estimate.ts';
import type { RecoveryPath, ServiceNeeds } from '../recovery/path.ts';
import { recoveryPath } from '../recovery/path.ts';
import type { Terrain } from '../recovery/standing.ts';
import type { TimeTable } from '../recovery/table.ts';

export interface Ground {
  readonly terrain: Terrain;
  readonly times: TimeTable;
  readonly simulation: Simulation;
  readonly failureRates: Catalogue['failureRates'];
  path(needs: ServiceNeeds, member: Member, needed: number): RecoveryPath;
  members(needs: ServiceNeeds, scope: Scope): readonly Member[];
  /** Strictest target in force for the same service, type and scope. */
  agreedTarget(serviceId: string, type: MetricType, scope: Scope): number | undefined;
  /** Share (0 … 1) of capacity that must serve for the metric's service to count as recovered: its MBCO, else all. */
  capacityNeeded(metric: Metric): number;
  criticalFindings(urn: string): readonly Finding[];
  /** Those about any member of the role. */
  criticalOf(role: Role): readonly Finding[];
}

const NO_FINDINGS: readonly Finding[] = [];

export function ground(
  terrain: Terrain,
  times: TimeTable,
  simulation: Simulation,
  metrics: readonly Metric[],
  findings: readonly Finding[],
  failureRates: Catalogue['failureRates'],
): Ground {
  const paths = new Map<string, RecoveryPath>();
  const membersOf = new Map<string, readonly Member[]>();
  const critical = new Map<string, Finding[]>();
  for (const f of findings) {
    if (f.severity !== 'critical') continue;
    critical.set(f.resource, [...(critical.get(f.resource) ?? []), f]);
  }
  const targets = new Map<string, number>();
  for (const m of metrics) {
    const key = `${m.serviceId}\n${m.type}\n${m.scope}`;
    const present = targets.get(key);
    const stricter = isAtLeast(m.type) ? Math.max : Math.min;
    targets.set(key, present === undefined ? m.target : stricter(present, m.target));
  }
  const criticalFindings: Ground['criticalFindings'] = (urn) => critical.get(urn) ?? NO_FINDINGS;
  const criticalOf = new Map<Role, readonly Finding[]>();
  const agreedTarget: Ground['agreedTarget'] = (serviceId, type, scope) => targets.get(`${serviceId}\n${type}\n${scope}`);
  return {
    terrain,
    times,
    simulation,
    failureRates,
    agreedTarget,
    path: (needs, member, needed) => {
      const key = `${needs.id}\n${member.scope}\n${member.name}\n${needed}`;
      return kept(paths, key, () => recoveryPath(needs, member, needed, terrain));
    },
    members: (needs, scope) => kept(membersOf, `${needs.id}\n${scope}`, () => membersFor(needs, scope, terrain)),
    capacityNeeded: (metric) => (agreedTarget(metric.serviceId, 'MBCO', metric.scope) ?? 100) / 100,
    criticalFindings,
    criticalOf: (role) => kept(criticalOf, role, () => role.members.flatMap(criticalFindings)),
  };
}

/** A scope stands for each of its members: every AZ, Region and account that the service and what it rests on use. */
function membersFor(needs: ServiceNeeds, scope: Scope, terrain: Terrain): readonly Member[] {
  const names = new Set<string>();
  // Regions in which something runs in an AZ that nobody can name.
  const somewhere = new Set<string>();
  for (const urn of resourcesOf(needs, new Set())) {
    const item = terrain.item(urn);
    const meaning = meaningOf(item);
    if (item === undefined || meaning === undefined) continue;
    const global = fold(
      meaning.placement,
      (p) => p.kind === 'global',
      () => false,
    );
    if (scope === 'region' && !global)
      fold(
        item.resource.region,
        (r) => names.add(r),
        () => names,
      );
    if (scope === 'account' && !global)
      fold(
        item.resource.account,
        (a) => names.add(a),
        () => names,
      );
    if (scope === 'az')
      fold(
        meaning.placement,
        (p) => {
          if (p.kind !== 'zonal') return;
          for (const zone of p.spread.zones) names.add(zone);
          if (p.spread.doubtful === 0) return;
          fold(
            item.resource.region,
            (region) => somewhere.add(region),
            () => names.add(ANY_MEMBER),
          );
        },
        () => undefined,
      );
    if (scope === 'instance') {
      const role = terrain.roles.of(urn);
      const spared = fold(
        meaning.under.instance ?? unknown('not-modelled', 'instance scope is not modelled'),
        (i) => i.kind === 'unaffected',
        () => false,
      );
      if (role !== undefined && !spared) names.add(role.id);
    }
  }
  if (somewhere.size > 0) {
    const named = new Set([...names].map(regionOfToken));
    for (const region of somewhere) if (!named.has(region)) names.add(unnamedZone(region));
  }
  return names.size === 0 ? [{ scope, name: ANY_MEMBER }] : [...names].sort().map((name) => ({ scope, name }));
}

function resourcesOf(needs: ServiceNeeds, seen: Set<string>): readonly string[] {
  if (seen.has(needs.id)) return [];
  seen.add(needs.id);
  return [...needs.resources, ...needs.dependsOn.flatMap((d) => resourcesOf(d, seen))];
}
