/** Where the things of a result are in the repository: for formats that point at files. */
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import type { Layout } from '../../src/reports/sarif.ts';
import { splitSource } from '../../src/stacks/program/project.ts';
import { version } from '../version.ts';

const MANIFESTS = ['Pulumi.yaml', 'Pulumi.yml'];
/** A repository with more folders than this is not searched through. */
const MOST_FOLDERS = 5_000;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'vendor', 'venv']);

/** The repository is the nearest folder above `cwd` with a `.git`, else `cwd` itself. */
export function filesOf({ sources, catalogue }: VerifyResult, cwd: string): Layout {
  const root = realpathSync(rootOf(cwd));
  const inRoot = (path: string): string | undefined => {
    if (!existsSync(path)) return undefined;
    const found = relative(root, realpathSync(path));
    return found.startsWith('..') || resolve(found) === found ? undefined : found.split(sep).join('/');
  };
  const named = sources.flatMap((s) => (s.kind === 'program' ? manifestsIn(resolve(cwd, splitSource(s.source).folder)) : []));
  const wanted = new Set(sources.map((s) => s.project));
  const found = named.length === sources.length ? named : [...named, ...manifestsUnder(root)];
  const projects = new Map<string, { folder: string; manifest: string }>();
  for (const path of found) {
    const [name, manifest, folder] = [nameIn(path), inRoot(path), inRoot(dirname(path))];
    if (name === undefined || manifest === undefined || folder === undefined || !wanted.has(name) || projects.has(name)) continue;
    projects.set(name, { folder, manifest });
  }
  const agreed = catalogue === null ? undefined : inRoot(resolve(cwd, catalogue));
  const files = sources
    .map((s) => inRoot(resolve(cwd, s.source)))
    .filter((f) => f !== undefined && statSync(join(root, f)).isFile());
  return {
    projects,
    catalogue: agreed,
    otherwise: [...projects.values()][0]?.manifest ?? agreed ?? files[0] ?? MANIFESTS[0] ?? '',
    version: version(),
  };
}

function rootOf(cwd: string): string {
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return cwd;
  }
}

const manifestsIn = (folder: string): readonly string[] => MANIFESTS.map((m) => join(folder, m)).filter((m) => existsSync(m));

/** Nearest first. */
function manifestsUnder(root: string): readonly string[] {
  const found: string[] = [];
  const open = [root];
  for (let seen = 0; seen < MOST_FOLDERS; seen += 1) {
    const folder = open.shift();
    if (folder === undefined) break;
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) open.push(join(folder, entry.name));
      else if (MANIFESTS.includes(entry.name)) found.push(join(folder, entry.name));
    }
  }
  return found;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Help for a reader: a manifest that cannot be read names no project. */
function nameIn(manifest: string): string | undefined {
  try {
    const document: unknown = parse(readFileSync(manifest, 'utf8'));
    const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : undefined;
    return typeof name === 'string' ? name : basename(dirname(manifest));
  } catch {
    return undefined;
  }
}
