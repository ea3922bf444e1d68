/** Who answers under a host name. Services say so for their own endpoints; what is behind may change with every event. */
import type { World } from '../world/world.ts';

/** Things behind one door among which requests are spread. */
export interface Pool {
  readonly id: string;
  /** How many of them take requests now. */
  readonly size: () => number;
}

/** What happens to a connection or request that arrives at a host. */
export type Answer =
  | {
      readonly kind: 'served';
      /** ARN of the thing that serves it at last (the DB instance, the task, the function). */
      readonly by: string;
      readonly region: string;
      readonly zone: string | undefined;
      /** For stores: does it take writes, and in which log (see logs.ts) do they end? */
      readonly writes: string | undefined;
      /** What shares such work with it; undefined: nothing that could be too small. */
      readonly pool?: Pool;
    }
  | { readonly kind: 'refused'; readonly why: string };

export const refused = (why: string): Answer => ({ kind: 'refused', why });

const worlds = new WeakMap<World, Map<string, () => Answer>>();

function hostsOf(world: World): Map<string, () => Answer> {
  let hosts = worlds.get(world);
  if (hosts === undefined) {
    hosts = new Map();
    worlds.set(world, hosts);
  }
  return hosts;
}

/** From now on the host answers as `answer` says at each request. Host names are lower case, without a final dot. */
export function listen(world: World, host: string, answer: () => Answer): void {
  hostsOf(world).set(host.toLowerCase(), answer);
}

/** Returns what makes every host answer again that answers now. */
export function remembered(world: World): () => void {
  const hosts = hostsOf(world);
  const before = [...hosts];
  return () => {
    for (const [host, answer] of before) if (!hosts.has(host)) hosts.set(host, answer);
  };
}

export function close(world: World, host: string): void {
  hostsOf(world).delete(host.toLowerCase());
}

/** Connects to a host of AWS by its own name, with no DNS of the user's in between (see dns.ts for that). */
export function connect(world: World, host: string): Answer {
  const answer = hostsOf(world).get(host.toLowerCase())?.() ?? refused(`no such host: ${host}`);
  if (answer.kind === 'refused') return answer;
  for (const { fault } of world.faults)
    if (fault.kind === 'unreachable' && (fault.arn === answer.by || fault.arn === host))
      return refused(`${answer.by} does not answer`);
  return answer;
}
