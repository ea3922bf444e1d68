/** Whatever arrives, the answer is an answer: garbage is refused with a 4xx in the protocol of the service, and nothing throws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerer } from '../../../src/simulator/wire/answer.ts';
import { signingName } from '../../../src/simulator/wire/clients.ts';
import type { WireRequest } from '../../../src/simulator/wire/message.ts';
import { modelOf } from '../../../src/simulator/wire/model.ts';
import { echo, worldOf } from './support.ts';

/** One client of each protocol, and one without schemas; an operation that takes a large input each. */
const TARGETS = [
  ['dynamodb', 'PutItem'],
  ['cloudwatch', 'PutMetricData'],
  ['backup', 'CreateBackupPlan'],
  ['route-53', 'ChangeResourceRecordSets'],
  ['s3', 'PutBucketReplication'],
  ['rds', 'CreateDBInstance'],
  ['ec2', 'RunInstances'],
  ['resiliencehub', 'CreateApp'],
] as const;

const RUNS = 400;

async function target(client: string, operation: string) {
  const service = await echo(client);
  const answer = answerer(worldOf([service.service]), { signatures: false, clock: false });
  const model = await modelOf(client);
  const http = model.operations.get(operation)?.http;
  const scope = `test/20261123/eu-west-1/${signingName(client)}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
  const protocol = {
    ...(model.protocol.startsWith('awsJson')
      ? { 'x-amz-target': `Target.${operation}`, 'content-type': 'application/x-amz-json-1.0' }
      : {}),
  };
  const filled = (http?.uri ?? '/').split('?')[0]?.replace(/\{\w+\+?\}/g, 'label') ?? '/';
  const usual: WireRequest = {
    method: http?.method ?? 'POST',
    host: 'aws.test',
    path: client === 's3' ? `/bucket${filled}` : filled,
    query: new Map(
      (http?.uri.split('?')[1] ?? '')
        .split('&')
        .filter((part) => part !== '')
        .map((name) => [name, ['']]),
    ),
    headers: { authorization, ...protocol },
    body: new Uint8Array(),
  };
  return { answer, usual, service };
}

const formPrefix = (client: string, operation: string): string =>
  client === 'rds' || client === 'ec2' ? `Action=${operation}&Version=2014-10-31&` : '';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.json({ maxDepth: 6 }),
  fc
    .array(
      fc.constantFrom(
        '<a>',
        '</a>',
        '<',
        '&amp;',
        '&x;',
        '<![CDATA[',
        ']]>',
        '<!--',
        '{',
        '[',
        '"',
        ':',
        'a.1.b=',
        '%',
        '&',
        '=',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);
const bytes = fc.oneof(
  text.map((value) => new Uint8Array(Buffer.from(value, 'utf8'))),
  fc.uint8Array({ maxLength: 400 }),
);

describe('bodies', () => {
  it.each(TARGETS)('%s', async (client, operation) => {
    const { answer, usual } = await target(client, operation);
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const whole = new Uint8Array(Buffer.concat([Buffer.from(formPrefix(client, operation)), body]));
        const { status } = await answer({ ...usual, body: whole });
        expect((status >= 200 && status < 300) || (status >= 400 && status < 500)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('CBOR', async () => {
    const { answer, usual } = await target('cloudwatch', 'PutMetricData');
    const path = '/service/GraniteServiceVersion20100801/operation/PutMetricData';
    const { authorization = '' } = usual.headers;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
        const { status } = await answer({ ...usual, path, headers: { authorization, 'smithy-protocol': 'rpc-v2-cbor' }, body });
        expect((status >= 200 && status < 300) || (status >= 400 && status < 500)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
  it.each([
    ['JSON', 'dynamodb', 'PutItem', `{"TableName":"a","Item":{"a":${deep('{"M":{"a":', '}}', 100_000)}}}`],
    ['JSON without an end', 'dynamodb', 'PutItem', '['.repeat(1_000_000)],
    ['XML', 'route-53', 'ChangeResourceRecordSets', deep('<a>', '</a>', 100_000)],
    ['XML without an end', 's3', 'PutBucketReplication', '<a '.repeat(300_000)],
    ['form', 'rds', 'CreateDBInstance', `Action=CreateDBInstance&${'a.'.repeat(200_000)}b=1`],
    ['many parameters', 'rds', 'CreateDBInstance', `Action=CreateDBInstance&${'Tags.Tag.1.Key=1&'.repeat(100_000)}`],
    ['a body without a schema', 'resiliencehub', 'CreateApp', `{"a":${deep('[', ']', 200_000)}}`],
  ])('deep and long: %s', async (_, client, operation, body) => {
    const { answer, usual } = await target(client, operation);
    const { status } = await answer({ ...usual, body: Buffer.from(body) });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

describe('heads', () => {
  it.each(TARGETS)('%s', async (client, operation) => {
    const { answer, usual } = await target(client, operation);
    const header = fc.constantFrom(
      'authorization',
      'x-amz-target',
      'content-type',
      'content-encoding',
      'x-amz-date',
      'x-amz-content-sha256',
      'smithy-protocol',
      'range',
      'x-amz-copy-source',
    );
    const value = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        'gzip',
        'aws-chunked',
        'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'rpc-v2-cbor',
        'AWS4-HMAC-SHA256 Credential=a/20261123/b/s3/aws4_request, SignedHeaders=host, Signature=0',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH', 'TRACE'),
        fc.oneof(
          fc.webPath(),
          fc.string({ maxLength: 40 }).map((rest) => `/${rest}`),
          fc.constant(usual.path),
        ),
        fc.dictionary(fc.string({ maxLength: 12 }), fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 2 }), {
          maxKeys: 4,
        }),
        fc.dictionary(header, value, { maxKeys: 3 }),
        bytes,
        async (method, path, query, headers, body) => {
          const { status } = await answer({
            ...usual,
            method,
            path,
            query: new Map(Object.entries(query)),
            headers: { ...usual.headers, ...headers },
            body,
          });
          // S3 says 501 to what it does not know.
          expect((status >= 200 && status < 300) || (status >= 400 && status < 500) || status === 501).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
