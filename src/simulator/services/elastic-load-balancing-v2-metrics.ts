/** How many targets are healthy and how many are not, per group, load balancer and AZ, as CloudWatch has it. */
import type { MetricSeries, MetricSource } from '../metric-source.ts';
import type { World } from '../world/world.ts';
import { balancersOf, TARGET_GROUPS, type Target, type TargetGroupItem } from './elastic-load-balancing-v2-state.ts';

const NAMESPACES = { application: 'AWS/ApplicationELB', network: 'AWS/NetworkELB', gateway: 'AWS/GatewayELB' } as const;

/** Targets of the group in that state at a moment; of one AZ where it is named. */
function count(group: TargetGroupItem, zone: string | undefined, state: string, at: number): number {
  const states = new Map<Target, string | undefined>();
  for (const change of group.history) if (change.at <= at) states.set(change.target, change.health);
  return [...states].filter(([target, now]) => now === state && (zone === undefined || target.zone === zone)).length;
}

function source(type: keyof typeof NAMESPACES, metric: string, state: string): MetricSource {
  return {
    namespace: NAMESPACES[type],
    metric,
    *dimensions(world: World): Iterable<MetricSeries> {
      for (const { account, region, item } of world.everywhere(TARGET_GROUPS)) {
        const arn = item.shown.TargetGroupArn ?? '';
        for (const { shown } of balancersOf({ world, account, region }, arn)) {
          if (shown.Type !== type) continue;
          const TargetGroup = arn.split(/:(?=targetgroup\/)/)[1] ?? '';
          const LoadBalancer = shown.LoadBalancerArn?.split(':loadbalancer/')[1] ?? '';
          yield { account, region, dimensions: { TargetGroup, LoadBalancer }, value: (at) => count(item, undefined, state, at) };
          for (const { ZoneName: zone = '' } of shown.AvailabilityZones ?? [])
            yield {
              account,
              region,
              dimensions: { TargetGroup, LoadBalancer, AvailabilityZone: zone },
              value: (at) => count(item, zone, state, at),
            };
        }
      }
    },
  };
}

export const balancingMetrics: readonly MetricSource[] = (['application', 'network', 'gateway'] as const).flatMap((type) => [
  source(type, 'HealthyHostCount', 'healthy'),
  source(type, 'UnHealthyHostCount', 'unhealthy'),
]);
