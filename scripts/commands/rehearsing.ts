/** Drills in simulated AWS: the sources deployed into a fresh world for each, drilled, and judged against the agreements. */

import { DECIDES } from '../../src/drills/by-hand/by-hand.ts';
import type { Actuator, PreparedDrill } from '../../src/drills/contract.ts';
import { conduct } from '../../src/drills/engine.ts';
import type { Held } from '../../src/drills/observe.ts';
import { membersOf, prepare } from '../../src/drills/prepare.ts';
import { suggest } from '../../src/drills/suggest.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import type { Clock } from '../../src/model/clock.ts';
import { type DrillKind, type DrillSpec, SCOPE_OF } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import { ANY_MEMBER, type Member, type Scope } from '../../src/model/scope.ts';
import type { MetricVerdict } from '../../src/model/verdict.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { memoryJournal } from '../../src/store/memory-journal.ts';
import { type Judgement, judge } from '../../src/verdicts/judge.ts';
import { estateOf } from './judging.ts';
import { regionsOf } from './places.ts';
import {
  type DeployedSettings,
  type DeployedWorld,
  deployedWorld,
  membersIn,
  simulatedGround,
  WARM,
  warmUp,
} from './simulated-world.ts';

export interface RehearsalSettings extends Omit<DeployedSettings, 'start'> {
  readonly catalogue: Catalogue;
  readonly today: string;
  /** Milliseconds until somebody has noticed and decided; by default what steps by hand assume. */
  readonly decision?: number;
  /** A world of its own for each drill, always the same; by default the sources are deployed into one. */
  readonly raise?: () => Promise<DeployedWorld>;
}

/** One drill of one thing that is lost. */
export interface Target {
  readonly spec: DrillSpec;
  readonly kind: DrillKind;
  readonly service: string;
  readonly scope: Scope;
  /** As the world names it. */
  readonly member: string;
  readonly of: Member;
}

export interface Rehearsal {
  readonly judgement: Judgement;
  /** Every drill that there could be, of each thing that it takes away. */
  readonly targets: readonly Target[];
  /** What could not be deployed, one line each. */
  readonly notes: readonly string[];
  /** Names of everything that the metric's scope stands for in that world. */
  membersOf(verdict: MetricVerdict): readonly string[];
  /** `failedOver`: called once, when what was lost is back and what took over has not been put back yet. Time stands still. */
  drill(target: Target, failedOver?: () => Promise<void>): Promise<Held | undefined>;
}

/** A world is older than any drill of it: milliseconds since the epoch at which it begins. */
export const beginningOf = (today: string): number => Date.parse(`${today}T00:00:00Z`) - DAY;
const DAY = 24 * 3600 * 1000;

export async function rehearsal(settings: RehearsalSettings): Promise<Rehearsal> {
  const { catalogue, today, seed } = settings;
  const start = beginningOf(today);
  const raise = settings.raise ?? (() => deployedWorld({ ...settings, start }));
  let ready: DeployedWorld | undefined = await raise();
  const { notes, notThere } = ready;
  const regions = regionsOf(ready.readings);
  const judgement = judge(estateOf(ready.readings, catalogue), catalogue, { today, seed, world: 'simulated' });
  return {
    judgement,
    notes,
    targets: drillsOf(judgement).flatMap((spec) =>
      membersOf(spec, judgement)
        .flatMap((member) => membersIn(member, regions))
        .map((of) => ({
          spec,
          kind: spec.kind,
          service: spec.service,
          scope: SCOPE_OF[spec.kind] ?? of.scope,
          member: of.name,
          of,
        })),
    ),
    membersOf: (verdict) =>
      judgement
        .membersOf(verdict)
        .flatMap((member) => membersIn(member, regions))
        .map((member) => member.name),
    drill: async (target, failedOver) => {
      const { aws } = ready ?? (await raise());
      ready = undefined;
      const { clock } = aws.world;
      const look = failedOver === undefined ? undefined : () => clock.real(failedOver());
      return clock.drive(drilled(target, aws, judgement, notThere, settings.decision, look));
    },
  };
}

/** Drills of what is agreed: those of its own scope, where something was promised for it. */
export const isAgreed = ({ kind, scope, service }: Target, { verdicts }: Judgement): boolean =>
  AGREED.has(kind) && verdicts.some((v) => v.metric.serviceId === service && v.metric.scope === scope);

/** Only these; undefined: all. */
interface Wanted {
  readonly service?: string;
  readonly scope?: string;
  readonly member?: string;
  /** By default those that speak for what is agreed. */
  readonly kind?: string;
}

/** The drills that the flags ask for. Throws `UsageError` (`nothing-to-drill`) when there are others only. */
export function wantedOf(made: Rehearsal, flags: Wanted): Rehearsal['targets'] {
  const possible = made.targets.filter((t) => (flags.kind === undefined ? isAgreed(t, made.judgement) : t.kind === flags.kind));
  const wanted = possible.filter(
    (t) =>
      (flags.service === undefined || t.service === flags.service) &&
      (flags.scope === undefined || t.scope === flags.scope) &&
      (flags.member === undefined || t.member === flags.member),
  );
  if (wanted.length === 0 && made.targets.length > 0)
    throw new UsageError(
      'nothing-to-drill',
      `expected one of ${made.targets.map((t) => `${t.service} ${t.kind} ${t.member}`).join(', ')}; nothing matches --service, --scope, --member and --kind.`,
    );
  return wanted;
}

/** Of the kinds that speak for a scope, those that need nobody to leave in good order. */
const AGREED: ReadonlySet<DrillKind> = new Set([
  'az-loss',
  'region-loss',
  'database-failover',
  'cache-failover',
  'backup-restore',
  'ransomware-recovery',
  'dependency-loss',
  'control-plane-loss',
]);

/**
 * What is suggested, and what is promised and suggested by nothing: a promise about an account without a vault that is locked is
 * tried too. Nothing here can be harmed, so nothing has to hold before, and nothing stops a drill but its limit: what a real drill
 * would refuse for, this one shows.
 */
function drillsOf(judgement: Judgement): readonly DrillSpec[] {
  const suggested = suggest(judgement);
  const more = judgement.services.flatMap(({ entry }): readonly DrillSpec[] => {
    const own = suggested.filter((d) => d.service === entry.id);
    const promised = judgement.verdicts.filter((v) => v.metric.serviceId === entry.id && v.metric.scope === 'account');
    const [first] = own;
    if (first === undefined || promised.length === 0 || own.some((d) => d.kind === 'ransomware-recovery')) return [];
    const longest = Math.max(0, ...promised.filter((v) => v.metric.type === 'RTO').map((v) => v.metric.target));
    return [
      {
        ...first,
        id: `${entry.id}-ransomware-recovery`,
        title: `Recovery of a compromised account: ${entry.title}`,
        kind: 'ransomware-recovery',
        member: undefined,
        points: ['newest'],
        limit: longest === 0 ? undefined : longest + 600,
      },
    ];
  });
  return [...suggested, ...more].map((spec) => ({
    ...spec,
    hypothesis: { ...spec.hypothesis, metrics: [] },
    preconditions: [],
    stops: [],
  }));
}

async function drilled(
  target: Target,
  aws: SimulatedAws,
  judgement: Judgement,
  notThere: ReadonlyMap<string, string>,
  decision: number | undefined,
  failedOver: (() => Promise<void>) | undefined,
): Promise<Held | undefined> {
  const { clock } = aws.world;
  const { spec, of } = target;
  const run = `rehearse/${spec.service}/${spec.kind}/${of.name === ANY_MEMBER ? 'all' : of.name}`;
  const prepared = await prepare(spec, of, run, simulatedGround(aws, judgement, notThere));
  if (prepared === undefined) return undefined;
  await warmUp(clock, prepared.canaries, LONG_STREAMS.has(spec.kind) ? WARM.data : WARM.other);
  const journal = memoryJournal();
  const recover = prepared.drill.recover.map((step) =>
    step.id === DECIDES && decision !== undefined ? deciding(step, decision, clock) : step,
  );
  const drill = { ...prepared.drill, recover };
  const looking = failedOver === undefined ? drill : lookedAt(drill, failedOver);
  const result = await conduct(looking, { journal, holder: 'rehearse', lease: LEASE, request: { by: 'rehearse' } });
  const { people, blind, notTaken } = prepared;
  return { spec, result, entries: await journal.read(run), people, blind, notTaken };
}

/** Rollback first brings back what was lost, and then undoes the recovery: between the two, the failover stands. */
function lookedAt(drill: PreparedDrill, failedOver: () => Promise<void>): PreparedDrill {
  let looked = false;
  const look = async (): Promise<void> => {
    if (!looked) {
      looked = true;
      await failedOver();
    }
  };
  const [first, ...others] = drill.disrupt;
  // Each phase is undone from its end.
  if (first !== undefined) {
    const compensate = async (token: string) => {
      const undone = await first.compensate(token);
      await look();
      return undone;
    };
    return { ...drill, disrupt: [{ ...first, compensate }, ...others] };
  }
  const last = drill.recover.at(-1);
  if (last === undefined) return drill;
  const compensate = async (token: string) => {
    await look();
    return last.compensate(token);
  };
  return { ...drill, recover: [...drill.recover.slice(0, -1), { ...last, compensate }] };
}

/** Somebody who takes that long. */
const deciding = (step: Actuator, milliseconds: number, clock: Clock): Actuator => ({
  ...step,
  describe: () => ({ assumedSeconds: milliseconds / 1000 }),
  act: async (_, signal) => {
    await clock.sleep(milliseconds, signal);
    return null;
  },
});

/** Milliseconds. Its journal is its own and in memory: nobody waits for the run, so that it need not be renewed every few seconds. */
const LEASE = 3600 * 1000;
/** Drills in which something older is restored. */
const LONG_STREAMS: ReadonlySet<DrillKind> = new Set(['backup-restore', 'ransomware-recovery']);
