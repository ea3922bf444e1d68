/**
 * Programs that fight a failover: what a failover changes is stated where the next update puts it back. `rehearse --engine` asks
 * the engine itself; these say it of the code alone.
 */
import type { EstateResource } from '../estate/estate.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, equals, is, no, together } from '../model/known.ts';
import { ignores } from '../model/resource.ts';
import { autoscalingGroup } from '../services/autoscaling-group.ts';
import { ecsService } from '../services/ecs-service.ts';
import { eksNodeGroup } from '../services/eks-node-group.ts';
import { elasticacheGlobal } from '../services/elasticache-global.ts';
import { rdsCluster } from '../services/rds-cluster.ts';
import { rdsInstance } from '../services/rds-instance.ts';
import { route53Record } from '../services/route53-record.ts';
import type { Identity, ServiceModule } from '../services/service.ts';
import { label, ofSet } from './dns-records.ts';
import { inOtherRegionThan, matesElsewhere, regionMatters } from './places.ts';
import { some, when, whenAny } from './questions.ts';
import type { Check, Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const OPTION = 'https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/';

export const fightRules: readonly Rule[] = [
  {
    id: 'failover-fights-role',
    ofCode: true,
    family: 'automation',
    title: 'The program states a role that a failover changes',
    severity: 'high',
    scopes: ['region'],
    why: 'A promoted replica has no source, and the primary of a global group is another one. The next `pulumi up`, for whatever reason, finds the difference: it fails, promotes or replaces what has just taken over.',
    fix: 'Give the resource the option `ignoreChanges` with the property: `replicateSourceDb` of a replica, `replicationSourceIdentifier` of each cluster in an Aurora global database, `primaryReplicationGroupId` of a Global Datastore.',
    source: 'https://www.pulumi.com/registry/packages/aws/api-docs/rds/cluster/#replicationsourceidentifier_nodejs',
    checks: [
      on(rdsInstance, (facts, item, context) =>
        stated(item, context, 'replicateSourceDb')
          ? when(
              [facts.isReplica, andThen(facts.source, (urn) => inOtherRegionThan(urn, item, context))],
              `once ${facts.name} is promoted, the next update finds it without the source that \`replicateSourceDb\` states`,
              'replicateSourceDb',
            )
          : undefined,
      ),
      on(rdsCluster, (facts, item, context) =>
        minded(item, context, 'replicationSourceIdentifier')
          ? whenAny(
              [],
              [
                because(
                  is(facts.globalRole, (role) => role !== undefined),
                  `${facts.name} is in a global database, where AWS sets \`replicationSourceIdentifier\` of whichever cluster is no primary; the next update takes it for a change`,
                ),
                because(
                  all([
                    is(facts.source, (source) => source !== undefined),
                    andThen(facts.source, (urn) => (urn === undefined ? no() : inOtherRegionThan(urn, item, context))),
                  ]),
                  `once ${facts.name} is promoted, the next update finds it without the source that \`replicationSourceIdentifier\` states`,
                ),
              ],
              'replicationSourceIdentifier',
            )
          : undefined,
      ),
      on(elasticacheGlobal, (facts, item, context) =>
        minded(item, context, 'primaryReplicationGroupId')
          ? when(
              [andThen(facts.members, (members) => some(members, (m) => m.otherRegion, context))],
              `after a failover ${facts.name} has another primary than \`primaryReplicationGroupId\` states, and the next update replaces it`,
              'primaryReplicationGroupId',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'failover-fights-capacity',
    ofCode: true,
    family: 'automation',
    title: 'The next update scales the standby down again',
    severity: 'high',
    scopes: ['region'],
    why: 'A standby that is smaller than its primary is scaled out when it takes over. The program states how large it is, so that the next `pulumi up` takes the capacity away under the load of both.',
    fix: 'Give the resource the option `ignoreChanges` with the property (`desiredCount`, `desiredCapacity`, `scalingConfig.desiredSize`), and leave the size to autoscaling or to the plan that scales it.',
    source: OPTION,
    checks: [
      sized(ecsService, 'desiredCount'),
      sized(autoscalingGroup, 'desiredCapacity'),
      sized(eksNodeGroup, 'scalingConfig.desiredSize'),
    ],
  },
  {
    id: 'failover-fights-weights',
    ofCode: true,
    family: 'automation',
    title: 'The next update moves traffic back',
    severity: 'high',
    scopes: ['region'],
    why: 'A set with a branch of weight 0 is switched by changing weights. The program states them, so that the next `pulumi up`, for whatever reason, sends traffic back to where it was.',
    fix: 'Give the records of the set the option `ignoreChanges: ["weightedRoutingPolicies"]`, or switch by health checks or an ARC routing control.',
    source: OPTION,
    checks: [
      on(route53Record, (facts, item, context) =>
        minded(item, context, 'weightedRoutingPolicies[0].weight')
          ? when(
              [
                equals(facts.policy, 'weighted'),
                equals(facts.own.weight, 0),
                andThen(facts.siblings, (siblings) =>
                  some(
                    siblings,
                    (s) =>
                      all([
                        is(s.weight, (w) => w !== 0),
                        is(together({ here: facts.own.region, there: s.region }), ({ here, there }) => here !== there),
                      ]),
                    context,
                  ),
                ),
              ],
              `${label(facts)}${ofSet(facts)} waits with weight 0: once somebody gives it traffic, the next update takes it away`,
              'weightedRoutingPolicies',
            )
          : undefined,
      ),
    ],
  },
];

type Sized = Identity & { readonly running: Known<number> };

/** A standby that is stated smaller than what it stands in for. */
function sized<F extends Sized>(module: ServiceModule<F>, property: string): Check {
  return on(module, (facts, item, context) => {
    if (!context.isStandby(facts.id) || !stated(item, context, property)) return undefined;
    const larger = matesElsewhere(facts.id, context)
      .map((mate) => context.facts(module, mate.resource.urn))
      .filter((mate) => mate !== undefined)
      .map((mate): Truth => is(together({ own: facts.running, theirs: mate.running }), ({ own, theirs }) => own < theirs));
    return when(
      [any([...larger, no()])],
      `${facts.name} stands by smaller than what it stands in for: once it is scaled out, the next update puts it back to what \`${property}\` states`,
      property,
    );
  });
}

/** Would the engine act on a difference of the property, where the loss of a Region matters? */
const minded = ({ resource }: EstateResource, context: RuleContext, property: string): boolean =>
  !ignores(resource, property) && regionMatters(context, resource.urn);

const stated = (item: EstateResource, context: RuleContext, property: string): boolean =>
  minded(item, context, property) && item.props.raw(property) !== undefined;
