/**
 * Signature Version 4, from the side that checks it (IAM User Guide, "Create a signed AWS API request"; S3 API Reference,
 * "Authenticating Requests").
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Credential } from './credential.ts';
import { decodePercent, type WireRequest } from './message.ts';

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Checks bodies that come in signed chunks; each chunk's signature builds on the one before. */
export interface ChunkSigner {
  /** The signature of the next chunk. */
  chunk(data: Uint8Array): string;
  /** The signature of the trailing headers, `name:value\n` each. */
  trailer(text: string): string;
}

export interface Checked {
  readonly right: boolean;
  readonly signer: ChunkSigner;
}

/** Whether the request's signature is the one that `secret` makes. */
export function checkSignature(request: WireRequest, credential: Credential, secret: string): Checked {
  const { day, region, service } = credential;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Uint8Array>(hmac, `AWS4${secret}`);
  const time = credential.time ?? '';
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonicalRequest(request, credential))}`;
  const expected = hmac(key, toSign).toString('hex');
  let previous = expected;
  const next = (kind: string, rest: string): string => {
    previous = hmac(key, `AWS4-HMAC-SHA256-${kind}\n${time}\n${scope}\n${previous}\n${rest}`).toString('hex');
    return previous;
  };
  return {
    right: same(expected, credential.signature),
    signer: {
      chunk: (data) => next('PAYLOAD', `${sha256('')}\n${sha256(data)}`),
      trailer: (text) => next('TRAILER', sha256(text)),
    },
  };
}

export const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function canonicalRequest(request: WireRequest, credential: Credential): string {
  const headers = credential.signedHeaders.map((name) => `${name}:${headerOf(request, name)}\n`).join('');
  return [
    request.method,
    credential.service === 's3' ? onceEncoded(request.path) : twiceEncoded(request.path),
    canonicalQuery(request),
    headers,
    credential.signedHeaders.join(';'),
    payloadHash(request, credential),
  ].join('\n');
}

const headerOf = (request: WireRequest, name: string): string =>
  (name === 'host' ? request.host : (request.headers[name] ?? '')).trim().replace(/ +/g, ' ');

/** As the client declares it; whether the body is what was declared is looked at elsewhere. */
function payloadHash(request: WireRequest, credential: Credential): string {
  const declared = request.headers['x-amz-content-sha256'];
  if (declared !== undefined) return declared;
  return credential.presigned !== undefined && credential.service === 's3' ? UNSIGNED : sha256(request.body);
}

export const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** RFC 3986: letters, digits and `-._~` stay. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** S3 takes the path as it is. */
const onceEncoded = (path: string): string =>
  path
    .split('/')
    .map((segment) => encode(decodePercent(segment)))
    .join('/');

/** Every other service: dots and double slashes are resolved, and each segment is encoded once more. */
function twiceEncoded(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const end = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.map(encode).join('/')}${end}`;
}

const canonicalQuery = ({ query }: WireRequest): string =>
  [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .flatMap(([name, values]) => values.map((value) => [encode(name), encode(value)] as const))
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
