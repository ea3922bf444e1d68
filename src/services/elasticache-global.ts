/** ElastiCache Global Datastores: the membership of replication groups in several Regions. */
import type { Known } from '../model/known.ts';
import { andThen, fold, known, no, unknown } from '../model/known.ts';
import type { Impact, Meaning } from '../model/protection.ts';
import { differ } from './apart.ts';
import { ruledOut } from './database-parts.ts';
import type { DatastoreMember, DatastorePeers } from './elasticache-members.ts';
import { datastoreFailovers, datastorePeers, GLOBAL_GROUP, REPLICATION_GROUP } from './elasticache-members.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';

export interface ElasticacheGlobalFacts extends Identity {
  /** Replication group that it was made from. */
  readonly primary: Known<string | undefined>;
  /** Every group in it; `otherRegion` is told from the primary. */
  readonly members: DatastorePeers;
  /** Of the groups within their Regions; it never fails over across Regions. */
  readonly automaticFailover: Known<boolean | undefined>;
  readonly nodeType: Known<string | undefined>;
}

export const elasticacheGlobal = service<ElasticacheGlobalFacts>({
  id: 'elasticache-global',
  title: 'ElastiCache Global Datastore',
  kind: 'config',
  types: [GLOBAL_GROUP],
  parts: [],
  declare(props, view) {
    const primary = view.target(props, 'primaryReplicationGroupId', [REPLICATION_GROUP]);
    return {
      ...identityOf(props),
      primary,
      members: fromPrimary(datastorePeers(known(props.id), props, view), primary),
      // Left unset, both are those of the primary group.
      automaticFailover: props.flag('automaticFailoverEnabled'),
      nodeType: props.text('cacheNodeType'),
    };
  },
  mean(facts): Meaning {
    const none = unknown('not-reported', 'the sources show no replication group of this Global Datastore', {
      resource: facts.id,
    });
    const whenShown = (impact: Known<Impact>): Known<Impact> =>
      andThen(facts.members, (all) => (all.length === 0 ? none : impact));
    const asMembers = whenShown(unaffected('it is a membership: the groups in it answer for themselves'));
    return meaning({
      kind: 'config',
      placement: regional,
      under: {
        ...regionalImpacts(false),
        instance: asMembers,
        az: asMembers,
        region: whenShown(lost('its primary group goes with its Region')),
        data: lost('what corrupts the primary is replicated to every secondary'),
      },
      protections: datastoreFailovers(facts.members).filter((p) => !ruledOut(p.armed)),
      links: fold<readonly DatastoreMember[], Meaning['links']>(
        facts.members,
        (all) => all.flatMap((m) => linkTo(known(m.id), 'replica', 'globalReplicationGroupId')),
        (why) => linkTo(why, 'replica', 'globalReplicationGroupId'),
      ),
    });
  },
});

function fromPrimary(members: DatastorePeers, primary: Known<string | undefined>): DatastorePeers {
  return andThen(members, (all) => {
    const first = fold(
      primary,
      (urn) => all.find((m) => m.id === urn) ?? all[0],
      () => all[0],
    );
    return known(
      all.map((m) => ({
        ...m,
        otherRegion: first === undefined || m === first ? no('the primary') : differ(m.region, first.region),
      })),
    );
  });
}
