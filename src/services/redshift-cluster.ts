/** Redshift provisioned clusters. AWS publishes no failover times for them: what is automatic stays without a figure. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, atLeast, equals, known, not, unknown } from '../model/known.ts';
import type { Meaning, Placement, Spread } from '../model/protection.ts';
import { row, span } from '../model/protection.ts';
import { differ } from './apart.ts';
import {
  controlCall,
  noFigure,
  protection,
  ruledOut,
  spreadByService,
  subnetGroupSpread,
  zonal,
  zoneOf,
} from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';

import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';
import { spreadOf } from './view.ts';

const CLUSTER = 'aws:redshift/cluster:Cluster';
const SUBNET_GROUP = 'aws:redshift/subnetGroup:SubnetGroup';
const SNAPSHOT_COPY = 'aws:redshift/snapshotCopy:SnapshotCopy';

export interface SnapshotCopy {
  readonly id: string;
  readonly into: Known<string>;
  readonly otherRegion: Truth;
}

export interface RedshiftClusterFacts extends Identity {
  readonly nodeType: Known<string | undefined>;
  readonly nodes: Known<number>;
  readonly multiAz: Known<boolean>;
  /** AWS, or somebody, may move the cluster to another AZ. */
  readonly relocation: Known<boolean>;
  readonly zone: Known<string>;
  readonly subnetSpread: Known<Spread | undefined>;
  readonly snapshotRetentionDays: Known<number>;
  readonly snapshotCopies: readonly SnapshotCopy[];
  readonly skipFinalSnapshot: Known<boolean>;
  readonly key: Known<string | undefined>;
  readonly subnetGroup: Known<string | undefined>;
}

export const redshiftCluster = service<RedshiftClusterFacts>({
  id: 'redshift-cluster',
  title: 'Redshift cluster',
  kind: 'store',
  types: [CLUSTER],
  parts: [
    { type: SUBNET_GROUP, of: 'clusterSubnetGroupName' },
    { type: SNAPSHOT_COPY, of: 'clusterIdentifier' },
  ],
  // Defaults are those in the docs of redshift.Cluster in @pulumi/aws 7.48; aws 5 and 6 spell the copy as a block
  // of the cluster, `snapshotCopy`.
  declare(props, view) {
    const copies = view.attached(props.id, SNAPSHOT_COPY, 'clusterIdentifier').found;
    const inline = props.text('snapshotCopy.destinationRegion');
    return {
      ...identityOf(props),
      nodeType: props.text('nodeType'),
      nodes: props.number('numberOfNodes', 1),
      multiAz: props.flag('multiAz', false),
      relocation: props.flag('availabilityZoneRelocationEnabled', false),
      zone: zoneOf(props),
      subnetSpread: subnetGroupSpread(props, 'clusterSubnetGroupName', SUBNET_GROUP, view),
      snapshotRetentionDays: props.number('automatedSnapshotRetentionPeriod', 1),
      snapshotCopies: [
        ...copies.map((c) => c.text('destinationRegion')),
        ...(props.raw('snapshotCopy') === undefined ? [] : [inline]),
      ].map((region) => {
        const into = andThen(region, (name) =>
          name === undefined ? unknown('not-reported', 'the copy names no Region', { resource: props.id }) : known(name),
        );
        return { id: props.id, into, otherRegion: differ(into, props.region) };
      }),
      skipFinalSnapshot: props.flag('skipFinalSnapshot', false),
      key: keyReference(props, 'kmsKeyId', view),
      subnetGroup: view.target(props, 'clusterSubnetGroupName', [SUBNET_GROUP]),
    };
  },
  mean(facts): Meaning {
    const nodes = lost('its nodes run in one AZ at a time, and queries stop while it recovers');
    const self = known([facts.id]);
    const snapshots = atLeast(facts.snapshotRetentionDays, 1, 'automated snapshots');
    // Redshift makes one about every 8 hours or after 5 GB of changes per node (working-with-snapshots.html).
    const age = span(0, SNAPSHOT_INTERVAL, 'an automated snapshot about every 8 hours');
    return meaning({
      kind: 'store',
      placement: andThen(
        facts.multiAz,
        (on): Known<Placement> => (on ? spreadByService(facts.subnetSpread, 2) : zonal(spreadOf([facts.zone]))),
      ),
      under: { ...regionalImpacts(true), instance: nodes, az: nodes },
      protections: [
        protection({
          mechanism: 'redshift-multi-az',
          scopes: ['instance', 'az'],
          automation: 'service-native',
          armed: equals(facts.multiAz, true, 'Multi-AZ'),
          successors: self,
          time: noFigure('the failover of a Multi-AZ Redshift cluster', facts.id),
          point: noFigure('the recovery point of a Multi-AZ Redshift cluster', facts.id),
          says: 'Redshift goes on in the second AZ by itself',
        }),
        protection({
          mechanism: 'redshift-node-replacement',
          scopes: ['instance'],
          automation: 'service-native',
          armed: not(facts.multiAz),
          successors: self,
          time: noFigure('the replacement of a Redshift node', facts.id),
          point: noFigure('the recovery point of a replaced Redshift node', facts.id),
          says: 'Redshift replaces a failed node in the same AZ, within no promised time',
        }),
        protection({
          mechanism: 'redshift-relocation',
          scopes: ['az'],
          automation: 'human-execution',
          armed: equals(facts.relocation, true, 'relocation'),
          successors: self,
          time: row('redshift-relocation'),
          point: noFigure('the recovery point of a relocated Redshift cluster', facts.id),
          calls: [controlCall('redshift:ModifyCluster')],
          says: 'somebody moves the cluster to another AZ, if there is capacity',
        }),
        protection({
          mechanism: 'redshift-snapshot-restore',
          scopes: ['instance', 'az', 'data'],
          automation: 'human-execution',
          armed: snapshots,
          successors: self,
          time: noFigure('restoring a Redshift snapshot', facts.id),
          point: age,
          calls: [controlCall('redshift:RestoreFromClusterSnapshot')],
          says: 'somebody restores the newest snapshot into a new cluster',
        }),
        ...facts.snapshotCopies.map((copy) =>
          protection({
            mechanism: 'redshift-snapshot-copy',
            scopes: ['region', 'data'],
            automation: 'human-execution',
            armed: all([copy.otherRegion, snapshots]),
            successors: self,
            into: copy.into,
            time: noFigure('restoring a Redshift snapshot', facts.id),
            point: noFigure('the copy of a Redshift snapshot to another Region', facts.id),
            calls: [controlCall('redshift:RestoreFromClusterSnapshot', copy.into)],
            says: 'somebody restores the newest copied snapshot in the other Region',
          }),
        ),
      ].filter((p) => !ruledOut(p.armed)),
      links: [...linkTo(facts.key, 'key', 'kmsKeyId'), ...linkTo(facts.subnetGroup, 'network', 'clusterSubnetGroupName')],
      retentionDays: facts.snapshotRetentionDays,
    });
  },
});

/** Seconds. */
const SNAPSHOT_INTERVAL = 28_800;
