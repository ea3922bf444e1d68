/** Steps that change what is there, and put it back as it was. */
import { AwsFailure, isOneOf } from '../../aws/failure.ts';
import type { Clock } from '../../model/clock.ts';
import type { Json } from '../../model/journal.ts';
import type { Canary } from '../canary.ts';
import type { Actuator } from '../contract.ts';
import { type Before, fromTag, type Tags, tagKey, toTag } from './memo.ts';
import { until, worded } from './waiting.ts';

/** It could not be asked for yet. */
export const LATER = 'later';

export interface Changing {
  readonly id: string;
  readonly describes: Json;
  readonly clock: Clock;
  readonly canary?: Canary | undefined;
  /** What is changed: named in waits and when it is left. */
  readonly subject: string;
  readonly tags: Tags;
  /** How it is before; throws in words when it must not be changed. */
  readonly before: () => Promise<Before>;
  /** Has what was asked for come about? */
  readonly changed: (before: Before) => Promise<boolean>;
  /**
   * Asks for it. Asked again after each of `busy`, after `LATER`, and after a crash: a call that was taken already must have no
   * second effect.
   */
  readonly change: (before: Before, token: string) => Promise<unknown>;
  readonly isBack: (before: Before) => Promise<boolean>;
  /** As `change`, the other way. */
  readonly back: (before: Before, token: string) => Promise<unknown>;
  /** Codes by which AWS says: not in this state, later perhaps. */
  readonly busy?: readonly string[];
  /** Where clients connect once it is changed. */
  readonly endpoints?: () => Promise<readonly string[]>;
}

export function changing(how: Changing): Actuator {
  const { clock, canary, tags, subject } = how;
  const memo = async (token: string): Promise<Before | undefined> => {
    const text = await tags.read(tagKey(token));
    return text === undefined ? undefined : fromTag(text);
  };
  const tell = async (): Promise<void> => {
    const to = (await how.endpoints?.()) ?? [];
    if (to.length > 0) canary?.move(to);
  };
  /** Asks once, again only when AWS was busy, and waits. */
  const reach = async (
    what: string,
    signal: AbortSignal | undefined,
    ask: () => Promise<unknown>,
    holds: () => Promise<boolean>,
  ): Promise<void> => {
    let asked = false;
    await until(clock, signal, what, async () => {
      if (await holds()) return true;
      if (asked) return false;
      asked = await taken(how.busy ?? [], ask());
      return false;
    });
  };
  return worded({
    id: how.id,
    describe: () => how.describes,
    act: async (token, signal) => {
      let before = await memo(token);
      if (before === undefined) {
        before = await how.before();
        signal.throwIfAborted();
        await tags.write(tagKey(token), toTag(before));
      }
      const found = before;
      await reach(
        `${subject} to change`,
        signal,
        () => how.change(found, token),
        () => how.changed(found),
      );
      await tell();
      return { before: found };
    },
    outcome: async (token) => {
      const before = await memo(token);
      if (before === undefined || !(await how.changed(before))) return 'not-done';
      await tell();
      return 'done';
    },
    compensate: async (token) => {
      canary?.back();
      const before = await memo(token);
      if (before === undefined) return null;
      await reach(
        `${subject} to be as before`,
        undefined,
        () => how.back(before, token),
        () => how.isBack(before),
      );
      await tags.erase(tagKey(token));
      return { back: before };
    },
    left: async (token) => ((await memo(token)) === undefined ? [] : [subject]),
  });
}

async function taken(busy: readonly string[], asked: Promise<unknown>): Promise<boolean> {
  try {
    return (await asked) !== LATER;
  } catch (error) {
    if (error instanceof AwsFailure && isOneOf(error, busy)) return false;
    throw error;
  }
}
