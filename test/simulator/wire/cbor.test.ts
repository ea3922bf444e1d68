/** CBOR without a client that speaks it: what boto3 sends to CloudWatch and to ARC Region switch. */
import { cbor, dateToTag } from '@smithy/core/cbor';
import { describe, expect, it } from 'vitest';
import { answerer } from '../../../src/simulator/wire/answer.ts';
import { echo, worldOf } from './support.ts';

const INSTANT = new Date(Date.UTC(2026, 10, 23, 9, 30, 0, 500));

async function ask(client: string, signing: string, operation: string, input: object, output: object) {
  const service = await echo(client);
  service.output = output;
  const answer = answerer(worldOf([service.service]), { signatures: false, clock: false });
  const reply = await answer({
    method: 'POST',
    host: 'aws.test',
    path: `/service/Any/operation/${operation}`,
    query: new Map(),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/${signing}/aws4_request, SignedHeaders=host, Signature=00`,
      'smithy-protocol': 'rpc-v2-cbor',
      'content-type': 'application/cbor',
    },
    body: cbor.serialize(input),
  });
  return { got: service.got, status: reply.status, reply: cbor.deserialize(reply.body as Uint8Array) as Record<string, unknown> };
}

describe('rpcv2Cbor', () => {
  it('a client with schemas', async () => {
    const data = [{ MetricName: 'lag', Timestamp: dateToTag(INSTANT), Value: 1.5, Values: [1, 2.25] }];
    const { got, status } = await ask('cloudwatch', 'monitoring', 'PutMetricData', { Namespace: 'shop', MetricData: data }, {});
    expect(status).toBe(200);
    expect(got?.input).toEqual({
      Namespace: 'shop',
      MetricData: [{ MetricName: 'lag', Timestamp: INSTANT, Value: 1.5, Values: [1, 2.25] }],
    });
  });

  it('an API without schemas: instants say what they are', async () => {
    const { got, reply } = await ask(
      'arc-region-switch',
      'arc-region-switch',
      'ListPlanExecutions',
      { planArn: 'arn:plan', since: dateToTag(INSTANT) },
      { items: [{ startTime: INSTANT, executionState: 'completed' }] },
    );
    expect(got?.input).toEqual({ planArn: 'arn:plan', since: INSTANT });
    expect(reply).toMatchObject({
      items: [{ startTime: { tag: 1, value: INSTANT.getTime() / 1000 }, executionState: 'completed' }],
    });
  });

  it('faults name their shape', async () => {
    const { status, reply } = await ask('cloudwatch', 'monitoring', 'PutMetricData', { Namespace: { a: 1 } }, {});
    expect({ status, type: reply.__type }).toEqual({ status: 400, type: 'SerializationException' });
    const missing = await ask('cloudwatch', 'monitoring', 'PutMetricData', {}, {});
    expect(missing).toMatchObject({ status: 400, reply: { message: expect.stringContaining('Namespace') } });
  });
});
