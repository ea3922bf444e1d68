/**
 * Bodies in the `aws-chunked` coding: chunks with or without signatures, and trailing headers (S3 API Reference, "Signature
 * Calculations: Transferring Payload in Multiple Chunks" and "… Including Trailing Headers").
 */
import { Malformed } from './message.ts';
import { type ChunkSigner, same } from './signature.ts';

export interface Unchunked {
  readonly body: Uint8Array;
  /** By lower-case name. */
  readonly trailers: Readonly<Record<string, string>>;
  /** False: a chunk or the trailers carry another signature than theirs. */
  readonly right: boolean;
}

const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/** `signer` undefined: signatures are not looked at. Throws `Malformed`. */
export function readChunks(bytes: Uint8Array, signer: ChunkSigner | undefined): Unchunked {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [];
  let right = true;
  let at = 0;
  for (;;) {
    const end = lineEnd(buffer, at);
    const [, size = '', signature] =
      /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(buffer.toString('latin1', at, end)) ?? [];
    if (size === '') throw new Malformed('expected the size of a chunk');
    const length = Number.parseInt(size, 16);
    const data = buffer.subarray(end + 2, end + 2 + length);
    if (data.length < length) throw new Malformed('a chunk is shorter than it says');
    if (signer !== undefined && signature !== undefined) right = same(signer.chunk(data), signature) && right;
    at = end + 2 + length;
    if (length === 0) break;
    chunks.push(data);
    if (buffer.toString('latin1', at, at + 2) !== '\r\n') throw new Malformed('a chunk is longer than it says');
    at += 2;
  }
  const trailers = readTrailers(buffer.toString('utf8', at));
  const { [TRAILER_SIGNATURE]: signature, ...rest } = trailers;
  if (signer !== undefined && signature !== undefined) {
    const text = Object.entries(rest).map(([name, value]) => `${name}:${value}\n`);
    right = same(signer.trailer(text.join('')), signature) && right;
  }
  return { body: new Uint8Array(Buffer.concat(chunks)), trailers: rest, right };
}

function readTrailers(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      if (at < 0) throw new Malformed('expected a trailing header');
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
}

function lineEnd(buffer: Buffer, from: number): number {
  const end = buffer.indexOf('\r\n', from, 'latin1');
  if (end < 0) throw new Malformed('a chunk has no end');
  return end;
}
