/**
 * YAML text → plain values, each with its place. Everything a YAML file can do besides carrying data
 * is refused here, with a place: syntax errors, keys twice, alias bombs, deep nesting, great size.
 */

import type { Document, Node, Scalar, YAMLError } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, parseDocument, visit } from 'yaml';
import type { Place } from '../model/agreement.ts';
import { invalidCatalogue, oneLine, type Problem, quote, type Refusal } from './problem.ts';

/** 1 MiB. The greatest catalogues, with a thousand services, are a tenth of it. */
export const MAX_TEXT = 1_048_576;
/** Nesting of mappings and lists. The format itself needs seven levels; plans and drills may need more. */
export const MAX_DEPTH = 32;
/** Values, those that aliases write out included. A thousand services with all their metrics have about 30,000. */
const MAX_VALUES = 100_000;

/** One value's place and those of what it holds. */
export interface Spot {
  readonly place: Place;
  /** Where its key stands, for a value in a mapping. */
  readonly key: Place | undefined;
  readonly children: ReadonlyMap<string, Spot>;
}

export interface YamlReading {
  /** Plain data: null, boolean, number, string, array, or object without prototype. */
  readonly value: unknown;
  readonly spot: Spot;
  /** Problems that left the rest readable: a key twice, an unreadable key. */
  readonly problems: readonly Problem[];
}

/** Reads one YAML document. Throws what `refuse` makes when its structure cannot be trusted. */
export function readYaml(text: string, file: string, refuse: Refusal = invalidCatalogue): YamlReading {
  const start: Place = { file, line: 1, column: 1 };
  if (text.length > MAX_TEXT) {
    throw refuse(file, [
      {
        place: start,
        expected: `at most ${MAX_TEXT} characters`,
        found: `${text.length}`,
        advice: 'split the file by estate',
      },
    ]);
  }
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const deep = tooDeepAt(text);
  if (deep !== undefined) throw refuse(file, [tooDeep(deep.line, deep.column, file)]);
  // uniqueKeys compares every pair of keys, which takes minutes for a file of nothing but keys: `convert` looks itself.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, schema: 'core', prettyErrors: false });
  if (document.errors.length > 0)
    throw refuse(
      file,
      document.errors.map((e) => syntaxProblem(e, placeAt)),
    );
  return convert(document, placeAt, refuse);
}

function syntaxProblem(e: YAMLError, placeAt: (offset: number) => Place): Problem {
  const tab = e.code === 'TAB_AS_INDENT';
  return {
    place: placeAt(e.pos[0]),
    expected: tab ? 'spaces' : 'valid YAML',
    found: tab ? 'a tab' : oneLine(`${e.code.toLowerCase().replaceAll('_', '-')}: ${e.message}`).slice(0, 200),
    advice: tab ? 'indent with spaces' : 'mend the syntax, indentation and quotes first',
  };
}

function tooDeep(line: number, column: number, file: string): Problem {
  return {
    place: { file, line, column },
    expected: `at most ${MAX_DEPTH} levels of nesting`,
    found: 'more',
    advice: 'flatten it, and let no alias hold itself',
  };
}

/**
 * Where nesting passes twice the limit, by the lexer alone, which is linear and does not recurse. The parser does
 * recurse: `- - - …` in one line of 20 kB ends the whole process (yaml 2.9.1 on Node 20), so it must not see such text.
 * Twice, because a key and its list are counted as two here; `convert` holds the exact limit.
 */
function tooDeepAt(text: string): { readonly line: number; readonly column: number } | undefined {
  const columns: number[] = [];
  let flow = 0;
  // Colons, question marks and dashes since the last comma: more than one is an error, over which the parser recurses too.
  let marks = 0;
  let line = 1;
  let column = 1;
  let firstOnLine = true;
  let scalarNext = false;
  for (const token of new Lexer().lex(text)) {
    if (token === '\u0002' || token === '\u0018') continue;
    if (token === '\u001f') {
      scalarNext = true;
      if (flow === 0 && firstOnLine) enter(columns, column);
      firstOnLine = false;
      continue;
    }
    if (!scalarNext) {
      if (token === '[' || token === '{') flow += 1;
      else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
      else if (flow > 0 && (token === ':' || token === '?' || token === '-')) marks += 1;
      else if (flow > 0 && token === ',') marks = 0;
      else if (flow === 0 && (token === '-' || token === '?' || token === ':')) enter(columns, column);
      if (flow === 0) marks = 0;
      if (columns.length + flow + marks > 2 * MAX_DEPTH) return { line, column };
      if (token.trim() !== '') firstOnLine = false;
    }
    scalarNext = false;
    const lastBreak = token.lastIndexOf('\n');
    if (lastBreak >= 0) {
      for (let i = token.indexOf('\n'); i >= 0; i = token.indexOf('\n', i + 1)) line += 1;
      column = token.length - lastBreak;
      firstOnLine = true;
    } else column += token.length;
  }
  return undefined;
}

function enter(columns: number[], column: number): void {
  while ((columns.at(-1) ?? 0) >= column) columns.pop();
  columns.push(column);
}

function convert(document: Document, placeAt: (offset: number) => Place, refuse: Refusal): YamlReading {
  const file = placeAt(0).file;
  const targets = aliasTargets(document);
  const problems: Problem[] = [];
  let values = 0;

  function scalar(node: Scalar, place: Place): unknown {
    const v = node.value;
    if (v === null || typeof v === 'string' || typeof v === 'boolean' || typeof v === 'number') return v;
    problems.push({
      place,
      expected: 'text, a number, true or false',
      found: 'another kind of YAML value',
      advice: 'write it in quotes',
    });
    return null;
  }

  function walk(node: Node | null, depth: number, fallback: Place, key: Place | undefined): { value: unknown; spot: Spot } {
    values += 1;
    const place = node?.range ? placeAt(node.range[0]) : fallback;
    if (depth > MAX_DEPTH) throw refuse(file, [...problems, tooDeep(place.line, place.column, file)]);
    if (values > MAX_VALUES) {
      throw refuse(file, [
        ...problems,
        {
          place,
          expected: `at most ${MAX_VALUES} values`,
          found: 'more',
          advice: 'use fewer aliases, or split the file by estate',
        },
      ]);
    }
    const children = new Map<string, Spot>();
    const spot: Spot = { place, key, children };
    if (isAlias(node)) {
      const target = targets.get(node);
      if (target !== undefined) return { ...walk(target, depth + 1, place, key) };
      const name = quote(node.source);
      problems.push({
        place,
        expected: 'an alias of an anchor above it',
        found: name,
        advice: 'define the anchor, or write the value out',
      });
      return { value: null, spot };
    }
    if (isSeq(node)) {
      const list = node.items.map((item, i) => {
        const child = walk(isNode(item) ? item : null, depth + 1, place, undefined);
        children.set(String(i), child.spot);
        return child.value;
      });
      return { value: list, spot };
    }
    if (isMap(node)) {
      const record = Object.create(null) as Record<string, unknown>;
      for (const pair of node.items) {
        const keyPlace = isNode(pair.key) && pair.key.range ? placeAt(pair.key.range[0]) : place;
        const name = keyName(pair.key);
        if (name === undefined || name === '__proto__') {
          const found = name === undefined ? 'a key of another kind' : quote(name);
          problems.push({ place: keyPlace, expected: 'a name before the colon', found, advice: 'write a plain key' });
          continue;
        }
        if (children.has(name)) {
          problems.push({
            place: keyPlace,
            expected: 'each key once',
            found: `${quote(name)} again`,
            advice: 'join the two or remove one',
          });
          continue;
        }
        const child = walk(isNode(pair.value) ? pair.value : null, depth + 1, keyPlace, keyPlace);
        children.set(name, child.spot);
        record[name] = child.value;
      }
      return { value: record, spot };
    }
    return { value: isScalar(node) ? scalar(node, place) : null, spot };
  }

  const { value, spot } = walk(document.contents, 0, placeAt(0), undefined);
  return { value, spot, problems };
}

/** `1:` is the key "1" and `007:` the key "007": a key is its text. */
function keyName(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** The node each alias stands for: the last one so anchored above it. One pass, because the library's own look-up is a pass per alias. */
function aliasTargets(document: Document): ReadonlyMap<Node, Node> {
  const anchored = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = anchored.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
  return targets;
}
