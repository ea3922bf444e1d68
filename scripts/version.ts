/** The version of this package, from its own package.json: beside the sources, or beside what was built from them. */
import { readFileSync } from 'node:fs';

export function version(): string {
  const root = import.meta.url.includes('/dist/') ? '../../package.json' : '../package.json';
  return (JSON.parse(readFileSync(new URL(root, import.meta.url), 'utf8')) as { version: string }).version;
}
