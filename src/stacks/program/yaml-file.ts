/** Reads one of a Pulumi project's YAML files, with the place of everything in it at hand for errors. */
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { messageOf, UsageError } from '../../model/errors.ts';

/** A project or stack file is a page of text; anything near this size is something else. */
const MAX_BYTES = 4_000_000;
/** Aliases resolved before a document counts as hostile ("billion laughs"). */
const MAX_ALIASES = 100;

export interface YamlFile {
  readonly file: string;
  /** The top-level mapping; undefined for an empty file. */
  readonly top: YAMLMap | undefined;
  /** `file:line:column` of a node. */
  at(node: unknown): string;
  /** A UsageError that names the place of a node. */
  wrong(node: unknown, expected: string): UsageError;
  /** A node as plain data, aliases resolved. */
  data(node: Node): unknown;
}

/** @throws UsageError with `code` when the file cannot be read or is not a YAML mapping. */
export async function readYamlFile(file: string, code: string): Promise<YamlFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (e) {
    throw new UsageError(code, `${file}: cannot be read (${messageOf(e)})`);
  }
  if (text.length > MAX_BYTES) throw new UsageError(code, `${file}: ${text.length} characters is not a Pulumi settings file`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors[0];
  if (broken !== undefined) throw new UsageError(code, `${place(broken.pos[0])}: not valid YAML: ${broken.message}`);
  const at = (node: unknown) => {
    const range = isScalar(node) || isMap(node) ? node.range : (node as { range?: [number] } | null | undefined)?.range;
    return range ? place(range[0]) : file;
  };
  const wrong = (node: unknown, expected: string) => new UsageError(code, `${at(node)}: expected ${expected}`);
  const top = document.contents;
  const empty = top === null || (isScalar(top) && top.value === null);
  if (!empty && !isMap(top)) throw wrong(top, 'a mapping of settings');
  const data = (node: Node): unknown => {
    try {
      return node.toJS(document, { maxAliasCount: MAX_ALIASES });
    } catch (e) {
      throw wrong(node, `values that can be read (${messageOf(e)})`);
    }
  };
  return { file, top: isMap(top) ? top : undefined, at, wrong, data };
}

/** The text of a scalar as written (`007` stays `007`), for strings, numbers and booleans; undefined for anything else. */
export function scalarText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  if (typeof node.value === 'number' || typeof node.value === 'bigint') return node.source ?? String(node.value);
  return typeof node.value === 'boolean' ? String(node.value) : undefined;
}
