/** Real AWS as the ground of one drill: read as it is, changed through its gates alone, and left as it was found. */

import type { Call } from '../../src/aws/call.ts';
import { CALLER, identityOf } from '../../src/aws/credentials.ts';
import { compileGlob } from '../../src/catalog/glob.ts';
import { HAND_CALLS } from '../../src/drills/by-hand/by-hand.ts';
import type { PreparedDrill } from '../../src/drills/contract.ts';
import type { Ground } from '../../src/drills/ground.ts';
import { DRILL_CALLS } from '../../src/drills/kinds/calls.ts';
import { textsOf } from '../../src/drills/kinds/places.ts';
import { LIVE_CALLS } from '../../src/drills/live/calls.ts';
import { fisInjector } from '../../src/drills/live/fis-injector.ts';
import type { Plan } from '../../src/drills/live/fis-plan.ts';
import { footprintOf } from '../../src/drills/live/footprint.ts';
import { type Approval, type Asked, beyondRadius, type Gate, type GateFacts, gates } from '../../src/drills/live/gates.ts';
import { type Guard, guard } from '../../src/drills/live/guard.ts';
import { asKnown, controllerAt, instanceMetadata, killSwitch, storeAt } from '../../src/drills/live/here.ts';
import { type DnsPlace, RESOLVERS } from '../../src/drills/live/net.ts';
import { liveOutside } from '../../src/drills/live/outside.ts';
import { takenDown, touchedBy } from '../../src/drills/live/reach.ts';
import type { Disruption } from '../../src/drills/ports.ts';
import { inPlace } from '../../src/estate/in-place.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Journal } from '../../src/model/journal.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import type { Member } from '../../src/model/scope.ts';
import { observe } from '../../src/services/observed/observe.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import type { Whereabouts } from '../../src/store/whereabouts.ts';
import { judge } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import { estateOf } from './judging.ts';
import { type AwsFlags, openAws } from './observing.ts';
import { criticalOf } from './simulated-world.ts';

export interface LiveFlags extends AwsFlags {
  /** `--kill-switch`: a file, `ssm:/parameter`, or `store`. */
  readonly killSwitch?: string;
  /** `--controller-region`: a Region, or `elsewhere`. */
  readonly controllerRegion?: string;
  /** `--fis-role`: ARN of the role that FIS acts in. */
  readonly fisRole?: string;
  /** `--fis-api-role`: ARNs of the roles whose calls fail when a control plane is lost. */
  readonly fisApiRole?: readonly string[];
  /** `--drill-role`: names of the roles that may hold drills; `*` stands for any characters. */
  readonly drillRole?: readonly string[];
  /** `--canary STORE=URL`: STORE is a URN glob, an ARN or a host name. */
  readonly canary?: readonly string[];
  /** `--resolver`: `system`, or the address of a resolver. Default: this machine's and three public ones. */
  readonly resolver?: readonly string[];
  /** `--served-by`: response header that says who served. */
  readonly servedBy?: string;
}

export interface LiveOptions {
  readonly flags: LiveFlags;
  readonly catalogue: Catalogue;
  readonly declared: readonly SourceReading[];
  readonly spec: DrillSpec;
  readonly member: Member;
  readonly run: string;
  readonly asked: Asked;
  /** Milliseconds for all of the drill, its steady state and its limit. */
  readonly lasts: number;
  /** Milliseconds since the epoch at which it began; undefined: it has not. */
  readonly began: number | undefined;
  readonly store: {
    readonly whereabouts: Whereabouts;
    readonly journal: Journal;
    approvals(): Promise<readonly Approval[]>;
    /** Has somebody forbidden disruption there? */
    forbidden(): Promise<boolean>;
  };
  readonly around: Surroundings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly metadata?: (path: string) => Promise<string | undefined>;
}

export interface Live {
  readonly ground: Ground;
  /** What stands in the way of holding the drill with this hash, and what does not. */
  gates(drillHash: string): Promise<readonly Gate[]>;
  /** The drill under its gates: closed until this was called, and closed for any other drill. */
  guarded(drill: PreparedDrill, drillHash: string): PreparedDrill;
  /** A run ends here only once its canaries are gone: until then it stays open, and whoever resumes it tries again. */
  journal(journal: Journal): Journal;
  tidy(): Promise<void>;
  readonly guard: Guard;
  readonly notes: readonly string[];
  drive<T>(work: Promise<T>): Promise<T>;
  /** Work outside of AWS: the store, files. Virtual time stands still for it. */
  real<T>(work: Promise<T>): Promise<T>;
  /** What FIS would be asked for, or why it cannot do that. */
  plan(what: Disruption): Promise<Plan>;
}

type AnyCall = Call<never, unknown>;

const DRILLING: readonly AnyCall[] = [...HAND_CALLS, ...DRILL_CALLS, ...LIVE_CALLS];
const ROLES = ['holdfast-drill*'];
/** A user waits that long for a page, and no longer. Milliseconds. */
const TIMEOUT = 10_000;

/** Reads AWS whole, and changes nothing. Throws `UsageError` as `check` does. */
export async function liveGround(options: LiveOptions): Promise<Live> {
  const { flags, spec, member, run, catalogue, declared, around, store } = options;
  const aws = await openAws(flags, 'disrupt', [...SCANS.flatMap((s) => s.calls), ...DRILLING], declared, around);
  return aws.drive(standing());

  async function standing(): Promise<Live> {
    const { clock, session, targets } = aws;
    // What answers at a URL is no real AWS, whatever it says of itself.
    const world = flags.aws === 'live' ? 'live' : 'simulated';
    around.progress('reading AWS');
    const placed = inPlace(aws.readings, await observe({ session, clock, ...targets }), SERVICES);
    const judgement = judge(estateOf(placed.readings, catalogue), catalogue, {
      today: around.today,
      seed: flags.seed,
      world,
      level: 'in-place',
    });
    const footprint = footprintOf(judgement, spec.service);
    const places = targets.targets.flatMap(({ account, regions }) => regions.map((region) => ({ account, region })));
    const home = places[0] ?? { account: CALLER, region: flags.region ?? 'us-east-1' };
    const began = options.began ?? clock.now();

    let approved = '';
    const controller = await controllerAt({
      region: flags.controllerRegion,
      env: options.env,
      metadata: options.metadata ?? instanceMetadata,
    });
    const caller = await asKnown(identityOf(session, home.region, home.account));
    const g = guard({ session, calls: [...SCANS.flatMap((s) => s.calls), ...DRILLING], gates: () => evaluated(approved) });
    const injector = fisInjector({
      run,
      session: g.session,
      undoing: g.undoing,
      beyond: (touched) => beyondRadius(spec, touched),
      clock,
      judgement,
      service: spec.service,
      apiRoles: flags.fisApiRole ?? [],
      lasts: options.lasts,
      role: flags.fisRole,
      alarms: spec.stops.flatMap((s) => (s.kind === 'alarm' ? [s.alarm] : [])),
      places,
    });
    if (options.began !== undefined) await injector.adopt();
    const touched = await touchedBy(spec, member, footprint, injector, judgement);
    const outside = liveOutside({
      run,
      session: g.session,
      guard: g,
      clock,
      standing: footprint,
      places,
      resolvers: flags.resolver === undefined ? RESOLVERS : flags.resolver.map(resolverNamed),
      timeout: TIMEOUT,
      servedBy: flags.servedBy,
      canaries: canariesOf(flags.canary ?? [], judgement.estate.resources.values()),
      lost: () => injector.lost(),
    });

    async function evaluated(drillHash: string): Promise<readonly Gate[]> {
      const facts: GateFacts = {
        now: clock.now(),
        began,
        ends: began + options.lasts,
        drillHash,
        approvals: await asKnown(aws.real(store.approvals())),
        touched,
        takesDown: takenDown(spec, member, footprint),
        killSwitch: await killSwitch({ named: flags.killSwitch, session, at: home, flag: () => aws.real(store.forbidden()) }),
        controller,
        store: storeAt(store.whereabouts, controller),
        caller,
        accounts: [...new Set(footprint.map((s) => s.account).filter((a) => a !== ''))],
        roles: flags.drillRole ?? ROLES,
        grade: session.grade,
      };
      return gates(spec, options.asked, facts);
    }

    return {
      guard: g,
      notes: targets.notes,
      gates: evaluated,
      guarded: (drill, drillHash) => {
        approved = drillHash;
        return g.guarded({ ...drill, stops: [...drill.stops, injector.stop] });
      },
      journal: (journal) => ({
        ...journal,
        append: async (lease, entry) => {
          if (entry.kind === 'ended') await outside.tidy();
          return journal.append(lease, entry);
        },
      }),
      tidy: () => outside.tidy(),
      drive: (work) => aws.drive(work),
      real: (work) => aws.real(work),
      plan: (what) => injector.plan(what),
      ground: {
        judgement,
        outside,
        injector,
        clock,
        world,
        notThere: new Map(placed.missing.map((r) => [r.urn, 'AWS does not show it'])),
        session: g.session,
        others: async () => (await aws.real(store.journal.open())).filter((other) => other !== run),
        checks: async (service) => criticalOf(judgement, service),
      },
    };
  }
}

const resolverNamed = (name: string): DnsPlace => ({ name, servers: name === 'system' ? undefined : [name] });

/** Outputs under which stores are reached. */
const NAMES = [
  'address',
  'endpoint',
  'primaryEndpointAddress',
  'configurationEndpointAddress',
  'clusterAddress',
  'dnsName',
  'arn',
];

/** URLs by every name of the stores that they stand for. */
function canariesOf(given: readonly string[], resources: Iterable<Parameters<typeof textsOf>[0]>): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  const all = [...resources];
  for (const one of given) {
    const at = one.search(/=https?:\/\//);
    if (at <= 0)
      throw new UsageError(
        'canary-unreadable',
        `--canary: expected STORE=URL (orders=https://shop.example/canary), found ${one}.`,
      );
    const [store, url] = [one.slice(0, at), one.slice(at + 1)];
    const matches = compileGlob(store);
    urls.set(store, url);
    for (const item of all)
      if (matches(item.resource.urn) || item.resource.outputs.arn === store)
        for (const name of textsOf(item, NAMES)) urls.set(name, url);
  }
  return urls;
}
