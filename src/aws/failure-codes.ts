/**
 * What AWS and Node call their errors, by what the error means to us. Codes are compared without the endings that SDKs and
 * protocols add (`Exception`, `Error`, `Fault`) and without their prefixes (`Client.`, `com.amazonaws.rds#`).
 *
 * Sources: smithy's service-error-classification (@smithy/core 3.41); botocore 1.43 data/_retry.json and retries/standard.py;
 * the "Common errors" page of each API reference; EC2 API reference, "Error codes"; S3 API reference, "Error responses".
 */
export const FAILURE_KINDS = [
  /** IAM, an SCP or a resource policy refuses it. */
  'denied',
  /** More calls than AWS accepts. */
  'throttled',
  /** The thing asked for is not there. */
  'not-found',
  /** The service, the operation or the Region is not open to this account. */
  'not-enabled',
  /** Credentials that are expired, revoked, wrong or absent. */
  'expired',
  /** No connection. */
  'network',
  /** A connection, and no answer in time. */
  'timeout',
  /** This machine's clock differs too much from AWS's for a signature to be valid. */
  'clock-skew',
  /** AWS understood the request and finds it wrong: a mistake of ours. */
  'invalid',
  /** AWS failed, or answered with something that cannot be read. */
  'server',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** `DBInstanceNotFoundFault`, `DBInstanceNotFound`, `com.amazonaws.rds#DBInstanceNotFound:http://…` → `DBInstanceNotFound`. */
export function plainCode(code: string): string {
  const name = code
    .replace(/^.*#/, '')
    .replace(/:.*$/, '')
    .replace(/^(?:Client|Server|Sender|Receiver)\./, '');
  const short = name.replace(/(?:Exception|Error|Fault)+$/, '');
  return short === '' ? name : short;
}

/** Two spellings of one error. */
export const sameCode = (a: string, b: string): boolean => plainCode(a) === plainCode(b);

const CODES: Readonly<Partial<Record<FailureKind, readonly string[]>>> = {
  denied: [
    'AccessDenied',
    'AllAccessDisabled',
    'Authorization',
    'ExplicitDeny',
    'Forbidden',
    'KMSAccessDenied',
    'NotAuthorized',
    'Unauthorized',
    'UnauthorizedAccess',
    'UnauthorizedOperation',
  ],
  throttled: [
    'BandwidthLimitExceeded',
    'EC2Throttled',
    'LimitExceeded',
    'PriorRequestNotComplete',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'RequestThrottled',
    'SlowDown',
    'Throttled',
    'Throttling',
    'TooManyRequests',
    'TransactionInProgress',
  ],
  'not-enabled': [
    'AWSOrganizationsNotInUse',
    'EndpointDisabled',
    'InvalidAction',
    // Some services answer so where a newer operation has not reached the Region yet.
    'OperationNotPermittedInRegion',
    'OptInRequired',
    'RegionDisabled',
    'SubscriptionRequired',
    'UnknownOperation',
    'UnsupportedOperation',
  ],
  expired: [
    'AuthFailure',
    'CredentialsProvider',
    'ExpiredToken',
    'IncompleteSignature',
    'InvalidAccessKeyId',
    'InvalidClientTokenId',
    'InvalidSignature',
    'InvalidToken',
    'MissingAuthenticationToken',
    // EC2 says so for an expired session too ("Error codes": "this error can also occur if the credentials have expired").
    'RequestExpired',
    'SignatureDoesNotMatch',
    'TokenProvider',
    'TokenRefreshRequired',
    'UnrecognizedClient',
  ],
  timeout: ['RequestTimeout', 'Timeout'],
  'clock-skew': ['RequestInTheFuture', 'RequestTimeTooSkewed'],
  server: [
    'InternalFailure',
    'Internal',
    'InternalServer',
    'InternalService',
    'ServiceFailure',
    'Service',
    'ServiceUnavailable',
    'Unavailable',
  ],
};

const KIND_OF_CODE: ReadonlyMap<string, FailureKind> = new Map(
  FAILURE_KINDS.flatMap((kind) => (CODES[kind] ?? []).map((code) => [code, kind] as const)),
);

/**
 * What AWS answers both to wrong credentials and, in a Region that the account has not opted in to, to right ones (AWS General
 * Reference, "Managing AWS Regions": requests to disabled Regions fail authentication).
 */
const AMBIGUOUS = new Set(['AuthFailure', 'InvalidClientTokenId', 'UnrecognizedClient', 'InvalidAccessKeyId', 'InvalidToken']);

export const maybeOptedOut = (code: string): boolean => AMBIGUOUS.has(plainCode(code));

/** Errors of Node's sockets, DNS and TLS. */
const NETWORK = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
]);
const TIMEOUT = new Set(['ESOCKETTIMEDOUT', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
/** A certificate does not become valid by asking again (a proxy that inspects TLS is the usual reason). */
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|HOSTNAME_MISMATCH)/;

export function kindOfErrno(code: string): { readonly kind: FailureKind; readonly lasting: boolean } | undefined {
  if (NETWORK.has(code)) return { kind: 'network', lasting: false };
  if (TIMEOUT.has(code)) return { kind: 'timeout', lasting: false };
  return CERTIFICATE.test(code) ? { kind: 'network', lasting: true } : undefined;
}

/** The services' own "not found" codes are without number: `NoSuchBucket`, `InvalidVolume.NotFound`, `DBInstanceNotFound`. */
const ABSENT = /NotFound|NoSuch|NotExist|NonExistent|DoesNotExist/;
const SIGNATURE_TIME = /signature (?:expired|not yet current)|(?:request|current) (?:time|date).*(?:skew|too)/i;

/** By code and message; undefined when they say nothing that we know, and the status must tell. */
export function kindOfCode(code: string, message: string): FailureKind | undefined {
  const plain = plainCode(code);
  const kind = KIND_OF_CODE.get(plain);
  // A signature that is only too old or too new is a matter of the clock, under whatever code.
  if (kind === 'expired' && SIGNATURE_TIME.test(message)) return 'clock-skew';
  if (kind !== undefined) return kind;
  if (/Throttl/.test(plain)) return 'throttled';
  if (ABSENT.test(plain)) return 'not-found';
  return undefined;
}

/** By HTTP status alone. */
export function kindOfStatus(status: number | undefined): FailureKind | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 429 || status === 509) return 'throttled';
  if (status >= 500) return 'server';
  return status >= 400 ? 'invalid' : undefined;
}
