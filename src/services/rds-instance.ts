/** RDS DB instances of every engine but Aurora, with their read replicas and replicated backups. */
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, atLeast, equals, fold, is, known, no, not, unknown, yes } from '../model/known.ts';
import type { Impact, Meaning, Placement, Protection, Spread } from '../model/protection.ts';
import { row, timeUnknown } from '../model/protection.ts';
import type { Scope } from '../model/scope.ts';
import { inOtherRegion } from './apart.ts';
import type { Parameters } from './database-parts.ts';
import {
  certainlyOneZone,
  commitsDurable,
  completeness,
  controlCall,
  parametersOf,
  protection,
  restorableAge,
  ruledOut,
  spreadByService,
  subnetGroupSpread,
  zeroLoss,
  zonal,
  zoneOf,
} from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';
import { zonesDiffer } from './subnets.ts';
import type { Props, View } from './view.ts';

export const RDS_INSTANCE = 'aws:rds/instance:Instance';
/** A Multi-AZ DB cluster can be the source of a read replica instance. */
const RDS_CLUSTER = 'aws:rds/cluster:Cluster';
export const RDS_SUBNET_GROUP = 'aws:rds/subnetGroup:SubnetGroup';
const PARAMETER_GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const BACKUP_REPLICATION = 'aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication';

/** A read replica of a database. */
export interface Replica {
  readonly id: string;
  readonly name: string;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
  readonly zone: Known<string>;
  readonly instanceClass: Known<string | undefined>;
}

/** Automated backups that are copied to another Region as they are made. */
export interface BackupReplication {
  readonly id: string;
  readonly into: Known<string>;
  readonly otherRegion: Truth;
  readonly retentionDays: Known<number>;
}

export interface RdsInstanceFacts extends Identity {
  readonly engine: Known<string>;
  readonly instanceClass: Known<string | undefined>;
  readonly multiAz: Known<boolean>;
  /** AZ of the primary. */
  readonly zone: Known<string>;
  /** AZs of its subnet group; undefined: the default group. */
  readonly subnetSpread: Known<Spread | undefined>;
  /** Database that it is a read replica of. */
  readonly source: Known<string | undefined>;
  readonly isReplica: Truth;
  readonly replicas: readonly Replica[];
  /** Unknown when there may be more replicas than these. */
  readonly replicasComplete: Truth;
  /** 0: no automated backups, hence no point-in-time recovery. */
  readonly backupRetentionDays: Known<number>;
  readonly backupReplications: readonly BackupReplication[];
  readonly deletionProtection: Known<boolean>;
  readonly skipFinalSnapshot: Known<boolean>;
  readonly deleteAutomatedBackups: Known<boolean>;
  readonly encrypted: Known<boolean>;
  readonly key: Known<string | undefined>;
  readonly secretKey: Known<string | undefined>;
  readonly subnetGroup: Known<string | undefined>;
  readonly parameters: Parameters;
  /** Acknowledged commits are on disk. */
  readonly commitsDurable: Truth;
}

export const rdsInstance = service<RdsInstanceFacts>({
  id: 'rds-instance',
  title: 'RDS DB instance',
  kind: 'store',
  types: [RDS_INSTANCE],
  parts: [
    { type: BACKUP_REPLICATION, of: 'sourceDbInstanceArn' },
    // These two are named by the instance, under the property given here.
    { type: RDS_SUBNET_GROUP, of: 'dbSubnetGroupName' },
    { type: PARAMETER_GROUP, of: 'parameterGroupName' },
  ],
  // Defaults are those in the docs of rds.Instance in @pulumi/aws 5.43, 6 and 7.48, unless another source is named.
  declare(props, view) {
    const source = view.target(props, 'replicateSourceDb', [RDS_INSTANCE, RDS_CLUSTER]);
    const engine = props.text('engine');
    const parameterized = sourceHere(props, view, (p) => p.type !== RDS_INSTANCE || !ruledOut(isSet(p, 'parameterGroupName')));
    const parameters = andThen(parameterized, (holder) => parametersOf(holder, 'parameterGroupName', PARAMETER_GROUP, view));
    const engineName = engineOf(props, engine, source, view);
    const attached = view.attached(props.id, RDS_INSTANCE, 'replicateSourceDb');
    const replications = view.attached(props.id, BACKUP_REPLICATION, 'sourceDbInstanceArn');
    const encryption = sourceHere(props, view, () => false);
    return {
      ...identityOf(props),
      engine: engineName,
      instanceClass: props.text('instanceClass'),
      // API CreateDBInstance, MultiAZ: false unless asked for; the same when restoring or making a replica.
      multiAz: props.flag('multiAz', false),
      zone: zoneOf(props),
      subnetSpread: subnetGroupSpread(props, 'dbSubnetGroupName', RDS_SUBNET_GROUP, view),
      source,
      isReplica: isSet(props, 'replicateSourceDb'),
      replicas: attached.found.map((replica) => ({
        id: replica.id,
        name: replica.name,
        region: replica.region,
        otherRegion: inOtherRegion(replica, props),
        zone: zoneOf(replica),
        instanceClass: replica.text('instanceClass'),
      })),
      replicasComplete: completeness(attached),
      backupRetentionDays: retentionOf(props),
      backupReplications: replications.found.map((replication) => ({
        id: replication.id,
        into: replication.region,
        otherRegion: inOtherRegion(replication, props),
        retentionDays: replication.number('retentionPeriod', 7),
      })),
      deletionProtection: props.flag('deletionProtection', false),
      skipFinalSnapshot: props.flag('skipFinalSnapshot', false),
      deleteAutomatedBackups: props.flag('deleteAutomatedBackups', true),
      encrypted: andThen(encryption, (holder) => holder.flag('storageEncrypted', false)),
      key: andThen(encryption, (holder) => keyReference(holder, 'kmsKeyId', view)),
      secretKey: keyReference(props, 'masterUserSecretKmsKeyId', view),
      subnetGroup: view.target(props, 'dbSubnetGroupName', [RDS_SUBNET_GROUP]),
      parameters,
      commitsDurable: commitsDurable(engineName, parameters),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      waits: is(facts.source, (source) => source !== undefined),
      placement: andThen(facts.multiAz, (on) => (on ? spreadByService(facts.subnetSpread, 2) : singlePlace(facts))),
      under: impacts(facts),
      protections: [
        multiAz(facts),
        hostReplacement(facts),
        ...replicaPromotions(facts),
        restore(facts),
        ...restoresElsewhere(facts),
      ].filter((p) => !ruledOut(p.armed)),
      links: [
        ...linkTo(facts.key, 'key', 'kmsKeyId'),
        ...linkTo(facts.secretKey, 'key', 'masterUserSecretKmsKeyId'),
        ...linkTo(facts.subnetGroup, 'network', 'dbSubnetGroupName'),
        ...linkTo(facts.source, 'replica', 'replicateSourceDb'),
      ],
      retentionDays: facts.backupRetentionDays,
    });
  },
});

export function isSet(props: Props, path: string): Truth {
  const value = props.raw(path);
  return value === undefined || value === null || value === ''
    ? no(undefined, props.origin(path))
    : yes(undefined, props.origin(path));
}

/** A replica has its source's engine and may leave it out, as may what is restored from a snapshot. */
function engineOf(props: Props, engine: Known<string | undefined>, source: Known<string | undefined>, view: View): Known<string> {
  return andThen(engine, (name) => {
    if (name !== undefined) return known(name, props.origin('engine'));
    return andThen(source, (urn) => {
      const from = urn === undefined ? undefined : view.get(urn);
      const inherited = from?.text('engine') ?? props.computed('engine');
      return andThen(inherited, (e) =>
        e === undefined
          ? unknown('not-reported', 'its engine is that of its source or snapshot', props.origin('engine'))
          : known(String(e)),
      );
    });
  });
}

/** Replicas of replicas are at most so many deep (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html). */
const MAX_CASCADE = 4;

/**
 * Who decides what a read replica takes over within its Region: the key, always (Overview.Encryption.html, limitations), and
 * the parameter group where it names none (API CreateDBInstanceReadReplica, DBParameterGroupName). In another Region, or of
 * a source that nobody shows, it decides itself.
 */
function sourceHere(props: Props, view: View, until: (p: Props) => boolean, depth = 0): Known<Props> {
  if (depth >= MAX_CASCADE || until(props) || ruledOut(isSet(props, 'replicateSourceDb'))) return known(props);
  return fold<string | undefined, Known<Props>>(
    view.target(props, 'replicateSourceDb', [RDS_INSTANCE, RDS_CLUSTER]),
    (urn) => {
      const source = urn === undefined ? undefined : view.get(urn);
      if (source === undefined) return known(props);
      return andThen(inOtherRegion(source, props), (elsewhere) =>
        elsewhere ? known(props) : sourceHere(source, view, until, depth + 1),
      );
    },
    () => known(props),
  );
}

/**
 * Unset means 0 in the AWS provider: `CreateDBInstance` and `RestoreDBInstanceFromS3` are sent 0 although the API's
 * own default is 1, and RDS makes read replicas with backups off (API CreateDBInstanceReadReplica). What is restored
 * from a snapshot or a point in time keeps the retention of its origin (the provider sends nothing).
 */
function retentionOf(props: Props): Known<number> {
  return andThen(props.number('backupRetentionPeriod'), (days) => {
    if (days !== undefined) return known(days, props.origin('backupRetentionPeriod'));
    const restored = ['snapshotIdentifier', 'restoreToPointInTime'].some((path) => {
      const value = props.raw(path);
      return value !== undefined && value !== null && value !== '';
    });
    if (!restored) return known(0, props.origin('backupRetentionPeriod'));
    return andThen(props.computed('backupRetentionPeriod'), (v) =>
      typeof v === 'number'
        ? known(v, props.origin('backupRetentionPeriod'))
        : unknown(
            'not-reported',
            'it keeps the backup retention of what it is restored from',
            props.origin('backupRetentionPeriod'),
          ),
    );
  });
}

function singlePlace(facts: RdsInstanceFacts): Known<Placement> {
  const only = fold(
    facts.subnetSpread,
    (s) => (certainlyOneZone(facts.subnetSpread) ? s?.zones : undefined),
    () => undefined,
  );
  const zones = fold(
    facts.zone,
    (zone) => [zone],
    () => only ?? [],
  );
  return zonal({ zones, doubtful: zones.length === 0 ? 1 : 0 });
}

function impacts(facts: RdsInstanceFacts): Partial<Record<Scope, Known<Impact>>> {
  // An Aurora instance is declared by rds.ClusterInstance; under rds.Instance nothing says which cluster it serves.
  const engine = andThen(facts.engine, (e) =>
    e.startsWith('aurora')
      ? unknown('not-modelled', 'an Aurora instance belongs to a cluster', { resource: facts.id })
      : known(e),
  );
  const servedByInstance = fold<string, Known<Impact>>(
    engine,
    () => lost('its primary runs on one host in one AZ'),
    (why) => (why.reason === 'not-modelled' ? why : lost('its primary runs on one host in one AZ')),
  );
  return { ...regionalImpacts(true), instance: servedByInstance, az: servedByInstance };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html: synchronous standby, automatic failover. */
function multiAz(facts: RdsInstanceFacts): Protection {
  return protection({
    mechanism: 'rds-multi-az',
    scopes: ['instance', 'az'],
    automation: 'service-native',
    // AWS puts the standby into another AZ and refuses a subnet group of one AZ, so only certain knowledge speaks against it.
    armed: all([
      equals(facts.multiAz, true, 'Multi-AZ'),
      certainlyOneZone(facts.subnetSpread) ? no('its subnet group covers one AZ', { resource: facts.id }) : yes(),
    ]),
    successors: known([facts.id]),
    time: row('rds-multi-az-failover'),
    point: zeroLoss(facts.commitsDurable, 'the standby is written synchronously', facts.id),
    says: 'RDS fails over to the standby in another AZ by itself',
  });
}

/** AWS replaces a failed host by itself (https://aws.amazon.com/rds/features/) and promises no time. */
function hostReplacement(facts: RdsInstanceFacts): Protection {
  const why = unknown('not-reported', 'AWS says that it replaces a failed host, and not how soon', { resource: facts.id });
  return protection({
    mechanism: 'rds-host-replacement',
    scopes: ['instance'],
    automation: 'service-native',
    armed: not(facts.multiAz),
    successors: known([facts.id]),
    time: timeUnknown(why),
    point: timeUnknown(why),
    says: 'RDS replaces the host of a single-AZ instance in the same AZ, within no promised time',
  });
}

/** Promotion is a call by the customer: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html */
function replicaPromotions(facts: RdsInstanceFacts): readonly Protection[] {
  return facts.replicas.flatMap((replica) => {
    const promote = {
      automation: 'human-execution',
      successors: known([replica.id]),
      time: row('rds-promote-read-replica'),
      point: row('rds-replica-lag'),
      action: 'rds-promote-read-replica',
    } as const;
    const elsewhere = protection({
      ...promote,
      mechanism: 'rds-cross-region-replica',
      scopes: ['instance', 'az', 'region'],
      armed: replica.otherRegion,
      into: replica.region,
      calls: [controlCall('rds:PromoteReadReplica', replica.region)],
      says: `somebody promotes the read replica ${replica.name} in another Region`,
    });
    const here = protection({
      ...promote,
      mechanism: 'rds-read-replica',
      scopes: ['instance'],
      armed: not(replica.otherRegion),
      calls: [controlCall('rds:PromoteReadReplica')],
      says: `somebody promotes the read replica ${replica.name}`,
    });
    return [
      elsewhere,
      here,
      { ...here, scopes: ['az'] as const, armed: all([here.armed, zonesDiffer(facts.zone, replica.zone)]) },
    ];
  });
}

/** Automated backups are regional and restore into a new instance, in any AZ of the Region (USER_PIT). */
function restore(facts: RdsInstanceFacts): Protection {
  return protection({
    mechanism: 'rds-point-in-time-restore',
    scopes: ['instance', 'az', 'data'],
    automation: 'human-execution',
    armed: atLeast(facts.backupRetentionDays, 1, 'automated backups'),
    successors: known([facts.id]),
    time: row('rds-restore'),
    point: restorableAge,
    calls: [controlCall('rds:RestoreDBInstanceToPointInTime')],
    says: 'somebody restores the automated backups into a new instance',
  });
}

/** Replication needs automated backups on the source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html */
function restoresElsewhere(facts: RdsInstanceFacts): readonly Protection[] {
  return facts.backupReplications.map((replication) =>
    protection({
      mechanism: 'rds-automated-backup-replication',
      scopes: ['region', 'data'],
      automation: 'human-execution',
      armed: all([replication.otherRegion, atLeast(facts.backupRetentionDays, 1), atLeast(replication.retentionDays, 1)]),
      successors: known([facts.id]),
      into: replication.into,
      time: row('rds-restore'),
      point: row('rds-backup-replication-point'),
      calls: [controlCall('rds:RestoreDBInstanceToPointInTime', replication.into)],
      says: 'somebody restores the replicated automated backups into a new instance in the other Region',
    }),
  );
}
