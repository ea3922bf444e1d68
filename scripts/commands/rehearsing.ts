/** Drills in simulated AWS: the sources deployed into a fresh world for each, drilled, and judged against the agreements. */

import type { Session } from '../../src/aws/call.ts';
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { HAND_CALLS } from '../../src/drills/by-hand/by-hand.ts';
import type { Canary } from '../../src/drills/canary.ts';
import { conduct } from '../../src/drills/engine.ts';
import type { Ground } from '../../src/drills/ground.ts';
import { prepare, type Target, targetsOf } from '../../src/drills/prepare.ts';
import type { DrillResult } from '../../src/drills/result.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import { fold } from '../../src/model/known.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { ANY_MEMBER, type Member } from '../../src/model/scope.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { deploy } from '../../src/simulator/deploy/deploy.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { zonesOf } from '../../src/simulator/world/regions.ts';
import type { World } from '../../src/simulator/world/world.ts';
import { memoryJournal } from '../../src/store/memory-journal.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { type Observation, seconds } from '../../src/verdicts/kpi5.ts';
import { simulatedInjector, simulatedOutside } from './simulated-ground.ts';

export interface RehearsalSettings {
  readonly readings: readonly SourceReading[];
  readonly catalogue: Catalogue;
  readonly today: string;
  readonly seed: number;
  /** Where a resource goes whose source does not say. */
  readonly place: { readonly account: string; readonly region: string };
}

export interface Rehearsed {
  readonly result: DrillResult;
  readonly entries: readonly JournalEntry[];
  /** Ids of the steps that a person would do. */
  readonly people: readonly string[];
  /** What the drill could not see. */
  readonly blind: readonly string[];
  /** Ways back by hand that it did not take. */
  readonly notTaken: readonly string[];
}

export interface Rehearsal {
  readonly judgement: Judgement;
  readonly targets: readonly (Target & { readonly of: Member })[];
  /** What could not be deployed, one line each. */
  readonly notes: readonly string[];
  drill(target: Target & { readonly of: Member }): Promise<Rehearsed | undefined>;
}

/** A world is older than any drill of it. */
const DAY = 24 * 3600 * 1000;

interface Deployed {
  readonly aws: SimulatedAws;
  readonly readings: readonly SourceReading[];
  readonly notes: readonly string[];
  /** Why simulated AWS lacks a resource, by URN. */
  readonly notThere: ReadonlyMap<string, string>;
}

/** The same sources and the same seed give the same world, with the same ids: it is judged once and deployed for each drill. */
async function deployed({ readings, today, seed, place }: RehearsalSettings): Promise<Deployed> {
  const aws = freshAws({ start: Date.parse(`${today}T00:00:00Z`) - DAY, seed, consistency: 0 });
  const made = await aws.world.clock.drive(deploy(aws, readings, place));
  const opaque = made.opaque.map((urn) => [urn, 'simulated AWS does not know its type'] as const);
  const failed = made.notes.flatMap((note) => {
    const [, urn, why] = /^(urn:pulumi:.*?): not made: (.*)$/s.exec(note) ?? [];
    return urn === undefined || why === undefined ? [] : [[urn, why] as const];
  });
  const notes = [...opaque.map(([urn, why]) => `${urn}: ${why}`), ...made.notes];
  return { aws, readings: made.readings, notes, notThere: new Map([...opaque, ...failed]) };
}

export async function rehearsal(settings: RehearsalSettings): Promise<Rehearsal> {
  const { catalogue, today, seed } = settings;
  let ready: Deployed | undefined = await deployed(settings);
  const { notes, notThere } = ready;
  const inert = new Map(catalogue.inert.map((i) => [i.type, i.reason]));
  const regions = regionsOf(ready.readings);
  const estate = buildEstate(ready.readings, SERVICES, inert);
  const judgement = judge(estate, catalogue, { today, seed, world: 'simulated' });
  return {
    judgement,
    notes,
    targets: targetsOf(judgement).flatMap((target) => inTheWorld(target, regions)),
    drill: async (target) => {
      const { aws } = ready ?? (await deployed(settings));
      ready = undefined;
      return aws.world.clock.drive(drilled(target, aws, judgement, notThere));
    },
  };
}

async function drilled(
  target: Target & { readonly of: Member },
  aws: SimulatedAws,
  judgement: Judgement,
  notThere: ReadonlyMap<string, string>,
): Promise<Rehearsed | undefined> {
  const { world } = aws;
  const ground: Ground = {
    judgement,
    notThere,
    outside: simulatedOutside(world),
    injector: simulatedInjector(world),
    clock: world.clock,
    world: 'simulated',
    session: sessionIn(aws),
    // A world that was made for one drill.
    others: async () => [],
    checks: async (service) => criticalOf(judgement, service),
  };
  const run = `rehearse/${target.service}/${target.scope}/${target.member}`;
  const prepared = await prepare(target, run, ground);
  if (prepared === undefined) return undefined;
  await warmUp(world, prepared.canaries, target.scope === 'data' ? WARM.data : WARM.other);
  const journal = memoryJournal();
  const result = await conduct(prepared.drill, { journal, holder: 'rehearse', request: { by: 'rehearse' } });
  return {
    result,
    entries: await journal.read(run),
    people: prepared.drill.recover.map((a) => a.id),
    blind: prepared.blind,
    notTaken: prepared.notTaken,
  };
}

/** The first finding at or above high on a resource of the service. */
function criticalOf(judgement: Judgement, service: string): string | undefined {
  const own = new Set(judgement.assignment.services.get(service)?.resources ?? []);
  const found = judgement.findings.find((f) => own.has(f.resource) && (f.severity === 'critical' || f.severity === 'high'));
  return found === undefined ? undefined : `${found.rule}: ${found.message}`;
}

/** Stores hold writes of before the drill, so that an old recovery point can be told from none. Milliseconds. */
const WARM = { data: { every: 60_000, writes: 120 }, other: { every: 30_000, writes: 60 } };

async function warmUp(world: World, canaries: readonly Canary[], { every, writes }: (typeof WARM)['data']): Promise<void> {
  for (let n = 0; n < writes; n += 1) {
    for (const canary of canaries) await canary.write();
    world.clock.advance(every);
  }
}

/** Calls at operation level: what a drill's steps say to AWS, without bytes. */
function sessionIn(aws: SimulatedAws): Session {
  const { world } = aws;
  const transport: Transport = {
    send: (client, operation, input, { account, region }) =>
      invoke(aws, client, operation, input, { account, region, principal: administrator(account) }),
  };
  return session({
    world: 'simulated',
    grade: 'disrupt',
    transport,
    clock: world.clock,
    random: () => world.random.next(),
    limits: limiter(world.clock),
    allowed: HAND_CALLS,
  });
}

/**
 * Zones that the code cannot name have names once deployed: which of them a thing got is tested by taking each. What runs in no zone
 * that anybody knows is tested against every zone of its Regions; without a Region there is nothing to take.
 */
function inTheWorld(
  target: Target & { readonly of: Member },
  regions: readonly string[],
): readonly (Target & { readonly of: Member })[] {
  const lose = (members: readonly string[]) => members.map((member) => ({ ...target, member }));
  if (target.member === ANY_MEMBER && target.scope === 'region') return [];
  if (target.member === ANY_MEMBER && target.scope === 'az') return lose(regions.flatMap((region) => zonesOf(region)));
  const [, region, which] = /^az:([^:]+):(.+)$/.exec(target.member) ?? [];
  if (region === undefined) return [target];
  const zones = zonesOf(region);
  return lose(which === '?' ? zones : zones.slice(Number(which) - 1, Number(which)));
}

/** Where the resources are. */
function regionsOf(readings: readonly SourceReading[]): readonly string[] {
  const regions = new Set<string>();
  for (const { region } of readings.flatMap((r) => r.resources))
    fold(
      region,
      (name) => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(name) && regions.add(name),
      () => undefined,
    );
  return [...regions].sort();
}

/** What one drill says about each metric of its service and scope. A drill that was not carried through says nothing. */
export function observationsOf(drill: Rehearsed, judgement: Judgement): readonly Observation[] {
  const { result, notTaken, blind } = drill;
  const { service, scope, member, status } = result;
  return judgement.verdicts
    .filter((v) => v.metric.serviceId === service && v.metric.scope === scope)
    .map(({ metric }): Observation => {
      const common = { metric: metric.id, member, source: 'test' as const, world: result.world, run: result.run };
      const at = result.marks.t0 ?? 0;
      const says = (value: Observation['value'], text: string): Observation => ({
        ...common,
        at,
        value,
        automatic: result.automatic,
        says: text,
      });
      if (status === 'not-recovered')
        return notTaken.length === 0
          ? says('never', result.reason)
          : says(null, `${result.reason}, and no step here takes ${notTaken.join(' or ')}`);
      if (status !== 'recovered') return says(null, result.reason);
      if (metric.type === 'RPO') {
        const point = result.measured?.rpo ?? null;
        const unseen = blind.find((b) => b.includes('messages that wait') || b.includes('canary'));
        if (point === null || (unseen !== undefined && point !== 'all' && point <= metric.target))
          return says(null, unseen ?? 'no canary write could be followed');
        return says(point, point === 'all' ? 'every canary write was lost' : `${seconds(point)} of writes lost`);
      }
      const time = metric.clock === 'declaration' ? result.rtoDeclared : result.rto;
      if (time === null || !['RTO', 'MTPD'].includes(metric.type)) return says(null, `not measured: ${metric.type}`);
      // What could not be watched may have been down longer.
      const unwatched = blind.find((b) => b.includes('nobody answers') || b.includes('canary'));
      if (unwatched !== undefined && time <= metric.target) return says(null, unwatched);
      return says(time, `recovered after ${seconds(time)}`);
    });
}
