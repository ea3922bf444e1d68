/** EFS file systems: storage class, mount targets, replication and automatic backups. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, any, fold, known, map, no, unknown, yes } from '../model/known.ts';
import type { Impact, Meaning, Placement, Protection, Spread } from '../model/protection.ts';
import { fixed, row, span } from '../model/protection.ts';
import { regionOfZone } from '../model/scope.ts';
import { differ, inOtherRegion } from './apart.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import { zoneAt, zoneOfSubnet, zonesDiffer } from './subnets.ts';
import type { Props, View } from './view.ts';
import { only, spreadOf } from './view.ts';

export const EFS_FILE_SYSTEM = 'aws:efs/fileSystem:FileSystem';
const MOUNT_TARGET = 'aws:efs/mountTarget:MountTarget';
const REPLICATION = 'aws:efs/replicationConfiguration:ReplicationConfiguration';
const BACKUP_POLICY = 'aws:efs/backupPolicy:BackupPolicy';

export interface EfsFacts extends Identity {
  /** AZ of a One Zone file system; undefined: Regional. */
  readonly zone: Known<string | undefined>;
  readonly mountTargets: Known<{ readonly count: number; readonly spread: Spread }>;
  readonly replication: Known<EfsReplication | undefined>;
  /** AWS's own daily backup plan with 35 days of history. */
  readonly automaticBackups: Truth;
  readonly key: Known<string | undefined>;
}

export interface EfsReplication {
  /** Undefined: AWS made the destination and it is not in the sources. */
  readonly destination: Known<string | undefined>;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
  /** AZ of a One Zone destination. */
  readonly zone: Known<string | undefined>;
}

export const efsFileSystem = service<EfsFacts>({
  id: 'efs-file-system',
  title: 'EFS file system',
  kind: 'store',
  types: [EFS_FILE_SYSTEM],
  parts: [
    { type: MOUNT_TARGET, of: 'fileSystemId' },
    { type: REPLICATION, of: 'sourceFileSystemId' },
    { type: BACKUP_POLICY, of: 'fileSystemId' },
    { type: 'aws:efs/accessPoint:AccessPoint', of: 'fileSystemId' },
    { type: 'aws:efs/fileSystemPolicy:FileSystemPolicy', of: 'fileSystemId' },
  ],
  declare(props, view) {
    const zone = zoneAt(props, 'availabilityZoneName');
    return {
      ...identityOf(props),
      zone,
      mountTargets: mountTargetsOf(props, view),
      replication: map(only(view.attached(props.id, REPLICATION, 'sourceFileSystemId')), (part) =>
        part === undefined ? undefined : readReplication(part, props, view),
      ),
      // CreateFileSystem: automatic backups are off, except for One Zone storage; the provider sends neither.
      automaticBackups: andThen(only(view.attached(props.id, BACKUP_POLICY, 'fileSystemId')), (policy) =>
        policy === undefined
          ? map(zone, (name) => name !== undefined)
          : map(policy.text('backupPolicy.status'), (status) => status === 'ENABLED'),
      ),
      key: keyReference(props, 'kmsKeyId', view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      placement: placementOf(facts),
      under: { ...regionalImpacts(true), az: underZone(facts) },
      protections: [...mountElsewhere(facts), ...replicationOf(facts), automaticBackup(facts)],
      links: [
        ...linkTo(facts.key, 'key', 'kmsKeyId'),
        ...fold(
          facts.replication,
          (replication) =>
            replication === undefined ? [] : linkTo(replication.destination, 'replica', 'replicationConfiguration'),
          () => [],
        ),
      ],
      retentionDays: map(facts.automaticBackups, (on) => (on ? 35 : 0)),
    });
  },
});

function mountTargetsOf(props: Props, view: View): EfsFacts['mountTargets'] {
  const attached = view.attached(props.id, MOUNT_TARGET, 'fileSystemId');
  const doubt = attached.doubts[0];
  // Two are enough to know that there is more than one AZ: a file system takes one mount target an AZ (CreateMountTarget).
  if (doubt !== undefined && attached.found.length < 2) return doubt;
  const zones = attached.found.map((target) => zoneOfTarget(target, view));
  return known({ count: attached.found.length, spread: spreadOf(zones) }, { resource: props.id });
}

/** AZ of its subnet, or, when the subnet is another stack's, the AZ that AWS tells. */
function zoneOfTarget(target: Props, view: View): Known<string> {
  const ofSubnet = andThen(view.target(target, 'subnetId'), (urn) => {
    const subnet = urn === undefined ? undefined : view.get(urn);
    return subnet === undefined
      ? unknown('dangling', 'the subnet is not in the sources', target.origin('subnetId'))
      : zoneOfSubnet(subnet);
  });
  return fold<string, Known<string>>(
    ofSubnet,
    () => ofSubnet,
    (why) =>
      andThen(target.computed('availabilityZoneName'), (zone) =>
        typeof zone === 'string' ? known(zone, target.origin('availabilityZoneName')) : why,
      ),
  );
}

function readReplication(part: Props, source: Props, view: View): EfsReplication {
  const destination = view.target(part, 'destination.fileSystemId', [EFS_FILE_SYSTEM]);
  const here = fold<string | undefined, Props | undefined>(
    destination,
    (urn) => (urn === undefined ? undefined : view.get(urn)),
    () => undefined,
  );
  const zone = here === undefined ? zoneAt(part, 'destination.availabilityZoneName') : zoneAt(here, 'availabilityZoneName');
  const region = here?.region ?? destinationRegion(part, zone);
  return {
    destination,
    region,
    otherRegion: here === undefined ? differ(source.region, region) : inOtherRegion(source, here),
    zone,
  };
}

function destinationRegion(part: Props, zone: Known<string | undefined>): Known<string> {
  return andThen(part.text('destination.region'), (region) =>
    region === undefined
      ? andThen(zone, (name) => {
          const fromZone = name === undefined ? undefined : regionOfZone(name);
          return fromZone === undefined
            ? unknown('not-reported', 'the replication names no Region', part.origin('destination.region'))
            : known(fromZone, part.origin('destination.availabilityZoneName'));
        })
      : known(region, part.origin('destination.region')),
  );
}

function placementOf(facts: EfsFacts): Known<Placement> {
  return andThen(facts.zone, (zone) =>
    zone === undefined ? regional : known({ kind: 'zonal', spread: { zones: [zone], doubtful: 0 } }),
  );
}

/** Regional storage outlives an AZ, but one mount target does not: clients everywhere lose it with its AZ. */
function underZone(facts: EfsFacts): Known<Impact> {
  return andThen(facts.zone, (zone) => {
    if (zone !== undefined) return lost('One Zone storage is in a single AZ');
    return andThen(facts.mountTargets, ({ count }) => {
      if (count === 0) return unknown('not-reported', 'no mount target of it is in the sources', { resource: facts.id });
      return count === 1
        ? lost('its only mount target goes with the AZ')
        : unaffected('it stores in several AZs and has mount targets in more than one');
    });
  });
}

/** The data of a Regional file system is still there: a person makes a mount target in another AZ. */
function mountElsewhere(facts: EfsFacts): readonly Protection[] {
  return [
    {
      mechanism: 'efs-new-mount-target',
      scopes: ['az'],
      automation: 'human-execution',
      armed: map(facts.zone, (zone) => zone === undefined),
      successors: known([facts.id]),
      into: undefined,
      time: row('efs-mount-elsewhere'),
      point: fixed(0, 'EFS writes to several AZs before it answers'),
      calls: [{ action: 'elasticfilesystem:CreateMountTarget', region: facts.region, plane: 'control' }],
      action: undefined,
      says: 'the data is in the other AZs; a new mount target there makes it reachable',
    },
  ];
}

function replicationOf(facts: EfsFacts): readonly Protection[] {
  const failover = (
    scope: 'region' | 'az',
    armed: Truth,
    successors: Protection['successors'],
    into: Known<string>,
  ): Protection => ({
    mechanism: 'efs-replication-failover',
    scopes: [scope],
    automation: 'human-execution',
    armed,
    successors,
    into,
    time: row('efs-replication-failover'),
    point: row('efs-replication-lag'),
    calls: [{ action: 'elasticfilesystem:DeleteReplicationConfiguration', region: into, plane: 'control' }],
    action: 'efs-replication-failover',
    says: 'the destination is read-only until somebody deletes the replication',
  });
  return fold(
    facts.replication,
    (replication) => {
      if (replication === undefined) return [];
      const successors = map(replication.destination, (urn) => [urn ?? facts.id]);
      const otherZone = any([replication.otherRegion, outlivesZone(facts.zone, replication.zone)]);
      return [
        failover('region', replication.otherRegion, successors, replication.region),
        failover('az', otherZone, successors, replication.region),
      ];
    },
    (why) => [failover('region', why, why, why), failover('az', why, why, why)],
  );
}

/** A Regional destination (no AZ of its own) outlives any one AZ. */
function outlivesZone(source: Known<string | undefined>, destination: Known<string | undefined>): Truth {
  return andThen(
    destination,
    (there): Truth =>
      there === undefined
        ? yes('the destination is Regional')
        : andThen(
            source,
            (here): Truth => (here === undefined ? no('the destination is in one AZ') : zonesDiffer(known(here), known(there))),
          ),
  );
}

/**
 * AWS's automatic plan runs daily, within AWS Backup's own default windows (8 hours to start, 7 days to complete):
 * https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html.
 */
const AUTOMATIC_BACKUP_AGE = (24 + 8 + 7 * 24) * 3600;

function automaticBackup(facts: EfsFacts): Protection {
  return {
    mechanism: 'efs-automatic-backup',
    scopes: ['az', 'data'],
    automation: 'human-execution',
    armed: facts.automaticBackups,
    successors: known([facts.id]),
    into: undefined,
    time: row('backup-restore'),
    point: span(0, AUTOMATIC_BACKUP_AGE, 'daily, and at worst the windows of AWS Backup for starting and completing'),
    calls: [{ action: 'backup:StartRestoreJob', region: facts.region, plane: 'control' }],
    action: undefined,
    says: 'AWS backs the file system up daily and keeps 35 days, from which a person restores',
  };
}
