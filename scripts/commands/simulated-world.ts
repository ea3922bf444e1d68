/** A simulated AWS with declared resources in it, and what a drill needs there besides the disruption. */
import type { Session } from '../../src/aws/call.ts';
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { HAND_CALLS } from '../../src/drills/by-hand/by-hand.ts';
import type { Canary } from '../../src/drills/canary.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { deploy } from '../../src/simulator/deploy/deploy.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';

export interface DeployedSettings {
  readonly readings: readonly SourceReading[];
  /** Milliseconds since the epoch at which the world begins. */
  readonly start: number;
  readonly seed: number;
  /** Where a resource goes whose source does not say. */
  readonly place: { readonly account: string; readonly region: string };
}

export interface DeployedWorld {
  readonly aws: SimulatedAws;
  readonly readings: readonly SourceReading[];
  readonly notes: readonly string[];
  /** Why simulated AWS lacks a resource, by URN. */
  readonly notThere: ReadonlyMap<string, string>;
}

/** The same sources and the same seed give the same world, with the same ids: it is judged once and deployed for each drill. */
export async function deployedWorld({ readings, start, seed, place }: DeployedSettings): Promise<DeployedWorld> {
  const aws = freshAws({ start, seed, consistency: 0 });
  const made = await aws.world.clock.drive(deploy(aws, readings, place));
  const opaque = made.opaque.map((urn) => [urn, 'simulated AWS does not know its type'] as const);
  const failed = made.notes.flatMap((note) => {
    const [, urn, why] = /^(urn:pulumi:.*?): not made: (.*)$/s.exec(note) ?? [];
    return urn === undefined || why === undefined ? [] : [[urn, why] as const];
  });
  const notes = [...opaque.map(([urn, why]) => `${urn}: ${why}`), ...made.notes];
  return { aws, readings: made.readings, notes, notThere: new Map([...opaque, ...failed]) };
}

/** The first finding at or above high on a resource of the service. */
export function criticalOf(judgement: Judgement, service: string): string | undefined {
  const own = new Set(judgement.assignment.services.get(service)?.resources ?? []);
  const found = judgement.findings.find((f) => own.has(f.resource) && (f.severity === 'critical' || f.severity === 'high'));
  return found === undefined ? undefined : `${found.rule}: ${found.message}`;
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
  session({ world: 'simulated', grade: 'disrupt', transport, clock, random, limits: limiter(clock), allowed: HAND_CALLS });
