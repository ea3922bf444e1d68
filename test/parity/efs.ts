/** Generated file systems of both storage classes, with mount targets, replication and backups. */
import fc from 'fast-check';
import type { Values } from '../../src/model/value.ts';
import type { Declaration } from './law.ts';
import { inputs, ref } from './law.ts';

const FILE_SYSTEM = 'aws:efs/fileSystem:FileSystem';
const SUBNET = 'aws:ec2/subnet:Subnet';
const KEY = 'aws:kms/key:Key';
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

const network: readonly Declaration[] = [
  { type: 'aws:ec2/vpc:Vpc', name: 'vpc', inputs: { cidrBlock: '10.0.0.0/16' } },
  ...ZONES.map(
    (zone, i): Declaration => ({
      type: SUBNET,
      name: zone,
      inputs: { vpcId: ref('aws:ec2/vpc:Vpc', 'vpc'), cidrBlock: `10.0.${i}.0/24`, availabilityZone: zone },
    }),
  ),
  { type: KEY, name: 'key', inputs: {} },
];

const config = (replicas: readonly string[]) =>
  fc.record({
    zone: maybe(fc.constantFrom(...ZONES)),
    encryption: fc.constantFrom('none', 'aws', 'own'),
    targets: fc.subarray(ZONES),
    backup: maybe(fc.constantFrom('ENABLED', 'DISABLED')),
    replica: fc.constantFrom(...replicas),
    tags: fc.boolean(),
  });

const casesOf = (replicas: readonly string[]): fc.Arbitrary<readonly Declaration[]> =>
  config(replicas).map((c) => {
    // One Zone storage has its one mount target in its own AZ.
    const zones = c.zone === undefined ? c.targets : c.targets.filter((z) => z === c.zone);
    const declared: Declaration[] = [
      ...network,
      {
        type: FILE_SYSTEM,
        name: 'files',
        inputs: inputs({
          availabilityZoneName: c.zone,
          encrypted: c.encryption === 'none' ? undefined : true,
          kmsKeyId: c.encryption === 'own' ? ref(KEY, 'key', 'arn') : undefined,
          tags: c.tags ? { team: 'shop' } : undefined,
        }),
      },
      ...zones.map(
        (zone): Declaration => ({
          type: 'aws:efs/mountTarget:MountTarget',
          name: `mount-${zone}`,
          inputs: { fileSystemId: ref(FILE_SYSTEM, 'files'), subnetId: ref(SUBNET, zone) },
        }),
      ),
    ];
    if (c.backup !== undefined)
      declared.push({
        type: 'aws:efs/backupPolicy:BackupPolicy',
        name: 'backup',
        inputs: { fileSystemId: ref(FILE_SYSTEM, 'files'), backupPolicy: { status: c.backup } },
      });
    if (c.replica === 'existing')
      declared.push({
        type: FILE_SYSTEM,
        name: 'copy',
        region: 'eu-west-1',
        inputs: { protection: { replicationOverwrite: 'DISABLED' } },
      });
    const destinations: Readonly<Record<string, Values | undefined>> = {
      region: { region: 'eu-west-1' },
      zone: { availabilityZoneName: 'eu-west-1b', region: 'eu-west-1' },
      here: { region: 'us-east-1' },
      existing: { fileSystemId: ref(FILE_SYSTEM, 'copy'), region: 'eu-west-1' },
    };
    const destination = destinations[c.replica];
    if (destination !== undefined)
      declared.push({
        type: 'aws:efs/replicationConfiguration:ReplicationConfiguration',
        name: 'replication',
        inputs: { sourceFileSystemId: ref(FILE_SYSTEM, 'files'), destination },
      });
    return declared;
  });

export const cases = casesOf(['none', 'existing']);
/** AWS makes the destination. */
export const replicated = casesOf(['region', 'zone', 'here']);
