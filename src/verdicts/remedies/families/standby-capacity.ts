/** Enough that runs in the standby Region before the other one is lost. */
import { meaningOf } from '../../../estate/estate.ts';
import { known } from '../../../model/known.ts';
import { formatPercent } from '../../../model/quantity.ts';
import type { Family } from '../candidate.ts';
import { told } from '../site.ts';
import { shareNeeded } from './compute-zones.ts';
import { sizing } from './sizing.ts';

/** Only what runs counts: nobody promises that AWS can launch it while a Region is lost (docs/model.md, KPI 2, condition 4). */
export const standbyCapacity: Family = (spot, site) => {
  if (spot.scope !== 'region' || spot.role?.kind !== 'compute') return [];
  const members = spot.role.members.map((urn) => site.item(urn)).filter((item) => item !== undefined);
  const runs = (item: (typeof members)[number]): number => told(meaningOf(item)?.capacity?.running ?? ZERO) ?? 0;
  const lost = members.filter((m) => site.regionOf(m) === spot.member.name);
  const left = members.filter((m) => site.regionOf(m) !== spot.member.name);
  const needed = shareNeeded(spot, site);
  const served = lost.map(runs).reduce((a, b) => a + b, 0);
  const others = left
    .slice(1)
    .map(runs)
    .reduce((a, b) => a + b, 0);
  const [standby] = left;
  if (standby === undefined || served === 0) return [];
  const size = sizing(standby, site, () => Math.ceil(needed * served - 1e-9) - others);
  if (size === undefined) return [];
  return [
    {
      mechanism: 'running-twin',
      says: `keep ${size.to} running in ${site.regionOf(standby)}: ${formatPercent(100 * needed)} of the ${served} that are lost`,
      changes: size.changes,
      cost: { class: 'standby', rests: `${size.to - size.from} more run all the time` },
    },
  ];
};

const ZERO = known(0);
