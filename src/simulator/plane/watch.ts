/** Checkers in several Regions that ask an endpoint again and again, and what Route 53 makes of their answers. */
import type { Checker, Watch } from '../services/route-53-model.ts';
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';

/** Regions with health checkers (API reference, HealthCheckConfig, Regions). */
export const CHECKER_REGIONS = [
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-west-1',
  'sa-east-1',
  'us-east-1',
  'us-west-1',
  'us-west-2',
] as const;

/** Healthy while more than 18 % of the checkers say so (Route 53 developer guide, "How Route 53 determines whether a health check is healthy"). */
const HEALTHY_SHARE = 0.18;
/** From the checkers' agreement to the name servers: AWS gives no figure; a few seconds is an assumption. */
const AGGREGATION = [1, 5] as const;

export interface WatchSettings {
  readonly regions: readonly string[];
  readonly intervalMs: number;
  readonly threshold: number;
  readonly answers: () => boolean;
}

/** Checkers take turns in so many groups: an endpoint is asked a few times in every interval, as it is in truth. */
const TURNS = 4;

/** An endpoint is asked every 2 s when each checker of eight Regions asks every 30 s (developer guide, the same chapter). */
const IN_REGION = 2;

/**
 * Begins at once; everything counts as answering until enough checks have failed. Each checker asks by itself: of a load balancer that
 * has lost one of its AZs some find a node that answers, and few are enough for it to stay healthy.
 */
export function watch(world: World, settings: WatchSettings): Watch {
  const checkers = settings.regions.flatMap((region, i) =>
    Array.from(
      { length: IN_REGION },
      (_, n): Checker => ({
        region,
        address: `15.177.${i}.${n + 1}`,
        last: 'answers',
        count: 0,
        reports: 'answers',
        checkedAt: world.clock.now(),
      }),
    ),
  );
  const made: Watch = { checkers, healthy: true, turns: [], stopped: false };
  const apart = settings.intervalMs / TURNS;
  let next = 0;
  const turn = (): void => {
    if (made.stopped) return;
    world.clock.look(apart, turn);
    const n = next;
    next = (n + 1) % TURNS;
    let answers = settings.answers();
    for (let i = n; i < checkers.length; i += TURNS) {
      const checker = checkers[i];
      if (checker === undefined || world.regionIsLost(checker.region)) continue;
      // Where nothing is lost all of them see the same.
      if (i > n && world.faults.length > 0) answers = settings.answers();
      note(checker, answers ? 'answers' : 'fails', settings.threshold, world.clock.now());
    }
    settle(world, made);
  };
  world.clock.look(Math.floor(world.random.next() * apart), turn);
  return made;
}

/** What it was at a moment that is not after now. */
export const wasHealthy = (watched: Watch, at: number): boolean => watched.turns.findLast((t) => t.at <= at)?.healthy ?? true;

function note(checker: Checker, seen: 'answers' | 'fails', threshold: number, at: number): void {
  checker.count = checker.last === seen ? checker.count + 1 : 1;
  checker.last = seen;
  checker.checkedAt = at;
  if (checker.count >= threshold) checker.reports = seen;
}

function settle(world: World, made: Watch): void {
  const healthy = agreed(world, made);
  if (healthy === made.healthy) return;
  world.clock.after(between(world, ...AGGREGATION), () => {
    if (agreed(world, made) !== healthy || made.healthy === healthy) return;
    made.healthy = healthy;
    made.turns.push({ at: world.clock.now(), healthy });
  });
}

/** Checkers of a lost Region have no vote. */
function agreed(world: World, made: Watch): boolean {
  let voting = 0;
  let answers = 0;
  for (const { region, reports } of made.checkers) {
    if (world.regionIsLost(region)) continue;
    voting += 1;
    if (reports === 'answers') answers += 1;
  }
  return voting === 0 ? made.healthy : answers / voting > HEALTHY_SHARE;
}
