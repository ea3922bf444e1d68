/** FSx file systems of all four kinds, by their deployment type. */
import type { Known } from '../model/known.ts';
import { andThen, known, map, unknown } from '../model/known.ts';
import type { Impact, Meaning, Placement, Protection, Spread } from '../model/protection.ts';
import { fixed, row, span } from '../model/protection.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';

const WINDOWS = 'aws:fsx/windowsFileSystem:WindowsFileSystem';
const LUSTRE = 'aws:fsx/lustreFileSystem:LustreFileSystem';
const ONTAP = 'aws:fsx/ontapFileSystem:OntapFileSystem';
const OPEN_ZFS = 'aws:fsx/openZfsFileSystem:OpenZfsFileSystem';

export interface FsxFacts extends Identity {
  /** `MULTI_AZ_1`, `SINGLE_AZ_1`, `SINGLE_AZ_HA_2`, `PERSISTENT_2`, `SCRATCH_1` … */
  readonly deployment: Known<string>;
  /** AZs of its subnets. */
  readonly spread: Known<Spread>;
  /** Days for which daily automatic backups are kept; 0: none are made. */
  readonly backupDays: Known<number>;
  readonly windows: boolean;
  readonly ontap: boolean;
  readonly key: Known<string | undefined>;
}

export const fsxFileSystem = service<FsxFacts>({
  id: 'fsx-file-system',
  title: 'FSx file system',
  kind: 'store',
  types: [WINDOWS, LUSTRE, ONTAP, OPEN_ZFS],
  parts: [
    { type: 'aws:fsx/ontapStorageVirtualMachine:OntapStorageVirtualMachine', of: 'fileSystemId' },
    { type: 'aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation', of: 'fileSystemId' },
  ],
  declare(props, view) {
    const windows = props.type === WINDOWS;
    return {
      ...identityOf(props),
      // Windows defaults to SINGLE_AZ_1, Lustre to SCRATCH_1 (FSx API reference); the other two must name theirs.
      deployment: andThen(props.text('deploymentType'), (type) => {
        const unset = windows ? 'SINGLE_AZ_1' : props.type === LUSTRE ? 'SCRATCH_1' : undefined;
        const deployment = type ?? unset;
        return deployment === undefined
          ? unknown('not-reported', 'the file system names no deployment type', props.origin('deploymentType'))
          : known(deployment, props.origin('deploymentType'));
      }),
      spread: spreadOfSubnets(props, 'subnetIds', view),
      // Windows keeps automatic backups for 7 days by default; for the others an unset input is taken as none.
      backupDays: props.number('automaticBackupRetentionDays', windows ? 7 : 0),
      windows,
      ontap: props.type === ONTAP,
      key: keyReference(props, 'kmsKeyId', view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'store',
      placement: map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      under: {
        ...regionalImpacts(true),
        instance: lost('its active file server can fail'),
        az: map(
          multiAz(facts),
          (multi): Impact => ({
            kind: 'lost',
            why: multi ? 'its active file server can be in that AZ' : 'its file servers are all in one AZ',
          }),
        ),
      },
      protections: [...failover(facts), repair(facts), backup(facts)],
      links: linkTo(facts.key, 'key', 'kmsKeyId'),
      retentionDays: facts.backupDays,
    });
  },
});

function multiAz(facts: FsxFacts): Known<boolean> {
  return map(facts.deployment, (deployment) => deployment.startsWith('MULTI_AZ'));
}

function failover(facts: FsxFacts): readonly Protection[] {
  const multi = multiAz(facts);
  const highlyAvailable = map(facts.deployment, (d) => d.startsWith('MULTI_AZ') || d.startsWith('SINGLE_AZ_HA') || facts.ontap);
  const base = {
    automation: 'service-native',
    successors: known([facts.id]),
    into: undefined,
    time: row('fsx-multi-az-failover'),
    point: fixed(0, 'both file servers have every acknowledged write'),
    calls: [],
    action: undefined,
  } as const;
  return [
    {
      ...base,
      mechanism: 'fsx-multi-az',
      scopes: ['az'],
      armed: multi,
      says: 'FSx fails over to the standby file server in another AZ; Linux clients of Windows file shares do not follow by themselves',
    },
    {
      ...base,
      mechanism: 'fsx-standby-server',
      scopes: ['instance'],
      armed: highlyAvailable,
      says: 'FSx fails over to the standby file server',
    },
  ];
}

/** Scratch file systems keep no copy of the data of a failed server. */
function repair(facts: FsxFacts): Protection {
  return {
    mechanism: 'fsx-server-replacement',
    scopes: ['instance'],
    automation: 'service-native',
    armed: map(facts.deployment, (deployment) => !deployment.startsWith('SCRATCH')),
    successors: known([facts.id]),
    into: undefined,
    time: row('fsx-single-az-repair'),
    point: fixed(0, 'the storage is kept apart from the server'),
    calls: [],
    action: undefined,
    says: 'FSx replaces a failed file server in its AZ',
  };
}

function backup(facts: FsxFacts): Protection {
  return {
    mechanism: 'fsx-automatic-backup',
    scopes: ['az', 'data'],
    automation: 'human-execution',
    armed: map(facts.backupDays, (days) => days > 0),
    successors: known([facts.id]),
    into: undefined,
    time: row('backup-restore'),
    point: span(0, 24.5 * 3600, 'once a day, within a window of 30 minutes'),
    calls: [{ action: 'fsx:CreateFileSystemFromBackup', region: facts.region, plane: 'control' }],
    action: undefined,
    says: 'FSx backs it up daily, from which a person makes a new file system',
  };
}
