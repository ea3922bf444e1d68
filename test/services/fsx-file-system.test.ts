import { expect, it } from 'vitest';
import type { Values } from '../../src/model/value.ts';
import { fsxFileSystem } from '../../src/services/fsx-file-system.ts';
import { armed, declared, estate, hole, impact, meaningOf } from './support-storage.ts';

const WINDOWS = 'aws:fsx/windowsFileSystem:WindowsFileSystem';
const LUSTRE = 'aws:fsx/lustreFileSystem:LustreFileSystem';
const ONTAP = 'aws:fsx/ontapFileSystem:OntapFileSystem';
const ZFS = 'aws:fsx/openZfsFileSystem:OpenZfsFileSystem';

it.each<[string, string, Values, string, string, string, string]>([
  ['Windows by default', WINDOWS, {}, 'no', 'no', 'yes', 'yes'],
  ['Windows Multi-AZ', WINDOWS, { deploymentType: 'MULTI_AZ_1' }, 'yes', 'yes', 'yes', 'yes'],
  ['Windows without backups', WINDOWS, { automaticBackupRetentionDays: 0 }, 'no', 'no', 'yes', 'no'],
  ['OpenZFS, standby in the same AZ', ZFS, { deploymentType: 'SINGLE_AZ_HA_2' }, 'no', 'yes', 'yes', 'no'],
  ['ONTAP Single-AZ', ONTAP, { deploymentType: 'SINGLE_AZ_1', automaticBackupRetentionDays: 30 }, 'no', 'yes', 'yes', 'yes'],
  ['Lustre scratch', LUSTRE, {}, 'no', 'no', 'no', 'no'],
  ['deployment unknown', ONTAP, { deploymentType: hole }, 'unknown', 'unknown', 'unknown', 'no'],
])('%s', (_, type, inputs, az, standby, repair, backup) => {
  const fs = declared(type, 'f', inputs);
  const m = meaningOf(fsxFileSystem, estate(fs), fs);
  expect([
    armed(m, 'fsx-multi-az', 'az'),
    armed(m, 'fsx-standby-server', 'instance'),
    armed(m, 'fsx-server-replacement', 'instance'),
    armed(m, 'fsx-automatic-backup', 'data'),
  ]).toEqual([az, standby, repair, backup]);
  expect(impact(m, 'region')).toBe('lost');
});
