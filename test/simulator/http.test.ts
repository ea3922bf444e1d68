/** The HTTP door with the SDK's own sockets and signatures. */
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import { ServiceFault, type SimulatedService } from '../../src/simulator/service.ts';
import { NoAnswer } from '../../src/simulator/world/invoke.ts';
import { service, worldOf } from './wire/support.ts';

const doors: HttpDoor[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close()));
});

interface Opened {
  readonly url: string;
  readonly mistakes: unknown[];
  /** Settings of a client; `more` replaces. */
  readonly settings: (more?: object) => object;
}

async function open(services: readonly SimulatedService[], clock = false): Promise<Opened> {
  const mistakes: unknown[] = [];
  const door = await openHttpDoor(worldOf(services), {
    host: '127.0.0.1',
    port: 0,
    clock,
    onMistake: (error) => mistakes.push(error),
  });
  doors.push(door);
  return {
    url: door.url,
    mistakes,
    settings: (more = {}) => ({
      region: 'eu-west-1',
      endpoint: door.url,
      maxAttempts: 1,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      ...more,
    }),
  };
}

interface Stored {
  readonly Body: Uint8Array;
  readonly ContentType: string | undefined;
}

/** Two operations of S3, enough to see bodies pass. */
function objects(): SimulatedService {
  const kept = new Map<string, Stored>();
  const found = ({ Bucket, Key }: { Bucket: string; Key: string }): Stored => {
    const object = kept.get(`${Bucket}/${Key}`);
    if (object === undefined) throw new ServiceFault('NoSuchKey', 'The specified key does not exist.', 404);
    return object;
  };
  return service('s3', {
    PutObject: (input: { Bucket: string; Key: string; Body: Uint8Array; ContentType?: string }) => {
      kept.set(`${input.Bucket}/${input.Key}`, { Body: input.Body, ContentType: input.ContentType });
      return { ETag: '"1"' };
    },
    GetObject: (input: { Bucket: string; Key: string }) => found(input),
    HeadObject: (input: { Bucket: string; Key: string }) => ({ ContentLength: found(input).Body.length }),
  });
}

const tables = service('dynamodb', {
  DescribeTable: ({ TableName }: { TableName: string }) => ({ Table: { TableName } }),
});

describe('signatures', () => {
  it('the right secret comes in, another does not', async () => {
    const { settings } = await open([tables]);
    const right = new DynamoDBClient(settings());
    await expect(right.send(new DescribeTableCommand({ TableName: 'orders' }))).resolves.toMatchObject({
      Table: { TableName: 'orders' },
    });
    const wrong = new DynamoDBClient(settings({ credentials: { accessKeyId: 'test', secretAccessKey: 'other' } }));
    await expect(wrong.send(new DescribeTableCommand({ TableName: 'orders' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('times count when they are asked to', async () => {
    // The world's clock stands at another instant than the client's.
    const { settings } = await open([tables], true);
    const client = new DynamoDBClient(settings());
    await expect(client.send(new DescribeTableCommand({ TableName: 'orders' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('too large'),
    });
  });
});

/** Every name below `localhost` is this machine (RFC 6761), which not every resolver knows. */
const lookup = (_host: string, _options: object, found: (error: null, at: readonly object[]) => void): void =>
  found(null, [{ address: '127.0.0.1', family: 4 }]);

describe('S3', () => {
  it.each([
    ['path style', { forcePathStyle: true }],
    ['virtual-hosted style', { requestHandler: { httpAgent: { lookup } } }],
    ['no checksums of its own', { forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }],
  ])('%s', async (_, more) => {
    const { url, settings } = await open([objects()]);
    const endpoint = url.replace('127.0.0.1', 'localhost');
    const client = new S3Client(settings({ ...more, endpoint }));
    const Key = 'a folder/ü+&=(1)*.txt';
    const put = new PutObjectCommand({ Bucket: 'a-bucket', Key, Body: 'héllo', ContentType: 'text/plain' });
    expect(await client.send(put)).toMatchObject({ ETag: '"1"' });
    const got = await client.send(new GetObjectCommand({ Bucket: 'a-bucket', Key }));
    expect(await got.Body?.transformToString()).toBe('héllo');
    expect(got.ContentType).toBe('text/plain');
    expect(await client.send(new HeadObjectCommand({ Bucket: 'a-bucket', Key }))).toMatchObject({ ContentLength: 6 });
    await expect(client.send(new HeadObjectCommand({ Bucket: 'a-bucket', Key: 'b' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  it('streams come in chunks with a checksum behind them', async () => {
    const { settings } = await open([objects()]);
    const client = new S3Client(settings({ forcePathStyle: true }));
    const parts = Array.from({ length: 50 }, (_, i) => Buffer.from(`line ${i}\n`.repeat(500)));
    const whole = Buffer.concat(parts);
    const Body = Readable.from(parts);
    await client.send(new PutObjectCommand({ Bucket: 'a-bucket', Key: 'a', Body, ContentLength: whole.length }));
    const got = await client.send(new GetObjectCommand({ Bucket: 'a-bucket', Key: 'a' }));
    expect(await got.Body?.transformToString()).toBe(whole.toString());
  });
});

describe('what goes wrong', () => {
  const throwing = (error: Error) =>
    service('rds', {
      DescribeDBInstances: () => {
        throw error;
      },
    });

  it('AWS that does not answer: the connection ends', async () => {
    const { settings, mistakes } = await open([throwing(new NoAnswer('refused', 'gone'))]);
    const error = await new RDSClient(settings()).send(new DescribeDBInstancesCommand({})).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(mistakes).toEqual([]);
  });

  it('AWS that never answers: the client runs out of patience', async () => {
    const { settings } = await open([throwing(new NoAnswer('timeout', 'gone'))]);
    const client = new RDSClient(settings({ requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true } }));
    await expect(client.send(new DescribeDBInstancesCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('a mistake of ours is a 500 and is heard of', async () => {
    const { settings, mistakes } = await open([throwing(new TypeError('oops'))]);
    const error = await new RDSClient(settings()).send(new DescribeDBInstancesCommand({})).catch((e: unknown) => e);
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(mistakes).toEqual([new TypeError('oops')]);
  });

  it('addresses that others can reach are refused', async () => {
    await expect(
      openHttpDoor(worldOf([]), { host: '0.0.0.0', port: 0, clock: false, onMistake: () => undefined }),
    ).rejects.toThrow('loopback');
  });

  it.each([
    ['nobody signed', 'GET', '/', {}, '', 403],
    ['a form nobody signed', 'POST', '/', { 'content-type': 'application/x-www-form-urlencoded' }, 'Action=X', 403],
    ['JSON nobody signed', 'POST', '/', { 'x-amz-target': 'A.B', 'content-type': 'application/x-amz-json-1.0' }, '{}', 400],
    ['a query that cannot be decoded', 'GET', '/?a=%ff', {}, '', 400],
  ] as const)('%s', async (_, method, path, headers, body, status) => {
    const { url, mistakes } = await open([tables]);
    expect(await statusOf(url + path, method, headers, body)).toBe(status);
    expect(mistakes).toEqual([]);
  });
});

function statusOf(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
