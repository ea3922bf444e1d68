/** `holdfast drill run`: holds a drill where it was told to, one run for each member that it takes away. */

import { existsSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { readDrillFile, writtenDrills } from '../../src/catalog/find.ts';
import { membersOf } from '../../src/drills/prepare.ts';
import { suggest } from '../../src/drills/suggest.ts';
import type { Catalogue, Metric } from '../../src/model/agreement.ts';
import type { DrillSpec } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import { type Member, memberLabel } from '../../src/model/scope.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Conducted, conducted, type Request } from './drill-conducting.ts';
import { type DryRun, dryJson, dryRun, dryText, mayBeHeld } from './drill-dry-run.ts';
import { liveDrills, namedMembers } from './drill-live.ts';
import { nextOf } from './drill-next.ts';
import { exitOf, pictureOf, resultOf, textOf } from './drill-result.ts';
import { tableAsked } from './drill-table.ts';
import { type HeldPlan, noControl, ownTheatre, remoteTheatre, type Theatre } from './drill-theatre.ts';
import { placeOf, type StoreFlags } from './evidence.ts';
import { catalogueFor, read, type SourceFlags, sourcesOf } from './judging.ts';
import type { LiveFlags } from './live-ground.ts';
import { accountOf, DEFAULT_REGION } from './places.ts';

export interface DrillFlags extends Omit<SourceFlags, 'catalog'>, StoreFlags, Omit<LiveFlags, 'aws'> {
  readonly aws: string;
  readonly allowDisruption?: boolean;
  readonly dryRun?: boolean;
  readonly change?: string;
  readonly control?: string;
  readonly seed: number;
  readonly requester?: string;
}

export interface DrillRunFlags extends DrillFlags {
  readonly format: 'text' | 'json';
  readonly json?: boolean;
  readonly service?: string;
  readonly member?: string;
  readonly dryRun?: boolean;
  readonly allowDisruption?: boolean;
  readonly change?: string;
  /** File for the timelines as an SVG picture. */
  readonly picture?: string;
  /** Answers of a table-top are lines of standard input. */
  readonly table?: boolean;
}

export async function drillRun(
  wanted: string,
  named: readonly string[],
  flags: DrillRunFlags,
  around: Surroundings,
): Promise<number> {
  return withTheatre(named, flags, around, async ({ theatre, store, catalogue, sources }) => {
    const planned = plannedOf(wanted, catalogue, theatre, flags);
    const notes: string[] = [];
    const nothing = ({ drill }: Planned): string =>
      `${drill.id}: ${drill.service} has nothing that a drill of kind ${drill.kind} is about`;
    // On real AWS the first closed gate of any of them holds up all of them.
    if (isDry(flags) || flags.aws === 'live') {
      const runs: DryRun[] = [];
      for (const plan of planned) {
        const run = await theatre.hold(0, (stage) => dryRun(plan.drill, plan.member, stage), heldPlan(plan));
        if (run === undefined) notes.push(nothing(plan));
        else runs.push(run);
      }
      if (isDry(flags) || !runs.every(mayBeHeld)) {
        const result = { world: theatre.world, runs, notes, next: nextOf(wanted, named, runs, flags) };
        around.write(isJson(flags) ? dryJson(result) : dryText(result), flags.out);
        return isDry(flags) ? 0 : 2;
      }
      notes.splice(0);
    }
    const calledOff = interruption();
    const table = tableAsked(flags, around);
    const held: Conducted[] = [];
    for (const plan of planned) {
      const { drill, member } = plan;
      around.progress(`${drill.id}: ${memberLabel(member)}`);
      const one = await theatre.hold(
        0,
        (stage) => {
          // A drill of one member shows one of all that its scope stands for.
          const all = membersHere({ ...drill, member: undefined }, { ...theatre, judgement: stage.ground.judgement });
          const request: Request = {
            drill,
            member,
            members: all.map((m) => m.name),
            requester: requesterOf(flags),
            change: flags.change,
            aws: flags.aws,
            sources,
            seed: flags.seed,
          };
          return conducted(stage.run ?? runOf(drill, member, stage.clock.now()), request, stage, {
            theatre,
            store,
            holder: holderOf(),
            signal: calledOff.signal,
            table,
          });
        },
        heldPlan(plan),
      );
      if (one === undefined) notes.push(nothing(plan));
      else held.push(one);
      if (calledOff.signal.aborted) break;
    }
    calledOff.over();
    return report(theatre, held, notes, flags, around);
  });
}

/** One run that was asked for: of a drill, for one thing that it takes away. */
export interface Planned {
  readonly drill: DrillSpec;
  readonly member: Member;
}

export function plannedOf(
  wanted: string,
  catalogue: Catalogue,
  theatre: Theatre,
  flags: Pick<DrillRunFlags, 'service' | 'member' | 'aws'>,
): readonly Planned[] {
  const drills = drillsOf(wanted, catalogue, theatre.judgement).filter(
    (d) => flags.service === undefined || d.service === flags.service,
  );
  const planned = drills.flatMap((drill) => {
    const members = membersHere(drill, theatre);
    const meant =
      flags.aws === 'live'
        ? namedMembers(members, flags.member)
        : members.filter((m) => flags.member === undefined || m.name === flags.member);
    return meant.map((member) => ({ drill, member }));
  });
  if (planned.length === 0) throw nothingToDrill(wanted, drills, theatre, flags);
  return planned;
}

export const heldPlan = ({ drill, member }: Planned): HeldPlan => ({
  drill,
  member,
  run: (now) => runOf(drill, member, now),
  began: undefined,
});

/** On real AWS nothing is done unless it was asked for. */
const isDry = ({ dryRun: dry, aws, allowDisruption }: DrillRunFlags): boolean =>
  dry === true || (aws === 'live' && allowDisruption !== true);

const isJson = ({ json, format }: Pick<DrillRunFlags, 'json' | 'format'>): boolean => json === true || format === 'json';

export async function report(
  { world, judgement }: Pick<Theatre, 'world' | 'judgement'>,
  held: readonly Conducted[],
  notes: readonly string[],
  flags: Pick<DrillRunFlags, 'format' | 'json' | 'out' | 'picture'>,
  around: Surroundings,
): Promise<number> {
  const metrics: ReadonlyMap<string, Metric> = new Map(judgement.verdicts.map((v) => [v.metric.id, v.metric]));
  const result = resultOf(
    world,
    held.map((one) => ({ held: one, metrics })),
    notes,
  );
  if (flags.picture !== undefined) around.write(await pictureOf(result, [...metrics.values()]), flags.picture);
  const json = flags.json === true || flags.format === 'json';
  around.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result), flags.out);
  return exitOf(result);
}

/** What a drill takes away, as its world names it. A table-top takes nothing away, wherever it is. */
export function membersHere(drill: DrillSpec, { judgement, membersIn }: Theatre): readonly Member[] {
  const members = membersOf(drill, judgement);
  return drill.kind === 'table-top' ? members : membersIn(members);
}

/** `<drill>/<member>/<time>`, by the world's clock. */
const runOf = ({ id }: DrillSpec, { name }: Member, now: number): string =>
  `${id}/${name}/${new Date(now).toISOString().replace(/[-:.]/g, '')}`;

/** Ctrl-C calls a drill off: it is rolled back, and the rest is not begun. A second one ends the process; the run stays open. */
export function interruption(): { readonly signal: AbortSignal; over(): void } {
  const off = new AbortController();
  const stop = (): void => off.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  return {
    signal: off.signal,
    over: () => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, stop);
    },
  };
}

export const holderOf = (): string => `${hostname()}/${process.pid}`;
export const requesterOf = ({ requester }: DrillFlags): string => requester ?? userInfo().username;

interface Opened {
  readonly theatre: Theatre;
  readonly store: Store;
  readonly catalogue: Catalogue;
  /** Absolute, so that whoever resumes a run finds them. */
  readonly sources: readonly string[];
}

export async function withTheatre<T>(
  named: readonly string[],
  flags: DrillFlags,
  around: Surroundings,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const catalogue = await catalogueFor(named, flags, around);
  if (catalogue === undefined)
    throw new UsageError(
      'no-catalogue',
      'expected a catalogue (holdfast.yaml): a drill shows what is agreed. Write one with holdfast init, or name it with --catalog.',
    );
  const store = await openStore(placeOf(flags, around).store);
  try {
    const { theatre, sources } = await open(catalogue, named, flags, around, store);
    try {
      return await use({ theatre, store, catalogue, sources });
    } finally {
      theatre.close();
    }
  } finally {
    await store.close();
  }
}

async function open(
  catalogue: Catalogue,
  named: readonly string[],
  flags: DrillFlags,
  around: Surroundings,
  store: Store,
): Promise<{ readonly theatre: Theatre; readonly sources: readonly string[] }> {
  const { aws, control, seed } = flags;
  const settings = { catalogue, today: flags.date ?? around.today, seed, journal: store.journal, now: Date.now };
  if (/^https?:/.test(aws)) {
    if (named.length > 0)
      throw new UsageError(
        'sources-there',
        `expected no source beside --aws ${aws}: what stands there is what its simulator was given.`,
      );
    if (control === undefined) throw noControl(aws);
    return { theatre: await remoteTheatre(aws, control, holderOf, settings), sources: [] };
  }
  const sources = named.length > 0 ? named.map(absolute) : sourcesOf(catalogue);
  const readings = await read(sources, flags, around);
  if (aws === 'live') {
    const { store: whereabouts } = placeOf(flags, around);
    const requester = requesterOf(flags);
    return {
      theatre: liveDrills({ flags, requester, catalogue, readings, store, whereabouts, around, env: process.env, now: Date.now }),
      sources,
    };
  }
  if (aws !== 'simulator') throw new UsageError('aws-unknown', `--aws: expected simulator, live or a URL, found ${aws}.`);
  around.progress('deploying into simulated AWS');
  const place = { account: accountOf(readings), region: flags.region ?? DEFAULT_REGION };
  return { theatre: await ownTheatre({ ...settings, readings, place }), sources };
}

/** `-` stays what it is; a stack after `@` stays behind its folder. */
export const absolute = (source: string): string => (source === '-' ? source : resolve(source));

/** As a file says, or by id: of what is written in the catalogue and the drill files beside it, else of what is suggested. */
export function drillsOf(wanted: string, catalogue: Catalogue, judgement: Judgement): readonly DrillSpec[] {
  if (existsSync(wanted) && statSync(wanted).isFile()) return readDrillFile(wanted, catalogue);
  const all = [...writtenDrills(catalogue), ...suggest(judgement)];
  const found = all.find((d) => d.id === wanted);
  if (found === undefined)
    throw new UsageError(
      'drill-unknown',
      `expected the id of a drill or a drill file, found ${wanted}. Known: ${all.map((d) => d.id).join(', ') || 'none'}; holdfast drill list shows them.`,
    );
  return [found];
}

function nothingToDrill(
  wanted: string,
  drills: readonly DrillSpec[],
  theatre: Theatre,
  flags: Pick<DrillRunFlags, 'member' | 'service'>,
): UsageError {
  const members = drills.flatMap((d) => membersHere(d, theatre).map((m) => m.name));
  return new UsageError(
    'nothing-to-drill',
    members.length === 0
      ? `${wanted}: expected something that it takes away, found nothing of that kind in ${drills.map((d) => d.service).join(', ') || `service ${flags.service ?? ''}`}.`
      : `expected one of ${[...new Set(members)].join(', ')} for --member, found ${flags.member ?? ''}.`,
  );
}
