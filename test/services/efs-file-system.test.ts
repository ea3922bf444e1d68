import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/model/resource.ts';
import type { Values } from '../../src/model/value.ts';
import { EFS_FILE_SYSTEM, efsFileSystem } from '../../src/services/efs-file-system.ts';
import { armed, declared, estate, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

const subnet = (zone: string): Resource => declared('aws:ec2/subnet:Subnet', `subnet-${zone}`, { availabilityZone: zone });
const files = (inputs: Values = {}): Resource => declared(EFS_FILE_SYSTEM, 'files', inputs);

function mounted(fs: Resource, zones: readonly string[]): readonly Resource[] {
  return zones.flatMap((zone, i) => [
    subnet(zone),
    declared('aws:efs/mountTarget:MountTarget', `mt${i}`, { fileSystemId: ref(fs), subnetId: ref(subnet(zone)) }),
  ]);
}

describe('loss of an AZ', () => {
  const stray = declared('aws:efs/mountTarget:MountTarget', 'stray', { fileSystemId: hole, subnetId: hole });
  it.each<[string, Values, readonly string[], readonly Resource[], string]>([
    ['two mount targets', {}, ['us-east-1a', 'us-east-1b'], [], 'unaffected'],
    ['one mount target', {}, ['us-east-1a'], [], 'lost'],
    ['one, and one that may be of it', {}, ['us-east-1a'], [stray], 'unknown'],
    ['two, and one that may be of it', {}, ['us-east-1a', 'us-east-1b'], [stray], 'unaffected'],
    ['no mount target in the sources', {}, [], [], 'unknown'],
    ['One Zone', { availabilityZoneName: 'us-east-1a' }, ['us-east-1a'], [], 'lost'],
    ['One Zone or not', { availabilityZoneName: hole }, ['us-east-1a', 'us-east-1b'], [], 'unknown'],
  ])('%s', (_, inputs, zones, more, expected) => {
    const fs = files(inputs);
    expect(impact(meaningOf(efsFileSystem, estate(fs, ...mounted(fs, zones), ...more), fs), 'az')).toBe(expected);
  });

  it('a new mount target helps Regional storage only', () => {
    const regional = files();
    const oneZone = files({ availabilityZoneName: 'us-east-1a' });
    expect(armed(meaningOf(efsFileSystem, estate(regional), regional), 'efs-new-mount-target', 'az')).toBe('yes');
    expect(armed(meaningOf(efsFileSystem, estate(oneZone), oneZone), 'efs-new-mount-target', 'az')).toBe('no');
  });
});

describe('replication', () => {
  const there = declared(EFS_FILE_SYSTEM, 'there', {}, { region: 'us-west-2' });
  it.each<[string, Values | undefined, string, string]>([
    ['none', undefined, 'absent', 'absent'],
    ['to another Region', { region: 'us-west-2' }, 'yes', 'yes'],
    ['to a declared file system', { fileSystemId: ref(there) }, 'yes', 'yes'],
    ['within the Region, Regional', { region: 'us-east-1' }, 'no', 'yes'],
    ['within the AZ', { availabilityZoneName: 'us-east-1a' }, 'no', 'no'],
    ['to an unknown Region', { region: hole }, 'unknown', 'yes'],
    ['unknown', { fileSystemId: hole }, 'unknown', 'yes'],
  ])('%s', (_, destination, region, az) => {
    const fs = files({ availabilityZoneName: 'us-east-1a' });
    const part = declared('aws:efs/replicationConfiguration:ReplicationConfiguration', 'r', {
      sourceFileSystemId: ref(fs),
      destination: destination ?? {},
    });
    const m = meaningOf(efsFileSystem, estate(fs, there, ...(destination === undefined ? [] : [part])), fs);
    expect([armed(m, 'efs-replication-failover', 'region'), armed(m, 'efs-replication-failover', 'az')]).toEqual([region, az]);
  });

  it('is failed over by a person, or by a plan that knows its action', () => {
    const fs = files();
    const part = declared('aws:efs/replicationConfiguration:ReplicationConfiguration', 'r', {
      sourceFileSystemId: ref(fs),
      destination: { fileSystemId: ref(there) },
    });
    const p = protection(meaningOf(efsFileSystem, estate(fs, there, part), fs), 'efs-replication-failover', 'region');
    expect(p).toMatchObject({
      automation: 'human-execution',
      action: 'efs-replication-failover',
      successors: { value: [there.urn] },
      into: { value: 'us-west-2' },
    });
  });
});

describe('automatic backups', () => {
  it.each<[string, Values, Values | undefined, string, number | undefined]>([
    ['off by default', {}, undefined, 'no', 0],
    ['on by default for One Zone', { availabilityZoneName: 'us-east-1a' }, undefined, 'yes', 35],
    ['on', {}, { status: 'ENABLED' }, 'yes', 35],
    ['switched off', { availabilityZoneName: 'us-east-1a' }, { status: 'DISABLED' }, 'no', 0],
    ['unknown', {}, { status: hole }, 'unknown', undefined],
  ])('%s', (_, inputs, backupPolicy, expected, days) => {
    const fs = files(inputs);
    const part = declared('aws:efs/backupPolicy:BackupPolicy', 'b', { fileSystemId: ref(fs), backupPolicy: backupPolicy ?? {} });
    const m = meaningOf(efsFileSystem, estate(fs, ...(backupPolicy === undefined ? [] : [part])), fs);
    expect(armed(m, 'efs-automatic-backup', 'data')).toBe(expected);
    expect(m.retentionDays).toMatchObject(days === undefined ? { state: 'unknown' } : { value: days });
  });
});
