/** Aurora global databases: the membership of clusters in several Regions. The clusters themselves hold and serve the data. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, any, fold, known, map, no, unknown } from '../model/known.ts';
import type { Impact, Meaning } from '../model/protection.ts';
import { row } from '../model/protection.ts';
import { differ } from './apart.ts';
import { controlCall, countAtLeast, protection, restorableAge, ruledOut } from './database-parts.ts';
import { linkTo } from './links.ts';
import type { GlobalMember, GlobalPeers } from './rds-global-members.ts';
import { globalFailovers, globalPeers, RDS_CLUSTER, RDS_GLOBAL_CLUSTER } from './rds-global-members.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';

export interface RdsGlobalClusterFacts extends Identity {
  readonly engine: Known<string>;
  /** Every cluster in it; `otherRegion` is told from the primary, or from the first one when nothing names the primary. */
  readonly members: GlobalPeers;
  /** Cluster that it was made from. */
  readonly source: Known<string | undefined>;
  /** A member with at least one instance runs in another Region than the primary. */
  readonly warmSecondary: Truth;
  readonly deletionProtection: Known<boolean>;
  readonly forceDestroy: Known<boolean>;
  readonly encrypted: Known<boolean>;
}

export const rdsGlobalCluster = service<RdsGlobalClusterFacts>({
  id: 'rds-global-cluster',
  title: 'Aurora global database',
  kind: 'config',
  types: [RDS_GLOBAL_CLUSTER],
  parts: [],
  // Defaults are those in the docs of rds.GlobalCluster in @pulumi/aws 7.48.
  declare(props, view) {
    const source = view.target(props, 'sourceDbClusterIdentifier', [RDS_CLUSTER]);
    const members = told(globalPeers(known(props.id), props, view), source);
    return {
      ...identityOf(props),
      engine: props.text('engine', 'aurora'),
      members,
      source,
      warmSecondary: andThen(members, (all) =>
        any([
          no('no cluster in another Region has an instance', { resource: props.id }),
          ...all.map((m) =>
            andThen(m.otherRegion, (other) =>
              other ? countAtLeast(m.instances.found.length, 1, m.instances.complete, m.name) : no(m.name),
            ),
          ),
        ]),
      ),
      deletionProtection: props.flag('deletionProtection', false),
      forceDestroy: props.flag('forceDestroy', false),
      encrypted: props.flag('storageEncrypted', false),
    };
  },
  mean(facts): Meaning {
    const none = unknown('not-reported', 'the sources show no cluster of this global database', { resource: facts.id });
    const asMembers: Known<Impact> = andThen(facts.members, (all) =>
      all.length === 0 ? none : unaffected('it is a membership: the clusters in it answer for themselves'),
    );
    const gone: Known<Impact> = andThen(facts.members, (all) =>
      all.length === 0 ? none : lost('its primary cluster goes with its Region'),
    );
    return meaning({
      kind: 'config',
      // Its record is global, but what it promises ends with the Region of its primary.
      placement: regional,
      under: {
        ...regionalImpacts(false),
        instance: asMembers,
        az: asMembers,
        region: gone,
        data: lost('what corrupts the primary is replicated to every other cluster'),
      },
      protections: [
        ...globalFailovers(facts.members),
        protection({
          mechanism: 'rds-point-in-time-restore',
          scopes: ['data'],
          automation: 'human-execution',
          // Automated backups of a cluster cannot be turned off; its retention is judged on the cluster.
          armed: andThen(facts.members, (all) => (all.length === 0 ? none : known(true))),
          successors: map(facts.members, (all) => all.map((m) => m.id)),
          time: row('rds-restore'),
          point: restorableAge,
          calls: [controlCall('rds:RestoreDBClusterToPointInTime')],
          says: 'somebody restores the automated backups of a cluster and builds the global database again',
        }),
      ].filter((p) => !ruledOut(p.armed)),
      links: fold<readonly GlobalMember[], Meaning['links']>(
        facts.members,
        (all) => all.flatMap((m) => linkTo(known(m.id), 'replica', 'globalClusterIdentifier')),
        (why) => linkTo(why, 'replica', 'globalClusterIdentifier'),
      ),
    });
  },
});

/** Members as seen from the primary's Region rather than from that of the global cluster, which has none of its own. */
function told(members: GlobalPeers, source: Known<string | undefined>): GlobalPeers {
  return andThen(members, (all) => {
    const primary = fold(
      source,
      (urn) => all.find((m) => m.id === urn) ?? all[0],
      () => all[0],
    );
    return known(
      all.map((m) => ({
        ...m,
        otherRegion: primary === undefined || m === primary ? no('the primary') : differ(m.region, primary.region),
      })),
    );
  });
}
