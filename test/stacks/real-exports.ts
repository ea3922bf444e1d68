/** Real exports of public projects, read in place. Absent in a plain clone: tests then skip, except under CI=true. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/data/exports/', import.meta.url));

export const haveExports = existsSync(folder);

if (!haveExports) {
  if (process.env.CI === 'true') throw new Error('../shared/data/exports is absent: real exports must be tested under CI');
  console.log('skipped: tests on real exports, since ../shared/data/exports is absent');
}

export function realExport(file: string): Buffer {
  return readFileSync(folder + file);
}
