/** A simulated AWS into which the real Pulumi engine has deployed a program, through the stand-in provider. */
import type { PulumiCli } from '../../src/engine/cli.ts';
import { type EngineRun, openWorkspace, type Workspace } from '../../src/engine/workspace.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Position } from '../../src/model/resource.ts';
import { type Door, openDoor } from '../../src/provider/door.ts';
import type { EngineReport } from '../../src/reports/rehearsal.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { readSources } from '../../src/stacks/read-sources.ts';
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

/** A preview comes first where nobody has seen one of this program. */
export async function raised(shared: Shared, which: 'first' | 'again'): Promise<EngineWorld> {
  const { program, cli, plugins, flags, today, signal, around } = shared;
  const aws = freshAws({ start: beginningOf(today), seed: flags.seed, consistency: 0 });
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
    if (which === 'first') mustHold('preview', await step('preview', () => workspace.preview()), program);
    mustHold('up', await step('up', () => workspace.up()), program);
    const atRest = await step('preview --refresh', () => workspace.preview({ refresh: true }));
    const readings = await readSources(['-'], {
      states: [],
      config: [],
      region: flags.region,
      stdin: async () => Buffer.from(await workspace.exportState()),
    });
    const notThere = new Map(door.opaque().map((urn) => [urn, 'simulated AWS does not know its type']));
    return { deployed: { aws, declared: readings, readings, notes: [], notThere }, door, workspace, operations, atRest, close };
  } catch (e) {
    await close();
    throw e;
  }
}

export const shown = (operation: string, { changes, ok }: EngineRun): Operation => ({
  operation: ok ? operation : `${operation} (failed)`,
  changes: changes ?? {},
});

function mustHold(operation: string, run: EngineRun, program: string): void {
  if (run.ok) return;
  const aborted = run.end === 'aborted' ? 'interrupted' : 'engine-refused';
  throw new UsageError(
    aborted,
    `${program}: \`pulumi ${operation}\` ${run.end === 'aborted' ? 'was interrupted' : `failed: ${reasonOf(run)}`}`,
  );
}

const MAX_LINES = 15;

export function reasonOf(run: EngineRun): string {
  if (run.end === 'out-of-time') return `it was still running after ${Math.round(run.ms / 1000)} s`;
  const errors = run.diagnostics.filter((d) => d.severity === 'error');
  const lines = errors.map((d) => (d.urn === undefined ? d.message : `${d.urn.split('::').slice(2).join(' ')}: ${d.message}`));
  const missing = run.missingPlugins.map(
    (name) =>
      `The program uses the provider ${name}. Holdfast stands in for aws alone, and the plugin of ${name} is not installed: ` +
      `run \`pulumi plugin install resource ${name}\`, or take its resources out of the program. It gets no credentials, so a provider that calls out cannot work here.`,
  );
  const unset = /Missing required configuration variable '([^']+)'/.exec(lines.join('\n'))?.[1];
  const give = unset === undefined ? [] : [`Give it with --config ${unset}=VALUE, or choose a stack that has it.`];
  return [...lines.join('\n').split('\n').slice(0, MAX_LINES), ...missing, ...give].join('\n');
}
