/** Real AWS as the place of a drill: read anew for each run, and changed through its gates alone. */
import { fence, fencedInjector, fencedSession } from '../../src/drills/fence.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import type { Store } from '../../src/store/store.ts';
import type { Whereabouts } from '../../src/store/whereabouts.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import { approvalsOf } from './drill-conducting.ts';
import type { Theatre } from './drill-theatre.ts';
import { estateOf } from './judging.ts';
import { type LiveFlags, liveGround } from './live-ground.ts';

export interface LiveDrillSettings {
  readonly flags: LiveFlags & { readonly allowDisruption?: boolean; readonly dryRun?: boolean; readonly change?: string };
  readonly requester: string;
  readonly catalogue: Catalogue;
  readonly readings: readonly SourceReading[];
  readonly store: Store;
  readonly whereabouts: Whereabouts;
  readonly around: Surroundings;
  readonly now: () => number;
}

const LEASE = 30_000;
/** Seconds beside a drill's limit: steady state before it, rollback and re-check after it. */
const BESIDE = 3_600;
/** Seconds: a service with no promise about time, and how late a recovery is looked at (src/drills/kinds/scene.ts). */
const NO_TARGET = 3_600;
const GRACE = 600;

export function liveDrills(settings: LiveDrillSettings): Theatre {
  const { flags, catalogue, readings, store, around, now, requester } = settings;
  const options = { today: around.today, seed: flags.seed, world: 'live' } as const;
  const declared = judge(estateOf(readings, catalogue), catalogue, options);
  return {
    world: 'live',
    judgement: declared,
    declared,
    notes: [],
    membersIn: (members) => members,
    hold: async (_, work, plan) => {
      if (plan === undefined) throw new Error('a drill on real AWS is held for one plan');
      const { drill: spec, member, began } = plan;
      const run = plan.run(now());
      const live = await liveGround({
        flags,
        catalogue,
        declared: readings,
        spec,
        member,
        run,
        asked: { allowDisruption: flags.allowDisruption === true && flags.dryRun !== true, change: flags.change, requester },
        lasts: lastsOf(spec, declared),
        began,
        store: {
          whereabouts: settings.whereabouts,
          journal: store.journal,
          approvals: () => store.history.approvals(approvalsOf(spec.id)),
          forbidden: () => Promise.reject(new UsageError('kill-switch', 'expected a file or ssm:/parameter in --kill-switch')),
        },
        around,
        env: process.env,
      });
      for (const note of live.notes) around.progress(note);
      const gate = fence();
      const { clock } = live.ground;
      return live.drive(
        work({
          run,
          ground: {
            ...live.ground,
            session: fencedSession(live.ground.session, gate),
            injector: fencedInjector(live.ground.injector, gate),
          },
          clock: { now: () => clock.now(), sleep: (ms, signal) => clock.sleep(ms, signal), real: (asked) => asked },
          fence: gate,
          journal: live.journal(store.journal),
          lease: LEASE,
          outlives: true,
          leaseOver: () => clock.sleep(LEASE),
          warm: async () => undefined,
          gates: (hash) => live.gates(hash),
          guarded: (drill, hash) => live.guarded(drill, hash),
        }),
      );
    },
    close: () => undefined,
  };
}

/** Milliseconds. */
function lastsOf(spec: DrillSpec, { verdicts }: Judgement): number {
  const targets = verdicts
    .map((v) => v.metric)
    .filter((m) => m.serviceId === spec.service && (m.type === 'RTO' || m.type === 'MTPD'))
    .map((m) => m.target);
  return ((spec.limit ?? Math.max(NO_TARGET, ...targets) + GRACE) + BESIDE) * 1000;
}
