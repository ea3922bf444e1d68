/** Drills in simulated AWS: the sources deployed into a fresh world for each, drilled, and judged against the agreements. */

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
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { zonesOf } from '../../src/simulator/world/regions.ts';
import { memoryJournal } from '../../src/store/memory-journal.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { type Observation, seconds } from '../../src/verdicts/kpi5.ts';
import { simulatedInjector, simulatedOutside } from './simulated-ground.ts';
import { criticalOf, type DeployedWorld, deployedWorld, simulatedSession, transportIn, WARM, warmUp } from './simulated-world.ts';

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

export async function rehearsal(settings: RehearsalSettings): Promise<Rehearsal> {
  const { catalogue, today, seed } = settings;
  const start = Date.parse(`${today}T00:00:00Z`) - DAY;
  let ready: DeployedWorld | undefined = await deployedWorld({ ...settings, start });
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
      const { aws } = ready ?? (await deployedWorld({ ...settings, start }));
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
    session: simulatedSession(transportIn(aws), world.clock, () => world.random.next()),
    // A world that was made for one drill.
    others: async () => [],
    checks: async (service) => criticalOf(judgement, service),
  };
  const run = `rehearse/${target.service}/${target.scope}/${target.member}`;
  const prepared = await prepare(target, run, ground);
  if (prepared === undefined) return undefined;
  await warmUp(world.clock, prepared.canaries, target.scope === 'data' ? WARM.data : WARM.other);
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
