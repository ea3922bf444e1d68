/** How many tasks to run so that a loss takes away none that are needed. */

/**
 * Tasks that must run, spread evenly over `zones` Availability Zones, so that the ones left after losing any single zone still
 * carry `peak`: `zones × ⌈peak / (zones − 1)⌉`. This is static stability: nothing has to be launched during the loss
 * (AWS Well-Architected, Reliability Pillar, REL11-BP05).
 */
export function tasksSurvivingZoneLoss(peak: number, zones: number): number {
  if (!Number.isInteger(peak) || peak < 1) throw new Error(`expected a whole number of tasks from 1, found ${peak}`);
  if (!Number.isInteger(zones) || zones < 2) throw new Error(`expected at least 2 zones, found ${zones}`);
  return zones * Math.ceil(peak / (zones - 1));
}

/** MBCO of the SLAs, in percent of the tasks that the primary runs. */
export const MBCO_PERCENT = 60;

/** Tasks that stand ready in the standby Region: the share of the primary's tasks that the MBCO (percent) asks for, rounded up. */
export function standbyTasks(primaryTasks: number, mbcoPercent: number): number {
  if (!(mbcoPercent > 0 && mbcoPercent <= 100)) throw new Error(`expected an MBCO from 0 to 100 percent, found ${mbcoPercent}`);
  return Math.ceil((primaryTasks * mbcoPercent) / 100);
}
