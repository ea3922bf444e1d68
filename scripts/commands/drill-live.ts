/** Real AWS as the place of a drill: read anew for each run, and changed through its gates alone. */
import { fence, fencedInjector, fencedSession } from '../../src/drills/fence.ts';
import { longestOf } from '../../src/drills/forward.ts';
import { limitOf } from '../../src/drills/kinds/scene.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { ANY_MEMBER, type Member, regionOfToken, regionOfZone } from '../../src/model/scope.ts';
import type { History } from '../../src/store/history.ts';
import type { Store } from '../../src/store/store.ts';
import type { Whereabouts } from '../../src/store/whereabouts.ts';
import { judge } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import { approvalsOf } from './drill-conducting.ts';
import { journalIn, type WorldClock } from './drill-journal.ts';
import type { HeldPlan, Stage, Theatre } from './drill-theatre.ts';
import { estateOf } from './judging.ts';
import { type Live, type LiveFlags, liveGround } from './live-ground.ts';

interface LiveDrillSettings {
  readonly flags: LiveFlags & { readonly allowDisruption?: boolean; readonly dryRun?: boolean; readonly change?: string };
  readonly requester: string;
  readonly catalogue: Catalogue;
  readonly readings: readonly SourceReading[];
  readonly store: Store;
  readonly whereabouts: Whereabouts;
  readonly around: Surroundings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const LEASE = 30_000;

export function liveDrills(settings: LiveDrillSettings): Theatre {
  const { flags, catalogue, readings, store, around } = settings;
  const options = { today: around.today, seed: flags.seed, world: 'live' } as const;
  const declared = judge(estateOf(readings, catalogue), catalogue, options);
  const standing = (plan: HeldPlan, run: string): Promise<Live> =>
    liveGround({
      flags,
      catalogue,
      declared: readings,
      spec: plan.drill,
      member: plan.member,
      run,
      asked: {
        allowDisruption: flags.allowDisruption === true && flags.dryRun !== true,
        change: plan.change ?? flags.change,
        requester: plan.requester ?? settings.requester,
      },
      lasts: longestOf(limitOf(plan.drill, declared), plan.drill.dwell === undefined ? undefined : plan.drill.dwell * 1000),
      began: plan.began,
      store: {
        whereabouts: settings.whereabouts,
        journal: store.journal,
        approvals: () => store.history.approvals(approvalsOf(plan.drill.id)),
        forbidden: () => forbidden(store.history),
      },
      around,
      env: settings.env,
    });
  return {
    world: 'live',
    judgement: declared,
    declared,
    notes: [],
    membersIn: (members) => members,
    hold: async (_, work, plan) => {
      if (plan === undefined) throw new Error('a drill on real AWS is held for one plan');
      const run = plan.run(settings.now());
      const live = await standing(plan, run);
      for (const note of live.notes) around.progress(note);
      return live.drive(work(stageOf(live, run, store)));
    },
    close: () => undefined,
  };
}

function stageOf(live: Live, run: string, store: Store): Stage {
  const gate = fence();
  const { ground } = live;
  const clock: WorldClock = {
    now: () => ground.clock.now(),
    sleep: (milliseconds, signal) => ground.clock.sleep(milliseconds, signal),
    real: (asked) => live.real(asked),
  };
  return {
    run,
    ground: { ...ground, session: fencedSession(ground.session, gate), injector: fencedInjector(ground.injector, gate) },
    clock,
    fence: gate,
    journal: live.journal(journalIn(clock, store.journal)),
    lease: LEASE,
    outlives: true,
    leaseOver: () => clock.sleep(LEASE),
    // Nothing is written to real stores before the journal says so: the steady state of a drill writes its canaries.
    warm: async () => undefined,
    experiments: (what) => live.plan(what),
    gates: (hash) => live.gates(hash),
    guarded: (drill, hash) => live.guarded(drill, hash),
  };
}

/** Subject, and run, of what is decided about the store's kill switch. */
export const KILL_SWITCH = 'kill-switch';

async function forbidden(history: History): Promise<boolean> {
  const last = (await history.approvals(KILL_SWITCH)).at(-1);
  if (last === undefined) throw new Error('nobody has set it in the store: holdfast drill kill-switch off --by NAME');
  return last.decision !== 'approved';
}

/** An AZ that the sources leave to AWS has no name to take away until somebody says it. */
export function namedMembers(members: readonly Member[], wanted: string | undefined): readonly Member[] {
  const isNamed = ({ scope, name }: Member): boolean => scope !== 'az' || !(name === ANY_MEMBER || name.startsWith('az:'));
  if (wanted === undefined) {
    const nameless = members.find((m) => !isNamed(m));
    if (nameless === undefined) return members;
    throw new UsageError(
      'member-unnamed',
      `expected the name of the AZ to take away, found that the sources leave it to AWS (${nameless.name}). Name it: --member us-east-1a.`,
    );
  }
  const found = members.filter((m) => m.name === wanted);
  const region = regionOfZone(wanted);
  const stands = members.some((m) => !isNamed(m) && (m.name === ANY_MEMBER || regionOfToken(m.name) === region));
  return found.length === 0 && region !== undefined && stands ? [{ scope: 'az', name: wanted }] : found;
}
