/**
 * Text that stands for a value which is not known, made so that it is found again in whatever it was built into:
 * a list, an interpolated name, an ARN, a JSON policy. It is lower-case letters and digits only, so that JSON,
 * URL encoding and changes of case leave it whole.
 */

/** What one marker stands for. */
export type MarkerEntry =
  /** A property of a resource in the same program that only exists after deployment. */
  | { readonly kind: 'output'; readonly urn: string; readonly property: string }
  /** A field that a data source would have answered. `list`: one of a list whose length is not known either. */
  | {
      readonly kind: 'stand-in';
      readonly from: string;
      readonly field: string;
      readonly list: boolean;
      readonly zone: { readonly region: string | undefined; readonly index: number } | undefined;
    }
  /** A secret configuration value. */
  | { readonly kind: 'secret'; readonly key: string };

const HEAD = 'qxzj';
const TAIL = 'jzxq';
/** Around a marker for an ARN or an `address:port`, so that programs which take those apart find the parts they expect. */
const ARN_HEAD = 'arn:partition:service:region:account:';
const PORT_TAIL = ':65535';
const WHOLE = /(?:arn:partition:service:region:account:)?qxzj(\d{6})jzxq(?::65535)?/gi;
/** What is left of a marker that was cut: four characters of its head or tail, which do not occur in words. */
const PIECE = /qxzj|xzj\d|\djzx|jzxq|QXZJ|XZJ\d|\dJZX|JZXQ/;

/** The text of marker `n`, 0 … 999,999. */
export function markerText(n: number): string {
  return HEAD + String(n).padStart(6, '0') + TAIL;
}

/** The text of an output's marker, in the form that its property's name promises. */
function shaped(property: string, marker: string): string {
  if (/(^a|A)rn$/.test(property)) return ARN_HEAD + marker;
  return /(^e|E)ndpoint$/.test(property) ? marker + PORT_TAIL : marker;
}

/** A string taken apart: literal text and marker numbers in turn, and whether a cut marker is left in the text. */
export interface MarkedText {
  readonly parts: readonly (string | number)[];
  readonly damaged: boolean;
}

/** Undefined when the text holds no marker and no piece of one. */
export function findMarkers(text: string): MarkedText | undefined {
  if (!PIECE.test(text)) return undefined;
  const parts: (string | number)[] = [];
  let damaged = false;
  let at = 0;
  const literal = (piece: string) => {
    if (piece === '') return;
    parts.push(piece);
    if (PIECE.test(piece)) damaged = true;
  };
  for (const match of text.matchAll(WHOLE)) {
    literal(text.slice(at, match.index));
    parts.push(Number(match[1]));
    at = match.index + match[0].length;
  }
  literal(text.slice(at));
  return { parts, damaged };
}

/** Puts a readable word in place of each marker, for names and URNs that a program built from one. */
export function withoutMarkers(text: string, entries: readonly MarkerEntry[]): string {
  if (!PIECE.test(text)) return text;
  return text.replace(WHOLE, (_, digits: string) => {
    const entry = entries[Number(digits)];
    if (entry === undefined) return 'unknown';
    if (entry.kind === 'secret') return 'secret';
    if (entry.kind === 'output') return `(${entry.property})`;
    return entry.zone === undefined ? `(${entry.field}.${Number(digits)})` : `(zone ${entry.zone.index})`;
  });
}

/** Hands out markers and remembers what each stands for; the same thing gets the same marker. */
export interface MarkerBook {
  readonly entries: readonly MarkerEntry[];
  mark(entry: MarkerEntry): string;
}

export function markerBook(given: readonly MarkerEntry[]): MarkerBook {
  const entries = [...given];
  const numbers = new Map<string, number>();
  return {
    entries,
    mark(entry) {
      const key = JSON.stringify(entry);
      let n = numbers.get(key);
      if (n === undefined) {
        n = entries.length;
        entries.push(entry);
        numbers.set(key, n);
      }
      return entry.kind === 'output' ? shaped(entry.property, markerText(n)) : markerText(n);
    },
  };
}
