import { describe, expect, it } from 'vitest';
import { sns } from '../../../src/simulator/services/sns.ts';
import { sqs } from '../../../src/simulator/services/sqs.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws } from '../../services/observed/support.ts';
import { call, pass } from './calling.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';

async function queue(aws: SimulatedAws, QueueName: string, region = EAST, Attributes = {}): Promise<string> {
  return (await call<{ QueueUrl: string }>(aws, 'sqs', 'CreateQueue', { QueueName, Attributes }, region)).QueueUrl;
}

async function receive(aws: SimulatedAws, QueueUrl: string, region = EAST): Promise<readonly string[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10 };
  const { Messages = [] } = await call<{ Messages?: { Body: string }[] }>(aws, 'sqs', 'ReceiveMessage', input, region);
  return Messages.map((m) => m.Body);
}

const send = (aws: SimulatedAws, QueueUrl: string, MessageBody: string, region = EAST) =>
  call(aws, 'sqs', 'SendMessage', { QueueUrl, MessageBody }, region);

const arnOf = (name: string, region: string) => `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;

describe('queues', () => {
  it('a received message is hidden for its visibility time-out, and gone once it is deleted', async () => {
    const aws = freshAws([sqs]);
    const url = await queue(aws, 'orders');
    await send(aws, url, 'one');
    expect(await receive(aws, url)).toEqual(['one']);
    expect(await receive(aws, url)).toEqual([]);
    await pass(aws, 30);
    const { Messages } = await call<{ Messages: { ReceiptHandle: string }[] }>(aws, 'sqs', 'ReceiveMessage', { QueueUrl: url });
    await call(aws, 'sqs', 'DeleteMessage', { QueueUrl: url, ReceiptHandle: Messages[0]?.ReceiptHandle });
    await pass(aws, 60);
    expect(await receive(aws, url)).toEqual([]);
  });

  it('a message that is never read is gone after the retention period', async () => {
    const aws = freshAws([sqs]);
    const url = await queue(aws, 'orders', EAST, { MessageRetentionPeriod: '60' });
    await send(aws, url, 'one');
    await pass(aws, 61);
    expect(await receive(aws, url)).toEqual([]);
  });

  it('a message that fails too often is put aside', async () => {
    const aws = freshAws([sqs]);
    const dead = await queue(aws, 'dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead', EAST), maxReceiveCount: 2 });
    const url = await queue(aws, 'orders', EAST, { RedrivePolicy });
    await send(aws, url, 'one');
    for (let time = 0; time < 3; time += 1) {
      await receive(aws, url);
      await pass(aws, 31);
    }
    expect(await receive(aws, dead)).toEqual(['one']);
  });

  it.each([
    ['a name with a blank', 'CreateQueue', { QueueName: 'my queue' }, 'InvalidParameterValue'],
    [
      'a retention of a second',
      'CreateQueue',
      { QueueName: 'q', Attributes: { MessageRetentionPeriod: '1' } },
      'InvalidAttributeValue',
    ],
    [
      'a queue of nobody',
      'GetQueueAttributes',
      { QueueUrl: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/x` },
      'QueueDoesNotExist',
    ],
    ['another Region', 'GetQueueUrl', { QueueName: 'west' }, 'QueueDoesNotExist'],
  ])('refuses %s', async (_, operation, input, code) => {
    const aws = freshAws([sqs]);
    await queue(aws, 'west', WEST);
    await expect(call(aws, 'sqs', operation, input)).rejects.toMatchObject({ code });
  });

  it('lists in pages only when a page size is given', async () => {
    const aws = freshAws([sqs]);
    for (const n of [1, 2, 3]) await queue(aws, `q${n}`);
    const first = await call<{ QueueUrls: string[]; NextToken: string }>(aws, 'sqs', 'ListQueues', { MaxResults: 2 });
    const second = await call<{ QueueUrls: string[] }>(aws, 'sqs', 'ListQueues', { MaxResults: 2, NextToken: first.NextToken });
    expect([first.QueueUrls.length, second.QueueUrls.length]).toEqual([2, 1]);
  });
});

describe('topics', () => {
  async function fanOut(): Promise<{ aws: SimulatedAws; topic: string; east: string; west: string }> {
    const aws = freshAws([sqs, sns]);
    const east = await queue(aws, 'orders');
    const west = await queue(aws, 'copy', WEST);
    const { TopicArn: topic } = await call<{ TopicArn: string }>(aws, 'sns', 'CreateTopic', { Name: 'orders' });
    for (const Endpoint of [arnOf('orders', EAST), arnOf('copy', WEST)])
      await call(aws, 'sns', 'Subscribe', {
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint,
        Attributes: { RawMessageDelivery: 'true' },
      });
    return { aws, topic, east, west };
  }

  it('deliver to queues of their own Region and of another', async () => {
    const { aws, topic, east, west } = await fanOut();
    await call(aws, 'sns', 'Publish', { TopicArn: topic, Message: 'one' });
    await pass(aws, 1);
    expect(await receive(aws, east)).toEqual(['one']);
    expect(await receive(aws, west, WEST)).toEqual(['one']);
  });

  it('go on trying while the Region of an endpoint is lost', async () => {
    const { aws, topic, east, west } = await fanOut();
    const lost = aws.world.inject({ kind: 'region-loss', region: WEST });
    await call(aws, 'sns', 'Publish', { TopicArn: topic, Message: 'one' });
    await pass(aws, 3600);
    expect(await receive(aws, east)).toEqual(['one']);
    aws.world.lift(lost);
    await pass(aws, 21);
    expect(await receive(aws, west, WEST)).toEqual(['one']);
  });

  it('what a lost Region held is not to be had, and the copy elsewhere is', async () => {
    const { aws, topic, east, west } = await fanOut();
    await call(aws, 'sns', 'Publish', { TopicArn: topic, Message: 'one' });
    await pass(aws, 1);
    aws.world.inject({ kind: 'region-loss', region: EAST });
    await expect(receive(aws, east)).rejects.toThrow('ECONNREFUSED');
    expect(await receive(aws, west, WEST)).toEqual(['one']);
  });
});
