/** Who signed a request, for which Region and which service, as its Signature Version 4 says (not whether that is true). */
import type { WireRequest } from './message.ts';

export interface Credential {
  readonly keyId: string;
  /** `20261123`. */
  readonly day: string;
  readonly region: string;
  /** Signing name of the service: `elasticloadbalancing`. */
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** `20261123T094500Z`. */
  readonly time: string | undefined;
  readonly token: string | undefined;
  /** Seconds for which a presigned URL holds; undefined: the signature is in a header. */
  readonly presigned: number | undefined;
}

const SCOPE = /^([^/]+)\/(\d{8})\/([^/]*)\/([^/]+)\/aws4_request$/;

/** `none`: nobody signed. `broken`: somebody did, in a way that is not understood. */
export function readCredential(request: WireRequest): Credential | 'none' | 'broken' {
  const { authorization } = request.headers;
  if (authorization !== undefined) return fromHeader(authorization, request);
  const field = (name: string): string | undefined => request.query.get(`X-Amz-${name}`)?.[0];
  if (field('Algorithm') === undefined) return request.query.has('AWSAccessKeyId') ? 'broken' : 'none';
  if (field('Algorithm') !== ALGORITHM) return 'broken';
  return build(field('Credential'), field('SignedHeaders'), field('Signature'), {
    time: field('Date'),
    token: field('Security-Token'),
    presigned: Number(field('Expires') ?? 0),
  });
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

function fromHeader(authorization: string, { headers }: WireRequest): Credential | 'broken' {
  const [algorithm, rest = ''] = split(authorization, ' ');
  if (algorithm !== ALGORITHM) return 'broken';
  const fields = new Map(rest.split(',').map((part) => split(part.trim(), '=')));
  return build(fields.get('Credential'), fields.get('SignedHeaders'), fields.get('Signature'), {
    time: headers['x-amz-date'] ?? compact(headers.date),
    token: headers['x-amz-security-token'],
    presigned: undefined,
  });
}

function build(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  rest: Pick<Credential, 'time' | 'token' | 'presigned'>,
): Credential | 'broken' {
  const [, keyId, day, region, service] = SCOPE.exec(credential ?? '') ?? [];
  if (keyId === undefined || day === undefined || region === undefined || service === undefined) return 'broken';
  if (signedHeaders === undefined || signature === undefined) return 'broken';
  return { keyId, day, region, service, signedHeaders: signedHeaders.split(';'), signature, ...rest };
}

/** `Mon, 23 Nov 2026 09:45:00 GMT` → `20261123T094500Z`. */
function compact(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function split(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return i < 0 ? [text, ''] : [text.slice(0, i), text.slice(i + 1)];
}

/** Milliseconds since the epoch; undefined when it is not a time. */
export function timeOf({ time }: Credential): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time ?? '');
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const value = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(value) ? undefined : value;
}
