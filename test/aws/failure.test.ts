import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { type AwsFailure, failureOf, holeOf, inContext, isOneOf, stopOf } from '../../src/aws/failure.ts';
import { FAILURE_KINDS, type FailureKind, plainCode, sameCode } from '../../src/aws/failure-codes.ts';
import { REASONS } from '../../src/model/known.ts';
import { ServiceFault } from '../../src/simulator/service.ts';

const CALL = call<object, object>({ client: 'rds', operation: 'DescribeDBInstances', action: 'rds:DescribeDBInstances' });
const AT = { account: '111122223333', region: 'eu-west-1' };
const classify = (error: unknown): AwsFailure => failureOf(error, CALL, AT);

/** As the SDK throws: code as the name, status in the metadata. */
const sdk = (name: string, status?: number, more: object = {}): Error =>
  Object.assign(new Error('said AWS'), { name, $metadata: { httpStatusCode: status }, ...more });
const node = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

const TABLE: readonly (readonly [string, unknown, FailureKind, boolean])[] = [
  ['JSON access denied', sdk('AccessDeniedException', 400), 'denied', false],
  ['EC2 access denied', sdk('UnauthorizedOperation', 403), 'denied', false],
  ['S3 access denied', sdk('AccessDenied', 403), 'denied', false],
  ['SNS access denied', sdk('AuthorizationErrorException', 403), 'denied', false],
  ['a 403 without a known code', sdk('Whatever', 403), 'denied', false],
  ['JSON throttling', sdk('ThrottlingException', 400), 'throttled', true],
  ['query throttling', sdk('Throttling', 400), 'throttled', true],
  ['EC2 throttling, as botocore spells it', sdk('Client.RequestLimitExceeded', 503), 'throttled', true],
  ['S3 slow down', sdk('SlowDown', 503), 'throttled', true],
  ['ELB dependency throttle', sdk('DependencyThrottle', 400), 'throttled', true],
  ['a 429', sdk('Whatever', 429), 'throttled', true],
  ['throttling by trait', sdk('OddlyNamed', 400, { $retryable: { throttling: true } }), 'throttled', true],
  ['RDS not found, with its class name', sdk('DBInstanceNotFoundFault', 404, { Code: 'DBInstanceNotFound' }), 'not-found', false],
  ['EC2 not found', sdk('InvalidVolume.NotFound', 400), 'not-found', false],
  ['S3 no such configuration', sdk('NoSuchLifecycleConfiguration', 404), 'not-found', false],
  ['SQS not found', sdk('QueueDoesNotExist', 400), 'not-found', false],
  ['not subscribed', sdk('OptInRequired', 401), 'not-enabled', false],
  ['an operation that the Region does not know', sdk('UnknownOperationException', 404), 'not-enabled', false],
  ['expired session', sdk('ExpiredToken', 403), 'expired', false],
  ['expired session, JSON', sdk('ExpiredTokenException', 400), 'expired', false],
  ['wrong key', sdk('UnrecognizedClientException', 400), 'expired', false],
  ['no credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'expired', false],
  [
    'old signature',
    Object.assign(sdk('InvalidSignatureException', 403), { message: 'Signature expired: …' }),
    'clock-skew',
    false,
  ],
  ['clock', sdk('RequestTimeTooSkewed', 403), 'clock-skew', false],
  [
    'clock, put right by the SDK',
    sdk('RequestTimeTooSkewed', 403, { $metadata: { httpStatusCode: 403, clockSkewCorrected: true } }),
    'clock-skew',
    true,
  ],
  ['connection refused', node('ECONNREFUSED'), 'network', true],
  ['name not found', node('ENOTFOUND'), 'network', true],
  ['both addresses refused', new AggregateError([node('ECONNREFUSED')], 'all failed'), 'network', true],
  ['wrapped', new Error('fetch failed', { cause: node('ECONNRESET') }), 'network', true],
  ['certificate of a proxy', node('SELF_SIGNED_CERT_IN_CHAIN'), 'network', false],
  ['socket timeout', node('ETIMEDOUT'), 'timeout', true],
  ['SDK timeout', Object.assign(new Error('slow'), { name: 'TimeoutError' }), 'timeout', true],
  ['S3 request timeout', sdk('RequestTimeout', 400), 'timeout', true],
  ['a 504', sdk('Whatever', 504), 'timeout', true],
  ['our mistake', sdk('ValidationException', 400), 'invalid', false],
  ['our mistake, unnamed', sdk('Whatever', 400), 'invalid', false],
  ['internal failure', sdk('InternalFailure', 500), 'server', true],
  ['a 500 that says denied', sdk('AccessDenied', 500), 'server', true],
  ['service unavailable', sdk('ServiceUnavailable', 503), 'server', true],
  ['server by trait', Object.assign(new Error('x'), { name: 'Odd', $fault: 'server' }), 'server', true],
  ['a reply that is not JSON', new SyntaxError('Unexpected token < in JSON'), 'server', true],
  [
    'a page in place of a reply',
    Object.assign(new SyntaxError('Unexpected token < in JSON'), { $metadata: { httpStatusCode: 404 } }),
    'server',
    false,
  ],
  [
    'a page in place of XML',
    Object.assign(new Error('mismatched tags\n  Deserialization error: to see the raw response, inspect …'), {
      $metadata: { httpStatusCode: 500 },
    }),
    'server',
    false,
  ],
  [
    'a page in place of a reply when there is too much to do',
    Object.assign(new SyntaxError('Unexpected token < in JSON'), { $metadata: { httpStatusCode: 429 } }),
    'server',
    true,
  ],
  [
    'a reply that no deserializer takes',
    Object.assign(new TypeError('x'), { $response: { statusCode: 200, headers: {} } }),
    'server',
    true,
  ],
  ['simulated AWS', new ServiceFault('AccessDeniedException', 'no', 403), 'denied', false],
  ['a text', 'boom', 'invalid', false],
  ['nothing', undefined, 'invalid', false],
];

describe('failureOf', () => {
  it.each(TABLE)('%s', (_, error, kind, retryable) => {
    const failure = classify(error);
    expect([failure.kind, failure.retryable]).toEqual([kind, retryable]);
  });

  it('covers every kind', () => {
    expect(new Set(TABLE.map(([, , kind]) => kind))).toEqual(new Set(FAILURE_KINDS));
  });

  it('takes anything, and is idempotent', () => {
    fc.assert(
      fc.property(fc.anything(), (error) => {
        const failure = classify(error);
        expect(FAILURE_KINDS).toContain(failure.kind);
        expect(failureOf(failure, CALL, AT)).toBe(failure);
      }),
    );
  });

  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'X-Amz-Retry-After': '1500' }, 1500],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    [{}, undefined],
  ])('reads how long to wait from %j', (headers, wait) => {
    expect(classify(sdk('SlowDown', 503, { $response: { statusCode: 503, headers } })).retryAfter).toBe(wait);
  });
});

describe('what a failure means', () => {
  it('gives a hole with the reason, the action and the place', () => {
    const hole = holeOf(classify(sdk('AccessDenied', 403)));
    expect(hole.reason).toBe('access-denied');
    expect(hole.detail).toContain('rds:DescribeDBInstances');
    expect(hole.detail).toContain('eu-west-1');
  });

  it('always has a reason, and stops the run for credentials and clock alone', () => {
    for (const [, error] of TABLE) {
      const failure = classify(error);
      expect(REASONS).toContain(holeOf(failure).reason);
      expect(stopOf(failure) !== undefined).toBe(failure.kind === 'expired' || failure.kind === 'clock-skew');
    }
  });

  it.each([
    ['wrong key where it was accepted before', 'UnrecognizedClientException', true, 'not-enabled'],
    ['wrong key at the first call', 'UnrecognizedClientException', false, 'expired'],
    ['expired, though accepted before', 'ExpiredTokenException', true, 'expired'],
  ] as const)('%s', (_, code, accepted, kind) => {
    expect(inContext(classify(sdk(code, 400)), { accepted, reached: true }).kind).toBe(kind);
  });

  it.each([
    [true, 'not-enabled'],
    [false, 'network'],
  ] as const)('an endpoint without an address, Region reached: %s', (reached, kind) => {
    const failure = inContext(classify(node('ENOTFOUND')), { accepted: true, reached });
    expect([failure.kind, failure.retryable]).toEqual([kind, kind === 'network']);
  });

  it('knows codes in every spelling', () => {
    expect(plainCode('com.amazonaws.kms#NotFoundException:http://internal')).toBe('NotFound');
    expect(sameCode('DBInstanceNotFoundFault', 'DBInstanceNotFound')).toBe(true);
    expect(isOneOf(classify(sdk('NoSuchTagSet', 404)), ['NoSuchTagSetError'])).toBe(true);
  });
});

const RECORDED = fileURLToPath(new URL('../../../shared/data/recorded/c7n', import.meta.url));
const has = existsSync(RECORDED);
if (!has && process.env.CI === 'true') throw new Error(`expected recorded replies in ${RECORDED}`);

describe.skipIf(!has)('errors that AWS really sent', () => {
  const replies = has
    ? readdirSync(RECORDED, { recursive: true, encoding: 'utf8' })
        .filter((f) => f.endsWith('.json'))
        .map((f) => JSON.parse(readFileSync(join(RECORDED, f), 'utf8')))
        .filter((r) => r?.data?.Error?.Code !== undefined && r.status_code >= 400)
    : [];

  it('are all either absent or denied', () => {
    expect(replies.length).toBeGreaterThan(30);
    for (const { status_code, data } of replies) {
      // As botocore shows it, and as the SDK does.
      const both = [
        classify({ Error: data.Error, $metadata: { httpStatusCode: status_code }, message: data.Error.Message }),
        classify(sdk(data.Error.Code, status_code)),
      ];
      const expected = data.Error.Code === 'AccessDeniedException' ? 'denied' : 'not-found';
      expect(both.map((f) => [f.code, f.kind])).toEqual([
        [data.Error.Code, expected],
        [data.Error.Code, expected],
      ]);
    }
  });
});

if (!has) console.info(`recorded replies are not at ${RECORDED}: their test is skipped`);
