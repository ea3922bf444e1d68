/** The pages of a listing: one loop for whoever lists anything. */
import type { Call, Place } from './call.ts';
import { failureOf } from './failure.ts';

/**
 * Every page, in AWS's order. Throws what `send` throws; and an `AwsFailure` when AWS gives the token of a page again for the
 * next one, since what comes after it can then not be had.
 */
export async function* pagesOf<I, O>(
  call: Call<I, O>,
  input: I,
  at: Place,
  send: (input: I) => Promise<O>,
): AsyncGenerator<O, void, undefined> {
  let token: unknown;
  for (;;) {
    const page = await send(token === undefined || call.pages === undefined ? input : { ...input, [call.pages.input]: token });
    yield page;
    if (call.pages === undefined) return;
    const next = memberOf(page, call.pages.output);
    if (next === undefined || next === null || next === '') return;
    if (next === token) throw failureOf(new SyntaxError(`${call.action} gives the same token for the next page again`), call, at);
    token = next;
  }
}

/** `NextMarker`, or `DistributionList.NextMarker` where the page is wrapped. */
function memberOf(output: unknown, path: string): unknown {
  let value = output;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}
