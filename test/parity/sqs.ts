/** Queues with dead letters, keys and topics that deliver to them, in one Region and in another. */
import fc from 'fast-check';
import { Hole } from '../../src/model/value.ts';
import { type Declaration, inputs, ref, urnOf } from './law.ts';

const QUEUE = 'aws:sqs/queue:Queue';
const TOPIC = 'aws:sns/topic:Topic';
const KEY = 'aws:kms/key:Key';

/** The redrive policy as a program makes it: text around another queue's ARN. */
const redrive = new Hole(
  'unresolved-at-preview',
  'a redrive policy',
  [{ urn: urnOf(QUEUE, 'dead'), property: 'arn' }],
  '{"deadLetterTargetArn":"${0}","maxReceiveCount":3}',
);

export const queueSets: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    retention: fc.option(fc.integer({ min: 60, max: 1_209_600 }), { nil: undefined }),
    fifo: fc.boolean(),
    key: fc.constantFrom('none', 'own', 'aws'),
    dead: fc.constantFrom('none', 'inline', 'part'),
    otherRegion: fc.constantFrom('us-east-1', 'eu-west-1'),
    subscribed: fc.subarray(['orders', 'copy', 'dead', 'mail'], { minLength: 0 }),
    policy: fc.boolean(),
    tags: fc.boolean(),
  })
  .map((v) => {
    const kmsMasterKeyId = v.key === 'own' ? ref(KEY, 'key', 'arn') : v.key === 'aws' ? 'alias/aws/sqs' : undefined;
    const orders = inputs({
      name: v.fifo ? 'orders.fifo' : undefined,
      fifoQueue: v.fifo || undefined,
      messageRetentionSeconds: v.retention,
      kmsMasterKeyId,
      redrivePolicy: v.dead === 'inline' ? redrive : undefined,
      tags: v.tags ? { service: 'shop' } : undefined,
    });
    const subscription = (to: string): Declaration => ({
      type: 'aws:sns/topicSubscription:TopicSubscription',
      name: `to-${to}`,
      inputs:
        to === 'mail'
          ? {
              topic: ref(TOPIC, 'topic', 'arn'),
              protocol: 'lambda',
              endpoint: 'arn:aws:lambda:us-east-1:111122223333:function:mail',
            }
          : { topic: ref(TOPIC, 'topic', 'arn'), protocol: 'sqs', endpoint: ref(QUEUE, to, 'arn') },
    });
    return [
      { type: KEY, name: 'key', inputs: { description: 'queues' } },
      { type: QUEUE, name: 'dead', inputs: { name: 'orders-dead' } },
      { type: QUEUE, name: 'orders', inputs: orders },
      { type: QUEUE, name: 'copy', inputs: { name: 'orders-copy' }, region: v.otherRegion },
      { type: TOPIC, name: 'topic', inputs: inputs({ name: 'orders', kmsMasterKeyId }) },
      ...v.subscribed.map(subscription),
      ...(v.dead === 'part'
        ? [
            {
              type: 'aws:sqs/redrivePolicy:RedrivePolicy',
              name: 'redrive',
              inputs: { queueUrl: ref(QUEUE, 'orders'), redrivePolicy: redrive },
            },
          ]
        : []),
      ...(v.policy
        ? [
            {
              type: 'aws:sqs/queuePolicy:QueuePolicy',
              name: 'policy',
              inputs: { queueUrl: ref(QUEUE, 'copy'), policy: '{}' },
              region: v.otherRegion,
            },
          ]
        : []),
    ];
  });
