/** As much XML as AWS's protocols use: elements, attributes, text, CDATA, comments. No document types, so no entities of one's own. */
import { Malformed } from './message.ts';

export interface Element {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly qualified: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

const TAG = /^<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>$/;
const ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Throws `Malformed`. */
export function parseXml(text: string): Element {
  const stack: Open[] = [];
  let root: Element | undefined;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const above = stack.at(-1);
    const between = text.slice(at, next < 0 ? text.length : next);
    if (above !== undefined) above.text += unescaped(between);
    else if (between.replace('\uFEFF', '').trim() !== '') throw new Malformed('text outside of the root element');
    if (next < 0) break;
    if (text.startsWith('<!--', next)) at = after(text, '-->', next);
    else if (text.startsWith('<![CDATA[', next) && above !== undefined) {
      at = after(text, ']]>', next);
      above.text += text.slice(next + 9, at - 3);
    } else if (text.startsWith('<?', next)) at = after(text, '?>', next);
    else {
      at = endOfTag(text, next);
      const closed = tag(text.slice(next, at), stack);
      if (closed === undefined) continue;
      const parent = stack.at(-1);
      if (parent !== undefined) parent.children.push(closed);
      else if (root === undefined) root = closed;
      else throw new Malformed('more than one root element');
    }
  }
  if (root === undefined || stack.length > 0) throw new Malformed('the document ends before its root element does');
  return root;
}

/** Opens or closes; returns the element that is complete now. */
function tag(source: string, stack: Open[]): Element | undefined {
  const match = TAG.exec(source);
  if (match === null) throw new Malformed(`${source.slice(0, 40)} is not a tag`);
  const [, closing, qualified = '', attributes = '', empty] = match;
  if (closing === '/') {
    const open = stack.pop();
    if (open?.qualified !== qualified) throw new Malformed(`</${qualified}> closes nothing`);
    return open;
  }
  const open: Open = {
    name: qualified.slice(qualified.indexOf(':') + 1),
    qualified,
    attributes: new Map(
      [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [name, unescaped(double ?? single ?? '')]),
    ),
    children: [],
    text: '',
  };
  if (empty === '/') return open;
  stack.push(open);
  return undefined;
}

/** A `>` inside of an attribute's quotes does not end the tag. */
function endOfTag(text: string, from: number): number {
  let quote: string | undefined;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  throw new Malformed('a tag does not end');
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  if (at < 0) throw new Malformed(`expected ${end}`);
  return at + end.length;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));|&/gi, (_, hex?: string, decimal?: string, name?: string) => {
        const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : undefined;
        const character = code === undefined ? ENTITIES[name ?? ''] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
        if (character === undefined) throw new Malformed('an entity that XML does not know');
        return character;
      })
    : text;

const ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', '\r': '&#xD;' };

export const escapeXml = (text: string): string => text.replace(/[<>&"\r]/g, (character) => ESCAPES[character] ?? character);
