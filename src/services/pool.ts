/** What losing one instance or one AZ leaves of a pool of equal things that AWS spreads evenly over AZs. */
import type { Known } from '../model/known.ts';
import { andThen, fold, known, map, unknown } from '../model/known.ts';
import type { Impact, Spread } from '../model/protection.ts';
import { lost, reduced } from './service.ts';

/**
 * Losing the fullest of k AZs. AWS keeps n members balanced to within one (Auto Scaling user guide, "Distribute
 * instances across Availability Zones"; ECS developer guide, `spread` placement), so the fullest holds
 * ceil(n / k) and the share left is (n − ceil(n / k)) / n. With one AZ, or with one member, all is lost.
 */
export function poolUnderAz(spread: Known<Spread>, running: Known<number>, what: string): Known<Impact> {
  return andThen(spread, ({ zones, doubtful }) => {
    const least = zones.length;
    if (least + doubtful === 0) return unknown('not-reported', `the code does not say in which AZs the ${what} run`);
    if (least < 2 && doubtful > 0)
      return unknown('not-reported', `whether the ${what} span two AZs is not known: not every AZ is`);
    if (least < 2) return lost(`all ${what} run in one AZ`);
    return andThen(because(running, what), (n) => {
      if (n === 0) return lost(`none of the ${what} run`);
      const left = (n - Math.ceil(n / least)) / n;
      if (left === 0) return lost('one runs, in one AZ');
      const share: Known<number> =
        doubtful === 0 ? known(left) : unknown('not-reported', 'not every AZ is known, so neither is the share of the fullest');
      return reduced(share, `${n} over ${least} AZs: the fullest holds ${Math.ceil(n / least)}`);
    });
  });
}

/** Losing one of n. */
export function poolUnderInstance(running: Known<number>, what: string): Known<Impact> {
  return andThen(because(running, what), (n) =>
    n <= 1
      ? lost(n === 0 ? `none of the ${what} run` : 'one runs, and it is lost')
      : reduced(known((n - 1) / n), `one of ${n} is lost`),
  );
}

function because(running: Known<number>, what: string): Known<number> {
  return fold(
    running,
    () => running,
    (why) => unknown(why.reason, `how many ${what} run is not known: ${why.detail}`, why.from),
  );
}

/** Where a pool runs; without any named AZ, nobody can tell. */
export function zonal(spread: Known<Spread>) {
  return map(spread, (s) => ({ kind: 'zonal', spread: s }) as const);
}
