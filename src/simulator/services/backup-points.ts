/** Recovery points: what their vault must allow, and how they come into it and leave it. */
import type * as Backup from '@aws-sdk/client-backup';
import type { World } from '../world/world.ts';
import { discard, keep, type Point, purge, refused, type Subject, type Vault } from './backup-model.ts';
import { uuid } from './kms-model.ts';

/** Of a job, and of the point that it makes. */
export const newId = (world: World): string => uuid(world.random.hex(32)).toUpperCase();

/** A locked vault takes only what is kept as long as it demands (developer guide, "AWS Backup Vault Lock"). */
export function lockRefuses(
  vault: Vault,
  lifecycle: Backup.Lifecycle | undefined,
  now: number,
  isContinuous: boolean,
): string | undefined {
  if (vault.lock === undefined) return undefined;
  const days = lifecycle?.DeleteAfterDays;
  const kept = isContinuous ? 35 : days === undefined || days < 0 ? Number.POSITIVE_INFINITY : days;
  const { min, max } = vault.lock;
  if ((min !== undefined && kept < min) || (max !== undefined && kept > max))
    return `The retention of the job is outside of what the lock of the vault ${vault.name} allows (${new Date(now).toISOString()}).`;
  return undefined;
}

type NewPoint = Omit<Point, 'vault' | 'subject' | 'lastRestore'>;

export function makePoint(world: World, vault: Vault, subject: Subject, given: NewPoint): Point {
  const point: Point = {
    ...given,
    vault,
    subject,
    lastRestore: undefined,
  };
  purge(vault, world.clock.now());
  keep(point);
  return point;
}

/** Deletes a recovery point, unless its vault holds it until its time. */
export function removePoint(point: Point, now: number): void {
  if (point.vault.airGapped || point.vault.lock !== undefined)
    throw refused(`The recovery point cannot be deleted: the vault ${point.vault.name} is locked.`);
  if (point.completes > now) throw refused('The recovery point is being created.');
  discard(point);
}
