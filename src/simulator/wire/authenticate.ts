/** Whose call it is: the key behind the signature, and whether the signature holds. */
import { gunzipSync } from 'node:zlib';
import { ServiceFault } from '../service.ts';
import { type AccessKey, keyOf } from '../world/keys.ts';
import type { World } from '../world/world.ts';
import { readChunks } from './chunks.ts';
import { type Credential, timeOf } from './credential.ts';
import { Malformed, type WireRequest } from './message.ts';
import { type ChunkSigner, checkSignature, sha256, UNSIGNED } from './signature.ts';

export interface Strictness {
  /** Signatures are computed again and compared. Off in process, where the SDK has just made them. */
  readonly signatures: boolean;
  /** Times of signatures must be within 15 minutes of virtual time. */
  readonly clock: boolean;
}

/** IAM User Guide: a signature is good for 15 minutes, a presigned URL until it says so. */
const SKEW = 15 * 60_000;

/** Throws the `ServiceFault` of a call that AWS would not let in. */
export function authenticate(
  world: World,
  request: WireRequest,
  credential: Credential,
  strict: Strictness,
): { readonly key: AccessKey; readonly signer: ChunkSigner | undefined } {
  const key = keyOf(world, credential.keyId);
  if (key === undefined || (key.token !== undefined && key.token !== credential.token))
    throw new ServiceFault('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  if (key.expires !== undefined && key.expires <= world.clock.now())
    throw new ServiceFault('ExpiredToken', 'The security token included in the request is expired', 403);
  if (strict.clock) checkTime(credential, world.clock.now());
  if (!strict.signatures) return { key, signer: undefined };
  const { right, signer } = checkSignature(request, credential, key.secret);
  if (!right)
    throw new ServiceFault(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
      403,
    );
  const declared = request.headers['x-amz-content-sha256'];
  if (declared !== undefined && /^[0-9a-f]{64}$/.test(declared) && declared !== sha256(request.body))
    throw new ServiceFault(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  return { key, signer: declared === UNSIGNED ? undefined : signer };
}

function checkTime(credential: Credential, now: number): void {
  const signed = timeOf(credential);
  if (signed === undefined) throw new ServiceFault('IncompleteSignature', 'Date must be given as an ISO 8601 basic time.', 400);
  if (signed - now > SKEW || (credential.presigned === undefined && now - signed > SKEW))
    throw new ServiceFault(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
    );
  if (credential.presigned !== undefined && now > signed + credential.presigned * 1000)
    throw new ServiceFault('AccessDeniedException', 'Request has expired', 403);
}

/** A call may be this large once it is unpacked, in bytes. */
export const LARGEST = 64 * 1024 * 1024;

/** The request without the codings of its body. Throws `Malformed`, or `SignatureDoesNotMatch` for a wrong chunk. */
export function unpack(request: WireRequest, signer: ChunkSigner | undefined): WireRequest {
  const hash = request.headers['x-amz-content-sha256'] ?? '';
  const coding = request.headers['content-encoding'] ?? '';
  if (hash.startsWith('STREAMING-')) {
    const { body, trailers, right } = readChunks(request.body, signer);
    if (!right) throw new ServiceFault('SignatureDoesNotMatch', 'The signature of a chunk does not match.', 403);
    const { 'content-encoding': _, ...headers } = request.headers;
    const rest = coding
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== 'aws-chunked' && one !== '');
    const kept = rest.length === 0 ? {} : { 'content-encoding': rest.join(',') };
    const length = request.headers['x-amz-decoded-content-length'];
    return {
      ...request,
      headers: { ...headers, ...kept, ...trailers, ...(length === undefined ? {} : { 'content-length': length }) },
      body,
    };
  }
  return request;
}

/** The request with a body that was compressed for the way, as the SDKs do from 10 KiB on for some operations. */
export function decompress(request: WireRequest): WireRequest {
  if (request.headers['content-encoding'] !== 'gzip' || request.body.length === 0) return request;
  try {
    return { ...request, body: new Uint8Array(gunzipSync(request.body, { maxOutputLength: LARGEST })) };
  } catch {
    throw new Malformed('the body is not gzip, or unpacks to more than 64 MiB');
  }
}
