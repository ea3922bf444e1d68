/** What is written in a file, as it is written, with its places: for checks that must also see what has a wrong shape elsewhere. */
import type { Place } from '../model/agreement.ts';
import { spotAt } from './issues.ts';
import { oneLine, type Problem, quote, suggest } from './problem.ts';
import type { Spot } from './yaml.ts';

/** Something written in the file, with the keys that led to it. */
export interface Written {
  readonly value: unknown;
  readonly spot: Spot;
  readonly keys: readonly string[];
}

/** Every value at a path in which `*` stands for each key or item. */
export function writtenAt(root: Written, pattern: readonly string[]): readonly Written[] {
  return pattern.reduce<readonly Written[]>((found, part) => found.flatMap((w) => childrenOf(w, part)), [root]);
}

export function childrenOf({ value, spot, keys }: Written, part: string): readonly Written[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => part === '*' || key === part)
    .map(([key, child]: [string, unknown]) => ({ value: child, spot: spotAt(spot, [key]), keys: [...keys, key] }));
}

export function child(parent: Written, key: string): unknown {
  return childrenOf(parent, key)[0]?.value;
}

/** The problem of a name that is in no section of the catalogue; none when it is there. */
export function missing(section: string, name: string, names: ReadonlySet<string>, place: Place): readonly Problem[] {
  if (names.has(name)) return [];
  const all = [...names];
  const advice = suggest(name, all, all.length === 0 ? `define it under ${section}` : `define it, or use ${shorten(all)}`);
  return [{ place, expected: `one of the ${section} of this catalogue`, found: quote(name), advice }];
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(oneLine).join(', ');
  return names.length > 5 ? `${shown}, …` : shown;
}
