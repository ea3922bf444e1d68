/** Real AWS as the ground of an invocation: known by its sources, since what is lost cannot be read; changed through its gates alone. */

import type { Call } from '../../src/aws/call.ts';
import { CALLER, identityOf } from '../../src/aws/credentials.ts';
import { HAND_CALLS } from '../../src/drills/by-hand/by-hand.ts';
import { fence, fencedSession } from '../../src/drills/fence.ts';
import type { Ground } from '../../src/drills/ground.ts';
import { INVOCATION_CALLS } from '../../src/drills/invocation/calls.ts';
import { DECLARED, decisionIn } from '../../src/drills/invocation/course.ts';
import { invocationGates } from '../../src/drills/invocation/gates.ts';
import { footprintOf } from '../../src/drills/live/footprint.ts';
import type { Gate, GateFacts } from '../../src/drills/live/gates.ts';
import { guard } from '../../src/drills/live/guard.ts';
import { asKnown, controllerAt, instanceMetadata, killSwitch, storeAt } from '../../src/drills/live/here.ts';
import { RESOLVERS } from '../../src/drills/live/net.ts';
import { liveOutside } from '../../src/drills/live/outside.ts';
import type { Injector } from '../../src/drills/ports.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { known } from '../../src/model/known.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { regionOfZone } from '../../src/model/scope.ts';
import type { Store } from '../../src/store/store.ts';
import type { Whereabouts } from '../../src/store/whereabouts.ts';
import { judge } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Theatre } from './drill-theatre.ts';
import type { Invocable } from './invoke.ts';
import { estateOf } from './judging.ts';
import { type AwsFlags, openAws } from './observing.ts';

export interface LiveInvokeFlags extends AwsFlags {
  readonly allowDisruption?: boolean;
  readonly change?: string;
  /** A file, or `ssm:/parameter`, that says `off` while disruption is not forbidden. */
  readonly killSwitch?: string;
  /** A Region, or `elsewhere`. */
  readonly controllerRegion?: string;
  /** Names of the roles that may carry out invocations; `*` stands for any characters. */
  readonly invokeRole?: readonly string[];
}

export interface LiveTheatreSettings {
  readonly plan: Invocable;
  readonly flags: LiveInvokeFlags;
  readonly catalogue: Catalogue;
  readonly readings: readonly SourceReading[];
  readonly store: Store;
  readonly whereabouts: Whereabouts;
  readonly requester: string;
  readonly around: Surroundings;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const CALLS: readonly Call<never, unknown>[] = [...HAND_CALLS, ...INVOCATION_CALLS];
const ROLES = ['holdfast-invoke*'];
const LEASE = 30_000;
/** A user waits that long for a page, and no longer. Milliseconds. */
const TIMEOUT = 10_000;

/** Throws `UsageError` as `check` does. */
export async function liveTheatre(settings: LiveTheatreSettings): Promise<Theatre> {
  const { plan, catalogue, readings, store, around, env } = settings;
  const { member = '' } = plan.invocation;
  const lost = regionOfZone(member) ?? member;
  const judgement = judge(estateOf(readings, catalogue), catalogue, {
    today: around.today,
    seed: settings.flags.seed,
    world: 'live',
  });
  const footprint = plan.services.flatMap((service) => footprintOf(judgement, service));
  // Nothing that is needed now is asked for where it is lost.
  const region = settings.flags.region ?? footprint.map((s) => s.region).find((r) => r !== '' && r !== lost);
  const flags = { ...settings.flags, ...(region === undefined ? {} : { region }) };
  const { session, clock, targets } = await openAws(flags, 'disrupt', CALLS, readings, around);
  const places = targets.targets.flatMap(({ account, regions }) => regions.map((name) => ({ account, region: name })));
  const home = places.find((p) => p.region !== lost) ?? { account: CALLER, region: region ?? 'us-east-1' };
  const controller = await controllerAt({ region: flags.controllerRegion, env, metadata: instanceMetadata });
  const caller = await asKnown(identityOf(session, home.region, home.account));
  let run = '';

  async function gates(): Promise<readonly Gate[]> {
    const entries = await store.journal.read(run);
    const now = clock.now();
    const facts: GateFacts = {
      now,
      began: now,
      ends: now,
      drillHash: '',
      approvals: known([]),
      // What may be acted upon: all that is left of the services. Its tags are those of the sources.
      touched: known(footprint.filter((s) => s.region !== lost).map(({ arn, item }) => ({ arn, tags: item.resource.tags }))),
      takesDown: plan.invocation.scope === 'region' ? { regions: [member], zones: [] } : { regions: [], zones: [] },
      killSwitch: await killSwitch({
        named: flags.killSwitch,
        session,
        at: home,
        flag: () => Promise.reject(new Error('an invocation has no flag in the store: name a file or ssm:/parameter')),
      }),
      controller,
      store: storeAt(settings.whereabouts, controller),
      caller,
      accounts: [...new Set(footprint.map((s) => s.account).filter((a) => a !== ''))],
      roles: flags.invokeRole ?? ROLES,
      grade: session.grade,
    };
    const asked = { allowDisruption: flags.allowDisruption === true, change: flags.change, requester: settings.requester };
    const declared = decisionIn({ log: { entries } }, DECLARED);
    return invocationGates({ plan: plan.id, services: plan.services, invocation: plan.invocation }, declared, asked, facts);
  }

  const g = guard({ session, calls: CALLS, gates });
  const gate = fence();
  const outside = liveOutside({
    run: 'invoke',
    session: g.session,
    guard: g,
    clock,
    standing: footprint,
    places,
    resolvers: RESOLVERS,
    timeout: TIMEOUT,
    servedBy: undefined,
    canaries: new Map(),
    lost: () => [],
  });
  const ground: Ground = {
    judgement,
    outside,
    injector: NOTHING,
    clock,
    world: 'live',
    notThere: new Map(),
    session: fencedSession(g.session, gate),
    others: async () => (await store.journal.open()).filter((other) => other !== run),
    checks: async () => undefined,
  };
  return {
    world: 'live',
    judgement,
    declared: judgement,
    notes: targets.notes,
    membersIn: (members) => members,
    hold: (_, work) =>
      work({
        ground,
        clock: { ...clock, real: (asked) => asked },
        fence: gate,
        // The gates ask the journal what was decided: they learn here which run is carried out.
        journal: {
          ...store.journal,
          acquire: (name, ...rest) => {
            run = name;
            return store.journal.acquire(name, ...rest);
          },
        },
        lease: LEASE,
        outlives: true,
        leaseOver: () => clock.sleep(LEASE),
        warm: async () => undefined,
      }),
    close: () => undefined,
  };
}

/** An invocation disrupts nothing. */
const NOTHING: Injector = {
  refuses: async () => 'an invocation disrupts nothing',
  begin: () => Promise.reject(new Error('an invocation disrupts nothing')),
  state: async () => 'not-begun',
  end: async () => null,
};
