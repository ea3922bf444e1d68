/** AWS Backup vaults: where recovery points lie, under which key, and whether anybody can delete them early. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, known, map, no, yes } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import { only } from './view.ts';

export const BACKUP_VAULT = 'aws:backup/vault:Vault';
export const AIR_GAPPED_VAULT = 'aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault';
export const BACKUP_VAULTS = [BACKUP_VAULT, AIR_GAPPED_VAULT] as const;
const LOCK = 'aws:backup/vaultLockConfiguration:VaultLockConfiguration';

export interface BackupVaultFacts extends Identity {
  /** Keeps recovery points in an account of AWS's own, always locked. */
  readonly airGapped: boolean;
  /** Undefined: no lock. */
  readonly lock: Known<VaultLock | undefined>;
  /** Undefined: AWS's own key. */
  readonly key: Known<string | undefined>;
  readonly forceDestroy: Known<boolean>;
}

export interface VaultLock {
  /** `governance`: a privileged principal can take the lock off; `compliance`: nobody can, after `graceDays`. */
  readonly mode: Known<'governance' | 'compliance'>;
  readonly graceDays: Known<number | undefined>;
  readonly minRetentionDays: Known<number | undefined>;
  readonly maxRetentionDays: Known<number | undefined>;
}

export const backupVault = service<BackupVaultFacts>({
  id: 'backup-vault',
  title: 'AWS Backup vault',
  kind: 'backup',
  types: BACKUP_VAULTS,
  parts: [
    { type: LOCK, of: 'backupVaultName' },
    { type: 'aws:backup/vaultPolicy:VaultPolicy', of: 'backupVaultName' },
    { type: 'aws:backup/vaultNotifications:VaultNotifications', of: 'backupVaultName' },
  ],
  declare(props, view) {
    const airGapped = props.type === AIR_GAPPED_VAULT;
    const lock: BackupVaultFacts['lock'] = airGapped
      ? known({
          mode: known('compliance'),
          graceDays: known(0),
          minRetentionDays: props.number('minRetentionDays'),
          maxRetentionDays: props.number('maxRetentionDays'),
        })
      : map(only(view.attached(props.id, LOCK, 'backupVaultName')), (part) =>
          part === undefined
            ? undefined
            : {
                // Without changeableForDays the lock stays removable (provider docs; AWS Backup developer guide, "Vault Lock").
                mode: map(part.number('changeableForDays'), (days) => (days === undefined ? 'governance' : 'compliance')),
                graceDays: part.number('changeableForDays'),
                minRetentionDays: part.number('minRetentionDays'),
                maxRetentionDays: part.number('maxRetentionDays'),
              },
        );
    return {
      ...identityOf(props),
      airGapped,
      lock,
      key: keyReference(props, airGapped ? 'encryptionKeyArn' : 'kmsKeyArn', view),
      forceDestroy: airGapped ? known(false) : props.flag('forceDestroy', false),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'backup',
      placement: regional,
      under: {
        ...regionalImpacts(true),
        data: unaffected('recovery points are written once; damage to the original does not reach them'),
      },
      links: linkTo(facts.key, 'key', 'kmsKeyArn'),
    });
  },
});

/** Can nobody, not even an administrator, delete recovery points before their time? */
export function immutable(facts: BackupVaultFacts): Truth {
  return andThen(
    facts.lock,
    (lock): Truth =>
      lock === undefined
        ? no('the vault has no lock')
        : andThen(
            lock.mode,
            (mode): Truth => (mode === 'compliance' ? yes('compliance lock') : no('a governance lock can be taken off')),
          ),
  );
}
