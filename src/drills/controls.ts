/**
 * Which controls a drill is evidence for, by identifier. From the standards map of the project: what each source asks to see as
 * the record of a test. Which of them bind a reader, only the reader knows.
 */
import type { DrillKind } from '../model/drill.ts';

/** Asked of every test of recovery. */
const RECOVERY = [
  'ISO 22301 8.5',
  'ISO/IEC 27001 A.5.30',
  'NIST SP 800-53 CP-4',
  'DORA 11(6)',
  'DORA 24',
  'SOC 2 A1.3',
  'AWS Well-Architected REL13-BP03',
];
const REDUNDANCY = [...RECOVERY, 'ISO/IEC 27001 A.8.14'];
const ALTERNATE_SITE = [...REDUNDANCY, 'NIST SP 800-53 CP-4(2)'];
const BACKUPS = [...RECOVERY, 'ISO/IEC 27001 A.8.13', 'NIST SP 800-53 CP-9(1)', 'NIST SP 800-53 CP-9(2)', 'DORA 12'];
const SUPPLIERS = [...RECOVERY, 'ISO 22301 8.6', 'DORA RTS 2024/1774 25'];

export const CONTROLS: Readonly<Record<DrillKind, readonly string[]>> = {
  'az-loss': REDUNDANCY,
  'region-evacuation': ALTERNATE_SITE,
  'region-loss': ALTERNATE_SITE,
  'database-failover': REDUNDANCY,
  'global-database-failover': ALTERNATE_SITE,
  'global-database-switchover': ALTERNATE_SITE,
  'cache-failover': REDUNDANCY,
  'dns-failover': REDUNDANCY,
  'bucket-failover': REDUNDANCY,
  'backup-restore': BACKUPS,
  'key-loss': RECOVERY,
  'ransomware-recovery': BACKUPS,
  'dependency-loss': SUPPLIERS,
  'control-plane-loss': [...RECOVERY, 'AWS Well-Architected REL11-BP04'],
  'table-top': [
    'ISO 22301 8.5',
    'NIST SP 800-53 CP-4',
    'DORA 11(6)',
    'SOC 2 A1.3',
    'PCI DSS 12.10.2',
    'HIPAA 164.308(a)(7)(ii)(D)',
  ],
};
