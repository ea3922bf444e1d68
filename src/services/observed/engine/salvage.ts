/**
 * Saves what can be saved of a scan that threw. One item of a listing, or one answer, that AWS (or something between) has
 * garbled must cost that item and nothing else; and scans should not have to guard every line against it. So the scan is run
 * again on replies that are kept, with fewer and fewer items, until the one that it cannot read is found by bisection.
 */
import type { Call } from '../../../aws/call.ts';
import { AwsFailure, failureOf } from '../../../aws/failure.ts';
import { filtered, listsOf } from './lists.ts';
import type { Send } from './reader.ts';

/** One run of the scan over some replies. `error`: what it threw, if it did. */
export interface Attempt<R> {
  readonly result: R;
  readonly error: unknown;
}

/** An item or a whole answer that was taken out. */
export interface Lost {
  readonly action: string;
  readonly error: unknown;
}

export interface Salvaged<R> {
  readonly result: R;
  readonly lost: readonly Lost[];
  /** Set when the scan throws whatever is taken out: then `result` is what it gave before. */
  readonly error: unknown;
}

/** More garbled items than this in one scan: the reply as a whole is not to be trusted, and what was found is kept as it is. */
const MOST = 25;

type AnyCall = Call<never, unknown>;
type Reply = { readonly output: unknown } | { readonly failure: AwsFailure };

/** A thing that can be taken out: an element of a list of a reply, or a reply as a whole. */
interface Candidate {
  readonly id: string;
  readonly action: string;
}

export async function salvage<R>(
  send: Send,
  place: { readonly account: string; readonly region: string },
  run: (send: Send) => Promise<Attempt<R>>,
): Promise<Salvaged<R>> {
  const kept = new Map<string, Reply>();
  const candidates = new Map<string, Candidate>();
  const out = new Set<string>();
  const lost: Lost[] = [];

  /** Runs the scan without what is left out; replies that are not kept are asked for only if `fresh`. */
  const replay = (without: ReadonlySet<string>, fresh: boolean): Promise<Attempt<R>> =>
    run(async <I, O>(call: Call<I, O>, input: I): Promise<O> => {
      const key = `${call.client} ${call.operation} ${call.only ?? ''} ${JSON.stringify(input)}`;
      let reply = kept.get(key);
      if (reply === undefined) {
        if (!fresh) throw failureOf(new SyntaxError('not asked again'), call, place);
        reply = await keep(() => send(call, input));
        kept.set(key, reply);
      }
      if ('failure' in reply) throw reply.failure;
      if (fresh) for (const candidate of candidatesOf(key, call, reply.output)) candidates.set(candidate.id, candidate);
      if (without.has(key)) throw failureOf(new SyntaxError('the reply cannot be read'), call, place);
      return strip(reply.output, key, without) as O;
    });

  for (;;) {
    const attempt = await replay(out, true);
    if (attempt.error === undefined) return { result: attempt.result, lost, error: undefined };
    const open = [...candidates.values()].filter((c) => !out.has(c.id));
    const culprit = lost.length < MOST ? await firstThatThrows(open, out, (without) => replay(without, false)) : undefined;
    if (culprit === undefined) return { result: attempt.result, lost, error: attempt.error };
    out.add(culprit.id);
    lost.push({ action: culprit.action, error: attempt.error });
  }
}

/**
 * The candidate whose presence makes the scan throw: the last one of the shortest beginning of the list with which it throws.
 * Undefined when none of them is to blame.
 */
async function firstThatThrows<R>(
  open: readonly Candidate[],
  out: ReadonlySet<string>,
  replay: (without: ReadonlySet<string>) => Promise<Attempt<R>>,
): Promise<Candidate | undefined> {
  const throws = async (count: number): Promise<boolean> =>
    (await replay(new Set([...out, ...open.slice(count).map((c) => c.id)]))).error !== undefined;
  if (!(await throws(open.length)) || (await throws(0))) return undefined;
  let fine = 0;
  let bad = open.length;
  while (bad - fine > 1) {
    const middle = (fine + bad) >> 1;
    if (await throws(middle)) bad = middle;
    else fine = middle;
  }
  return open[bad - 1];
}

async function keep(ask: () => Promise<unknown>): Promise<Reply> {
  try {
    return { output: await ask() };
  } catch (error) {
    if (error instanceof AwsFailure) return { failure: error };
    throw error;
  }
}

/**
 * The reply as a whole, which must be there before anything in it can be; then, of a listing, its items. Of every other reply
 * no items, since one that is missing from an answer about things that are known already would read as "has none".
 */
function candidatesOf(key: string, call: AnyCall, output: unknown): readonly Candidate[] {
  const { action } = call;
  const items =
    call.pages === undefined ? [] : listsOf(output).flatMap(([path, list]) => list.map((_, i) => `${key} ${path} ${i}`));
  return [key, ...items].map((id) => ({ id, action }));
}

function strip(output: unknown, key: string, without: ReadonlySet<string>): unknown {
  return without.size === 0 ? output : filtered(output, (path, i) => !without.has(`${key} ${path} ${i}`));
}
