/** How simulated RDS fails over: detection, promotion, DNS; and how it restarts what has nowhere to go. */

import { between, procedure } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import { settleReplication, whyClusterDown } from './rds-endpoints.ts';
import { zonesOfGroup } from './rds-groups.ts';
import { type Cluster, type Instance, membersOf, record, whyDown } from './rds-state.ts';

/**
 * Seconds that each step of a failover takes, from … to. The sums stay within what AWS calls typical: 60–120 s for a Multi-AZ
 * instance (RDS User Guide, Concepts.MultiAZ.Failover), under 35 s for a Multi-AZ DB cluster (multi-az-db-clusters-concepts-failover),
 * under 60 s and often under 30 s for Aurora (Concepts.AuroraHighAvailability), whose DNS typically follows within 30 s
 * (AuroraPostgreSQL.BestPractices.FastFailover). How they divide is our assumption.
 */
export const STEPS = {
  instance: { detect: [20, 45], promote: [25, 55], dns: [10, 20] },
  volume: { detect: [5, 15], promote: [3, 15], dns: [5, 20] },
  'multi-az': { detect: [5, 10], promote: [3, 12], dns: [5, 10] },
  // "The failover time … is undefined" (aurora-serverless.how-it-works).
  'serverless-v1': { detect: [30, 120], promote: [60, 900], dns: [5, 20] },
} as const;

/** Crash recovery once a host or an AZ is back; our assumption. */
const RESTART = [60, 240] as const;
/** An only Aurora instance is made anew in its AZ, typically within ten minutes (Concepts.AuroraHighAvailability). */
const RECREATE = [240, 560] as const;
/** A lost standby is made anew in another AZ of the group; our assumption. */
const NEW_STANDBY = [600, 1200] as const;
export const spread = (world: World, range: readonly [number, number]): number => between(world, range[0], range[1]);

/** The DB engine goes down and comes up again on the same host or a new one. */
export function restart(world: World, instance: Instance, why: string): void {
  instance.outage = why;
  procedure(world, instance, [
    {
      after: spread(world, RESTART),
      what: () => {
        instance.outage = undefined;
        instance.lostAt = undefined;
        // What was under way when it went down is over.
        if (['rebooting', 'modifying', 'starting'].includes(instance.status)) instance.status = 'available';
        record(world, instance, 'availability', 'DB instance restarted');
        settleReplication(world);
      },
    },
  ]);
}

/** From the primary to the synchronous standby; `detection` is 0 when somebody asks for it. */
export function failInstanceOver(world: World, instance: Instance, detection: number): void {
  procedure(world, instance, [
    {
      after: detection,
      what: () => {
        record(world, instance, 'failover', 'Multi-AZ instance failover started.');
        if (detection === 0) instance.outage = 'the standby is being promoted';
      },
    },
    {
      after: spread(world, STEPS.instance.promote),
      what: () => {
        const to = instance.secondaryZone;
        if (to === undefined || world.zoneIsLost(to)) {
          // Nowhere to go: it comes back with its AZ.
          instance.epoch += 1;
          return;
        }
        instance.secondaryZone = instance.zone;
        instance.zone = to;
        instance.outage = 'DNS still leads to the former primary';
      },
    },
    {
      after: spread(world, STEPS.instance.dns),
      what: () => {
        instance.outage = undefined;
        instance.lostAt = undefined;
        if (['rebooting', 'modifying'].includes(instance.status)) instance.status = 'available';
        record(world, instance, 'failover', 'Multi-AZ instance failover completed');
        settleReplication(world);
        if (instance.secondaryZone !== undefined && world.zoneIsLost(instance.secondaryZone)) replaceStandby(world, instance);
      },
    },
  ]);
}

export function replaceStandby(world: World, instance: Instance): void {
  procedure(world, instance, [
    {
      after: spread(world, NEW_STANDBY),
      what: () => {
        if (instance.secondaryZone === undefined || !world.zoneIsLost(instance.secondaryZone)) return;
        const others = zonesOfGroup(world, instance).filter((z) => z !== instance.zone && !world.zoneIsLost(z));
        instance.secondaryZone = others[0] ?? instance.secondaryZone;
      },
    },
  ]);
}

/** The reader that is promoted: lowest tier, then the order in which they were made (Concepts.AuroraHighAvailability). */
export function successorOf(world: World, cluster: Cluster): Instance | undefined {
  return membersOf(world, cluster)
    .filter((m) => m.id !== cluster.writer && whyDown(world, m) === undefined)
    .toSorted((a, b) => a.tier - b.tier)[0];
}

/** Lets another instance write; without one, the only instance is made anew in its own AZ. */
export function failClusterOver(world: World, cluster: Cluster, detection: number, wanted?: string): void {
  const steps = STEPS[cluster.kind];
  procedure(world, cluster, [
    {
      after: detection,
      what: () => {
        if (whyClusterDown(world, cluster) !== undefined) return;
        cluster.status = 'failing-over';
      },
    },
    {
      after: spread(world, steps.promote),
      what: () => {
        if (cluster.kind === 'serverless-v1') moveCompute(world, cluster);
        else {
          const successor = membersOf(world, cluster).find((m) => m.id === wanted) ?? successorOf(world, cluster);
          if (successor === undefined) return recreateWriter(world, cluster);
          record(world, cluster, 'failover', `Started cross AZ failover to DB instance: ${successor.id}`);
          cluster.writer = successor.id;
        }
      },
    },
    {
      after: spread(world, steps.dns),
      what: () => {
        cluster.endpointTo = cluster.writer;
        cluster.status = 'available';
        record(world, cluster, 'failover', `Completed failover to DB instance: ${cluster.writer ?? cluster.id}`);
      },
    },
  ]);
}

function moveCompute(world: World, cluster: Cluster): void {
  const zone = world.zones(cluster.region).find((z) => !world.zoneIsLost(z));
  if (zone !== undefined) cluster.zone = zone;
}

/** In the same AZ, and so not at all while that AZ is lost: it then comes back with it. */
function recreateWriter(world: World, cluster: Cluster): void {
  const writer = membersOf(world, cluster).find((m) => m.id === cluster.writer);
  procedure(world, cluster, []);
  cluster.status = 'available';
  if (writer === undefined || world.zoneIsLost(writer.zone)) return;
  writer.outage = 'the only instance is being created anew';
  procedure(world, writer, [
    {
      after: spread(world, RECREATE),
      what: () => {
        writer.outage = undefined;
        record(world, writer, 'availability', 'DB instance restarted');
      },
    },
  ]);
}
