/** Simulated AWS as a drill sees it: faults of the world as disruptions, its DNS and its stores from outside. */
import type { Disruption, Injector, Outside } from '../../src/drills/ports.ts';
import { remembered } from '../../src/simulator/plane/account.ts';
import { clients } from '../../src/simulator/plane/clients.ts';
import { latencyRegions, request, resolver } from '../../src/simulator/plane/dns.ts';
import { load } from '../../src/simulator/plane/load.ts';
import { append, contents, lagOf, mend } from '../../src/simulator/plane/logs.ts';
import { connect } from '../../src/simulator/plane/network.ts';
import type { Fault } from '../../src/simulator/world/faults.ts';
import type { World } from '../../src/simulator/world/world.ts';

/** Users are everywhere: one resolver each near these Regions, and near those to which records lead whoever is near. */
const PLACES = ['eu-west-1', 'us-east-1', 'ap-southeast-1', 'eu-central-1', 'us-west-2'];

export function simulatedOutside(world: World): Outside {
  const pools = clients(world);
  const places = [...new Set([...PLACES, ...latencyRegions(world)])];
  const users = load(world, places);
  const resolvers = places.map((region) => resolver(world, { region }));
  return {
    resolvers: places,
    request: async (host, n) => {
      const by = resolvers[n];
      const alone = host.startsWith('arn:') || by === undefined ? connect(world, host) : request(world, host, by);
      const answer = users.under(host, alone);
      if (answer.kind === 'refused') return answer;
      return { kind: 'served', by: answer.by, region: answer.region, zone: answer.zone, took: undefined };
    },
    resolve: async (name, n) => {
      const values = resolvers[n]?.lookup(name).values ?? [];
      return values.length === 0 ? undefined : [...values].sort();
    },
    write: async (endpoint, sequence) => {
      const answer = pools.through(endpoint, connect(world, endpoint));
      if (answer.kind === 'refused') return answer;
      if (answer.writes === undefined) return { kind: 'refused', why: `${answer.by} takes no writes` };
      append(world, answer.writes, sequence);
      return { kind: 'written', log: answer.writes };
    },
    contents: async (log) => contents(world, log),
    lag: async (store) => {
      const lag = lagOf(world, store);
      return lag === undefined ? undefined : lag / 1000;
    },
  };
}

export function simulatedInjector(world: World): Injector {
  const begun = new Map<string, Begun>();
  return {
    refuses: async () => undefined,
    begin: async (token, what) => {
      if (begun.has(token)) return null;
      const undo = what.kind === 'account-compromised' ? remembered(world, what.account) : () => undefined;
      begun.set(token, { what, undo, faults: faultsOf(what).map((fault) => world.inject(fault)), ended: false });
      return null;
    },
    state: async (token) => {
      const held = begun.get(token);
      return held === undefined ? 'not-begun' : held.ended ? 'ended' : 'begun';
    },
    end: async (token) => {
      const held = begun.get(token);
      if (held === undefined || held.ended) return null;
      for (const id of held.faults) world.lift(id);
      held.undo();
      if (held.what.kind === 'corruption') for (const arn of held.what.stores) mend(world, arn);
      held.ended = true;
      return null;
    },
  };
}

interface Begun {
  readonly what: Disruption;
  readonly faults: readonly number[];
  /** What lifting a fault does not bring back. */
  readonly undo: () => void;
  ended: boolean;
}

function faultsOf(what: Disruption): readonly Fault[] {
  switch (what.kind) {
    case 'corruption':
      return what.stores.map((arn) => ({ kind: 'corruption', arn }));
    case 'key-loss':
      return what.keys.map((arn) => ({ kind: 'key-disabled', arn }));
    case 'unreachable':
      return what.resources.map((arn) => ({ kind: 'unreachable', arn }));
    case 'control-plane-loss':
      return [{ kind: what.kind, region: what.region, ...(what.client === undefined ? {} : { client: what.client }) }];
    default:
      return [what];
  }
}
