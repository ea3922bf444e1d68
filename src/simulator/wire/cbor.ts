/** CBOR as rpcv2Cbor uses it: bytes are bytes, instants are tag 1 (smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2). */
import { cbor, dateToTag, tagSymbol } from '@smithy/core/cbor';
import type { TreeStyle } from './json.ts';
import { Malformed } from './message.ts';
import { bytesOf, describe, readTimestamp } from './scalars.ts';

export const CBOR: TreeStyle = {
  jsonNames: false,
  blob: bytesOf,
  readBlob: (value) => {
    if (value instanceof Uint8Array) return value;
    throw new Malformed(`expected bytes, found ${describe(value)}`);
  },
  timestamp: dateToTag,
  readTimestamp: (value) => {
    const seconds = isEpochTag(value) ? value.value : value;
    if (typeof seconds === 'number' || typeof seconds === 'bigint') return readTimestamp(Number(seconds), 'epoch-seconds');
    throw new Malformed(`expected an instant, found ${describe(value)}`);
  },
  instant: (value) => (isEpochTag(value) ? readTimestamp(Number(value.value), 'epoch-seconds') : undefined),
};

const isEpochTag = (value: unknown): value is { readonly value: unknown } =>
  typeof value === 'object' &&
  value !== null &&
  tagSymbol in value &&
  'tag' in value &&
  Number(value.tag) === 1 &&
  'value' in value;

/** Throws `Malformed`. */
export function parseCbor(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  try {
    return cbor.deserialize(bytes);
  } catch {
    throw new Malformed('the body is not CBOR');
  }
}

export const writeCbor = (tree: unknown): Uint8Array => cbor.serialize(tree);
