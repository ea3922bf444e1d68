/** What the control door of a simulated AWS answers: the ground of a drill, for controllers in other processes. */
import type { Place } from '../../src/aws/call.ts';
import type { Disruption } from '../../src/drills/ports.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import type { Answer } from '../../src/simulator/control.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { simulatedInjector, simulatedOutside } from './simulated-ground.ts';

/** What stands in a simulated AWS, as its controllers are told. */
export interface Standing {
  /** The sources, as they were given. */
  readonly declared: readonly SourceReading[];
  /** As they stand. */
  readonly readings: readonly SourceReading[];
  /** Why simulated AWS lacks a resource, by URN. */
  readonly notThere: readonly (readonly [urn: string, why: string])[];
  readonly resolvers: readonly string[];
}

export interface CallInput {
  readonly client: string;
  readonly operation: string;
  readonly input: object;
  readonly at: Place;
}

export function worldAnswers(aws: SimulatedAws, there: Omit<Standing, 'resolvers'>): Readonly<Record<string, Answer>> {
  const { world } = aws;
  const outside = simulatedOutside(world);
  const injector = simulatedInjector(world);
  const { declared, readings, notThere } = there;
  const standing: Standing = { declared, readings, notThere, resolvers: outside.resolvers };
  return {
    there: async () => standing,
    refuses: async (what: Disruption) => injector.refuses(what),
    begin: async ([token, what]: readonly [string, Disruption]) => injector.begin(token, what),
    state: async (token: string) => injector.state(token),
    end: async (token: string) => injector.end(token),
    request: async ([host, resolver]: readonly [string, number]) => outside.request(host, resolver),
    resolve: async ([name, resolver]: readonly [string, number]) => outside.resolve(name, resolver),
    write: async ([endpoint, sequence]: readonly [string, number]) => outside.write(endpoint, sequence),
    contents: async (log: string) => outside.contents(log),
    lag: async (store: string) => outside.lag(store),
    call: async ({ client, operation, input, at }: CallInput) =>
      invoke(aws, client, operation, input, {
        account: at.account,
        region: at.region,
        principal: administrator(at.account),
      }),
  };
}
