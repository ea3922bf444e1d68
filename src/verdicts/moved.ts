/** Which resource of one judgement is which of an earlier one, although it was renamed or moved. */
import { groupBy } from '../model/collections.ts';
import type { Identity } from './identities.ts';

type Named = Pick<Identity, 'resource' | 'aliases' | 'content'>;

export interface Recognised {
  readonly from: string;
  /** `same`: only the stack is another. */
  readonly how: 'same' | 'alias' | 'content';
}

/**
 * For each resource that was not there before, the one that is gone and that it was; one to one. What is still there, or was there
 * already, is never taken for another: its findings are its own. Beside an alias, the type must be the same and the inputs
 * alike: all of them, or `ALIKE` of them under another name, or `ALIKE_BY_NAME` under the same name in another place.
 */
export function knownAgain(before: readonly Named[], after: readonly Named[]): ReadonlyMap<string, Recognised> {
  const was = new Set(before.map((i) => i.resource));
  const is = new Set(after.map((i) => i.resource));
  const gone = new Map(before.filter((i) => !is.has(i.resource)).map((i) => [i.resource, i]));
  const come = new Map(after.filter((i) => !was.has(i.resource)).map((i) => [i.resource, i]));
  const known = new Map<string, Recognised>();
  const take = (from: string, to: string, how: Recognised['how']): void => {
    if (!gone.has(from) || !come.has(to)) return;
    gone.delete(from);
    come.delete(to);
    known.set(to, { from, how });
  };
  for (const [to, { aliases }] of [...come].sort(byText)) {
    const from = aliases.find((alias) => gone.has(alias));
    if (from !== undefined) take(from, to, 'alias');
  }
  const pairs = (keyOf: (i: Named) => string | undefined, how: Recognised['how']): void => {
    const [old, now] = [gone, come].map((side) => groupBy([...side.values()].sort(byUrn), keyOf));
    for (const [key, from] of old ?? []) {
      const to = now?.get(key) ?? [];
      // Which of several stacks became which, nobody can tell.
      if (key === undefined || (how === 'same' && (from.length > 1 || to.length > 1))) continue;
      for (const [i, one] of from.entries()) {
        const other = to[i];
        if (other !== undefined) take(one.resource, other.resource, how);
      }
    }
  };
  pairs((i) => withoutStack(i.resource), 'same');
  const equal = (more: (p: Parts) => string) => (i: Named) => {
    const parts = partsOf(i.resource);
    return parts === undefined || i.content === null ? undefined : [parts.type, i.content, more(parts)].join('\n');
  };
  pairs(
    equal((p) => p.name),
    'content',
  );
  pairs(
    equal(() => ''),
    'content',
  );
  for (const { from, to } of alike(gone, come)) take(from, to, 'content');
  return known;
}

/**
 * Shares of all inputs of two resources that both must have: our choice. One input in five may change with a rename, two in five
 * with a move under the same name.
 */
const ALIKE = 0.6;
const ALIKE_BY_NAME = 0.4;
/** More pairs of one type than this are not compared: so many resources come and go only with another program. */
const MOST_PAIRS = 250_000;

/** Pairs of one type that have enough in common, the likest first. */
function alike(
  gone: ReadonlyMap<string, Named>,
  come: ReadonlyMap<string, Named>,
): readonly { readonly from: string; readonly to: string }[] {
  const [old, now] = [gone, come].map((side) => groupBy(shaped(side), (s) => s.parts.type));
  return [...(old ?? [])]
    .flatMap(([type, from]) => {
      const to = now?.get(type) ?? [];
      if (from.length * to.length > MOST_PAIRS) return [];
      return from.flatMap((a) =>
        to.flatMap((b) => {
          const likeness = common(a.inputs, b.inputs);
          const isNamesake = a.parts.name === b.parts.name;
          if (likeness < (isNamesake ? ALIKE_BY_NAME : ALIKE)) return [];
          return [{ from: a.urn, to: b.urn, rank: likeness + (isNamesake ? 1 : 0) }];
        }),
      );
    })
    .sort((a, b) => b.rank - a.rank || compare(a.from, b.from) || compare(a.to, b.to));
}

interface Shaped {
  readonly urn: string;
  readonly parts: Parts;
  readonly inputs: ReadonlySet<string>;
}

function shaped(side: ReadonlyMap<string, Named>): readonly Shaped[] {
  return [...side.values()].flatMap(({ resource, content }) => {
    const parts = partsOf(resource);
    return parts === undefined || content === null ? [] : [{ urn: resource, parts, inputs: new Set(content.split(' ')) }];
  });
}

/** Share of all inputs of two that both have. */
function common(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((x) => b.has(x)).length;
  return both / (a.size + b.size - both);
}

interface Parts {
  readonly type: string;
  readonly name: string;
}

/** Of `urn:pulumi:stack::project::parent$type::name`; undefined for what is no URN of Pulumi. */
function partsOf(urn: string): Parts | undefined {
  const [head, , types, ...name] = urn.split('::');
  if (head?.startsWith('urn:pulumi:') !== true || types === undefined || name.length === 0) return undefined;
  return { type: types.slice(types.lastIndexOf('$') + 1), name: name.join('::') };
}

const withoutStack = (urn: string): string | undefined =>
  urn.startsWith('urn:pulumi:') ? urn.slice(urn.indexOf('::')) : undefined;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byUrn = (a: Named, b: Named): number => compare(a.resource, b.resource);
const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => compare(a, b);
