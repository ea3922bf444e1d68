/**
 * Globs over URNs, names and types, without regular expressions: matching takes time proportional to pattern × text
 * whatever either holds, so a catalogue cannot stall a run.
 *
 * `*` stands for any run of characters, possibly empty, that takes nothing of a `::` (the separator of a URN's parts);
 * `**` for any run at all. Everything else stands for itself, and letters' case counts. There is no escape: a `*` in
 * the text is matched by a `*` in the pattern.
 */
export type Glob = (text: string) => boolean;

type Token = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'star' } | { readonly kind: 'globstar' };

/** Positions in the text where the rest of the pattern may begin: sorted, disjoint, both ends included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Does it match one text only, itself? */
export const isLiteral = (pattern: string): boolean => !pattern.includes('*');

export function compileGlob(pattern: string): Glob {
  const tokens = tokenise(pattern);
  const [only] = tokens;
  if (only === undefined) return (text) => text === '';
  if (tokens.length === 1 && only.kind === 'text') return (text) => text === only.text;
  return (text) => {
    let ranges: readonly Range[] = [{ from: 0, to: 0 }];
    for (const token of tokens) {
      if (token.kind === 'text') ranges = afterText(ranges, text, token.text);
      else if (token.kind === 'star') ranges = afterStar(ranges, text);
      else ranges = ranges.slice(0, 1).map((r) => ({ from: r.from, to: text.length }));
      if (ranges.length === 0) return false;
    }
    return ranges.at(-1)?.to === text.length;
  };
}

function tokenise(pattern: string): readonly Token[] {
  return (pattern.match(/\*+|[^*]+/g) ?? []).map((part) => {
    if (!part.startsWith('*')) return { kind: 'text', text: part };
    return { kind: part.length === 1 ? 'star' : 'globstar' };
  });
}

function afterText(ranges: readonly Range[], text: string, wanted: string): readonly Range[] {
  const next: Range[] = [];
  for (const { from, to } of ranges) {
    // One place only is the common case: do not search the rest of the text for it.
    if (from === to) {
      if (text.startsWith(wanted, from)) next.push({ from: from + wanted.length, to: from + wanted.length });
      continue;
    }
    for (let at = text.indexOf(wanted, from); at >= 0 && at <= to; at = text.indexOf(wanted, at + 1)) {
      next.push({ from: at + wanted.length, to: at + wanted.length });
    }
  }
  return next;
}

function afterStar(ranges: readonly Range[], text: string): readonly Range[] {
  const next: Range[] = [];
  for (const { from, to } of ranges) {
    const last = next.at(-1);
    if (last !== undefined && to <= last.to) continue;
    const reach = runEnd(text, to);
    if (last !== undefined && from <= last.to) next[next.length - 1] = { from: last.from, to: reach };
    else next.push({ from, to: reach });
  }
  return next;
}

/** Where a run of `*` that starts at `start` must end: before the next `::`, and at once when it starts inside one. */
function runEnd(text: string, start: number): number {
  if (start > 0 && text.startsWith('::', start - 1)) return start;
  const separator = text.indexOf('::', start);
  return separator < 0 ? text.length : separator;
}
