/** What verify, init and explain share: sources in, a judgement out. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findCatalogue, readCatalogue } from '../../src/catalog/find.ts';
import { buildEstate } from '../../src/estate/estate.ts';
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

export interface JudgedRun {
  readonly judgement: Judgement;
  readonly sources: readonly string[];
}

export async function judgeSources(
  named: readonly string[],
  flags: SourceFlags & { readonly seed: number },
  around: Surroundings,
): Promise<JudgedRun> {
  const catalogue = await catalogueFor(named, flags, around);
  const sources = named.length > 0 ? named : sourcesOf(catalogue);
  const readings = await read(sources, flags, around);
  const inert = new Map((catalogue?.inert ?? []).map((i) => [i.type, i.reason]));
  const estate = buildEstate(readings, SERVICES, inert);
  const judgement = judge(estate, catalogue, { today: flags.date ?? around.today, seed: flags.seed, world: 'live' });
  return { judgement, sources };
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
  const rules = [...RULES, ...(await liveRules(file))].map((r) => r.id);
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
  const project = await readProject(splitSource(source).folder);
  return [project.folder, findEntry(project).cwd];
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
