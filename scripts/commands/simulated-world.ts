/** A simulated AWS with declared resources in it, and what a drill needs there besides the disruption. */
import type { Session } from '../../src/aws/call.ts';
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { HAND_CALLS } from '../../src/drills/by-hand/by-hand.ts';
import type { Canary } from '../../src/drills/canary.ts';
import { type Fence, fence, fencedInjector, fencedTransport } from '../../src/drills/fence.ts';
import type { Ground } from '../../src/drills/ground.ts';
import { SIGNAL_CALLS } from '../../src/drills/invocation/calls.ts';
import { DRILL_CALLS } from '../../src/drills/kinds/calls.ts';
import { NOT_SIMULATED } from '../../src/drills/unsimulated.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { ANY_MEMBER, type Member } from '../../src/model/scope.ts';
import { deploy } from '../../src/simulator/deploy/deploy.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { zonesOf } from '../../src/simulator/world/regions.ts';
import type { Pace } from '../../src/simulator/world/world.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { simulatedInjector, simulatedOutside } from './simulated-ground.ts';

export interface DeployedSettings {
  readonly readings: readonly SourceReading[];
  /** Milliseconds since the epoch at which the world begins. */
  readonly start: number;
  readonly seed: number;
  /** Where a resource goes whose source does not say. */
  readonly place: { readonly account: string; readonly region: string };
  /** How long AWS takes for what it does between two bounds; by default anything between them, evenly. */
  readonly pace?: Pace | undefined;
}

export interface DeployedWorld {
  readonly aws: SimulatedAws;
  /** The sources, as they were given. */
  readonly declared: readonly SourceReading[];
  /** As they stand: with ids, outputs, and everything resolved. */
  readonly readings: readonly SourceReading[];
  readonly notes: readonly string[];
  /** Why simulated AWS lacks a resource, by URN. */
  readonly notThere: ReadonlyMap<string, string>;
}

/** The same sources and the same seed give the same world, with the same ids: it is judged once and deployed for each drill. */
export async function deployedWorld({ readings, start, seed, place, pace }: DeployedSettings): Promise<DeployedWorld> {
  const aws = freshAws({ start, seed, consistency: 0, ...(pace === undefined ? {} : { pace }) });
  const made = await aws.world.clock.drive(deploy(aws, readings, place));
  const opaque = made.opaque.map((urn) => [urn, NOT_SIMULATED] as const);
  const failed = made.notes.flatMap((note) => {
    const [, urn, why] = /^(urn:pulumi:.*?): not made: (.*)$/s.exec(note) ?? [];
    return urn === undefined || why === undefined ? [] : [[urn, why] as const];
  });
  const notes = [...opaque.map(([urn, why]) => `${urn}: ${why}`), ...made.notes];
  return { aws, declared: readings, readings: made.readings, notes, notThere: new Map([...opaque, ...failed]) };
}

/** The first finding at or above high on a resource of the service. */
export function criticalOf(judgement: Judgement, service: string): string | undefined {
  const own = new Set(judgement.assignment.services.get(service)?.resources ?? []);
  const found = judgement.findings.find((f) => own.has(f.resource) && (f.severity === 'critical' || f.severity === 'high'));
  return found === undefined ? undefined : `${found.rule}: ${found.message}`;
}

/** A world that was made for one drill, as the drill sees it. Behind a fence, what it sends ends with its lease. */
export function simulatedGround(
  aws: SimulatedAws,
  judgement: Judgement,
  notThere: ReadonlyMap<string, string>,
  gate: Fence = fence(),
): Ground {
  const { world } = aws;
  return {
    judgement,
    notThere,
    outside: simulatedOutside(world),
    injector: fencedInjector(simulatedInjector(world), gate),
    clock: world.clock,
    world: 'simulated',
    session: simulatedSession(fencedTransport(transportIn(aws), gate), world.clock, () => world.random.next()),
    others: async () => [],
    checks: async (service) => criticalOf(judgement, service),
  };
}

/** Stores hold writes of before the drill, so that an old recovery point can be told from none. Milliseconds. */
export const WARM = { data: { every: 60_000, writes: 120 }, other: { every: 30_000, writes: 60 } };

export async function warmUp(clock: Clock, canaries: readonly Canary[], { every, writes }: (typeof WARM)['data']): Promise<void> {
  for (let n = 0; n < writes; n += 1) {
    for (const canary of canaries) await canary.write();
    await clock.sleep(every);
  }
}

/** Calls at operation level: what a drill's steps say to AWS, without bytes. */
export const transportIn = (aws: SimulatedAws): Transport => ({
  send: (client, operation, input, { account, region }) =>
    invoke(aws, client, operation, input, { account, region, principal: administrator(account) }),
});

/** The session of a drill in simulated AWS. `random` spreads retries. */
export const simulatedSession = (transport: Transport, clock: Clock, random: () => number): Session =>
  session({
    world: 'simulated',
    grade: 'disrupt',
    transport,
    clock,
    random,
    limits: limiter(clock),
    allowed: [...HAND_CALLS, ...DRILL_CALLS, ...SIGNAL_CALLS],
  });

/**
 * Zones that the code cannot name have names once deployed: which of them a thing got is tested by taking each. What runs in no zone
 * that anybody knows is tested against every zone of its Regions; without a Region there is nothing to take.
 */
export function membersIn(member: Member, regions: readonly string[]): readonly Member[] {
  const { scope, name } = member;
  const zones = (names: readonly string[]): readonly Member[] => names.map((zone) => ({ scope, name: zone }));
  if (name === ANY_MEMBER && scope === 'region') return [];
  if (name === ANY_MEMBER && scope === 'az') return zones(regions.flatMap((region) => zonesOf(region)));
  const [, region, which] = /^az:([^:]+):(.+)$/.exec(name) ?? [];
  if (region === undefined) return [member];
  const all = zonesOf(region);
  return zones(which === '?' ? all : all.slice(Number(which) - 1, Number(which)));
}
