/** The reader that scans work with: sends through whatever it is given, and keeps account of what could not be had. */
import pLimit from 'p-limit';
import type { Call } from '../../../aws/call.ts';
import { AwsFailure, failureOf, holeOf, isOneOf } from '../../../aws/failure.ts';
import { pagesOf } from '../../../aws/pages.ts';
import type { Hole } from '../../../model/value.ts';
import type { Reader } from '../scan.ts';
import { filtered, isNameless, isNothing, lacksAnItem, listsOf } from './lists.ts';

export type Send = <I, O>(call: Call<I, O>, input: I) => Promise<O>;

/** What a scan could not have. */
export interface Failings {
  /** A listing ended early: the types of the scan are incomplete. */
  incomplete(failure: AwsFailure): void;
  /** A question about one resource was not answered, and a hole given in its place. */
  hole(failure: AwsFailure, hole: Hole): void;
}

/** Items of one `each` under way at a time. How fast they are sent is decided by the limits of the session. */
const AT_ONCE = 16;

/** What AWS answers without any member when there is nothing to say. From all others that is a corrupt reply. */
const BARE = new Set(['sqs ListQueues', 'sqs ListQueueTags', 's3 GetBucketVersioning', 's3 GetBucketLocation']);

export function reader(place: { readonly account: string; readonly region: string }, send: Send, failings: Failings): Reader {
  return {
    account: place.account,
    region: place.region,

    async *pages<I, O>(call: Call<I, O>, input: I) {
      const corrupt = (why: string): void => failings.incomplete(failureOf(new SyntaxError(why), call, place));
      try {
        for await (const output of pagesOf(call, input, place, (asked) => send(call, asked))) {
          if (saysNothing(call, output)) {
            corrupt(`the reply of ${call.action} has no members`);
            return;
          }
          yield filtered(output, (_, __, item) => {
            const lost = isNameless(item);
            if (lost) corrupt(`${call.action} lists an item without a name`);
            return !lost;
          }) as O;
        }
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
        failings.incomplete(error);
      }
    },

    async ask<I, O>(call: Call<I, O>, input: I, absent: readonly string[] = []) {
      try {
        const output = await send(call, input);
        if (saysNothing(call, output))
          throw failureOf(new SyntaxError(`the reply of ${call.action} has no members`), call, place);
        // Of an answer no item may be left out: what was asked about would seem to have none.
        if (lacksAnItem(output) || listsOf(output).some(([, list]) => list.some(isNothing)))
          throw failureOf(new SyntaxError(`${call.action} lists an item that is nothing`), call, place);
        return output;
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error;
        if (isOneOf(error, absent)) return undefined;
        const hole = holeOf(error);
        failings.hole(error, hole);
        return hole;
      }
    },

    async each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
      const limit = pLimit(AT_ONCE);
      try {
        return await Promise.all(items.map((item) => limit(work, item)));
      } finally {
        // After a failure nothing of what still waits is begun.
        limit.clearQueue();
      }
    },
  };
}

function saysNothing({ client, operation }: Call<never, unknown>, output: unknown): boolean {
  if (BARE.has(`${client} ${operation}`)) return false;
  return Object.entries(output as object).every(([name, value]) => name === '$metadata' || value === undefined);
}
