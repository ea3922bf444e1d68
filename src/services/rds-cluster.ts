/** RDS DB clusters: Aurora with its instances, Multi-AZ DB clusters with two readable standbys, and Aurora Serverless v1. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, atLeast, decide, fold, is, known, map, no, together, unknown, yes } from '../model/known.ts';
import type { Impact, Meaning, Placement, Protection, Spread, Timing } from '../model/protection.ts';
import { fixed, row, sum, timeUnknown } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import { inOtherRegion } from './apart.ts';
import type { Members, Parameters } from './database-parts.ts';
import {
  commitsDurable,
  controlCall,
  membersOf,
  parameter,
  parametersOf,
  protection,
  restorableAge,
  ruledOut,
  spreadByService,
  subnetGroupSpread,
  zeroLoss,
} from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { GlobalPeers } from './rds-global-members.ts';
import { globalFailovers, globalOf, globalPeers, RDS_CLUSTER, RDS_CLUSTER_INSTANCE } from './rds-global-members.ts';
import { isSet, RDS_INSTANCE, RDS_SUBNET_GROUP } from './rds-instance.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service } from './service.ts';
import { volumeImpacts, volumePlacement, volumeProtections } from './shared-volume.ts';
import type { Props, View } from './view.ts';

const PARAMETER_GROUP = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';

/** What kind of cluster it is decides everything else. */
export type ClusterKind = 'aurora' | 'multi-az' | 'serverless-v1';

/** A read replica of the whole cluster, outside any global database. */
export interface ClusterReplica {
  readonly id: string;
  readonly name: string;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
}

export interface RdsClusterFacts extends Identity {
  readonly clusterKind: Known<ClusterKind>;
  readonly engine: Known<string>;
  /** DB instances of an Aurora cluster. */
  readonly members: Members;
  /** AZs of its subnet group; undefined: the default group. */
  readonly subnetSpread: Known<Spread | undefined>;
  /** Serverless v2: smallest and largest capacity (ACU) of each `db.serverless` instance; undefined: none. */
  readonly minCapacity: Known<number | undefined>;
  readonly maxCapacity: Known<number | undefined>;
  /** An idle reader may be paused and must first resume. */
  readonly autoPause: Truth;
  /** Aurora global database that it belongs to. */
  readonly global: Known<string | undefined>;
  readonly globalRole: Known<'primary' | 'secondary' | undefined>;
  /** The other clusters of that global database. */
  readonly globalPeers: GlobalPeers;
  /** Seconds after which Aurora PostgreSQL holds commits back rather than let all secondaries lag more; undefined: no cap. */
  readonly globalRpoCap: Known<number | undefined>;
  readonly source: Known<string | undefined>;
  readonly replicas: readonly ClusterReplica[];
  readonly backupRetentionDays: Known<number>;
  readonly backtrackSeconds: Known<number>;
  readonly deletionProtection: Known<boolean>;
  readonly skipFinalSnapshot: Known<boolean>;
  readonly deleteAutomatedBackups: Known<boolean>;
  readonly encrypted: Known<boolean>;
  readonly key: Known<string | undefined>;
  readonly secretKey: Known<string | undefined>;
  readonly subnetGroup: Known<string | undefined>;
  readonly parameters: Parameters;
  readonly commitsDurable: Truth;
}

export const rdsCluster = service<RdsClusterFacts>({
  id: 'rds-cluster',
  title: 'RDS DB cluster',
  kind: 'store',
  types: [RDS_CLUSTER],
  parts: [
    { type: RDS_CLUSTER_INSTANCE, of: 'clusterIdentifier' },
    { type: PARAMETER_GROUP, of: 'dbClusterParameterGroupName' },
  ],
  // Defaults are those in the docs of rds.Cluster in @pulumi/aws 5.43, 6 and 7.48, unless another source is named.
  declare(props, view) {
    // aws 5 lets the engine out and means `aurora`, which was MySQL 5.6.
    const engine = props.text('engine', 'aurora');
    const kind = kindOf(props, engine);
    const parameters = parametersOf(props, 'dbClusterParameterGroupName', PARAMETER_GROUP, view);
    const members = membersOf(props.id, RDS_CLUSTER_INSTANCE, view);
    const inGlobal = globalOf(props, view);
    const minCapacity = props.number('serverlessv2ScalingConfiguration.minCapacity');
    return {
      ...identityOf(props),
      clusterKind: kind,
      engine,
      members,
      subnetSpread: subnetGroupSpread(props, 'dbSubnetGroupName', RDS_SUBNET_GROUP, view),
      minCapacity,
      maxCapacity: props.number('serverlessv2ScalingConfiguration.maxCapacity'),
      autoPause: all([is(minCapacity, (n) => n === 0, 'minCapacity 0'), anyServerless(members)]),
      global: inGlobal,
      globalRole: globalRoleOf(props, inGlobal, view),
      globalPeers: globalPeers(inGlobal, props, view),
      globalRpoCap: rpoCapOf(parameters),
      source: view.target(props, 'replicationSourceIdentifier', [RDS_CLUSTER, RDS_INSTANCE]),
      replicas: replicasOf(props, view),
      backupRetentionDays: props.number('backupRetentionPeriod', 1),
      backtrackSeconds: props.number('backtrackWindow', 0),
      deletionProtection: props.flag('deletionProtection', false),
      skipFinalSnapshot: props.flag('skipFinalSnapshot', false),
      deleteAutomatedBackups: props.flag('deleteAutomatedBackups', true),
      // Off unless asked for, but always on for Serverless v1.
      encrypted: andThen(kind, (k) => props.flag('storageEncrypted', k === 'serverless-v1')),
      key: keyReference(props, 'kmsKeyId', view),
      secretKey: keyReference(props, 'masterUserSecretKmsKeyId', view),
      subnetGroup: view.target(props, 'dbSubnetGroupName', [RDS_SUBNET_GROUP]),
      parameters,
      commitsDurable: commitsDurable(engine, parameters),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      placement: placementOf(facts),
      waits: any([is(facts.globalRole, (role) => role === 'secondary'), is(facts.source, (source) => source !== undefined)]),
      under: impacts(facts),
      protections: [
        ...inRegion(facts),
        ...globalFailovers(facts.globalPeers),
        ...replicaPromotions(facts),
        ...restores(facts),
      ].filter((p) => !ruledOut(p.armed)),
      links: [
        ...linkTo(facts.key, 'key', 'kmsKeyId'),
        ...linkTo(facts.secretKey, 'key', 'masterUserSecretKmsKeyId'),
        ...linkTo(facts.subnetGroup, 'network', 'dbSubnetGroupName'),
        ...linkTo(facts.global, 'replica', 'globalClusterIdentifier'),
        ...linkTo(facts.source, 'replica', 'replicationSourceIdentifier'),
      ],
      retentionDays: facts.backupRetentionDays,
    });
  },
});

function kindOf(props: Props, engine: Known<string>): Known<ClusterKind> {
  const read = together({
    engine,
    mode: props.text('engineMode', 'provisioned'),
    scalability: props.text('clusterScalabilityType', 'standard'),
  });
  return andThen(read, ({ engine: name, mode, scalability }) => {
    const from = { resource: props.id, property: 'engine' };
    if (scalability === 'limitless') return unknown('not-modelled', 'Aurora Limitless Database', from);
    if (mode === 'serverless') return known<ClusterKind>('serverless-v1', from);
    if (name.startsWith('aurora')) return known<ClusterKind>('aurora', from);
    if (name === 'mysql' || name === 'postgres') return known<ClusterKind>('multi-az', from);
    return unknown('not-modelled', `a DB cluster with the engine ${name}`, from);
  });
}

function anyServerless(members: Members): Truth {
  return any([...members.found.map((m) => is(m.instanceClass, (c) => c === 'db.serverless')), no(undefined, [])]);
}

/**
 * The source cluster of the global database is its primary. Of clusters that only join by name, the one that is given
 * a master user starts as primary: a secondary takes the users of the primary (provider docs of rds.GlobalCluster).
 */
function globalRoleOf(props: Props, inGlobal: Known<string | undefined>, view: View): RdsClusterFacts['globalRole'] {
  return andThen(inGlobal, (urn) => {
    const global = urn === undefined ? undefined : view.get(urn);
    if (global === undefined) return known(undefined);
    return andThen(view.target(global, 'sourceDbClusterIdentifier', [RDS_CLUSTER]), (source) => {
      if (source !== undefined) return known(source === props.id ? 'primary' : 'secondary');
      const master = any(
        ['masterUsername', 'masterPassword', 'masterPasswordWo', 'snapshotIdentifier'].map((p) => isSet(props, p)),
      );
      return map(master, (given) => (given ? 'primary' : 'secondary'));
    });
  });
}

/** `rds.global_db_rpo`, 20 s and more, is off (-1) by default: aurora-global-database-disaster-recovery.html, managing RPOs. */
function rpoCapOf(parameters: Parameters): Known<number | undefined> {
  return map(parameter(parameters, 'rds.global_db_rpo', '-1'), (text) => {
    const seconds = Number(text);
    return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  });
}

function replicasOf(props: Props, view: View): readonly ClusterReplica[] {
  const clusters = view.attached(props.id, RDS_CLUSTER, 'replicationSourceIdentifier').found;
  const instances = view.attached(props.id, RDS_INSTANCE, 'replicateSourceDb').found;
  // A secondary of the same global database also carries its source, and is counted there.
  return [...clusters.filter((c) => ruledOut(isSet(c, 'globalClusterIdentifier'))), ...instances].map((replica) => ({
    id: replica.id,
    name: replica.name,
    region: replica.region,
    otherRegion: inOtherRegion(replica, props),
  }));
}

function placementOf(facts: RdsClusterFacts): Known<Placement> {
  return andThen(facts.clusterKind, (kind) => {
    if (kind === 'aurora') return volumePlacement(facts);
    return kind === 'multi-az' ? spreadByService(facts.subnetSpread, 3) : regional;
  });
}

function impacts(facts: RdsClusterFacts): Partial<Record<Scope, Known<Impact>>> {
  return fold<ClusterKind, Partial<Record<Scope, Known<Impact>>>>(
    facts.clusterKind,
    (kind) => {
      if (kind === 'aurora') return volumeImpacts(facts);
      const writer = lost(kind === 'multi-az' ? 'the writer is one of its three instances' : 'it computes in one AZ at a time');
      return { ...regionalImpacts(true), instance: writer, az: writer };
    },
    (why) => ({ ...regionalImpacts(true), instance: why, az: why }),
  );
}

function inRegion(facts: RdsClusterFacts): readonly Protection[] {
  return fold<ClusterKind, readonly Protection[]>(
    facts.clusterKind,
    (kind) => (kind === 'aurora' ? aurora(facts) : [kind === 'multi-az' ? multiAzCluster(facts) : serverlessV1(facts)]),
    () => [],
  );
}

function aurora(facts: RdsClusterFacts): readonly Protection[] {
  const failover: Timing = decide(facts.autoPause, {
    yes: () => sum(row('aurora-failover'), row('aurora-serverless-resume')),
    no: () => row('aurora-failover'),
    unknown: timeUnknown,
  });
  const point = zeroLoss(facts.commitsDurable, 'all instances share one volume over three AZs', facts.id);
  return volumeProtections(facts, { id: 'aurora', title: 'Aurora', api: 'rds', failover, point });
}

/** A commit waits for one of two readers in other AZs; RDS needs three AZs for it: multi-az-db-clusters-concepts.html */
function multiAzCluster(facts: RdsClusterFacts): Protection {
  const tooFew = fold(
    facts.subnetSpread,
    (s) => s !== undefined && s.doubtful === 0 && s.zones.length < 3,
    () => false,
  );
  return protection({
    mechanism: 'rds-multi-az-cluster',
    scopes: ['instance', 'az'],
    automation: 'service-native',
    armed: tooFew
      ? no('its subnet group covers fewer than three AZs', { resource: facts.id })
      : yes('two readable standbys in other AZs'),
    successors: known([facts.id]),
    time: row('rds-multi-az-cluster-failover'),
    point: fixed(0, 'a commit waits for a standby in another AZ'),
    says: 'RDS fails over to one of two readable standbys by itself',
  });
}

/** aurora-serverless.how-it-works.html: compute is made anew in another AZ, in a time that AWS calls undefined. */
function serverlessV1(facts: RdsClusterFacts): Protection {
  return protection({
    mechanism: 'aurora-serverless-v1-failover',
    scopes: ['instance', 'az'],
    automation: 'service-native',
    armed: yes('Serverless v1'),
    successors: known([facts.id]),
    time: timeUnknown(unknown('not-reported', 'AWS calls the failover time of Serverless v1 undefined', { resource: facts.id })),
    point: zeroLoss(facts.commitsDurable, 'the volume spans three AZs', facts.id),
    says: 'Aurora creates the compute anew, in another AZ if need be, within no promised time',
  });
}

function replicaPromotions(facts: RdsClusterFacts): readonly Protection[] {
  return facts.replicas.map((replica) =>
    protection({
      mechanism: 'rds-cross-region-replica',
      scopes: ['instance', 'az', 'region'],
      automation: 'human-execution',
      armed: replica.otherRegion,
      successors: known([replica.id]),
      into: replica.region,
      time: row('rds-promote-read-replica'),
      point: row('rds-replica-lag'),
      calls: [controlCall('rds:PromoteReadReplicaDBCluster', replica.region)],
      action: 'rds-promote-read-replica',
      says: `somebody promotes the replica ${replica.name} in another Region`,
    }),
  );
}

/** Clusters keep automated backups for 1 to 35 days and cannot turn them off; they restore into a new cluster. */
function restores(facts: RdsClusterFacts): readonly Protection[] {
  return [
    protection({
      mechanism: 'rds-point-in-time-restore',
      scopes: ['instance', 'az', 'data'],
      automation: 'human-execution',
      armed: atLeast(facts.backupRetentionDays, 1, 'automated backups'),
      successors: known([facts.id]),
      time: row('rds-restore'),
      point: restorableAge,
      calls: [controlCall('rds:RestoreDBClusterToPointInTime')],
      says: 'somebody restores the automated backups into a new cluster',
    }),
    protection({
      mechanism: 'aurora-backtrack',
      scopes: ['data'],
      automation: 'human-execution',
      armed: atLeast(facts.backtrackSeconds, 1, 'backtrack window'),
      successors: known([facts.id]),
      time: row('aurora-backtrack'),
      point: restorableAge,
      calls: [controlCall('rds:BacktrackDBCluster')],
      says: 'somebody rewinds the cluster within its backtrack window',
    }),
  ];
}
