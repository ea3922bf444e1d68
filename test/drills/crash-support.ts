/** Controllers that stop dead in a small simulated AWS, and what is counted there. */

import { regionsOf } from '../../scripts/commands/places.ts';
import { simulatedInjector, simulatedOutside } from '../../scripts/commands/simulated-ground.ts';
import {
  type DeployedWorld,
  deployedWorld,
  membersIn,
  simulatedSession,
  transportIn,
  warmUp,
} from '../../scripts/commands/simulated-world.ts';
import type { Transport } from '../../src/aws/transport.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import type { PreparedDrill } from '../../src/drills/contract.ts';
import { conduct } from '../../src/drills/engine.ts';
import { fence, fencedInjector, fencedTransport } from '../../src/drills/fence.ts';
import type { Ground } from '../../src/drills/ground.ts';
import type { Injector, Outside } from '../../src/drills/ports.ts';
import { membersOf, prepare } from '../../src/drills/prepare.ts';
import type { DrillResult } from '../../src/drills/result.ts';
import { tape } from '../../src/drills/tape.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import type { Journal, JournalEntry } from '../../src/model/journal.ts';
import { memberOf } from '../../src/model/journal.ts';
import type { Member } from '../../src/model/scope.ts';
import { SERVICES } from '../../src/services/registry.ts';
import type { World } from '../../src/simulator/world/world.ts';
import { memoryJournal } from '../../src/store/memory-journal.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { PLACE } from './parts.ts';
import { catalogueOf, type Shop } from './shops.ts';

const TODAY = '2026-06-01';
const START = Date.parse('2026-05-31T00:00:00Z');
const RUN = 'the-run';
/** Milliseconds of virtual time. */
export const LEASE = 120_000;

export interface Plan {
  readonly spec: DrillSpec;
  readonly member: Member;
  readonly judgement: Judgement;
}

export const deployedShop = ({ reading }: Shop): Promise<DeployedWorld> =>
  deployedWorld({ readings: [reading], start: START, seed: 1, place: PLACE });

/** Judged once: the same shop becomes the same world each time. */
export async function planOf(shop: Shop, afterCrash: DrillSpec['afterCrash']): Promise<Plan> {
  const { readings } = await deployedShop(shop);
  const catalogue = parseCatalogue(catalogueOf(shop, afterCrash), 'holdfast.yaml', {});
  const judgement = judge(buildEstate(readings, SERVICES), catalogue, { today: TODAY, seed: 1, world: 'simulated' });
  const spec = catalogue.drills[0];
  const regions = regionsOf(readings);
  const members = spec === undefined ? [] : membersOf(spec, judgement);
  const [member] = spec?.kind === 'table-top' ? members : members.flatMap((m) => membersIn(m, regions));
  if (spec === undefined || member === undefined)
    throw new Error(`expected a drill of kind ${shop.kind} that takes something away`);
  return { spec, member, judgement };
}

/** What had an effect that is not there already when it is asked for again: calls that make something or move it, and faults. */
const MAKES = /^(Create|Restore|Failover|Switchover|Promote|Reboot|Start|Run|Copy|Test|Import|Disassociate)/;

export interface Counted {
  readonly effects: Map<string, number>;
  readonly transport: Transport;
}

export function counting({ aws }: DeployedWorld): Counted {
  const effects = new Map<string, number>();
  const count = (what: string): void => void effects.set(what, (effects.get(what) ?? 0) + 1);
  aws.world.onFault((fault, _, how) => {
    if (how === 'begins') count(JSON.stringify(fault));
  });
  const inner = transportIn(aws);
  return {
    effects,
    transport: {
      send: async (client, operation, input, at, signal) => {
        const output = await inner.send(client, operation, input, at, signal);
        // Moments differ from run to run; what is made and where does not.
        if (MAKES.test(operation))
          count(`${client} ${operation} ${at.region} ${JSON.stringify(input).replace(/"\d{4}-[^"]*Z"/g, '"…"')}`);
        return output;
      },
    },
  };
}

/** Where one controller stops dead: before the n-th entry (from 1) is kept, or after. */
export interface Death {
  readonly at: number;
  readonly written: boolean;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Nothing of a dead controller returns or arrives any more. */
class Mortal {
  dead = false;
  #die: () => void = () => undefined;
  readonly died = new Promise<'died'>((resolve) => {
    this.#die = () => resolve('died');
  });

  die(): void {
    this.dead = true;
    this.#die();
  }

  wrap<A extends readonly unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      if (this.dead) return never();
      const result = await call(...args);
      return this.dead ? never() : result;
    };
  }

  all<T extends object>(port: T): T {
    const wrapped = Object.entries(port).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'function' ? this.wrap(value.bind(port) as () => Promise<unknown>) : value,
    ]);
    return Object.fromEntries(wrapped) as T;
  }
}

export interface Course {
  readonly world: World;
  readonly journal: Journal;
  readonly effects: ReadonlyMap<string, number>;
  readonly faults: () => number;
  /** One controller's life: to the end of the drill, or to its death. */
  live(death?: Death): Promise<DrillResult | 'died'>;
  entries(): Promise<readonly JournalEntry[]>;
}

/** `change`: how this drill is other than it was prepared. */
export async function courseOf(
  shop: Shop,
  { spec, member, judgement }: Plan,
  change: (drill: PreparedDrill) => PreparedDrill = (drill) => drill,
): Promise<Course> {
  const made = await deployedShop(shop);
  const { world } = made.aws;
  const { clock } = world;
  const { effects, transport } = counting(made);
  const outside: Outside = simulatedOutside(world);
  const injector: Injector = simulatedInjector(world);
  const store = memoryJournal();
  let lives = 0;

  const live = async (death: Death | undefined): Promise<DrillResult | 'died'> => {
    const mortal = new Mortal();
    const gate = fence();
    let appended = 0;
    const journal: Journal = {
      ...mortal.all(store),
      append: async (lease, entry) => {
        appended += 1;
        const isLast = death?.at === appended;
        if (isLast && !death.written) mortal.die();
        if (mortal.dead) return never();
        const kept = await store.append(lease, entry);
        if (isLast) mortal.die();
        return mortal.dead ? never() : kept;
      },
    };
    const ground: Ground = {
      judgement,
      notThere: made.notThere,
      outside: { ...mortal.all(outside), resolvers: outside.resolvers },
      injector: fencedInjector(mortal.all(injector), gate),
      clock,
      world: 'simulated',
      session: simulatedSession(fencedTransport(mortal.all(transport), gate), clock, () => 0.5),
      others: async () => [],
      checks: async () => undefined,
      table: { ask: async (who, says) => ({ who, says, at: clock.now() }) },
    };
    const conducting = async (): Promise<DrillResult> => {
      const seen = memberOf((await journal.read(RUN))[0]?.data ?? null, 'request') ?? null;
      const taped = tape(ground, seen);
      const prepared = await prepare(spec, member, RUN, taped.ground);
      taped.stop();
      if (prepared === undefined) throw new Error(`nothing of kind ${shop.kind}`);
      if (lives === 0) await warmUp(clock, prepared.canaries, { every: shop.warm ?? 60_000, writes: 3 });
      lives += 1;
      return conduct(change(prepared.drill), {
        journal,
        holder: `controller ${lives}`,
        lease: LEASE,
        fence: gate,
        request: taped.seen(),
      });
    };
    return Promise.race([conducting(), mortal.died]);
  };

  return {
    world,
    journal: store,
    effects,
    faults: () => world.faults.length,
    live: async (death) => {
      const end = await clock.drive(live(death));
      if (end === 'died') clock.advance(LEASE);
      return end;
    },
    entries: () => store.read(RUN),
  };
}
