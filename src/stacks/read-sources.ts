/** Sources as the command line names them: project folders, JSON files, standard input. */
import { readFile, stat } from 'node:fs/promises';
import { UsageError } from '../model/errors.ts';
import type { SourceReading } from '../model/resource.ts';
import { checkSize } from './json-text.ts';
import { normalise } from './normalise.ts';
import { overlay, sameStack } from './overlay.ts';
import { parseSource } from './parse-source.ts';
import type { ProgramOptions } from './program/read-program.ts';
import type { RawReading } from './raw.ts';
import { linkStackReferences } from './stack-references.ts';

export interface SourceOptions extends ProgramOptions {
  /** Exports over which differences are read (`--state`). */
  readonly states: readonly string[];
  /** Reads standard input to its end, for the source `-`. */
  readonly stdin: () => Promise<Uint8Array>;
}

/** Sources read at the same time: a program runs in two processes. */
const AT_ONCE = 2;

/**
 * Reads all sources of one estate, in the order given, with the outputs of one stack put where another refers to them.
 * @throws UsageError from the first source that cannot be read; `source-missing`, `source-unreadable`, `stdin-twice`,
 * `same-stack-twice`, and those of `parseSource`, `overlay` and `readProgram`.
 */
export async function readSources(paths: readonly string[], options: SourceOptions): Promise<SourceReading[]> {
  if (paths.length === 0)
    throw new UsageError('source-missing', 'expected a source: a Pulumi project folder, a JSON file, or - for standard input');
  if ([...paths, ...options.states].filter((path) => path === '-').length > 1) {
    throw new UsageError('stdin-twice', 'standard input (-) can be read once only: write the others to files');
  }
  const readings = await inTurns(paths, (path) => readSource(path, options));
  const states = await inTurns(options.states, (path) => readJson(path, options));
  for (const state of states) {
    const differences = readings.filter((r) => r.difference !== undefined);
    const target = differences.find((r) => sameStack(state, r)) ?? differences[0] ?? readings[0];
    if (target !== undefined) readings[readings.indexOf(target)] = overlay(state, target);
  }
  refuseTwins(readings);
  return linkStackReferences(readings.map((reading) => normalise(reading, options)));
}

/** The same stack read twice would look like two copies that stand in for one another. */
function refuseTwins(readings: readonly RawReading[]): void {
  readings.forEach((reading, i) => {
    const twin = readings.slice(0, i).find((r) => r.stack !== '' && r.project === reading.project && r.stack === reading.stack);
    if (twin !== undefined) {
      throw new UsageError(
        'same-stack-twice',
        `${twin.source} and ${reading.source} are both ${reading.project}/${reading.stack}: give each stack once. A preview is read over its export with --state.`,
      );
    }
  });
}

async function readSource(path: string, options: SourceOptions): Promise<RawReading> {
  if (path !== '-' && (await isFolder(path))) {
    // Loaded when a program is read: a JSON source needs none of it.
    const { readProgram } = await import('./program/read-program.ts');
    return readProgram(path, options);
  }
  return readJson(path, options);
}

/** A folder, or FOLDER@STACK. */
async function isFolder(path: string): Promise<boolean> {
  const found = await statOf(path);
  if (found !== undefined) return found.isDirectory();
  const split = path.lastIndexOf('@');
  return split > 0 && (await statOf(path.slice(0, split)))?.isDirectory() === true;
}

async function readJson(path: string, options: SourceOptions): Promise<RawReading> {
  if (path === '-') return parseSource(await options.stdin(), 'standard input');
  const found = await statOf(path);
  if (found === undefined) {
    throw new UsageError(
      'source-missing',
      `${path}: there is no such file or folder. Give a Pulumi project folder, a JSON file, or - for standard input.`,
    );
  }
  if (found.isDirectory())
    throw new UsageError('not-a-state', `${path}: --state expects a file that \`pulumi stack export\` wrote, found a folder`);
  checkSize(found.size, path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  return parseSource(bytes, path);
}

async function statOf(path: string): Promise<{ readonly size: number; isDirectory(): boolean } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE') return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UsageError {
  return new UsageError('source-unreadable', `${path}: cannot be read (${codeOf(error)}). Check that you may read it.`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Runs `work` over the items, a few at a time, and answers in their order. The first item that fails decides the error. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: PromiseSettledResult<R>[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const [index, item] = entry;
      const [result] = await Promise.allSettled([work(item)]);
      results[index] = result;
      if (result.status === 'rejected') waiting.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
