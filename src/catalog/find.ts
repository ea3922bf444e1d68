/** Where the catalogue and its drill files are, and their text: the only file of this folder that touches the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Catalogue } from '../model/agreement.ts';
import type { DrillSpec } from '../model/drill.ts';
import { messageOf, UsageError } from '../model/errors.ts';
import { parseDrillFile } from './drills.ts';
import { parseCatalogue } from './parse.ts';
import type { Vocabulary } from './references.ts';
import { MAX_TEXT } from './yaml.ts';

export const CATALOGUE_NAME = 'holdfast.yaml';

/**
 * The catalogue that goes with some sources: `holdfast.yaml` in one of the folders (give the source's folder first,
 * then its program's), else in the nearest folder above the first that has one above it. Undefined when there is none.
 */
export function findCatalogue(folders: readonly string[]): string | undefined {
  const starts = folders.map((folder) => resolve(folder));
  return (
    starts.map(catalogueIn).find((path) => path !== undefined) ?? starts.map(nearestAbove).find((path) => path !== undefined)
  );
}

function catalogueIn(folder: string): string | undefined {
  const path = join(folder, CATALOGUE_NAME);
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : undefined;
}

function nearestAbove(folder: string): string | undefined {
  for (let here = dirname(folder), below = folder; here !== below; below = here, here = dirname(here)) {
    const path = catalogueIn(here);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** How the names of drill files end that are read with the catalogue beside them. */
const DRILL_FILE = '.drill.yaml';

/**
 * Every drill that is written: those of the catalogue, then those of the drill files in its folder, by name. Throws `UsageError`
 * as `readDrillFile` does; an id that two of them have is a problem of the later.
 */
export function writtenDrills(catalogue: Catalogue): readonly DrillSpec[] {
  const folder = dirname(catalogue.file);
  const files = readdirSync(folder).filter((name) => name.endsWith(DRILL_FILE));
  const drills = [...catalogue.drills];
  for (const name of files.sort()) drills.push(...readDrillFile(join(folder, name), { ...catalogue, drills: [...drills] }));
  return drills;
}

/** Reads and parses a drill file. Throws `UsageError`: `drill-file-unreadable`, or `drill-file-invalid` for what is in it. */
export function readDrillFile(path: string, catalogue: Catalogue): readonly DrillSpec[] {
  return parseDrillFile(readText(path, DRILLS), path, catalogue);
}

/**
 * Reads and parses a catalogue file. Throws `UsageError`: `catalogue-unreadable` when the file is missing, no file,
 * too large or not UTF-8, `catalogue-invalid` for what is in it.
 */
export function readCatalogue(path: string, vocabulary: Vocabulary = {}): Catalogue {
  return parseCatalogue(readText(path, CATALOGUE), path, vocabulary);
}

interface FileKind {
  readonly code: string;
  readonly expected: string;
  readonly advice: string;
}
const CATALOGUE: FileKind = {
  code: 'catalogue-unreadable',
  expected: 'a catalogue file',
  advice: 'name another file with --catalog, or write one with holdfast init',
};
const DRILLS: FileKind = {
  code: 'drill-file-unreadable',
  expected: 'a drill file',
  advice: 'name another file, or write one with holdfast drill list --suggest',
};

function readText(path: string, { code, expected, advice }: FileKind): string {
  let bytes: Buffer;
  try {
    const size = statSync(path).size;
    // Four bytes are the most that UTF-8 takes for a character.
    if (size > 4 * MAX_TEXT) throw new Error(`it has ${size} bytes`);
    bytes = readFileSync(path);
  } catch (error) {
    const why = messageOf(error);
    throw new UsageError(code, `${path}: expected ${expected}, but ${why}; ${advice}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(code, `${path}: expected UTF-8 text, found other bytes; save the file as UTF-8`);
  }
}
