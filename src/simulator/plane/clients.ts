/**
 * Clients that keep connections to a store. When it was away, or another one answers under its name, they first have to notice, drop
 * what is stale and look the name up again.
 */
import { between } from '../world/procedure.ts';
import type { World } from '../world/world.ts';
import type { Answer } from './network.ts';

/**
 * Seconds. Measured after RDS failovers: 41 to 78, and 12 with a tuned pool, which few have (72technologies.com and divinechukwu.com,
 * both seen November 2026).
 */
const RECONNECT = [35, 78] as const;

/** Services that are asked anew with every request. */
const WITHOUT_CONNECTIONS = /^arn:aws[a-z-]*:(?:dynamodb|s3):/;

interface Pool {
  store: string;
  broken: boolean;
  /** Virtual milliseconds from which requests go through again. */
  until: number;
}

export interface Clients {
  /** What a client gets that asks through its pool, when a new connection would get `answer`. */
  through(host: string, answer: Answer): Answer;
}

export function clients(world: World): Clients {
  const pools = new Map<string, Pool>();
  return {
    through: (host, answer) => {
      const pool = pools.get(host);
      if (answer.kind === 'refused') {
        if (pool !== undefined) pool.broken = true;
        return answer;
      }
      const store = answer.writes ?? answer.by;
      if (WITHOUT_CONNECTIONS.test(store)) return answer;
      if (pool === undefined) {
        pools.set(host, { store, broken: false, until: 0 });
        return answer;
      }
      if (pool.broken || pool.store !== store) {
        pool.store = store;
        pool.broken = false;
        pool.until = world.clock.now() + between(world, ...RECONNECT);
      }
      return world.clock.now() >= pool.until
        ? answer
        : { kind: 'refused', why: `clients have not connected to ${store} again yet` };
    },
  };
}
