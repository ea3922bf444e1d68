/**
 * Reads a Pulumi project folder by running its program, in child processes, on the project's own SDK: no Pulumi CLI,
 * credentials or network.
 *
 * The program runs twice, at the same time. The plain run leaves unknown what a preview leaves unknown, so apply()
 * callbacks on such values do not run; it alone decides which values are facts and which errors count. The marked run
 * puts marker text in their place and so sees what every unknown value is made from: which resource, which property.
 * Nothing that the marked run computed is ever a fact.
 */
import { realpath } from 'node:fs/promises';
import { firstOf } from '../../model/naming.ts';
import type { RawReading, RawResource, ReadOptions } from '../raw.ts';
import { completed } from './failures.ts';
import { requireInstalled } from './installed.ts';
import { findMarkers, withoutMarkers } from './markers.ts';
import { findEntry, readProject, splitSource } from './project.ts';
import type { RunResult, WireResource } from './protocol.ts';
import { type ChildEnd, type Limits, startChild } from './run-child.ts';
import { readStackConfig } from './stack-config.ts';
import { conditional, mergeRecord, type UrnOf } from './values.ts';

export interface ProgramOptions extends ReadOptions {
  /** `key=value` choices over the stack's configuration (`--config`). */
  readonly config: readonly string[];
  /** Time limit of the run, default 60. */
  readonly seconds?: number;
  /** Heap limit of each child process in MiB, default 2,048. */
  readonly memory?: number;
}

const DEFAULT_LIMITS: Limits = { seconds: 60, memory: 2048 };
/** The marked run may take as long again as the plain run did, and this much more, seconds. */
const GRACE = 5;
/** What `pulumi.getOrganization()` answers without a backend, as the SDK's own default backend does. */
const ORGANIZATION = 'organization';
/** Loaders of the project that ours takes the place of, and debugger switches. */
const OWN_LOADERS = /tsx|ts-node|swc|^--inspect/;

/**
 * Runs the program of `FOLDER` or `FOLDER@STACK` and answers what it registers, in registration order.
 * @throws UsageError: `project-missing`, `project-malformed`, `runtime-unsupported`, `program-missing`,
 * `program-not-installed`, `stack-ambiguous`, `stack-missing`, `config-malformed`, `config-flag`, and for the run itself
 * `program-failed`, `program-config-missing`, `program-exited`, `program-waiting`, `program-hung`,
 * `program-out-of-memory`, `program-empty`.
 */
export async function readProgram(source: string, options: ProgramOptions): Promise<RawReading> {
  const { folder, stack } = splitSource(source);
  const project = await readProject(folder);
  const entry = findEntry(project);
  requireInstalled(entry.path, project.folder);
  const config = await readStackConfig(project, stack, options.config);
  const limits: Limits = { seconds: options.seconds ?? DEFAULT_LIMITS.seconds, memory: options.memory ?? DEFAULT_LIMITS.memory };
  const root = await realpath(project.folder);
  const request = {
    project: project.name,
    stack: config.stack,
    organization: ORGANIZATION,
    entry: await realpath(entry.path),
    esm: entry.esm,
    folder: root,
    config: config.values,
    secretKeys: config.secretKeys,
    region: config.region ?? options.region,
    markers: config.markers,
  };
  const nodeArgs = ownArgs(project.nodeArgs);
  const start = (kind: { readonly marked?: boolean; readonly blank?: boolean; readonly traces?: boolean }) =>
    startChild({ ...request, marked: false, blank: false, traces: false, ...kind }, entry.cwd, nodeArgs, limits);

  const plainRun = start({});
  const markedRun = start({ marked: true });
  const began = performance.now();
  let plainEnd = await plainRun.ended;
  const took = (performance.now() - began) / 1000;
  markedRun.stopWithin(plainEnd.result?.end.how === 'done' ? took + GRACE : 0);
  const markedEnd = await markedRun.ended;
  const blankNotes: string[] = [];
  if (plainEnd.result?.end.how === 'failed' && plainEnd.result.standIns.length > 0) {
    const blank = await start({ blank: true }).ended;
    if (blank.result?.end.how === 'done') {
      blankNotes.push(
        `the program cannot work with stand-ins for its data sources, so they were left unknown (${plainEnd.result.end.error.message.split('\n')[0]})`,
      );
      plainEnd = blank;
    }
  }
  if (plainEnd.result?.end.how === 'failed') {
    const traced = await start({ traces: true }).ended;
    if (traced.result?.end.how === 'failed') plainEnd = traced;
  }
  const plain = completed(plainEnd, project.folder, limits);
  const { resources, notes } = joined(plain, markedEnd);
  return {
    source,
    kind: 'program',
    project: project.name,
    stack: config.stack,
    resources,
    configRegion: config.region,
    partial: false,
    notes: [...config.notes, ...blankNotes, ...notes],
  };
}

function ownArgs(args: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    const takesNext = /^(--import|--loader|--experimental-loader|--require|-r)$/.test(arg);
    const value = takesNext ? (args[i + 1] ?? '') : '';
    if (takesNext) i += 1;
    if (OWN_LOADERS.test(arg) || OWN_LOADERS.test(value)) continue;
    kept.push(...(takesNext ? [arg, value] : [arg]));
  }
  return kept;
}

interface Joined {
  readonly resources: readonly RawResource[];
  readonly notes: readonly string[];
}

function joined(plain: RunResult, markedEnd: ChildEnd): Joined {
  const marked = markedEnd.result;
  const notes: string[] = [];
  const plainUrn: UrnOf = (urn) => withoutMarkers(urn, plain.markers);
  const markedUrn: UrnOf = (urn) => withoutMarkers(urn, marked?.markers ?? []);
  const twins = new Map((marked?.resources ?? []).map((r) => [markedUrn(r.urn), r]));
  const resources: RawResource[] = plain.resources.map((r) => {
    const twin = twins.get(plainUrn(r.urn));
    const values = (part: 'inputs' | 'outputs') =>
      mergeRecord(r[part], plain.markers, { value: twin?.[part], book: marked?.markers ?? [] }, markedUrn);
    return raw(r, plainUrn, values('inputs'), values('outputs'));
  });

  const known = new Set(resources.map((r) => r.urn));
  const unmatched = new Set(resources.filter((r) => !twins.has(r.urn)).map((r) => r.type));
  const later = (marked?.resources ?? []).filter((r) => !known.has(markedUrn(r.urn)) && !unmatched.has(r.type));
  for (const r of later) {
    const holes = Object.entries(r.inputs).map(
      ([k, value]) => [k, conditional({ value, book: marked?.markers ?? [] }, markedUrn)] as const,
    );
    resources.push(raw(r, markedUrn, Object.fromEntries(holes), {}));
  }
  if (later.length > 0) {
    notes.push(
      `${count(later.length, 'resource')} registered inside apply() on values known after deployment only: listed, with all inputs unknown`,
    );
  }
  if (marked === undefined || marked.passedOver > 0 || unmatched.size > 0) {
    notes.push(
      'part of the program cannot run on stand-in text: some values that are unknown before deployment are shown without where they come from',
    );
  }
  if (plain.standIns.length > 0) {
    notes.push(
      `data sources are not asked; stand-ins took the place of ${[...plain.standIns].sort().join(', ')}, and how many resources the program makes from them may differ`,
    );
  }
  if (plain.reads.length > 0) {
    notes.push(
      `${count(plain.reads.length, 'existing resource')} read by id and not part of this stack: ${named(plain.reads.map(plainUrn))}`,
    );
  }
  const remote = resources.filter((r) => r.remote);
  if (remote.length > 0) {
    notes.push(
      `${count(remote.length, 'component')} made by a provider, whose parts only a deployed stack shows (${named(remote.map((r) => r.urn))}): ` +
        'give `pulumi stack export` as the source to judge them',
    );
  }
  return { resources, notes };
}

function raw(r: WireResource, urnOf: UrnOf, inputs: RawResource['inputs'], outputs: RawResource['outputs']): RawResource {
  return {
    urn: urnOf(r.urn),
    type: r.type,
    custom: r.custom,
    remote: r.remote,
    id: r.id === undefined || findMarkers(r.id) !== undefined ? undefined : r.id,
    inputs,
    outputs,
    parent: r.parent === undefined ? undefined : urnOf(r.parent),
    aliases: r.aliases,
    dependencies: r.dependencies.map(urnOf),
    propertyDependencies: Object.fromEntries(Object.entries(r.propertyDependencies).map(([k, urns]) => [k, urns.map(urnOf)])),
    provider: r.provider === undefined ? undefined : urnOf(r.provider),
    protect: r.protect,
    retainOnDelete: r.retainOnDelete,
    ignoreChanges: r.ignoreChanges,
    position: r.position,
    pending: undefined,
  };
}

const named = (urns: readonly string[]): string => firstOf(urns.map((u) => u.split('::').slice(2).join(' ')));

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
