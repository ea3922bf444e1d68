/** Warehouses, search domains and user pools. */

import type { Truth } from '../model/known.ts';
import { all, andThen, because, equals, not, unknown, yes } from '../model/known.ts';
import { userPool } from '../services/cognito-user-pool.ts';
import { opensearchDomain } from '../services/opensearch-domain.ts';
import { redshiftCluster } from '../services/redshift-cluster.ts';
import { comesBack, when, whenAny } from './questions.ts';
import type { Rule } from './rule.ts';
import { answer, on } from './rule.ts';

export const otherStoreRules: readonly Rule[] = [
  {
    id: 'redshift-single-az',
    family: 'databases',
    title: 'The warehouse cannot leave its AZ, or its Region',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'Redshift puts all nodes into one AZ. Multi-AZ keeps compute in two; relocation moves an RA3 cluster to another AZ when there is capacity. Snapshots stay in the Region unless they are copied.',
    fix: 'Set `multiAz: true`, or at least `availabilityZoneRelocationEnabled: true`, and add an aws.redshift.SnapshotCopy with `destinationRegion`.',
    source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/security-disaster-recovery-resiliency.html',
    checks: [
      on(redshiftCluster, (facts, item, context) => [
        ...(context.agreed(facts.id, 'az')
          ? [
              when(
                [not(facts.multiAz), not(facts.relocation)],
                `${facts.name} runs in one AZ and may not be moved to another`,
                'multiAz',
              ),
            ]
          : []),
        ...(context.agreed(facts.id, 'region')
          ? [when([not(comesBack(item, 'region', context))], `no snapshot of ${facts.name} is copied to another Region`)]
          : []),
      ]),
    ],
  },
  {
    id: 'opensearch-not-standby',
    family: 'databases',
    title: 'The search domain does not outlive the loss of an AZ',
    severity: 'high',
    scopes: ['az'],
    why: 'Without zone awareness all nodes share one AZ. With two AZs and no dedicated master nodes the loss of either can stop the election of a master, so that the domain takes no writes.',
    fix: 'Set `clusterConfig.zoneAwarenessEnabled: true` with `availabilityZoneCount: 3` and three dedicated master nodes, or `multiAzWithStandbyEnabled: true`, and give every index a replica.',
    source: 'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-multiaz.html',
    checks: [
      on(opensearchDomain, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? whenAny(
              [],
              [
                because(facts.oneZone, `${facts.name} has all its data nodes in one AZ`),
                because(
                  all([equals(facts.zones, 2), equals(facts.dedicatedMasters, 0)]),
                  `${facts.name} is in two AZs without dedicated master nodes`,
                ),
              ],
              'clusterConfig',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'cognito-single-region-identity',
    family: 'databases',
    title: 'Users can sign in through one Region only',
    severity: 'high',
    scopes: ['region'],
    why: 'A user pool lives in one Region. Pools of the tiers ESSENTIALS and PLUS can have a replica in another Region that signs users in, and that cannot be declared in code; pools of the tier LITE cannot have one.',
    fix: 'Move the pool to `userPoolTier: "ESSENTIALS"` or "PLUS" with a multi-Region key, create a replica (CreateUserPoolReplica), and record that it is active.',
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-multi-region.html',
    checks: [
      on(userPool, (facts, _item, context) =>
        facts.holdsUsers && context.agreed(facts.id, 'region')
          ? answer(
              andThen(
                facts.tier,
                (tier): Truth =>
                  tier === 'LITE'
                    ? yes(`${facts.name} is of the tier LITE, which cannot be replicated to another Region`)
                    : unknown('not-reported', 'a replica of a user pool cannot be declared in code', { resource: facts.id }),
              ),
              'userPoolTier',
            )
          : undefined,
      ),
    ],
  },
];
