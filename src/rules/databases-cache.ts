/** ElastiCache: what its nodes lose, and who promotes what. */

import { all, andThen, any, because, fold, is, no, not } from '../model/known.ts';
import type { CacheClusterFacts } from '../services/elasticache-cluster.ts';
import { elasticacheCluster } from '../services/elasticache-cluster.ts';
import { elasticacheGlobal } from '../services/elasticache-global.ts';
import { elasticacheReplicationGroup } from '../services/elasticache-replication-group.ts';
import { anyAgreed, startedByItself, strictest, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

export const cacheRules: readonly Rule[] = [
  {
    id: 'elasticache-no-auto-failover',
    family: 'databases',
    title: 'The replication group does not fail over by itself to another AZ',
    severity: 'high',
    scopes: ['instance', 'az'],
    why: 'Without a replica, automatic failover and Multi-AZ, a lost primary is replaced by an empty node in the same AZ or promoted by a person, and nothing takes writes until then.',
    fix: 'Set `automaticFailoverEnabled: true`, `multiAzEnabled: true` and at least one replica (`replicasPerNodeGroup: 1`, or `numCacheClusters: 2`).',
    source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/AutoFailover.html',
    checks: [
      on(elasticacheReplicationGroup, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az') && !context.isStandby(facts.id)
          ? whenAny(
              [],
              [
                because(
                  is(facts.replicas, (n) => n === 0),
                  `${facts.name} has a shard without a replica`,
                ),
                because(
                  not(facts.automaticFailover),
                  `${facts.name} does not promote a replica by itself: \`automaticFailoverEnabled\` is not true`,
                ),
                ...(context.agreed(facts.id, 'az')
                  ? [
                      because(
                        not(facts.multiAz),
                        `${facts.name} may have all its nodes in one AZ: \`multiAzEnabled\` is not true`,
                      ),
                    ]
                  : []),
              ],
              'automaticFailoverEnabled',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'elasticache-memcached-state',
    family: 'databases',
    title: 'The cache cluster replicates nothing',
    severity: 'high',
    scopes: ['instance', 'az'],
    why: 'A Memcached node, or a single Valkey or Redis OSS node, takes its keys with it when it fails. That is harmless for a cache that can be filled again, and a loss for sessions, carts or locks.',
    fix: 'Keep such state in an aws.elasticache.ReplicationGroup with replicas or an aws.elasticache.ServerlessCache; for Memcached spread the nodes with `azMode: "cross-az"`.',
    source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/FaultTolerance.html',
    checks: [
      on(elasticacheCluster, (facts, _item, context) =>
        promisesItsState(facts, context) ? when([not(facts.isMember)], lossOf(facts), 'engine') : undefined,
      ),
    ],
  },
  {
    id: 'elasticache-global-manual',
    family: 'databases',
    title: 'A person promotes the secondary of the Global Datastore',
    severity: 'high',
    scopes: ['region'],
    why: 'ElastiCache never promotes a secondary in another Region by itself; `automaticFailoverEnabled` acts within a Region. Until somebody calls FailoverGlobalReplicationGroup, nothing takes writes.',
    fix: 'Let an automation that is started by an alarm and runs in the standby Region call FailoverGlobalReplicationGroup, or agree on a recovery by people.',
    source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/red-ug/Redis-Global-Datastore.html',
    checks: [
      on(elasticacheGlobal, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when(
              [
                andThen(facts.members, (members) => any([...members.map((m) => m.otherRegion), no('no secondary')])),
                not(startedByItself(facts.id, 'elasticache-global-failover', context)),
              ],
              `${facts.name} has a secondary in another Region, and nothing in the sources promotes it without a person`,
            )
          : undefined,
      ),
    ],
  },
];

/** What a cache holds is declared by a promise about it: an RPO. */
function promisesItsState(facts: CacheClusterFacts, context: RuleContext): boolean {
  return (
    !context.hasCatalogue ||
    (['instance', 'az'] as const).some((scope) => strictest(context, facts.id, 'RPO', scope) !== undefined)
  );
}

function lossOf(facts: CacheClusterFacts): string {
  return fold(
    all([is(facts.engine, (engine) => engine === 'memcached'), is(facts.nodes, (n) => n > 1)]),
    (spread) =>
      spread
        ? `${facts.name} loses the keys of a Memcached node with it`
        : `${facts.name} is one node without a replica: its keys go with it`,
    () => `${facts.name} keeps no copy of its keys on another node`,
  );
}
