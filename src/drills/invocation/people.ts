/** What people say about an invocation, and whether enough of those have said it who may. */

import type { Authority } from '../../model/invocation.ts';
import type { JournalEntry, Json } from '../../model/journal.ts';
import { memberOf } from '../../model/journal.ts';

export const SAYINGS = [
  /** The plan is to be invoked. */
  'declare',
  /** A step may be taken; it may not; somebody has done it already. */
  'approve',
  'refuse',
  'skip',
  /** Everything may return to normal. */
  'deactivate',
  /** Nothing is to be done any more: it was a false alarm. */
  'stand-down',
] as const;
export type SayingKind = (typeof SAYINGS)[number];

export interface Saying {
  readonly kind: SayingKind;
  /** Id of the step, for those about one; else empty. */
  readonly about: string;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reason: string;
  /** Of a declaration: when it began, in milliseconds since the epoch, where somebody knows. */
  readonly onset: number | undefined;
  /** Of a deactivation: what was done stays as it is, and is normal from now on. */
  readonly stays: boolean;
}

/** Where what people say arrives. */
export interface People {
  /** Everything said about the run so far, in order. Rejects when nobody can tell. */
  said(run: string): Promise<readonly Saying[]>;
}

/** Prefix of the journal's entries that hold what was said. */
const SAID = 'said: ';

export const sayingKey = (s: Saying): string => JSON.stringify([s.kind, s.about, s.by, s.at]);

export const entryOf = (s: Saying) =>
  ({
    kind: 'decision',
    about: `${SAID}${s.kind}`,
    data: { about: s.about, by: s.by, at: s.at, reason: s.reason, onset: s.onset ?? null, stays: s.stays },
  }) as const;

export function sayingsIn(entries: readonly JournalEntry[]): readonly Saying[] {
  return entries.flatMap(({ kind, about, data }): readonly Saying[] => {
    const said = SAYINGS.find((s) => about === `${SAID}${s}`);
    if (kind !== 'decision' || said === undefined) return [];
    const onset = memberOf(data, 'onset');
    return [
      {
        kind: said,
        about: textIn(data, 'about'),
        by: textIn(data, 'by'),
        at: Number(memberOf(data, 'at')),
        reason: textIn(data, 'reason'),
        onset: typeof onset === 'number' ? onset : undefined,
        stays: memberOf(data, 'stays') === true,
      },
    ];
  });
}

/** Empty for what is no text. */
export const textIn = (data: Json | undefined, name: string): string => {
  const value = memberOf(data ?? null, name);
  return typeof value === 'string' ? value : '';
};

/** Two spellings of one name are one person. */
const personOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase();

/**
 * The last word of each who may speak about it, in the order in which they came: of `kinds` about `about`. Where nobody is named,
 * everybody with a name may.
 */
export function lastWords(
  sayings: readonly Saying[],
  kinds: readonly SayingKind[],
  about: string,
  by: readonly string[],
): readonly Saying[] {
  const may = new Set(by.map(personOf));
  const last = new Map<string, Saying>();
  for (const one of sayings) {
    const person = personOf(one.by);
    if (!kinds.includes(one.kind) || one.about !== about || person === '' || (may.size > 0 && !may.has(person))) continue;
    last.set(person, one);
  }
  return [...last.values()].sort((a, b) => a.at - b.at);
}

/** Who agreed; undefined while it is not enough. Where nobody need be asked, one word of anybody does. */
export function agreed(sayings: readonly Saying[], kind: SayingKind, authority: Authority): readonly Saying[] | undefined {
  const { by, count } = authority.kind === 'automatic' ? { by: [], count: 1 } : authority;
  const words = lastWords(sayings, [kind], '', by);
  return words.length >= Math.max(1, count) ? words : undefined;
}
