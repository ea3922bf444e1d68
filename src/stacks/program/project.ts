/** A Pulumi project folder: what Pulumi.yaml says, which stacks have settings, and which module is the program. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isMap, type YAMLMap } from 'yaml';
import { UsageError } from '../../model/errors.ts';
import { readYamlFile, scalarText, type YamlFile } from './yaml-file.ts';

export interface Project {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  /** The program's language, as Pulumi.yaml spells it: nodejs, yaml, python … */
  readonly runtime: string;
  /** Path of the program or its folder, relative to the project; undefined: the project folder. */
  readonly main: string | undefined;
  /** `runtime.options.nodeargs`, split at blanks. */
  readonly nodeArgs: readonly string[];
  /** Absolute folder of the Pulumi.<stack>.yaml files. */
  readonly stackFolder: string;
  /** The `config:` mapping of Pulumi.yaml. */
  readonly config: YAMLMap | undefined;
  readonly file: YamlFile;
}

/** The program's module and how Pulumi's own runner would start it. */
export interface Entry {
  /** Absolute path of the module. */
  readonly path: string;
  /** Loaded with `import()`: its package says `"type": "module"`, or its extension does. */
  readonly esm: boolean;
  /** Absolute working directory. */
  readonly cwd: string;
}

const PROJECT_FILES = ['Pulumi.yaml', 'Pulumi.yml'];
const INDEX_FILES = ['index.js', 'index.mjs', 'index.cjs', 'index.ts', 'index.mts', 'index.cts'];
const PROGRAM_EXTENSIONS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json'];

/**
 * `PROJECT@STACK` as the user writes it. A folder whose own name contains `@` is taken whole when it exists.
 */
export function splitSource(source: string): { readonly folder: string; readonly stack: string | undefined } {
  const at = source.lastIndexOf('@');
  if (at <= 0 || existsSync(source)) return { folder: source, stack: undefined };
  return { folder: source.slice(0, at), stack: source.slice(at + 1) };
}

function projectFile(folder: string): string | undefined {
  return PROJECT_FILES.map((f) => join(folder, f)).find((f) => existsSync(f));
}

/** Does `FOLDER` or `FOLDER@STACK` name a folder that holds a Pulumi.yaml? */
export function isProjectFolder(source: string): boolean {
  return projectFile(splitSource(source).folder) !== undefined;
}

/** Names of the stacks that have a Pulumi.<stack>.yaml, sorted. @throws UsageError when Pulumi.yaml cannot be read. */
export async function listStacks(source: string): Promise<readonly string[]> {
  return stacksOf(await readProject(splitSource(source).folder));
}

export async function stacksOf(project: Project): Promise<readonly string[]> {
  if (!existsSync(project.stackFolder)) return [];
  const names = (await readdir(project.stackFolder)).map((f) => /^Pulumi\.(.+)\.ya?ml$/.exec(f)?.[1]);
  return [...new Set(names.filter((n) => n !== undefined))].sort();
}

/**
 * `runtimes`: only a program of Node is run by Holdfast itself, while the engine runs any.
 * @throws UsageError `project-missing`, `project-malformed` or `runtime-unsupported`.
 */
export async function readProject(source: string, runtimes: 'nodejs' | 'any' = 'nodejs'): Promise<Project> {
  const folder = resolve(source);
  const found = projectFile(folder);
  if (found === undefined) {
    throw new UsageError('project-missing', `${source}: no Pulumi.yaml here; give a Pulumi project folder or a JSON file`);
  }
  const file = await readYamlFile(found, 'project-malformed');
  const top = file.top;
  const name = scalarText(top?.get('name', true));
  if (top === undefined || name === undefined || name === '') throw file.wrong(top?.get('name', true) ?? top, 'a project `name`');
  const { runtime, nodeArgs } = runtimeOf(file, top, runtimes);
  const main = top.get('main', true);
  if (main !== undefined && scalarText(main) === undefined) throw file.wrong(main, '`main` to be a path');
  const config = top.get('config', true);
  const configFolder = scalarText(config);
  if (config !== undefined && configFolder === undefined && !isMap(config) && file.data(config) !== null) {
    throw file.wrong(config, '`config` to be a mapping of keys, or a folder');
  }
  const stackFolder = scalarText(top.get('stackConfigDir', true)) ?? configFolder ?? '.';
  return {
    folder,
    name,
    runtime,
    main: scalarText(main),
    nodeArgs,
    stackFolder: resolve(folder, stackFolder),
    config: isMap(config) ? config : undefined,
    file,
  };
}

function runtimeOf(file: YamlFile, top: YAMLMap, runtimes: 'nodejs' | 'any'): Pick<Project, 'runtime' | 'nodeArgs'> {
  const runtime = top.get('runtime', true);
  const name = scalarText(isMap(runtime) ? runtime.get('name', true) : runtime);
  if (name === undefined) throw file.wrong(runtime ?? top, '`runtime`: a name such as nodejs, or a mapping with one');
  if (name !== 'nodejs' && runtimes === 'nodejs') {
    throw new UsageError(
      'runtime-unsupported',
      `${file.at(runtime)}: Holdfast runs programs whose runtime is nodejs, and this one's is ${name}. ` +
        'Give its deployed state instead: `pulumi stack export --file stack.json`, then name stack.json as the source; or run it on the real engine: `rehearse --engine`',
    );
  }
  const options = isMap(runtime) ? runtime.get('options', true) : undefined;
  if (options === undefined || !isMap(options)) return { runtime: name, nodeArgs: [] };
  const args = options.get('nodeargs', true);
  const text = scalarText(args);
  if (args !== undefined && text === undefined) throw file.wrong(args, '`nodeargs` to be text');
  return { runtime: name, nodeArgs: (text ?? '').split(/\s+/).filter((a) => a !== '') };
}

/**
 * Finds the module as Pulumi's own runner does (`cmd/run/run.js` of @pulumi/pulumi, and the language host's rule
 * that the folder of `main` is the working directory): `main` of Pulumi.yaml, else `exports`/`main` of package.json
 * when that file exists, else `index`. A TypeScript source is taken where the built file is missing.
 * @throws UsageError `program-missing`.
 */
export function findEntry(project: Project): Entry {
  const named = resolve(project.folder, project.main ?? '.');
  const isFolder = existsSync(named) && statSync(named).isDirectory();
  const cwd = isFolder ? named : dirname(named);
  const tried = isFolder ? [...packageMains(named), ...INDEX_FILES.map((f) => join(named, f))] : spellings(named);
  const path = tried.find((p) => existsSync(p) && statSync(p).isFile());
  if (path === undefined) {
    throw new UsageError(
      'program-missing',
      `${project.file.file}: the program was expected at ${project.main ?? 'index.ts or index.js'}, and no such file is there`,
    );
  }
  const extension = extname(path);
  const isModule = nearestPackage(dirname(path)).type === 'module';
  return { path, cwd, esm: /^\.m/.test(extension) || (isModule && !/^\.c/.test(extension)) };
}

function spellings(path: string): readonly string[] {
  return [...PROGRAM_EXTENSIONS.map((e) => path + e), join(dirname(path), `${basename(path, extname(path))}.ts`)];
}

function packageMains(folder: string): readonly string[] {
  const manifest = nearestPackage(folder);
  if (manifest.folder === undefined) return [];
  const main = exportedMain(manifest.exports) ?? manifest.main;
  if (typeof main !== 'string') return [];
  const path = resolve(manifest.folder, main);
  return [...PROGRAM_EXTENSIONS.map((e) => path + e), ...INDEX_FILES.map((f) => join(path, f))];
}

function exportedMain(exports: unknown): unknown {
  if (typeof exports !== 'object' || exports === null) return exports;
  const dot = (exports as Record<string, unknown>)['.'];
  if (typeof dot !== 'object' || dot === null) return dot;
  const conditions = dot as Record<string, unknown>;
  return conditions.default ?? conditions.require ?? conditions.import;
}

interface Manifest {
  readonly folder?: string;
  readonly type?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
}

/** The nearest package.json at or above a folder; one that cannot be read counts as empty, as it does for Pulumi. */
function nearestPackage(folder: string): Manifest {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    try {
      const data: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return typeof data === 'object' && data !== null ? { ...data, folder } : { folder };
    } catch {
      return { folder };
    }
  }
  const parent = dirname(folder);
  return parent === folder ? {} : nearestPackage(parent);
}
