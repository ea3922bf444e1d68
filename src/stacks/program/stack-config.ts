/**
 * A stack's configuration as the SDK wants it: flat `namespace:key` strings, structured values as JSON
 * (https://www.pulumi.com/docs/iac/concepts/config/). Secret values are never decrypted: a stand-in takes their place.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { UsageError } from '../../model/errors.ts';
import { type MarkerBook, type MarkerEntry, markerBook } from './markers.ts';
import { type Project, stacksOf } from './project.ts';
import { readYamlFile, scalarText, type YamlFile } from './yaml-file.ts';

export interface StackConfig {
  readonly stack: string;
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  readonly region: string | undefined;
  /** What the stand-ins among the values stand for. */
  readonly markers: readonly MarkerEntry[];
  readonly notes: readonly string[];
}

/** The stack that runs when the project has no stack file at all. */
const DEFAULT_STACK = 'dev';
/** Nesting of a structured configuration value; deeper is not configuration. */
const MAX_DEPTH = 50;

/**
 * Reads the chosen stack's settings over the project's defaults, and `key=value` choices over both.
 * @throws UsageError `stack-ambiguous`, `stack-missing`, `config-malformed`, `config-flag`.
 */
export async function readStackConfig(
  project: Project,
  chosen: string | undefined,
  flags: readonly string[],
): Promise<StackConfig> {
  const stacks = await stacksOf(project);
  const notes: string[] = [];
  const stack = chosen ?? stacks[0] ?? DEFAULT_STACK;
  if (chosen === undefined && stacks.length > 1) {
    throw new UsageError(
      'stack-ambiguous',
      `${project.folder} has ${stacks.length} stacks (${stacks.join(', ')}): choose one as ${project.folder}@${stacks[0]}`,
    );
  }
  if (chosen !== undefined && stacks.length > 0 && !stacks.includes(chosen)) {
    throw new UsageError('stack-missing', `${project.folder} has no Pulumi.${chosen}.yaml; its stacks are ${stacks.join(', ')}`);
  }
  if (stacks.length === 0) notes.push(`no Pulumi.<stack>.yaml: run as stack ${stack}, with the project's defaults only`);

  const values: Record<string, string> = {};
  const secretKeys = new Set<string>();
  const book = markerBook([]);
  const put = (key: string, value: string, secret: boolean) => {
    values[key] = value;
    if (secret) secretKeys.add(key);
    else secretKeys.delete(key);
  };
  if (project.config !== undefined) readDefaults(project, project.config, book, put);
  const file = ['yaml', 'yml'].map((e) => join(project.stackFolder, `Pulumi.${stack}.${e}`)).find((f) => existsSync(f));
  if (file !== undefined) await readStackFile(file, project.name, book, put, notes);
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    if (equals <= 0)
      throw new UsageError('config-flag', `--config ${flag}: expected key=value, for example aws:region=eu-west-1`);
    put(fullKey(flag.slice(0, equals), project.name), flag.slice(equals + 1), false);
  }
  if (secretKeys.size > 0) {
    notes.push(
      `secret configuration is not decrypted: ${[...secretKeys].sort().join(', ')} ${secretKeys.size === 1 ? 'is' : 'are'} unknown`,
    );
  }
  return { stack, values, secretKeys: [...secretKeys], region: values['aws:region'], markers: book.entries, notes };
}

type Put = (key: string, value: string, secret: boolean) => void;

/** `project:name` of a key that a user may write without its project, or in the older spelling. */
export function fullKey(key: string, project: string): string {
  const plain = key.replace(/^([^:]+):config:/, '$1:');
  return plain.includes(':') ? plain : `${project}:${plain}`;
}

/** Pulumi.yaml's own `config:`: a bare value, or a schema with `value` or `default`. */
function readDefaults(project: Project, config: YAMLMap, book: MarkerBook, put: Put): void {
  for (const pair of config.items) {
    const key = keyOf(project.file, pair.key);
    const full = fullKey(key, project.name);
    const schema =
      isMap(pair.value) && ['value', 'default', 'type', 'secret', 'description'].some((k) => (pair.value as YAMLMap).has(k));
    if (!schema || !isMap(pair.value)) {
      putNode(project.file, full, pair.value, book, put);
      continue;
    }
    const value = pair.value.get('value', true) ?? pair.value.get('default', true);
    if (value === undefined) continue;
    if (pair.value.get('secret') === true) put(full, book.mark({ kind: 'secret', key: full }), true);
    else putNode(project.file, full, value, book, put);
  }
}

async function readStackFile(path: string, project: string, book: MarkerBook, put: Put, notes: string[]): Promise<void> {
  const file = await readYamlFile(path, 'config-malformed');
  if (file.top?.has('environment')) {
    notes.push(`${path} imports Pulumi ESC environments, which are not read: give their values with --config key=value`);
  }
  const config = file.top?.get('config', true);
  if (config === undefined || (isScalar(config) && config.value === null)) return;
  if (!isMap(config)) throw file.wrong(config, '`config` to be a mapping of keys to values');
  for (const pair of config.items) putNode(file, fullKey(keyOf(file, pair.key), project), pair.value, book, put);
}

function keyOf(file: YamlFile, node: unknown): string {
  const key = scalarText(node);
  if (key === undefined || key === '') throw file.wrong(node, 'a configuration key');
  return key;
}

function putNode(file: YamlFile, key: string, node: unknown, book: MarkerBook, put: Put): void {
  const text = scalarText(node);
  if (text !== undefined || (isScalar(node) && node.value === null)) {
    put(key, text ?? '', false);
    return;
  }
  if (!isMap(node) && !isSeq(node)) throw file.wrong(node, `a value for ${key}`);
  const found = { secret: false };
  const data = redact(file, node, key, file.data(node), book, found, 0);
  put(key, typeof data === 'string' ? data : JSON.stringify(data), found.secret);
}

/** Replaces every `{ secure: … }` inside a value by a secret stand-in. */
function redact(
  file: YamlFile,
  node: unknown,
  key: string,
  data: unknown,
  book: MarkerBook,
  found: { secret: boolean },
  depth: number,
): unknown {
  if (depth > MAX_DEPTH) throw file.wrong(node, `${key} to be nested at most ${MAX_DEPTH} deep`);
  if (Array.isArray(data)) return data.map((v, i) => redact(file, node, `${key}[${i}]`, v, book, found, depth + 1));
  if (typeof data !== 'object' || data === null) return data;
  const entries = Object.entries(data);
  if (entries.length === 1 && entries[0]?.[0] === 'secure') {
    if (typeof entries[0][1] !== 'string') throw file.wrong(node, `the \`secure\` value of ${key} to be text`);
    found.secret = true;
    return book.mark({ kind: 'secret', key });
  }
  return Object.fromEntries(entries.map(([k, v]) => [k, redact(file, node, `${key}.${k}`, v, book, found, depth + 1)]));
}
