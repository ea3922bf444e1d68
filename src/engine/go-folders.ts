/** Where Go keeps modules and what it compiled: under HOME unless told, and an engine's run has a HOME of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isJsonRecord } from '../stacks/shape.ts';

const NAMES = ['GOMODCACHE', 'GOCACHE'];

/** Variables for a run without network. Empty where Go is not installed: its language host then says so. */
export async function goFolders(environment: NodeJS.ProcessEnv): Promise<Readonly<Record<string, string>>> {
  const told = await promisify(execFile)('go', ['env', '-json', ...NAMES], { env: environment }).catch(() => undefined);
  if (told === undefined) return {};
  const said: unknown = JSON.parse(told.stdout);
  const folders: Record<string, string> = {};
  for (const name of NAMES) {
    const folder = isJsonRecord(said) ? said[name] : undefined;
    if (typeof folder === 'string') folders[name] = folder;
  }
  return { ...folders, GOPROXY: 'off', GOTOOLCHAIN: 'local' };
}
