import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { SDK_CLIENTS } from '../../src/aws/clients.ts';
import { failureOf } from '../../src/aws/failure.ts';
import { sdkTransport } from '../../src/aws/transport.ts';
import { UsageError } from '../../src/model/errors.ts';

const AT = { account: '111122223333', region: 'eu-west-1' };
const credentials = () => async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });

interface Request {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The SDK in this process, answered by a function. */
function inProcess(statusCode: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  const requests: Request[] = [];
  const transport = sdkTransport({
    credentials,
    requestHandler: {
      async handle(request) {
        requests.push(request);
        return { response: { statusCode, headers, body: Buffer.from(body) } };
      },
    },
  });
  return { requests, transport };
}

describe('sdkTransport', () => {
  it('sends by the SDK, to the Region, signed for the account', async () => {
    const { transport, requests } = inProcess(200, '{"TableNames":["orders"]}', { 'content-type': 'application/x-amz-json-1.0' });
    expect(await transport.send('dynamodb', 'ListTables', {}, AT)).toMatchObject({ TableNames: ['orders'] });
    expect(requests[0]?.hostname).toMatch(/dynamodb.*eu-west-1.*amazonaws\.com/);
    expect(requests[0]?.headers.authorization).toContain('/eu-west-1/dynamodb/aws4_request');
  });

  it('makes one attempt', async () => {
    const { transport, requests } = inProcess(400, '{"__type":"com.amazonaws#ThrottlingException","message":"Rate exceeded"}');
    await expect(transport.send('dynamodb', 'ListTables', {}, AT)).rejects.toThrow();
    expect(requests.length).toBe(1);
  });

  it.each([
    ['throttled', 400, '{"__type":"com.amazonaws#ThrottlingException","message":"Rate exceeded"}', 'throttled'],
    ['denied', 400, '{"__type":"AccessDeniedException","Message":"no"}', 'denied'],
    ['cut off', 200, '{"TableNames":["ord', 'server'],
    ['a page of a proxy', 200, '<html>sign in</html>', 'server'],
    ['a bad gateway', 502, '<html>Bad Gateway</html>', 'server'],
  ])('its errors are classified: %s', async (_, status, body, kind) => {
    const { transport } = inProcess(status, body);
    const list = call<object, object>({ client: 'dynamodb', operation: 'ListTables', action: 'dynamodb:ListTables' });
    const error = await transport.send('dynamodb', 'ListTables', {}, AT).catch((e: unknown) => e);
    expect(failureOf(error, list, AT).kind).toBe(kind);
  });

  it.each([
    ['a client', 'dynamo', 'ListTables', 'aws-client'],
    ['an operation', 'dynamodb', 'ListTabels', 'aws-operation'],
  ])('does not know %s', async (_, client, operation, code) => {
    const { transport } = inProcess(200, '{}');
    const error = await transport.send(client, operation, {}, AT).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).code).toBe(code);
  });

  it('names clients as the installed packages do', async () => {
    const { readFileSync } = await import('node:fs');
    const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const installed = Object.keys(dependencies)
      .filter((d) => d.startsWith('@aws-sdk/client-'))
      .map((d) => d.slice('@aws-sdk/client-'.length));
    expect([...SDK_CLIENTS].sort()).toEqual(installed.sort());
  });
});

describe('ARC', () => {
  it('asks the control plane of Region switch in the home Region of the partition', async () => {
    const { transport, requests } = inProcess(200, '{"plans":[{"arn":"a","updatedAt":1700000000.5}]}');
    expect(await transport.send('arc-region-switch', 'ListPlans', {}, AT)).toEqual({
      plans: [{ arn: 'a', updatedAt: new Date(1_700_000_000_500) }],
    });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: '/',
      hostname: 'arc-region-switch-control-plane.us-east-1.api.aws',
    });
    expect(requests[0]?.headers['x-amz-target']).toBe('ArcRegionSwitch.ListPlans');
    expect(requests[0]?.headers.authorization).toContain('/us-east-1/arc-region-switch/aws4_request');
  });

  it('runs plans in the Region of the call', async () => {
    const { transport, requests } = inProcess(200, '{}');
    await transport.send(
      'arc-region-switch',
      'StartPlanExecution',
      { planArn: 'a', targetRegion: 'eu-west-1', action: 'activate' },
      AT,
    );
    expect(requests[0]?.hostname).toBe('arc-region-switch.eu-west-1.api.aws');
    expect(JSON.parse(String(requests[0]?.body))).toEqual({ planArn: 'a', targetRegion: 'eu-west-1', action: 'activate' });
  });

  it.each([
    ['ListZonalShifts', { status: 'ACTIVE', maxResults: 5 }, 'GET', '/zonalshifts', { status: 'ACTIVE', maxResults: '5' }],
    ['GetManagedResource', { resourceIdentifier: 'arn:aws:x/y' }, 'GET', '/managedresources/arn%3Aaws%3Ax%2Fy', {}],
    ['CancelZonalShift', { zonalShiftId: 'z1' }, 'DELETE', '/zonalshifts/z1', {}],
  ])('zonal shift: %s', async (operation, input, method, path, query) => {
    const { transport, requests } = inProcess(200, '{"items":[]}');
    expect(await transport.send('arc-zonal-shift', operation, input, AT)).toEqual({ items: [] });
    expect(requests[0]).toMatchObject({ method, path, query, hostname: 'arc-zonal-shift.eu-west-1.amazonaws.com' });
    expect(requests[0]?.body).toBeUndefined();
  });

  it.each([
    ['in the header', { 'x-amzn-errortype': 'ResourceNotFoundException:http://x' }, '{"message":"none"}'],
    ['in the body', {}, '{"__type":"com.amazonaws#ResourceNotFoundException","message":"none"}'],
  ])('has its errors named %s', async (_, headers, body) => {
    const { transport } = inProcess(404, body, headers);
    await expect(transport.send('arc-zonal-shift', 'ListAutoshifts', {}, AT)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'none',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it.each([
    ['arc-zonal-shift', 'ListShifts'],
    ['arc-region-switch', 'ListPlan'],
  ])('%s does not know %s', async (client, operation) => {
    const { transport } = inProcess(200, '{}');
    await expect(transport.send(client, operation, {}, AT)).rejects.toMatchObject({ code: 'aws-operation' });
  });
});

describe('over HTTP', () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    if (request.url?.startsWith('/orders') === true) {
      response.setHeader('content-type', 'application/xml');
      response.end('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>');
    } else response.end('{"items":[]}');
  });
  let endpoint = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('sends every client to the endpoint, S3 with the bucket in the path', async () => {
    const transport = sdkTransport({ credentials, endpoint });
    expect(await transport.send('s3', 'GetBucketVersioning', { Bucket: 'orders' }, AT)).toMatchObject({ Status: 'Enabled' });
    expect(await transport.send('arc-zonal-shift', 'ListAutoshifts', {}, AT)).toEqual({ items: [] });
    expect(seen[0]).toMatch(/^GET \/orders\/?\?versioning/);
    expect(seen[1]).toMatch(/^GET \/autoshifts 127\.0\.0\.1:/);
  });

  it('says when nobody listens', async () => {
    const transport = sdkTransport({ credentials, endpoint: 'http://127.0.0.1:1' });
    const list = call<object, object>({ client: 's3', operation: 'ListBuckets', action: 's3:ListAllMyBuckets' });
    const error = await transport.send('s3', 'ListBuckets', {}, AT).catch((e: unknown) => e);
    expect(failureOf(error, list, AT)).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
  });
});
