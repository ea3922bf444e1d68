/**
 * Canary writes into stores whose data plane is an API of AWS, under names that derive from the run, so that whoever comes after a
 * crash finds and removes them: objects under `holdfast-canary/<run>/`, items whose key begins with `holdfast-canary#<run>#`.
 */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type { Place, Session } from '../../aws/call.ts';
import { AwsFailure, isOneOf } from '../../aws/failure.ts';
import { pagesOf } from '../../aws/pages.ts';
import { sha256 } from '../../store/canonical.ts';
import {
  deleteItem,
  deleteObject,
  describeTable,
  getItem,
  getObjectLock,
  listObjects,
  listVersions,
  putItem,
  putObject,
} from './calls.ts';

export interface Found {
  readonly sequence: number;
  readonly corrupt: boolean;
}

/** One store that takes canaries. All of it throws what the session throws. */
export interface MarkedStore {
  /** Why it can take none; undefined: it can. Only reads. */
  refuses(): Promise<string | undefined>;
  write(sequence: number): Promise<void>;
  contents(): Promise<readonly Found[]>;
  /** Removes every canary of the run, whoever wrote it. */
  tidy(): Promise<void>;
}

/** Runs are named freely; keys are not. */
export const stemOf = (run: string): string => sha256(run).slice(0, 24);

const PREFIX = 'holdfast-canary';
/** What a canary holds, so that one that was changed is told from one that was not. */
const markOf = (run: string, sequence: number): string => sha256(`${run} ${sequence}`).slice(0, 32);

export function bucketStore(name: string, run: string, at: Place, session: Session): MarkedStore {
  const prefix = `${PREFIX}/${stemOf(run)}/`;
  return {
    async refuses() {
      // What is locked when it is written could not be removed again.
      const lock = await orAbsent(['ObjectLockConfigurationNotFoundError'], session.send(getObjectLock, { Bucket: name }, at));
      const isLocked = lock?.ObjectLockConfiguration?.Rule?.DefaultRetention !== undefined;
      return isLocked ? `bucket ${name} locks every object that it gets: a canary could not be removed` : undefined;
    },
    async write(sequence) {
      // The key says it all: its mark is in it, and a listing shows whether it is whole.
      await session.send(putObject, { Bucket: name, Key: `${prefix}${sequence}-${markOf(run, sequence)}`, Body: 'canary' }, at);
    },
    async contents() {
      const found: Found[] = [];
      const asked = { Bucket: name, Prefix: prefix };
      for await (const page of pagesOf(listObjects, asked, at, (input) => session.send(listObjects, input, at)))
        for (const { Key = '', Size } of page.Contents ?? []) {
          const [, sequence, mark] = /^(\d+)-([0-9a-f]+)$/.exec(Key.slice(prefix.length)) ?? [];
          if (sequence === undefined) continue;
          const isWhole = mark === markOf(run, Number(sequence)) && Size === 'canary'.length;
          found.push({ sequence: Number(sequence), corrupt: !isWhole });
        }
      return found;
    },
    async tidy() {
      let markers: { KeyMarker?: string; VersionIdMarker?: string } = {};
      for (;;) {
        const page = await session.send(listVersions, { Bucket: name, Prefix: prefix, ...markers }, at);
        for (const { Key, VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
          if (Key?.startsWith(prefix) === true)
            await session.send(deleteObject, { Bucket: name, Key, ...(VersionId === undefined ? {} : { VersionId }) }, at);
        if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
        markers = {
          KeyMarker: page.NextKeyMarker,
          ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
        };
      }
    },
  };
}

/** Numbers of canaries are written down in blocks of so many before the first of a block is used. */
const BLOCK = 64;
/** Items asked for at a time. */
const ABREAST = 16;

type Key = Record<string, DynamoDB.AttributeValue>;

export function tableStore(name: string, run: string, at: Place, session: Session): MarkedStore {
  const stem = `${PREFIX}#${stemOf(run)}`;
  let keyOf: ((what: string) => Key) | undefined;
  const written = new Set<number>();
  const noted = new Set<number>();

  /** How a key is made; a string: why none can be. */
  const keys = async (): Promise<((what: string) => Key) | string> => {
    if (keyOf !== undefined) return keyOf;
    const { Table } = await session.send(describeTable, { TableName: name }, at);
    const typeOf = (kind: 'HASH' | 'RANGE'): readonly [string, string | undefined] | undefined => {
      const attribute = Table?.KeySchema?.find((k) => k.KeyType === kind)?.AttributeName;
      return attribute === undefined
        ? undefined
        : [attribute, Table?.AttributeDefinitions?.find((a) => a.AttributeName === attribute)?.AttributeType];
    };
    const hash = typeOf('HASH');
    const range = typeOf('RANGE');
    if (hash?.[1] !== 'S') return `the key of table ${name} is no text: it has no room for canaries beside its items`;
    if (range?.[1] === 'B') return `the sort key of table ${name} is binary: it has no room for canaries beside its items`;
    const sort: Key = range === undefined ? {} : { [range[0]]: range[1] === 'N' ? { N: '0' } : { S: PREFIX } };
    keyOf = (what) => ({ [hash[0]]: { S: `${stem}#${what}` }, ...sort });
    return keyOf;
  };
  const keyed = async (what: string): Promise<Key> => {
    const made = await keys();
    if (typeof made === 'string') throw new Error(made);
    return made(what);
  };
  const read = async (what: string): Promise<Key | undefined> =>
    (await session.send(getItem, { TableName: name, Key: await keyed(what), ConsistentRead: true }, at)).Item;
  const blocks = async (): Promise<readonly number[]> => ((await read('blocks'))?.blocks?.NS ?? []).map(Number);
  const note = async (block: number): Promise<void> => {
    const all = [...new Set([...(await blocks()), ...noted, block])].map(String);
    await session.send(putItem, { TableName: name, Item: { ...(await keyed('blocks')), blocks: { NS: all } } }, at);
    noted.add(block);
  };

  return {
    async refuses() {
      const made = await keys();
      return typeof made === 'string' ? made : undefined;
    },
    async write(sequence) {
      const block = Math.floor(sequence / BLOCK);
      if (!noted.has(block)) await note(block);
      const mark = { S: markOf(run, sequence) };
      await session.send(putItem, { TableName: name, Item: { ...(await keyed(String(sequence))), mark } }, at);
      written.add(sequence);
    },
    async contents() {
      const found: Found[] = [];
      const known = new Set(written);
      // After a crash nobody remembers what was written: the blocks do.
      if (known.size === 0) for (const n of (await blocks()).flatMap(numbersOf)) known.add(n);
      await abreast([...known], async (sequence) => {
        const item = await read(String(sequence));
        if (item !== undefined) found.push({ sequence, corrupt: item.mark?.S !== markOf(run, sequence) });
      });
      return found.sort((a, b) => a.sequence - b.sequence);
    },
    async tidy() {
      if (typeof (await keys()) === 'string') return;
      const there = await blocks();
      await abreast([...new Set([...there, ...noted])].flatMap(numbersOf), async (sequence) => {
        await session.send(deleteItem, { TableName: name, Key: await keyed(String(sequence)) }, at);
      });
      // Last: until then somebody else can still find the rest.
      if (there.length > 0 || noted.size > 0) await session.send(deleteItem, { TableName: name, Key: await keyed('blocks') }, at);
      noted.clear();
      written.clear();
    },
  };
}

const numbersOf = (block: number): readonly number[] => Array.from({ length: BLOCK }, (_, i) => block * BLOCK + i);

async function abreast<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += ABREAST) await Promise.all(items.slice(i, i + ABREAST).map(work));
}

async function orAbsent<T>(codes: readonly string[], asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AwsFailure && isOneOf(error, codes)) return undefined;
    throw error;
  }
}
