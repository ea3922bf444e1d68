/** Scans that are one listing: each item of its pages becomes a resource. And small readers of what AWS replies. */
import type { Call } from '../../aws/call.ts';
import { call } from '../../aws/call.ts';
import type { Observed, Reader, Scan } from './scan.ts';

/** A listing whose pages are told by one token under one name in and out. */
export function listed<I, O>(client: string, action: string, token = 'NextToken', answered = token): Call<I, O> {
  const operation = action.split(':')[1] ?? '';
  return call<I, O>({ client, operation, action, pages: { input: token, output: answered } });
}

/** A question whose answer is one page. */
export function asked<I, O>(client: string, action: string): Call<I, O> {
  return call<I, O>({ client, operation: action.split(':')[1] ?? '', action });
}

interface Listing<I, O, T> {
  readonly id: string;
  readonly types: readonly string[];
  readonly call: Call<I, O>;
  readonly input: I;
  readonly items: (page: O) => readonly T[] | undefined;
  /** Nothing for what is on its way out. */
  readonly read: (item: T, aws: Reader) => readonly Observed[];
}

export function listing<I, O, T>(parts: Listing<I, O, T>): Scan {
  return {
    id: parts.id,
    types: parts.types,
    where: 'region',
    calls: [parts.call],
    async *run(aws) {
      for await (const page of aws.pages(parts.call, parts.input))
        for (const item of parts.items(page) ?? []) yield* parts.read(item, aws);
    },
  };
}

interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function tagsOf(list: readonly AwsTag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((list ?? []).flatMap((t) => (t.Key === undefined ? [] : [[t.Key, t.Value ?? '']])));
}

/** What people call it: its `Name` tag, else its id. */
export const nameOf = (list: readonly AwsTag[] | undefined, id: string): string => tagsOf(list).Name ?? id;

/** An empty text or list says that nothing is set. */
export const set = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text);
export const some = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

/** The reader's batches for APIs that take a limited number of names at once. */
export function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const all: T[][] = [];
  for (let at = 0; at < items.length; at += size) all.push(items.slice(at, at + size));
  return all;
}
