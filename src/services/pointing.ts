/**
 * Who points at a resource, where the reference sits inside nested blocks (`loadBalancers[].targetGroupArn`)
 * or in one of several properties, which `view.attached` does not follow.
 */
import type { Known, Unknown } from '../model/known.ts';
import { fold } from '../model/known.ts';
import type { Attached, Props, View } from './view.ts';

interface Index {
  readonly found: Map<string, Props[]>;
  readonly doubts: Unknown[];
}

/** One index per estate and question; the view is immutable, so what was computed once stays true. */
const indexes = new WeakMap<View, Map<string, Index>>();

/**
 * Resources of `types` of which one of the `references` is `urn`. As in `view.attached`, a reference to something
 * outside the sources is no doubt about a resource inside them. `question` names the index: one per `references`.
 */
export function pointingAt(
  urn: string,
  view: View,
  question: string,
  types: readonly string[],
  references: (props: Props) => readonly Known<string | undefined>[],
): Attached {
  let byQuestion = indexes.get(view);
  if (byQuestion === undefined) {
    byQuestion = new Map();
    indexes.set(view, byQuestion);
  }
  let index = byQuestion.get(question);
  if (index === undefined) {
    const missing = view.missing(...types);
    index = { found: new Map(), doubts: missing === undefined ? [] : [missing] };
    byQuestion.set(question, index);
    for (const props of view.all(...types)) for (const to of references(props)) note(index, props, to);
  }
  return { found: index.found.get(urn) ?? [], doubts: index.doubts };
}

function note(index: Index, props: Props, to: Known<string | undefined>): void {
  fold(
    to,
    (urn) => {
      if (urn === undefined) return;
      const list = index.found.get(urn);
      if (list === undefined) index.found.set(urn, [props]);
      else if (!list.includes(props)) list.push(props);
    },
    (why) => {
      if (why.reason !== 'dangling') index.doubts.push(why);
    },
  );
}

/** Answers of a question inside every block of a list; an unreadable list is itself one unknown answer. */
export function eachBlock<T>(props: Props, path: string, read: (block: Props) => Known<T>): readonly Known<T>[] {
  return fold(
    props.blocks(path),
    (blocks) => blocks.map(read),
    (why): readonly Known<T>[] => [why],
  );
}

/** The same, with several answers from each block. */
export function withinBlocks<T>(props: Props, path: string, read: (block: Props) => readonly Known<T>[]): readonly Known<T>[] {
  return fold(
    props.blocks(path),
    (blocks) => blocks.flatMap(read),
    (why): readonly Known<T>[] => [why],
  );
}
/** Resources of `type` whose single reference at `path` is `urn`. */
export function referringTo(urn: string, view: View, type: string, path: string): Attached {
  const owner = view.get(urn)?.type;
  const types = owner === undefined ? undefined : [owner];
  return pointingAt(urn, view, `${type} ${path} ${owner ?? ''}`, [type], (props) => [view.target(props, path, types)]);
}
