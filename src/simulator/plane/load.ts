/**
 * How much users ask for: as much as what stood behind a door carried when it was first asked. What is left of it serves its share,
 * and the rest is refused.
 */
import type { World } from '../world/world.ts';
import { request, resolver } from './dns.ts';
import type { Answer, Pool } from './network.ts';

interface Demand {
  /** Everything that ever shared the work. */
  readonly pools: Map<string, Pool>;
  /** Those of the beginning: they carry the load there is. */
  readonly first: readonly Pool[];
  /** In things that serve: the most that were seen before anything was lost. */
  asked: number;
  /** Requests so far. */
  count: number;
}

export interface Load {
  /** What a user gets who asks beside all others, when one alone would get `answer`. */
  under(host: string, answer: Answer): Answer;
}

/** Looks from each place with which it is found out what shares the work. */
const LOOKS = 8;

/** `places`: Regions near which users are. */
export function load(world: World, places: readonly string[]): Load {
  const demands = new Map<string, Demand>();
  return {
    under: (host, answer) => {
      if (answer.kind === 'refused' || answer.pool === undefined) return answer;
      const demand = demands.get(host) ?? firstSeen(world, host, places);
      demands.set(host, demand);
      demand.pools.set(answer.pool.id, answer.pool);
      if (world.faults.length === 0) demand.asked = Math.max(demand.asked, sizeOf(demand.first));
      const left = sizeOf(demand.pools.values());
      if (left >= demand.asked) return answer;
      demand.count += 1;
      // Evenly, so that ten requests tell: the n-th is served when it makes up another whole one.
      const served = (n: number): number => Math.floor((n * left) / demand.asked);
      return served(demand.count) > served(demand.count - 1)
        ? answer
        : { kind: 'refused', why: `what is left (${left} of ${demand.asked}) is overloaded` };
    },
  };
}

function firstSeen(world: World, host: string, places: readonly string[]): Demand {
  const pools = new Map<string, Pool>();
  for (const region of places)
    for (let n = 0; n < LOOKS; n += 1) {
      const seen = request(world, host, resolver(world, { region }));
      if (seen.kind === 'served' && seen.pool !== undefined) pools.set(seen.pool.id, seen.pool);
    }
  return { pools, first: [...pools.values()], asked: sizeOf(pools.values()), count: 0 };
}

function sizeOf(pools: Iterable<Pool>): number {
  let sum = 0;
  for (const pool of pools) sum += pool.size();
  return sum;
}
