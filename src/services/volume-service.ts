/** DocumentDB and Neptune: clusters on a shared volume that differ in names only. */
import type { Known } from '../model/known.ts';
import { andThen, atLeast, fold, known, map, unknown } from '../model/known.ts';
import type { Protection } from '../model/protection.ts';
import { fixed, row, timeUnknown } from '../model/protection.ts';
import type { Members } from './database-parts.ts';
import { controlCall, membersOf, noFigure, protection, restorableAge, ruledOut } from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity, ServiceModule } from './service.ts';
import { identityOf, meaning, service } from './service.ts';
import { volumeImpacts, volumePlacement, volumeProtections } from './shared-volume.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export interface VolumeClusterFacts extends Identity {
  readonly members: Members;
  /** Global cluster that it belongs to. */
  readonly global: Known<string | undefined>;
  readonly backupRetentionDays: Known<number>;
  readonly deletionProtection: Known<boolean>;
  readonly skipFinalSnapshot: Known<boolean>;
  readonly encrypted: Known<boolean>;
  readonly key: Known<string | undefined>;
  readonly subnetGroup: Known<string | undefined>;
}

export interface VolumeNames {
  readonly id: string;
  readonly title: string;
  /** Of mechanisms. */
  readonly prefix: string;
  readonly name: string;
  readonly type: string;
  readonly instanceType: string;
  readonly globalType: string;
  readonly subnetGroup: { readonly type: string; readonly path: string };
  readonly keyPath: string;
  /** Service time of the promotion of a replica. */
  readonly failoverRow: string;
  readonly globalAction: string | undefined;
}

export function volumeService(names: VolumeNames): ServiceModule<VolumeClusterFacts> {
  return service<VolumeClusterFacts>({
    id: names.id,
    title: names.title,
    kind: 'store',
    types: [names.type],
    parts: [
      { type: names.instanceType, of: 'clusterIdentifier' },
      { type: names.subnetGroup.type, of: names.subnetGroup.path },
      { type: names.globalType, of: 'sourceDbClusterIdentifier' },
    ],
    // Defaults are those in the docs of docdb.Cluster and neptune.Cluster in @pulumi/aws 7.48.
    declare(props, view) {
      return {
        ...identityOf(props),
        members: membersOf(props.id, names.instanceType, view),
        global: globalOf(props, view, names.globalType),
        backupRetentionDays: props.number('backupRetentionPeriod', 1),
        deletionProtection: props.flag('deletionProtection', false),
        skipFinalSnapshot: props.flag('skipFinalSnapshot', false),
        encrypted: props.flag('storageEncrypted', false),
        key: keyReference(props, names.keyPath, view),
        subnetGroup: view.target(props, names.subnetGroup.path, [names.subnetGroup.type]),
      };
    },
    mean(facts) {
      return meaning({
        kind: 'store',
        placement: volumePlacement(facts),
        under: volumeImpacts(facts),
        protections: [
          ...volumeProtections(facts, {
            id: names.prefix,
            title: names.name,
            api: 'rds',
            failover: row(names.failoverRow),
            point: fixed(0, 'all instances share one volume over three AZs'),
          }),
          ...globalFailover(facts, names),
          restore(facts, names),
        ].filter((p) => !ruledOut(p.armed)),
        links: [...linkTo(facts.key, 'key', names.keyPath), ...linkTo(facts.subnetGroup, 'network', names.subnetGroup.path)],
        retentionDays: facts.backupRetentionDays,
      });
    },
  });
}

function globalOf(props: Props, view: View, globalType: string): Known<string | undefined> {
  return andThen(view.target(props, 'globalClusterIdentifier', [globalType]), (urn) =>
    urn !== undefined
      ? known<string | undefined>(urn)
      : map(only(view.attached(props.id, globalType, 'sourceDbClusterIdentifier')), (global) => global?.id),
  );
}

/** A person can move a global cluster to another Region; whether and how fast is not modelled, so it is never a pass. */
function globalFailover(facts: VolumeClusterFacts, names: VolumeNames): readonly Protection[] {
  const why = unknown('not-modelled', `failover of a ${names.name} global cluster`, { resource: facts.id });
  const listed = fold(
    facts.global,
    (urn) => urn !== undefined,
    () => true,
  );
  return listed
    ? [
        protection({
          mechanism: `${names.prefix}-global-failover`,
          scopes: ['region'],
          automation: 'human-execution',
          armed: why,
          successors: why,
          into: why,
          time: timeUnknown(why),
          point: timeUnknown(why),
          calls: [controlCall('rds:FailoverGlobalCluster', why)],
          action: names.globalAction,
          says: `somebody fails the ${names.name} global cluster over to another Region`,
        }),
      ]
    : [];
}

function restore(facts: VolumeClusterFacts, names: VolumeNames): Protection {
  return protection({
    mechanism: `${names.prefix}-point-in-time-restore`,
    scopes: ['instance', 'az', 'data'],
    automation: 'human-execution',
    armed: atLeast(facts.backupRetentionDays, 1, 'automated backups'),
    successors: known([facts.id]),
    time: noFigure(`restoring a ${names.name} cluster`, facts.id),
    point: restorableAge,
    calls: [controlCall('rds:RestoreDBClusterToPointInTime')],
    says: 'somebody restores the automated backups into a new cluster',
  });
}
