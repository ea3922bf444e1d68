/** Copies of recovery points, into vaults of other Regions and accounts. */
import type * as Backup from '@aws-sdk/client-backup';
import type { World } from '../world/world.ts';
import { type CopyJob, deskOf, lasting, type Point, type Spot, type Vault, vaultAt } from './backup-model.ts';
import { lockRefuses, makePoint, newId } from './backup-points.ts';
import { isLike } from './backup-selections.ts';
import { keyUsable } from './kms-model.ts';
import { settingsOf } from './organizations-model.ts';

/** Minutes. How long a copy takes depends on the amount of data; AWS gives no figures: an assumption. */
const COPY_TAKES = [5, 50] as const;

export interface CopyOrder {
  /** ARN of a vault. */
  readonly to: string;
  readonly lifecycle: Backup.Lifecycle | undefined;
  /** Moment, in milliseconds since the epoch. */
  readonly begins: number;
  readonly creator: Backup.RecoveryPointCreator | undefined;
  readonly role: string | undefined;
  readonly backupJob: string | undefined;
}

export function startCopy(spot: Spot, point: Point, order: CopyOrder): CopyJob {
  const { world, account, region } = spot;
  const id = newId(world);
  const vault = vaultAt(world, order.to);
  const completes = order.begins + lasting(world, COPY_TAKES);
  const obstacle =
    vault === undefined
      ? `The destination vault ${order.to} cannot be found.`
      : (whyNoCopy(world, account, vault) ?? lockRefuses(vault, order.lifecycle, order.begins, false));
  const copy =
    vault === undefined || obstacle !== undefined
      ? undefined
      : makePoint(world, vault, point.subject, {
          arn: copyArn(point, vault, id),
          at: point.at,
          initiated: order.begins,
          completes,
          lifecycle: order.lifecycle,
          continuous: false,
          key: vault.key,
          creator: order.creator,
          role: order.role,
          tags: point.tags,
          sourceVault: point.vault.arn,
          restore: point.restore,
        });
  const job: CopyJob = {
    id,
    account,
    region,
    subject: point.subject,
    created: order.begins,
    completes,
    role: order.role,
    creator: order.creator,
    lifecycle: order.lifecycle,
    sourceVault: point.vault.arn,
    sourcePoint: point.arn,
    destination: order.to,
    point: copy,
    backupJob: order.backupJob,
    failure: obstacle === undefined ? undefined : { at: order.begins, state: 'FAILED', message: obstacle },
  };
  deskOf(spot).copies.set(id, job);
  return job;
}

/** A recovery point that its service keeps (a snapshot) has an ARN of the place where the copy is. */
function copyArn(point: Point, vault: Vault, id: string): string {
  const [, , service = 'backup'] = point.arn.split(':');
  const place = `${vault.region}:${vault.account}`;
  const name = id.toLowerCase();
  if (service === 'rds') {
    const kind = point.arn.includes(':cluster-snapshot:') ? 'cluster-snapshot' : 'snapshot';
    return `arn:aws:rds:${place}:${kind}:awsbackup:copyjob-${name}`;
  }
  if (service === 'ec2')
    return `arn:aws:ec2:${vault.region}::${point.arn.split(':').at(-1)?.split('-')[0] ?? 'snapshot/snap'}-${name}`;
  return `arn:aws:backup:${place}:recovery-point:${name}`;
}

/**
 * Copies between accounts need the organisation's consent and the destination's policy (developer guide, "Creating backup copies
 * across AWS accounts"). Accounts of which the world has no organisation are taken to be of one that consents.
 */
function whyNoCopy(world: World, from: string, vault: Vault): string | undefined {
  if (!keyUsable(world, vault.key)) return `The KMS key of the vault ${vault.name} is not usable.`;
  if (vault.account === from) return undefined;
  const settings = settingsOf(world, from);
  if (settings !== undefined && !settings.accounts.has(vault.account)) return 'The accounts are not of one organization.';
  if (settings !== undefined && settings.crossAccountBackup !== true)
    return 'Cross-account backup is not enabled in the organization.';
  return letsIn(vault, from)
    ? undefined
    : `The access policy of the vault ${vault.name} does not allow backup:CopyIntoBackupVault.`;
}

interface PolicyStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | { readonly AWS?: string | readonly string[] };
  readonly Condition?: unknown;
}

/** A condition is taken to be fulfilled: most name the organisation, which has been looked at already. */
function letsIn(vault: Vault, account: string): boolean {
  const parsed = JSON.parse(vault.policy ?? '{}') as { readonly Statement?: PolicyStatement | readonly PolicyStatement[] };
  return [parsed.Statement ?? []].flat().some((s) => {
    const who = typeof s.Principal === 'string' ? [s.Principal] : [s.Principal?.AWS ?? []].flat();
    return (
      s.Effect === 'Allow' &&
      [s.Action ?? []].flat().some((a) => isLike(a.toLowerCase(), 'backup:copyintobackupvault')) &&
      who.some((p) => p === '*' || p === account || p.startsWith(`arn:aws:iam::${account}:`))
    );
  });
}
