/**
 * A Pulumi program under the real engine, away from everything of the user's: a state backend and a PULUMI_HOME in a
 * temporary folder, secrets behind a passphrase of our own, none of the user's environment but PATH, and no credentials.
 * The program runs where it lies, because its modules, its `node_modules` and its relative paths are found from there; the
 * engine itself writes nothing into its folder.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseDocument } from 'yaml';
import { UsageError } from '../model/errors.ts';
import { type Project, readProject, splitSource } from '../stacks/program/project.ts';
import { readStackConfig } from '../stacks/program/stack-config.ts';
import type { PulumiCli } from './cli.ts';
import { type Diagnostic, type EngineStep, type EventLog, eventReader, type PolicyEvent } from './events.ts';
import { goFolders } from './go-folders.ts';
import { hasPlugin, installedPlugins, writePlugins } from './plugins.ts';
import { type CommandEnd, runCommand } from './run.ts';
import { settingsFor } from './settings.ts';

export interface WorkspaceOptions {
  readonly cli: PulumiCli;
  /** `FOLDER` or `FOLDER@STACK`. */
  readonly program: string;
  /** `key=value` choices over the stack's configuration. */
  readonly config: readonly string[];
  /** The caller's environment. Only PATH is passed on, where a Go program's modules lie, and the plugins installed in its PULUMI_HOME. */
  readonly environment: NodeJS.ProcessEnv;
  /** Set for the engine and all it starts. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Folders whose plugins come before all others. */
  readonly plugins?: readonly string[];
  /** Folder of a policy pack. */
  readonly policyPack?: string;
  /** JSON file with the pack's configuration. */
  readonly policyConfig?: string;
  /** Limit of one operation, default 600. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

export interface EngineRun {
  readonly ok: boolean;
  readonly end: CommandEnd['end'];
  readonly exitCode: number | undefined;
  readonly steps: readonly EngineStep[];
  readonly diagnostics: readonly Diagnostic[];
  readonly policies: readonly PolicyEvent[];
  /** Resources by operation, as the engine counts them; undefined when it did not come to its end. */
  readonly changes: EventLog['changes'];
  /** Providers that the program asked for and that are not installed. */
  readonly missingPlugins: readonly string[];
  readonly ms: number;
}

export interface Workspace {
  readonly project: string;
  readonly stack: string;
  /** What of the configuration is not the user's own. */
  readonly notes: readonly string[];
  preview(options?: { readonly refresh?: boolean }): Promise<EngineRun>;
  up(): Promise<EngineRun>;
  refresh(): Promise<EngineRun>;
  /** Protected resources stay, as `protect` demands. */
  destroy(): Promise<EngineRun>;
  /** `pulumi stack export`, as JSON text. */
  exportState(): Promise<string>;
  close(): Promise<void>;
}

const SECONDS = 600;
/**
 * A proxy that nobody answers at: what heeds these variables (the engine, which else asks for missing plugins again and again; most
 * providers) reaches this machine alone.
 */
const NOWHERE = 'http://127.0.0.1:9';
const NO_NETWORK = { HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, NO_PROXY: '127.0.0.1,localhost,::1' };

/** Of the state of a stack that lives as long as its temporary folder. */
const PASSPHRASE = 'holdfast';

/**
 * Makes the stack, empty. @throws UsageError: those of `readProject` and `readStackConfig`, `engine-host-missing` when
 * nothing here runs the program's language, `engine-failed` when the CLI cannot make a stack.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { folder, stack: chosen } = splitSource(options.program);
  const project = await readProject(folder, 'any');
  requireHost(project, options);
  const config = await readStackConfig(project, chosen, options.config);
  const root = await mkdtemp(join(tmpdir(), 'holdfast-engine-'));
  try {
    return await open(project, config.stack, config.notes, root, options);
  } catch (e) {
    await rm(root, { recursive: true, force: true });
    throw e;
  }
}

function requireHost(project: Project, { cli, environment }: WorkspaceOptions): void {
  // A host for Node is brought along.
  if (project.runtime === 'nodejs' || hasPlugin(`pulumi-language-${project.runtime}`, cli, environment)) return;
  throw new UsageError(
    'engine-host-missing',
    `${project.folder}: the program's runtime is ${project.runtime}, and \`pulumi-language-${project.runtime}\` is neither on PATH nor beside ${cli.path}. ` +
      'Install the Pulumi CLI with its language hosts: https://www.pulumi.com/docs/iac/download-install/',
  );
}

async function open(
  project: Project,
  stack: string,
  notes: readonly string[],
  root: string,
  options: WorkspaceOptions,
): Promise<Workspace> {
  const { cli } = options;
  const place = (name: string) => join(root, name);
  for (const name of ['home', 'pulumi', 'state', 'desk']) await mkdir(place(name));
  await writePlugins(place('plugins'), cli, options.environment);
  const installed = installedPlugins(options.environment);
  if (installed !== undefined) await symlink(installed, join(place('pulumi'), 'plugins'));
  const environment: NodeJS.ProcessEnv = {
    PATH: [...(options.plugins ?? []), place('plugins'), dirname(cli.path), options.environment.PATH ?? ''].join(delimiter),
    HOME: place('home'),
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...NO_NETWORK,
    ...(project.runtime === 'go' ? await goFolders(options.environment) : {}),
    PULUMI_HOME: place('pulumi'),
    PULUMI_BACKEND_URL: `file://${place('state')}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: 'true',
    // `--event-log` is an option of this mode.
    PULUMI_DEBUG_COMMANDS: 'true',
    ...options.variables,
  };
  const limits = { seconds: options.seconds ?? SECONDS, signal: options.signal };
  const cliRun = (args: readonly string[], cwd: string) =>
    runCommand(cli.path, [...args, '--non-interactive', '--color', 'never'], cwd, environment, limits);

  // The stack is made from a project of the same name, since `stack init` writes its settings beside Pulumi.yaml.
  const desk = place('desk');
  await writeFile(join(desk, 'Pulumi.yaml'), JSON.stringify({ name: project.name, runtime: 'yaml' }));
  const initialised = await cliRun(['stack', 'init', stack], desk);
  if (initialised.code !== 0) throw failed('stack init', initialised);
  const settings = place('settings.yaml');
  const made = parseDocument(await readFile(join(desk, `Pulumi.${stack}.yaml`), 'utf8'));
  await writeFile(settings, await settingsFor(project, stack, options.config, String(made.get('encryptionsalt'))));

  const operate = async (operation: string, flags: readonly string[], cwd: string): Promise<EngineRun> => {
    const log = place('events.json');
    await rm(log, { force: true });
    const args = [operation, '--stack', stack, '--config-file', settings, '--event-log', log, ...flags];
    const began = performance.now();
    const command = await cliRun(args, cwd);
    const ms = performance.now() - began;
    return runOf(command, await readLog(log), ms);
  };
  const pack = [
    ...(options.policyPack === undefined ? [] : ['--policy-pack', resolve(options.policyPack)]),
    ...(options.policyConfig === undefined ? [] : ['--policy-pack-config', resolve(options.policyConfig)]),
  ];
  return {
    project: project.name,
    stack,
    notes,
    preview: ({ refresh = false } = {}) => operate('preview', [...pack, ...(refresh ? ['--refresh'] : [])], project.folder),
    up: () => operate('up', ['--yes', '--skip-preview', ...pack], project.folder),
    refresh: () => operate('refresh', ['--yes', '--skip-preview'], project.folder),
    destroy: () => operate('destroy', ['--yes', '--skip-preview', '--exclude-protected'], project.folder),
    async exportState() {
      const done = await cliRun(['stack', 'export', '--stack', stack], desk);
      if (done.code !== 0) throw failed('stack export', done);
      return done.out;
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function readLog(file: string): Promise<EventLog> {
  const reader = eventReader();
  if (existsSync(file)) {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) reader.line(line);
  }
  return reader.end();
}

/** Said of every plugin that is found on PATH, which is where ours are. */
const FROM_PATH = /^using pulumi-\S+ from \$PATH at /;
/** Repeated of what a failed command printed. */
const MAX_PRINTED = 4000;
const MISSING = /no resource plugin 'pulumi-resource-([\w-]+)/g;

function runOf(command: CommandEnd, log: EventLog, ms: number): EngineRun {
  const diagnostics = log.diagnostics.filter((d) => !FROM_PATH.test(d.message));
  const ok = command.end === 'ended' && command.code === 0 && log.unreadable === 0;
  if (!ok && !diagnostics.some((d) => d.severity === 'error')) {
    // Language hosts print what is wrong with a program; the CLI's own faults are on its standard error.
    const printed = diagnostics.filter((d) => d.severity === 'info#err').map((d) => d.message);
    const message = printed.join('\n') || command.said.trim() || command.out.trim().slice(-MAX_PRINTED);
    if (message !== '') diagnostics.push({ severity: 'error', urn: undefined, message });
  }
  if (log.unreadable > 0) {
    const message = `${log.unreadable} lines of the engine's event log could not be read`;
    diagnostics.push({ severity: 'error', urn: undefined, message });
  }
  const missing = diagnostics.flatMap((d) => [...d.message.matchAll(MISSING)].map((m) => m[1] ?? ''));
  return {
    ok,
    end: command.end,
    exitCode: command.code,
    steps: log.steps,
    diagnostics,
    policies: log.policies,
    changes: log.changes,
    missingPlugins: [...new Set(missing)].sort(),
    ms,
  };
}

function failed(what: string, command: CommandEnd): UsageError {
  const why = command.end === 'ended' ? (command.said || command.out).trim() : command.end;
  return new UsageError('engine-failed', `\`pulumi ${what}\` failed: ${why}`);
}
