/** What every command that judges shares: sources and a catalogue in, a judgement out. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findCatalogue, readCatalogue } from '../../src/catalog/find.ts';
import { FIGHT_RULES } from '../../src/engine/after-failover.ts';
import { buildEstate, type Estate } from '../../src/estate/estate.ts';
import type { Catalogue } from '../../src/model/agreement.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { serviceTimes } from '../../src/recovery/times/index.ts';
import { RULES } from '../../src/rules/registry.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { findEntry, isProjectFolder, readProject, splitSource } from '../../src/stacks/program/project.ts';
import { readSources } from '../../src/stacks/read-sources.ts';
import type { Judgement } from '../../src/verdicts/judge.ts';
import { judge } from '../../src/verdicts/judge.ts';
import type { Surroundings } from '../surroundings.ts';

export interface SourceFlags {
  /** False: `--no-catalog`. */
  readonly catalog?: string | false;
  readonly state: readonly string[];
  readonly config: readonly string[];
  readonly region?: string;
  readonly timeout: number;
  readonly memory: number;
  readonly date?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly out?: string;
}

/** What a command judges: read once, whoever needs it. */
export interface Inputs {
  readonly catalogue: Catalogue | undefined;
  readonly sources: readonly string[];
  /** Empty where no source was named and none is needed. */
  readonly readings: readonly SourceReading[];
  /** YYYY-MM-DD. */
  readonly today: string;
}

/** Sources from the command line, else from the catalogue. Throws `UsageError` (`no-source`) without any, unless none is needed. */
export async function inputsOf(
  named: readonly string[],
  flags: SourceFlags,
  around: Surroundings,
  need: 'sources' | 'nothing' = 'sources',
): Promise<Inputs> {
  const catalogue = await catalogueFor(named, flags, around);
  const isBare = named.length === 0 && (catalogue?.sources.length ?? 0) === 0;
  const sources = named.length > 0 ? named : isBare && need === 'nothing' ? [] : sourcesOf(catalogue);
  const readings = sources.length === 0 ? [] : await read(sources, flags, around);
  return { catalogue, sources, readings, today: flags.date ?? around.today };
}

/** The estate of these readings, with what the catalogue declares inert. */
export function estateOf(readings: readonly SourceReading[], catalogue: Catalogue | undefined): Estate {
  return buildEstate(readings, SERVICES, new Map((catalogue?.inert ?? []).map((i) => [i.type, i.reason])));
}

export interface JudgedRun extends Inputs {
  readonly judgement: Judgement;
}

export async function judgeSources(
  named: readonly string[],
  flags: SourceFlags & { readonly seed: number },
  around: Surroundings,
): Promise<JudgedRun> {
  const inputs = await inputsOf(named, flags, around);
  const { readings, catalogue, today } = inputs;
  return { ...inputs, judgement: judge(estateOf(readings, catalogue), catalogue, { today, seed: flags.seed, world: 'live' }) };
}

export async function read(
  sources: readonly string[],
  flags: SourceFlags,
  around: Surroundings,
): Promise<readonly SourceReading[]> {
  if (flags.quiet !== true) around.progress(`reading ${sources.join(', ')}`);
  return readSources(sources, {
    states: flags.state,
    config: flags.config,
    region: flags.region,
    seconds: flags.timeout,
    memory: flags.memory,
    stdin: around.stdin,
  });
}

export async function catalogueFor(
  named: readonly string[],
  flags: SourceFlags,
  around: Surroundings,
): Promise<Catalogue | undefined> {
  if (flags.catalog === false) return undefined;
  const file =
    flags.catalog ?? findCatalogue(named.length === 0 ? [around.cwd] : (await Promise.all(named.map(foldersOf))).flat());
  if (file === undefined) return undefined;
  const rules = [...RULES, ...(await liveRules(file)), ...Object.values(FIGHT_RULES)].map((r) => r.id);
  return readCatalogue(file, { rules: new Set(rules), timeRows: new Set(serviceTimes.map((t) => t.id)) });
}

/** Rules of live AWS can be waived too. Most catalogues waive nothing, and the checks take 30 ms to load. */
async function liveRules(file: string): Promise<readonly { readonly id: string }[]> {
  if (!existsSync(file) || !readFileSync(file, 'utf8').includes('waivers')) return [];
  const { CHECKS } = await import('../../checks/registry.ts');
  return CHECKS.flatMap((c) => c.rules);
}

/** A source's own folder; for a program also the folder that it runs in, which `main:` may put elsewhere. */
async function foldersOf(source: string): Promise<readonly string[]> {
  if (source === '-') return [];
  if (!isProjectFolder(source))
    return existsSync(source) ? [statSync(source).isDirectory() ? resolve(source) : dirname(resolve(source))] : [];
  const project = await readProject(splitSource(source).folder, 'any');
  return [project.folder, project.runtime === 'nodejs' ? findEntry(project).cwd : resolve(project.folder, project.main ?? '.')];
}

export function sourcesOf(catalogue: Catalogue | undefined): readonly string[] {
  if (catalogue === undefined || catalogue.sources.length === 0) {
    throw new UsageError(
      'no-source',
      'expected a source: a Pulumi project folder, a JSON file, or - for standard input. Name one, or list them under sources: in holdfast.yaml.',
    );
  }
  return catalogue.sources.map((s) => {
    const split = s.lastIndexOf('@');
    const path = resolve(dirname(catalogue.file), s);
    return existsSync(path) || split <= 0 ? path : `${resolve(dirname(catalogue.file), s.slice(0, split))}${s.slice(split)}`;
  });
}
