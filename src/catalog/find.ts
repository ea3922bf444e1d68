/** Where the catalogue is, and its text: the only file of this folder that touches the disk. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Catalogue } from '../model/agreement.ts';
import { UsageError } from '../model/errors.ts';
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

/**
 * Reads and parses a catalogue file. Throws `UsageError`: `catalogue-unreadable` when the file is missing, no file,
 * too large or not UTF-8, `catalogue-invalid` for what is in it.
 */
export function readCatalogue(path: string, vocabulary: Vocabulary = {}): Catalogue {
  return parseCatalogue(readText(path), path, vocabulary);
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    const size = statSync(path).size;
    // Four bytes are the most that UTF-8 takes for a character.
    if (size > 4 * MAX_TEXT) throw new Error(`it has ${size} bytes`);
    bytes = readFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      'catalogue-unreadable',
      `${path}: expected a catalogue file, but ${why}; name another file with --catalog, or write one with holdfast init`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError('catalogue-unreadable', `${path}: expected UTF-8 text, found other bytes; save the file as UTF-8`);
  }
}
