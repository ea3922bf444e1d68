/** HTTP messages as both wire doors hand them to the codec. */

export interface WireRequest {
  readonly method: string;
  /** Host header, with its port. */
  readonly host: string;
  /** As it came, percent-encoded, without the query. */
  readonly path: string;
  /** Decoded; the values of one name in their order. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Throws `Malformed` when the bytes are not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Malformed('the body is not UTF-8');
  }
}

/** What came cannot be read as the operation's input. Each protocol has its own code for it. */
export class Malformed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Malformed';
  }
}

/** A name and its values from `a=1&b=2`. `+` is a blank. Throws `Malformed` on a broken escape. */
export function parametersOf(text: string): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = unescapeText(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? '' : unescapeText(part.slice(at + 1));
    const known = all.get(name);
    if (known === undefined) all.set(name, [value]);
    else known.push(value);
  }
  return all;
}

const unescapeText = (text: string): string => decodePercent(text.replaceAll('+', ' '));

/** Throws `Malformed` on a broken escape. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Malformed(`${text} is not percent-encoded UTF-8`);
  }
}
