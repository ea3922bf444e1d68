/** A simulated AWS into which the real Pulumi engine has deployed a program, through the stand-in provider. */
import { NOT_SIMULATED } from '../../src/drills/unsimulated.ts';
import type { PulumiCli } from '../../src/engine/cli.ts';
import type { Diagnostic, EngineStep } from '../../src/engine/events.ts';
import { type EngineRun, openWorkspace, type Workspace } from '../../src/engine/workspace.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Position, SourceReading } from '../../src/model/resource.ts';
import { type Door, openDoor } from '../../src/provider/door.ts';
import type { EngineReport, NotDeployed } from '../../src/reports/rehearsal.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { readSources } from '../../src/stacks/read-sources.ts';
import { typeIn } from '../../src/stacks/urn.ts';
import type { Surroundings } from '../surroundings.ts';
import { DEFAULT_REGION, EXAMPLE_ACCOUNT } from './places.ts';
import type { RehearseFlags } from './rehearse.ts';
import { beginningOf } from './rehearsing.ts';
import type { DeployedWorld } from './simulated-world.ts';

type Operation = EngineReport['operations'][number];

/** What all worlds of one rehearsal share. */
export interface Shared {
  readonly program: string;
  readonly cli: PulumiCli;
  /** Folder with the stand-in provider. */
  readonly plugins: string;
  readonly flags: RehearseFlags;
  readonly today: string;
  readonly signal: AbortSignal;
  readonly around: Surroundings;
  /** Where the program makes each resource, by URN. */
  readonly positions: () => Promise<ReadonlyMap<string, Position>>;
}

/** A simulated AWS into which the engine has deployed the program. */
export interface EngineWorld {
  readonly deployed: DeployedWorld;
  /** A world in which nothing has happened yet: the one that the engine deployed into, then its like. The engine looks into the last. */
  raise(): Promise<DeployedWorld>;
  readonly door: Door;
  readonly workspace: Workspace;
  readonly operations: readonly Operation[];
  /** What the engine would do with nothing lost: what it would do after a failover too is no fight. */
  readonly atRest: EngineRun;
  close(): Promise<void>;
}

/** Seconds for an operation of the engine: a program of thousands of resources takes minutes. */
const SECONDS = 900;

export const placeOf = ({ region }: RehearseFlags) => ({ account: EXAMPLE_ACCOUNT, region: region ?? DEFAULT_REGION });

/** What the engine left when it could not deploy the program. */
export interface Undeployed extends Pick<EngineWorld, 'door' | 'workspace' | 'operations' | 'close'> {
  readonly failed: { readonly operation: 'preview' | 'up'; readonly run: EngineRun };
  /** What a preview said that there would be. */
  readonly planned: readonly EngineStep[];
}

/**
 * Previews and deploys. Undeployed: the program cannot be made.
 * @throws UsageError: what is no fault of the program (`interrupted`, `engine-out-of-time`, `engine-refused`).
 */
export async function raised(shared: Shared): Promise<EngineWorld | Undeployed> {
  const { program, cli, plugins, flags, today, signal, around } = shared;
  const fresh = () => freshAws({ start: beginningOf(today), seed: flags.seed, consistency: 0 });
  const aws = fresh();
  const door = await openDoor(aws, placeOf(flags));
  let opened: Workspace | undefined;
  const close = async () => {
    await opened?.close();
    await door.close();
  };
  try {
    const workspace = await openWorkspace({
      cli,
      program,
      config: flags.config,
      environment: process.env,
      variables: door.environment,
      plugins: [plugins],
      seconds: Math.max(SECONDS, flags.timeout),
      signal,
    });
    opened = workspace;
    const operations: Operation[] = [];
    const step = async (name: string, run: () => Promise<EngineRun>): Promise<EngineRun> => {
      around.progress(`pulumi ${name}`);
      const done = await run();
      operations.push(shown(name, done));
      return done;
    };
    let planned: readonly EngineStep[] = [];
    for (const operation of ['preview', 'up'] as const) {
      const run = await step(operation, () => workspace[operation]());
      if (run.ok) {
        planned = run.steps;
        continue;
      }
      if (!isOfTheProgram(operation, run)) throw refused(operation, run, program);
      return { failed: { operation, run }, planned, door, workspace, operations, close };
    }
    const atRest = await step('preview --refresh', () => workspace.preview({ refresh: true }));
    const readings = await readState(await workspace.exportState(), flags.region);
    const notThere = new Map(door.opaque().map((urn) => [urn, NOT_SIMULATED]));
    const deployed: DeployedWorld = { aws, declared: readings, readings, notes: [], notThere };
    let untouched: DeployedWorld | undefined = deployed;
    const raise = async () => {
      let world = untouched;
      untouched = undefined;
      if (world === undefined) {
        world = { ...deployed, aws: fresh() };
        await door.repeatIn(world.aws);
      }
      return world;
    };
    return { deployed, raise, door, workspace, operations, atRest, close };
  } catch (e) {
    await close();
    throw e;
  }
}

export const readState = (text: string, region: string | undefined): Promise<readonly SourceReading[]> =>
  readSources(['-'], { states: [], config: [], region, stdin: async () => Buffer.from(text) });

export const shown = (operation: string, { changes, ok }: EngineRun): Operation => ({
  operation: ok ? operation : `${operation} (failed)`,
  changes: changes ?? {},
});

/**
 * A program whose preview holds has all that it needs, so what fails at `up` is its own. A preview fails for want of
 * configuration, modules or plugins too; then it blames no resource of the program.
 */
const isOfTheProgram = (operation: 'preview' | 'up', run: EngineRun): boolean =>
  run.end === 'ended' && run.missingPlugins.length === 0 && (operation === 'up' || blamed(run).length > 0);

/** Errors of resources that the program declares. */
const blamed = ({ diagnostics }: EngineRun): readonly (Diagnostic & { readonly urn: string })[] =>
  diagnostics.flatMap((d) => (d.severity === 'error' && d.urn !== undefined && isDeclared(d.urn) ? [{ ...d, urn: d.urn }] : []));

/** Not the stack, and no provider: what `aws:…` is made by, the engine adds by itself. */
const isDeclared = (urn: string): boolean => !/^pulumi:(?:pulumi:Stack$|providers:)/.test(typeIn(urn));

/** Which resources could not be made and why, and what there was already. */
export async function notDeployed(
  { failed: { operation, run }, planned }: Undeployed,
  { positions }: Shared,
): Promise<NotDeployed> {
  const refused = blamed(run);
  const places = refused.length === 0 ? new Map<string, Position>() : await positions();
  const of = (steps: readonly EngineStep[]) => [...new Set(steps.map((s) => s.urn).filter(isDeclared))];
  const made = operation === 'up' ? of(run.steps.filter((s) => !s.failed)) : [];
  const done = new Set([...made, ...refused.map((d) => d.urn)]);
  const others = run.diagnostics.filter((d) => d.severity === 'error' && !refused.some((r) => r.message === d.message));
  return {
    operation,
    resources: refused.map(({ urn, message }) => ({ urn, type: typeIn(urn), position: places.get(urn) ?? null, message })),
    says: linesOf(others.filter((d) => !ENGINE_END.test(d.message))).join('\n'),
    made,
    notTried: of(planned).filter((urn) => !done.has(urn)),
  };
}

/** Said at the end of every run that failed. */
const ENGINE_END = /^(?:update|preview) failed$/;

function refused(operation: string, run: EngineRun, program: string): UsageError {
  const told = {
    aborted: ['interrupted', 'was interrupted'],
    'out-of-time': ['engine-out-of-time', `did not end: ${reasonOf(run)}. Give it longer with --timeout SECONDS.`],
    ended: ['engine-refused', `failed: ${reasonOf(run)}`],
  } as const;
  const [code, says] = told[run.end];
  return new UsageError(code, `${program}: \`pulumi ${operation}\` ${says}`);
}

const MAX_LINES = 15;

export function reasonOf(run: EngineRun): string {
  if (run.end === 'out-of-time') return `it was still running after ${Math.round(run.ms / 1000)} s`;
  const lines = linesOf(run.diagnostics.filter((d) => d.severity === 'error'));
  const missing = run.missingPlugins.map(
    (name) =>
      `The program uses the provider ${name}. Holdfast stands in for aws alone, and the plugin of ${name} is not installed: ` +
      `run \`pulumi plugin install resource ${name}\`, or take its resources out of the program. It gets no credentials, so a provider that calls out cannot work here.`,
  );
  const unset = /Missing required configuration variable '([^']+)'/.exec(lines.join('\n'))?.[1];
  const give = unset === undefined ? [] : [`Give it with --config ${unset}=VALUE, or choose a stack that has it.`];
  return [...lines.join('\n').split('\n').slice(0, MAX_LINES), ...missing, ...give].join('\n');
}

const linesOf = (errors: readonly Diagnostic[]): readonly string[] =>
  errors.map((d) => (d.urn === undefined ? d.message : `${d.urn.split('::').slice(2).join(' ')}: ${d.message}`));
