/** Aurora clusters and global databases. */

import type { Truth } from '../model/known.ts';
import { all, andThen, any, because, equals, fold, known, no, not, together, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import type { Members } from '../services/database-parts.ts';
import { countAtLeast } from '../services/database-parts.ts';
import type { RdsClusterFacts } from '../services/rds-cluster.ts';
import { rdsCluster } from '../services/rds-cluster.ts';
import { rdsGlobalCluster } from '../services/rds-global-cluster.ts';
import { zonesDiffer } from '../services/subnets.ts';
import { anyAgreed, startedByItself, strictest, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const AURORA_GUIDE = 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide';
const HIGH_AVAILABILITY = `${AURORA_GUIDE}/Concepts.AuroraHighAvailability.html`;
const DISASTER_RECOVERY = `${AURORA_GUIDE}/aurora-global-database-disaster-recovery.html`;

/** Seconds: the least value of `rds.global_db_rpo`. */
const LEAST_CAP = 20;

const isAurora = (facts: RdsClusterFacts): Truth => equals(facts.clusterKind, 'aurora');
const atLeastInstances = (members: Members, n: number): Truth =>
  countAtLeast(members.found.length, n, members.complete, `${members.found.length} instances`);

export const auroraRules: readonly Rule[] = [
  {
    id: 'aurora-no-reader',
    family: 'databases',
    title: 'The Aurora cluster has one instance',
    severity: 'critical',
    scopes: ['instance', 'az'],
    why: 'With a reader, Aurora promotes it within a minute. Without one it creates the writer anew in the same AZ, which takes up to ten minutes and may not complete while the AZ is down. `availabilityZones` of the cluster places its storage only.',
    fix: 'Add a second aws.rds.ClusterInstance with another `availabilityZone`.',
    source: HIGH_AVAILABILITY,
    checks: [
      on(rdsCluster, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az') && !context.isStandby(facts.id)
          ? when(
              [isAurora(facts), atLeastInstances(facts.members, 1), not(atLeastInstances(facts.members, 2))],
              `${facts.name} has one instance and no reader to promote`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'aurora-readers-same-az',
    family: 'databases',
    title: 'All instances of the Aurora cluster are pinned to one AZ',
    severity: 'critical',
    scopes: ['az'],
    why: 'When that AZ fails, the writer and every reader fail with it, and Aurora has nothing to promote although the storage spans three AZs.',
    fix: 'Give the aws.rds.ClusterInstance resources different values of `availabilityZone`, or leave it out.',
    source: HIGH_AVAILABILITY,
    checks: [
      on(rdsCluster, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id) && facts.members.found.length >= 2
          ? whenAny([isAurora(facts), facts.members.complete], [pinnedTogether(facts)], 'availabilityZone')
          : undefined,
      ),
    ],
  },
  {
    id: 'aurora-global-assumed-automatic',
    family: 'databases',
    title: 'A person starts the failover of the Aurora global database',
    severity: 'critical',
    scopes: ['region'],
    why: 'Aurora never fails a global database over to another Region by itself. Until somebody notices, decides and calls FailoverGlobalCluster, nothing takes writes.',
    fix: 'Add a step with `executionBlockType: "AuroraGlobalDatabase"` to an aws.arcregionswitch.Plan whose `triggers` start the workflow of the surviving Region, without a ManualApproval step before it.',
    source: DISASTER_RECOVERY,
    checks: [
      on(rdsGlobalCluster, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [
                andThen(facts.members, (members) => any([...members.map((m) => m.otherRegion), no('no secondary')])),
                not(startedByItself(facts.id, 'aurora-global-failover', context)),
              ],
              `${facts.name} has a secondary in another Region, and nothing in the sources fails over to it without a person`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'aurora-global-headless-secondary',
    family: 'databases',
    title: 'The secondary cluster has no instance',
    severity: 'high',
    scopes: ['region'],
    why: 'A headless secondary keeps the data but cannot answer. After the loss of the primary Region an instance must first be created through the control plane, while everybody else does the same.',
    fix: 'Add an aws.rds.ClusterInstance to the secondary cluster.',
    source: DISASTER_RECOVERY,
    checks: [
      on(rdsCluster, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [equals(facts.globalRole, 'secondary'), not(atLeastInstances(facts.members, 1))],
              `${facts.name} is a secondary without an instance that could be promoted`,
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'aurora-global-rpo-unbounded',
    family: 'databases',
    title: 'Nothing caps how far the secondaries may lag',
    severity: 'medium',
    scopes: ['region'],
    why: 'Replication between Regions lags by about a second when all is well, and by any time when it is not. Aurora PostgreSQL can hold commits back once every secondary lags more than `rds.global_db_rpo`, 20 seconds at least; Aurora MySQL has no such cap.',
    fix: 'Set `rds.global_db_rpo` in the aws.rds.ClusterParameterGroup to at most the agreed RPO (Aurora PostgreSQL), or agree on an RPO that monitoring of the lag can defend.',
    source: DISASTER_RECOVERY,
    checks: [
      on(rdsCluster, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [
                equals(facts.globalRole, 'primary'),
                andThen(facts.globalPeers, (peers) => any([...peers.map((p) => p.otherRegion), no('no secondary')])),
              ],
              [uncapped(facts, strictest(context, facts.id, 'RPO', 'region'))],
              'dbClusterParameterGroupName',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'aurora-serverless-autopause-standby',
    family: 'databases',
    title: 'The standby cluster sleeps, or cannot grow as far as the primary',
    severity: 'medium',
    scopes: ['region'],
    why: 'An instance that has paused at 0 ACU takes about 15 seconds or more to resume, with a cold cache. A smaller maximum throttles the full load after the failover.',
    fix: 'On the secondary cluster set `serverlessv2ScalingConfiguration.minCapacity` above 0 and `maxCapacity` to that of the primary.',
    source: `${AURORA_GUIDE}/aurora-serverless-v2-auto-pause.html`,
    checks: [
      on(rdsCluster, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? whenAny(
              [standsBy(facts, context)],
              [
                because(facts.autoPause, `${facts.name} pauses when idle (\`minCapacity\` is 0) and must resume first`),
                ...primariesOf(facts, context).map((primary) => smallerThan(facts, primary)),
              ],
              'serverlessv2ScalingConfiguration',
            )
          : undefined,
      ),
    ],
  },
];

/** An unset AZ is AWS's choice and pins nothing; what the code names but nobody can read may be any AZ. */
function pinnedTogether(facts: RdsClusterFacts): Truth {
  const zones = facts.members.found.map((m) => m.zone);
  const free = any(
    zones.map((zone) =>
      fold<string, Truth>(
        zone,
        () => no(),
        (why) => (why.reason === 'not-reported' ? yes() : why),
      ),
    ),
  );
  return andThen(free, (some) => {
    if (some) return no('AWS picks an AZ for at least one instance');
    const first = zones[0];
    const together = first === undefined ? no() : all([yes(), ...zones.slice(1).map((zone) => not(zonesDiffer(first, zone)))]);
    return because(together, `every instance of ${facts.name} is pinned to one AZ`);
  });
}

function uncapped(facts: RdsClusterFacts, rpo: number | undefined): Truth {
  return andThen(together({ cap: facts.globalRpoCap, engine: facts.engine }), ({ cap, engine }): Truth => {
    const needs = rpo === undefined ? '' : `; the agreement needs ${formatDuration(rpo)}`;
    if (!/postgres/.test(engine)) return yes(`${facts.name} (${engine}) cannot cap the lag of its secondaries${needs}`);
    if (cap === undefined)
      return yes(`${facts.name} does not set \`rds.global_db_rpo\`, so its secondaries may lag by any time${needs}`);
    if (rpo === undefined || cap <= rpo) return no(`the lag is capped at ${formatDuration(cap)}`);
    const least = rpo < LEAST_CAP ? `, and ${formatDuration(LEAST_CAP)} is the least possible` : '';
    return yes(`${facts.name} caps the lag of its secondaries at ${formatDuration(cap)}${least}${needs}`);
  });
}

function standsBy(facts: RdsClusterFacts, context: RuleContext): Truth {
  return any([known(context.isStandby(facts.id)), equals(facts.globalRole, 'secondary')]);
}

function primariesOf(facts: RdsClusterFacts, context: RuleContext): readonly RdsClusterFacts[] {
  const peers = fold(
    facts.globalPeers,
    (all) => all,
    () => [],
  );
  return peers.map((peer) => context.facts(rdsCluster, peer.id)).filter((peer) => peer !== undefined);
}

function smallerThan(facts: RdsClusterFacts, peer: RdsClusterFacts): Truth {
  return andThen(
    together({ role: peer.globalRole, mine: facts.maxCapacity, theirs: peer.maxCapacity }),
    ({ role, mine, theirs }): Truth =>
      role === 'primary' && mine !== undefined && theirs !== undefined && mine < theirs
        ? yes(`${facts.name} grows to ${mine} ACU, ${peer.name} to ${theirs}`)
        : no(),
  );
}
