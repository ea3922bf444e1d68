/**
 * `holdfast rehearse --engine`: the program is deployed into simulated AWS by the real Pulumi engine, through the stand-in
 * provider; what stands then is judged and drilled; and after each failover, before anything is put back, the engine says what
 * the next update would do.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDrillTag } from '../../src/drills/by-hand/memo.ts';
import { type Held, observationsOf } from '../../src/drills/observe.ts';
import { FIGHT_RULES, type Fight, fightsOf } from '../../src/engine/after-failover.ts';
import { findPulumi } from '../../src/engine/cli.ts';
import type { EngineStep } from '../../src/engine/events.ts';
import { hasProvider } from '../../src/engine/plugins.ts';
import { type Estate, holdsState } from '../../src/estate/estate.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { messageOf, UsageError } from '../../src/model/errors.ts';
import type { Finding } from '../../src/model/finding.ts';
import { fold } from '../../src/model/known.ts';
import { firstOf } from '../../src/model/naming.ts';
import type { Position } from '../../src/model/resource.ts';
import { memberLabel } from '../../src/model/scope.ts';
import { writeProvider, writeRandom } from '../../src/provider/door.ts';
import type { EngineReport, RehearsalResult } from '../../src/reports/rehearsal.ts';
import { REHEARSAL_VERSION } from '../../src/reports/rehearsal.ts';
import { findingOf } from '../../src/reports/result.ts';
import { isProjectFolder } from '../../src/stacks/program/project.ts';
import { readSources } from '../../src/stacks/read-sources.ts';
import { findingAt, withWaivers } from '../../src/verdicts/findings.ts';
import type { Observation } from '../../src/verdicts/kpi5.ts';
import type { Surroundings } from '../surroundings.ts';
import { type EngineWorld, notDeployed, placeOf, raised, readState, reasonOf, type Shared, shown } from './engine-world.ts';
import { catalogueFor, estateOf, sourcesOf } from './judging.ts';
import { resultFrom } from './rehearsal-result.ts';
import type { RehearseFlags } from './rehearse.ts';
import { type Rehearsal, rehearsal, wantedOf } from './rehearsing.ts';

type AfterFailover = EngineReport['afterFailover'][number];

/** Throws `UsageError` when the engine is missing (see `findPulumi`) or cannot try the program (see `raised`). */
export async function rehearsedOnEngine(
  named: readonly string[],
  flags: RehearseFlags,
  around: Surroundings,
): Promise<RehearsalResult> {
  const catalogue = await catalogueFor(named, flags, around);
  const program = programOf(named.length > 0 ? named : sourcesOf(catalogue));
  const cli = await findPulumi(process.env, (line) => process.stderr.write(`${line}\n`));
  around.progress(cli.says);
  const root = await mkdtemp(join(tmpdir(), 'holdfast-provider-'));
  // The engine keeps a copy of the schema beside the folder of a plugin.
  const plugins = join(root, 'plugins');
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await writeProvider(plugins);
    if (!hasProvider('random', cli, process.env)) await writeRandom(plugins);
    const today = flags.date ?? around.today;
    const positions = once(() => positionsIn(program, flags));
    return await inWorlds({ program, cli, plugins, flags, today, signal: abort.signal, around, positions }, catalogue);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * From a run of the program by itself: the engine records a position only where the SDK finds one, which it does not in an ES
 * module. Empty when the program cannot be run so.
 */
async function positionsIn(program: string, flags: RehearseFlags): Promise<ReadonlyMap<string, Position>> {
  const { config, region, timeout: seconds, memory } = flags;
  const stdin = async () => new Uint8Array();
  const readings = await readSources([program], { states: [], config, region, seconds, memory, stdin }).catch(() => []);
  const positions = readings
    .flatMap((r) => r.resources)
    .flatMap((r) => (r.position === undefined ? [] : [[r.urn, r.position] as const]));
  return new Map(positions);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function programOf(sources: readonly string[]): string {
  const [program] = sources;
  if (program === undefined || sources.length > 1 || !isProjectFolder(program)) {
    throw new UsageError(
      'engine-source',
      `--engine: expected one Pulumi project folder, or FOLDER@STACK, found ${sources.join(', ') || 'none'}. Without --engine, several sources of any kind are rehearsed together.`,
    );
  }
  return program;
}

async function inWorlds(shared: Shared, catalogue: Catalogue | undefined): Promise<RehearsalResult> {
  const { cli, flags, today, around } = shared;
  const world = await raised(shared);
  try {
    const drilled = catalogue === undefined || 'failed' in world ? undefined : await drilledIn(world, shared, catalogue);
    around.progress('pulumi destroy');
    const destroyed = await world.workspace.destroy();
    const engine: EngineReport = {
      cli: cli.says,
      operations: [...world.operations, shown(DESTROY, destroyed)],
      notDeployed: 'failed' in world ? await notDeployed(world, shared) : null,
      opaque: world.door.opaque(),
      afterFailover: drilled?.afterFailover ?? [],
    };
    const notes = [
      ...world.workspace.notes,
      ...world.door.notes(),
      ...('failed' in world || world.atRest.ok
        ? []
        : [`preview --refresh fails before anything is lost: ${reasonOf(world.atRest)}`]),
      ...('failed' in world ? [] : restless(world.atRest.steps)),
      ...(destroyed.ok ? [] : [`destroy fails: ${reasonOf(destroyed)}`]),
    ];
    if (drilled === undefined) return withoutDrills(shared, catalogue, engine, notes);
    const result = resultFrom(drilled.made, drilled.drills, drilled.observations, flags.seed, today);
    return { ...result, engine, notes: [...new Set([...result.notes, ...notes])] };
  } finally {
    await world.close();
  }
}

/** What differs from one run of the program to the next, such as a time, has nothing to do with a failover. */
export function restless(steps: readonly EngineStep[]): readonly string[] {
  const changed = steps.filter((s) => (s.op === 'update' || s.op === 'replace') && s.diffs.length > 0);
  const paths = [...new Set(changed.flatMap((s) => s.diffs.map((d) => d.path)))];
  if (changed.length === 0) return [];
  const replaced = changed.filter((s) => s.op === 'replace').length;
  return [
    `right after \`pulumi up\`, with nothing lost, the next update would already change ${changed.length} resources` +
      `${replaced === 0 ? '' : `, ${replaced} of them by replacing them`} (${firstOf(paths)}): the program gives other values in each run`,
  ];
}

const DESTROY = 'destroy (what is protected stays)';

interface Drilled {
  readonly made: Rehearsal;
  readonly drills: readonly Held[];
  readonly observations: readonly Observation[];
  readonly afterFailover: readonly AfterFailover[];
}

/** Each drill has a world of its own, since a drilled one is older and never quite as it was. */
async function drilledIn(world: EngineWorld, shared: Shared, catalogue: Catalogue): Promise<Drilled> {
  const { flags, today, around } = shared;
  const made = await rehearsal({
    readings: world.deployed.readings,
    catalogue,
    today,
    seed: flags.seed,
    place: placeOf(flags),
    raise: world.raise,
  });
  const drills: Held[] = [];
  const observations: Observation[] = [];
  const afterFailover: AfterFailover[] = [];
  for (const target of wantedOf(made, flags)) {
    around.progress(`${target.service}: ${target.kind} ${memberLabel(target.of)}`);
    let after: Omit<AfterFailover, 'run'> | undefined;
    const held = await made.drill(target, async () => {
      after = await afterwards(world, shared, made.judgement.estate, catalogue).catch(failedToAsk);
    });
    if (held === undefined) continue;
    drills.push(held);
    observations.push(...observationsOf(held, made.judgement));
    if (after !== undefined) afterFailover.push({ run: held.result.run, ...after });
  }
  return { made, drills, observations, afterFailover };
}

const failedToAsk = (why: unknown): Omit<AfterFailover, 'run'> => ({ findings: [], nobodyCanTell: messageOf(why) });

const withoutDrills = (
  { flags, today }: Shared,
  catalogue: Catalogue | undefined,
  engine: EngineReport,
  notes: readonly string[],
): RehearsalResult => ({
  schemaVersion: REHEARSAL_VERSION,
  command: 'rehearse',
  world: 'simulated',
  date: today,
  seed: flags.seed,
  catalogue: catalogue?.file ?? null,
  metrics: [],
  drills: [],
  notes: [...(catalogue === undefined ? [NO_CATALOGUE] : []), ...notes],
  engine,
});

const NO_CATALOGUE = 'no catalogue (holdfast.yaml): nothing is agreed, so nothing was drilled. Write one with holdfast init';

async function afterwards(
  { workspace, atRest }: EngineWorld,
  { positions, today, flags }: Shared,
  deployed: Estate,
  catalogue: Catalogue,
): Promise<Omit<AfterFailover, 'run'>> {
  if (!atRest.ok) return { findings: [], nobodyCanTell: `already before: ${reasonOf(atRest)}` };
  const after = await workspace.preview({ refresh: true });
  if (!after.ok) return { findings: [], nobodyCanTell: reasonOf(after) };
  const made = after.steps.filter((s) => s.op === 'create' && !deployed.resources.has(s.urn));
  const estate =
    made.length === 0
      ? deployed
      : estateOf(await readState(withMade(await workspace.exportState(), made), flags.region), catalogue);
  const fights = fightsOf(atRest.steps, after.steps, {
    title: (urn) => estate.resources.get(urn)?.title ?? urn,
    holdsState: (urn) => {
      const item = estate.resources.get(urn);
      return item === undefined
        ? undefined
        : fold<boolean, boolean | undefined>(
            holdsState(item),
            (holds) => holds,
            () => undefined,
          );
    },
    isDrillTag,
  });
  const found = fights.flatMap((fight) => findingFrom(fight, estate));
  const places = found.some(([finding]) => finding.position === undefined) ? await positions() : new Map<string, Position>();
  return {
    findings: found.map(([finding, mend]) => {
      const placed = { ...finding, position: finding.position ?? places.get(finding.resource) };
      const [waived = placed] = withWaivers([placed], catalogue, today);
      const { levels: _, baseline: __, ...rest } = findingOf(waived, []);
      return { ...rest, mend };
    }),
    nobodyCanTell: null,
  };
}

/** A state with what the engine would make besides. */
function withMade(state: string, made: readonly EngineStep[]): string {
  const { deployment, ...rest } = JSON.parse(state) as Exported;
  const added = made.map(({ urn, type, after }) => ({ urn, type, custom: true, inputs: after?.inputs ?? {} }));
  return JSON.stringify({ ...rest, deployment: { ...deployment, resources: [...deployment.resources, ...added] } });
}

/** What `pulumi stack export` prints. */
interface Exported {
  readonly deployment: { readonly resources: readonly object[] };
}

function findingFrom(
  { rule, severity, urn, property, message, mend }: Fight,
  estate: Estate,
): readonly (readonly [Finding, string])[] {
  const item = estate.resources.get(urn);
  if (item === undefined) return [];
  return [[findingAt({ ...FIGHT_RULES[rule], severity }, item, estate, { property, message, undecided: undefined }), mend]];
}
