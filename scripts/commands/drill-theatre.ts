/** Where a drill is held: simulated AWS in this process or in another, or real AWS. */

import type { Canary } from '../../src/drills/canary.ts';
import type { PreparedDrill } from '../../src/drills/contract.ts';
import { type Fence, fence, fencedInjector, fencedTransport } from '../../src/drills/fence.ts';
import type { Ground } from '../../src/drills/ground.ts';
import type { Plan } from '../../src/drills/live/fis-plan.ts';
import type { Gate } from '../../src/drills/live/gates.ts';
import type { Disruption } from '../../src/drills/ports.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Journal } from '../../src/model/journal.ts';
import type { SourceReading, World } from '../../src/model/resource.ts';
import type { Member } from '../../src/model/scope.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { journalIn, leasedInRealTime, type WorldClock } from './drill-journal.ts';
import { estateOf } from './judging.ts';
import { regionsOf } from './places.ts';
import { remoteGround } from './remote-ground.ts';
import { criticalOf, deployedWorld, membersIn, simulatedGround, simulatedSession, WARM, warmUp } from './simulated-world.ts';

/** One controller's place in a world, for one run. */
export interface Stage {
  readonly ground: Ground;
  readonly clock: WorldClock;
  readonly fence: Fence;
  /** The store's journal, as it is written from this world. */
  readonly journal: Journal;
  /** Milliseconds that a lease holds. */
  readonly lease: number;
  /** False: what was disrupted ended with the controller that did it. */
  readonly outlives: boolean;
  /** Of real AWS, where its name was needed to begin with. */
  readonly run?: string;
  /** On real AWS: the experiments that a disruption would be, or why there is none. */
  experiments?(what: Disruption): Promise<Plan>;
  /** On real AWS: what stands in the way of a drill of that hash. */
  gates?(drillHash: string): Promise<readonly Gate[]>;
  /** On real AWS: the drill under its gates. */
  guarded?(drill: PreparedDrill, drillHash: string): PreparedDrill;
  /** Resolves when the lease of a controller that died by now has ended. */
  leaseOver(): Promise<void>;
  /** Stores get writes of before the drill. */
  warm(canaries: readonly Canary[], data: boolean): Promise<void>;
}

/** What is to be held: real AWS is read with it in mind. */
export interface HeldPlan {
  readonly drill: DrillSpec;
  readonly member: Member;
  /** Name of the run, by the clock of its world. */
  readonly run: (now: number) => string;
  /** Milliseconds since the epoch; undefined: it has not begun. */
  readonly began: number | undefined;
  /** Who asked for it, where that is not who runs the command: a run is taken up as it was asked for. */
  readonly requester?: string;
  readonly change?: string | undefined;
}

export interface Theatre {
  readonly world: World;
  /** Of what stands there. */
  readonly judgement: Judgement;
  /** Of the sources as they were declared: what evidence says it rests on. */
  readonly declared: Judgement;
  readonly notes: readonly string[];
  /** A member as the world names it: which zones a token of the code became. */
  membersIn(members: readonly Member[]): readonly Member[];
  /** `since`: milliseconds since the epoch, no earlier than which the world's time must be. */
  hold<T>(since: number, work: (stage: Stage) => Promise<T>, plan?: HeldPlan): Promise<T>;
  close(): void;
}

export interface TheatreSettings {
  readonly catalogue: Catalogue;
  readonly readings: readonly SourceReading[];
  readonly today: string;
  readonly seed: number;
  readonly place: { readonly account: string; readonly region: string };
  readonly journal: Journal;
  /** Milliseconds since the epoch, real. */
  readonly now: () => number;
}

/** A world is older than any drill of it. */
const DAY = 24 * 3600 * 1000;
/** Milliseconds of virtual time between two renewals are a third of it: nobody else is there who could act. */
const LONG = 600_000;
/** Milliseconds of real time after which a process that says nothing is taken for dead. */
const ALIVE = 20_000;
/** In a world that stands still while its controllers work, two minutes are a good while. */
const LEASE = 120_000;

const judged = (readings: readonly SourceReading[], { catalogue, today, seed }: TheatreSettings): Judgement =>
  judge(estateOf(readings, catalogue), catalogue, {
    today,
    seed,
    world: 'simulated',
  });

/** A world of its own for each run. */
export async function ownTheatre(settings: TheatreSettings): Promise<Theatre> {
  const { readings, seed, place, journal, now } = settings;
  const begun = now() - DAY;
  const world = (start: number) => deployedWorld({ readings, start, seed, place });
  const first = await world(begun);
  let ready: typeof first | undefined = first;
  const judgement = judged(first.readings, settings);
  return {
    world: 'simulated',
    judgement,
    declared: judged(readings, settings),
    notes: first.notes,
    membersIn: (members) => members.flatMap((m) => membersIn(m, regionsOf(first.readings))),
    hold: async (since, work) => {
      const { aws } = ready !== undefined && since <= begun ? ready : await world(Math.max(begun, since));
      ready = undefined;
      const { clock } = aws.world;
      const gate = fence();
      const stage: Stage = {
        clock,
        fence: gate,
        journal: journalIn(clock, leasedInRealTime(journal, ALIVE, now)),
        lease: LONG,
        outlives: false,
        leaseOver: () => clock.real(new Promise((resolve) => setTimeout(resolve, ALIVE))),
        warm: (canaries, data) => warmUp(clock, canaries, data ? WARM.data : WARM.other),
        ground: simulatedGround(aws, judgement, first.notThere, gate),
      };
      return clock.drive(work(stage));
    },
    close: () => undefined,
  };
}

/** The world of `holdfast simulator --control`. `by`: how this controller names itself there. */
export async function remoteTheatre(
  url: string,
  token: string,
  by: () => string,
  settings: Omit<TheatreSettings, 'readings' | 'place'>,
): Promise<Theatre> {
  const world = await remoteGround(url, token, by);
  const { clock } = world;
  const all = { ...settings, readings: world.declared, place: { account: '', region: '' } };
  const judgement = judged(world.readings, all);
  const journal = journalIn(clock, settings.journal);
  return {
    world: 'simulated',
    judgement,
    declared: judged(world.declared, all),
    notes: [],
    membersIn: (members) => members.flatMap((m) => membersIn(m, regionsOf(world.readings))),
    hold: async (_, work) => {
      const gate = fence();
      return work({
        clock,
        fence: gate,
        journal,
        lease: LEASE,
        outlives: true,
        leaseOver: () => clock.sleep(LEASE),
        warm: (canaries, data) => warmUp(clock, canaries, data ? WARM.data : WARM.other),
        ground: {
          judgement,
          notThere: new Map(world.notThere),
          outside: world.outside,
          injector: fencedInjector(world.injector, gate),
          clock,
          world: 'simulated',
          session: simulatedSession(fencedTransport(world.transport, gate), clock, Math.random),
          others: () => journal.open(),
          checks: async (service) => criticalOf(judgement, service),
        },
      });
    },
    close: () => world.close(),
  };
}

export const noControl = (url: string): UsageError =>
  new UsageError(
    'no-control',
    `${url}: expected the token of its control door in --control: a drill must disrupt, and hold time still. holdfast simulator --control prints it.`,
  );
