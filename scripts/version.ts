/** The version of this package, from its own package.json: nearest above the sources, or above what was built from them. */
import { existsSync, readFileSync } from 'node:fs';

export function version(): string {
  let manifest = new URL('../package.json', import.meta.url);
  while (!existsSync(manifest)) {
    const above = new URL('../package.json', manifest);
    if (above.href === manifest.href) throw new Error('no package.json above the program: it was taken out of its package');
    manifest = above;
  }
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
