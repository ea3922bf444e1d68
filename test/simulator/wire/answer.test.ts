/** Which API a request means, where the signing name alone does not say. */
import { describe, expect, it } from 'vitest';
import { answerer } from '../../../src/simulator/wire/answer.ts';
import type { WireRequest } from '../../../src/simulator/wire/message.ts';
import { echo, service, worldOf } from './support.ts';

const request = (service: string, parts: Partial<WireRequest>): WireRequest => ({
  method: 'POST',
  host: 'aws.test',
  path: '/',
  query: new Map(),
  body: new Uint8Array(),
  ...parts,
  headers: {
    authorization: `AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
    ...parts.headers,
  },
});

const form = (text: string): Partial<WireRequest> => ({
  body: Buffer.from(text),
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
});

async function ask(clients: readonly string[], message: WireRequest) {
  const echoes = await Promise.all(clients.map(echo));
  const answer = answerer(worldOf(echoes.map((one) => one.service)), { signatures: false, clock: false });
  const reply = await answer(message);
  const called = echoes.flatMap((one) => (one.got === undefined ? [] : [`${one.service.client} ${one.got.operation}`]));
  return { status: reply.status, called, reply };
}

describe('APIs that share a signing name', () => {
  const balancers = ['elastic-load-balancing', 'elastic-load-balancing-v2'];
  it.each([
    ['2012-06-01', 'elastic-load-balancing DescribeLoadBalancers'],
    ['2015-12-01', 'elastic-load-balancing-v2 DescribeLoadBalancers'],
  ])('Elastic Load Balancing: version %s', async (version, expected) => {
    const message = request('elasticloadbalancing', form(`Action=DescribeLoadBalancers&Version=${version}`));
    expect(await ask(balancers, message)).toMatchObject({ status: 200, called: [expected] });
  });

  it.each([
    ['/restapis', 'api-gateway GetRestApis'],
    ['/v2/apis', 'apigatewayv2 GetApis'],
  ])('API Gateway: path %s', async (path, expected) => {
    const message = request('apigateway', { method: 'GET', path });
    expect(await ask(['api-gateway', 'apigatewayv2'], message)).toMatchObject({ status: 200, called: [expected] });
  });

  it('S3 Control is not taken for a bucket', async () => {
    const message = request('s3', {
      method: 'GET',
      path: '/v20180820/configuration/publicAccessBlock',
      headers: { 'x-amz-account-id': '111122223333' },
    });
    expect(await ask(['s3'], message)).toMatchObject({ status: 400, called: [] });
  });
});

describe('one API in several protocols', () => {
  it.each([
    [
      'awsJson',
      request('monitoring', {
        headers: { 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics', 'content-type': 'application/x-amz-json-1.0' },
      }),
      'application/x-amz-json-1.0',
    ],
    [
      'rpcv2Cbor',
      request('monitoring', {
        path: '/service/GraniteServiceVersion20100801/operation/ListMetrics',
        headers: { 'smithy-protocol': 'rpc-v2-cbor' },
      }),
      'application/cbor',
    ],
    ['awsQuery', request('monitoring', form('Action=ListMetrics&Version=2010-08-01')), 'text/xml'],
  ])('%s', async (_, message, type) => {
    const { status, called, reply } = await ask(['cloudwatch'], message);
    expect({ status, called, type: reply.headers['content-type'] }).toEqual({
      status: 200,
      called: ['cloudwatch ListMetrics'],
      type,
    });
  });
});

describe('S3', () => {
  it.each([
    ['the bucket in the path', 'GET', 'aws.test', '/a-bucket', 'ListObjects'],
    ['the bucket in the host', 'GET', 'a-bucket.s3.eu-west-1.amazonaws.com', '/', 'ListObjects'],
    ['a key in the host style', 'GET', 'a-bucket.localhost:4599', '/some/key', 'GetObject'],
    ['a key in the path style', 'GET', 's3.eu-west-1.amazonaws.com', '/a-bucket/some/key', 'GetObject'],
    ['no bucket at all', 'GET', 'aws.test', '/', 'ListBuckets'],
    ['a new bucket', 'PUT', 'aws.test', '/a-bucket', 'CreateBucket'],
  ])('%s', async (_, method, host, path, operation) => {
    expect(await ask(['s3'], request('s3', { method, host, path }))).toMatchObject({ status: 200, called: [`s3 ${operation}`] });
  });

  it.each([
    ['versioning', 'GetBucketVersioning'],
    ['replication', 'GetBucketReplication'],
    ['list-type=2', 'ListObjectsV2'],
    ['versions', 'ListObjectVersions'],
    ['location', 'GetBucketLocation'],
  ])('?%s', async (query, operation) => {
    const [name = '', value = ''] = query.split('=');
    const message = request('s3', { method: 'GET', path: '/a-bucket', query: new Map([[name, [value]]]) });
    expect(await ask(['s3'], message)).toMatchObject({ status: 200, called: [`s3 ${operation}`] });
  });

  it('a copy is told by its header', async () => {
    const put = (headers: Readonly<Record<string, string>>) => request('s3', { method: 'PUT', path: '/a-bucket/key', headers });
    expect(await ask(['s3'], put({}))).toMatchObject({ called: ['s3 PutObject'] });
    expect(await ask(['s3'], put({ 'x-amz-copy-source': 'other/key' }))).toMatchObject({ called: ['s3 CopyObject'] });
  });
});

it('virtual time stands still while the schemas of a client are loaded', async () => {
  // A client that nothing in this file has loaded yet.
  const aws = worldOf([service('organizations', { DescribeOrganization: () => ({}) })]);
  const answer = answerer(aws, { signatures: false, clock: false });
  let late = false;
  aws.world.clock.after(60_000, () => {
    late = true;
  });
  const headers = {
    'x-amz-target': 'AWSOrganizationsV20161128.DescribeOrganization',
    'content-type': 'application/x-amz-json-1.1',
  };
  expect(await aws.world.clock.drive(answer(request('organizations', { headers })))).toMatchObject({ status: 200 });
  expect(late).toBe(false);
});
