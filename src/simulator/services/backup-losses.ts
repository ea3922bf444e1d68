/** What becomes of jobs, plans and vaults when something fails, is deleted, or an account is taken over. */
import type { World } from '../world/world.ts';
import { type BackupJob, type CopyJob, DESKS, discard, isImmutable, PLANS, VAULTS } from './backup-model.ts';
import { dropPlan } from './backup-runs.ts';

export function backupsMeetFaults(world: World): void {
  world.onFault((fault, _, how) => {
    if (how !== 'begins') return;
    const now = world.clock.now();
    if (fault.kind === 'region-loss') loseRegion(world, fault.region, now);
    else if (fault.kind === 'deleted') deleted(world, fault.arn, now);
    else if (fault.kind === 'account-compromised') compromised(world, fault.account, now);
  });
}

function loseRegion(world: World, region: string, now: number): void {
  const unfinished: (BackupJob | CopyJob)[] = [];
  for (const { item: desk } of world.everywhere(DESKS)) {
    for (const job of desk.backups.values()) if (job.region === region) unfinished.push(job);
    for (const job of desk.copies.values())
      if (job.region === region || job.destination.split(':')[3] === region) unfinished.push(job);
    for (const job of desk.restores.values())
      if (job.region === region && job.completed === undefined) {
        job.status = 'FAILED';
        job.message = `${region} does not answer.`;
        job.completed = now;
      }
  }
  for (const job of unfinished) fail(job, now, `${region} does not answer.`);
}

function deleted(world: World, arn: string, now: number): void {
  for (const { account, region, item } of world.everywhere(PLANS)) if (item.arn === arn) dropPlan(world, account, region, item);
  for (const { account, region, item } of world.everywhere(VAULTS)) {
    if (isImmutable(item, now)) continue;
    const point = item.points.get(arn);
    if (point !== undefined) discard(point);
    if (item.arn === arn) world.remove(VAULTS, account, region, item.name);
  }
}

/** An administrator takes off every lock that can be taken off, and deletes what is left unlocked, plans included. */
function compromised(world: World, account: string, now: number): void {
  for (const { account: owner, region, item } of world.everywhere(PLANS))
    if (owner === account) dropPlan(world, owner, region, item);
  for (const { account: owner, region, item } of world.everywhere(VAULTS)) {
    if (owner !== account || isImmutable(item, now)) continue;
    item.lock = undefined;
    for (const point of item.points.values()) discard(point);
    world.remove(VAULTS, owner, region, item.name);
  }
}

/** What has not come to its end fails, and leaves nothing behind. */
function fail(job: BackupJob | CopyJob, now: number, message: string): void {
  if (job.failure !== undefined || job.completes <= now) return;
  job.failure = { at: Math.max(now, job.created), state: 'FAILED', message };
  if (job.point !== undefined && !job.point.continuous) discard(job.point);
}
