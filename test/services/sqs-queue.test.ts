import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/model/resource.ts';
import type { Values } from '../../src/model/value.ts';
import { SQS_QUEUE, sqsQueue } from '../../src/services/sqs-queue.ts';
import { answer, armed, declared, estate, factsOf, hole, impact, meaningOf, protection, ref } from './support-storage.ts';

describe('a queue', () => {
  it('is lost with its Region and nothing brings its messages back', () => {
    const queue = declared(SQS_QUEUE, 'q');
    const m = meaningOf(sqsQueue, estate(queue), queue);
    expect([impact(m, 'az'), impact(m, 'region'), impact(m, 'data')]).toEqual(['unaffected', 'lost', 'lost']);
    expect(m.protections.some((p) => p.scopes.includes('region'))).toBe(false);
  });

  it.each<[string, Values, unknown]>([
    [
      'four days by default',
      {},
      { kind: 'unknown', why: { reason: 'not-reported', detail: expect.stringContaining('at most 4d') } },
    ],
    [
      'as set',
      { messageRetentionSeconds: 1_209_600 },
      { kind: 'unknown', why: { reason: 'not-reported', detail: expect.stringContaining('at most 14d') } },
    ],
    ['unknown', { messageRetentionSeconds: hole }, { kind: 'unknown' }],
  ])('loses at most its retention: %s', (_, inputs, point) => {
    const queue = declared(SQS_QUEUE, 'q', inputs);
    expect(protection(meaningOf(sqsQueue, estate(queue), queue), 'sqs-starts-empty', 'data')?.point).toMatchObject(
      point as object,
    );
  });

  it.each<[string, Values, boolean, string]>([
    ['none', {}, false, 'no'],
    ['inline', { redrivePolicy: '{"deadLetterTargetArn":"arn"}' }, false, 'yes'],
    ['inline, not known yet', { redrivePolicy: hole }, false, 'unknown'],
    ['beside it', {}, true, 'yes'],
  ])('dead letters: %s', (_, inputs, beside, expected) => {
    const queue = declared(SQS_QUEUE, 'q', inputs);
    const part = declared('aws:sqs/redrivePolicy:RedrivePolicy', 'r', { queueUrl: ref(queue), redrivePolicy: '{}' });
    expect(answer(factsOf(sqsQueue, estate(queue, ...(beside ? [part] : [])), queue).deadLetters)).toBe(expected);
  });

  describe('fanned out by a topic', () => {
    const TOPIC = 'aws:sns/topic:Topic';
    const SUBSCRIPTION = 'aws:sns/topicSubscription:TopicSubscription';
    const topic = declared(TOPIC, 'orders');
    const here = declared(SQS_QUEUE, 'here', {}, { region: 'us-east-1' });
    const there = declared(SQS_QUEUE, 'there', {}, { region: 'us-west-2' });
    const near = declared(SQS_QUEUE, 'near', {}, { region: 'us-east-1' });
    const subscribed = (name: string, endpoint: Values[string]) =>
      declared(SUBSCRIPTION, name, { topic: ref(topic), protocol: 'sqs', endpoint });

    it.each<[string, readonly Resource[], string]>([
      ['to a queue in another Region: its messages are there', [subscribed('a', ref(here)), subscribed('b', ref(there))], 'yes'],
      ['to another queue of the same Region: nothing is there', [subscribed('a', ref(here)), subscribed('b', ref(near))], 'no'],
      ['to somewhere not known: nobody can tell', [subscribed('a', ref(here)), subscribed('b', hole)], 'unknown'],
      ['to itself only: nothing is there', [subscribed('a', ref(here))], 'absent'],
    ])('%s', (_, subscriptions, expected) => {
      const view = estate(topic, here, there, near, ...subscriptions);
      expect(armed(meaningOf(sqsQueue, view, here), 'sns-fan-out', 'region')).toBe(expected);
    });

    it('by one topic of two that feed it: what the other brings is nowhere else', () => {
      const other = declared(TOPIC, 'returns');
      const fed = declared(SUBSCRIPTION, 'c', { topic: ref(other), protocol: 'sqs', endpoint: ref(here) });
      const also = declared(SUBSCRIPTION, 'd', { topic: ref(other), protocol: 'sqs', endpoint: ref(there) });
      const both = [subscribed('a', ref(here)), subscribed('b', ref(there)), fed];
      const one = estate(topic, other, here, there, ...both);
      expect(armed(meaningOf(sqsQueue, one, here), 'sns-fan-out', 'region')).toBe('absent');
      const each = estate(topic, other, here, there, ...both, also);
      expect(armed(meaningOf(sqsQueue, each, here), 'sns-fan-out', 'region')).toBe('yes');
    });

    it('covers no dead letters of a source that no topic feeds', () => {
      const dead = declared(SQS_QUEUE, 'dead', {}, { region: 'us-east-1' });
      const source = declared(SQS_QUEUE, 'here', { redrivePolicy: ref(dead, 'arn') }, { region: 'us-east-1' });
      const sent = declared(SQS_QUEUE, 'sent', { redrivePolicy: ref(dead, 'arn') }, { region: 'us-east-1' });
      const view = estate(topic, source, sent, dead, there, subscribed('a', ref(source)), subscribed('b', ref(there)));
      expect(armed(meaningOf(sqsQueue, view, dead), 'sns-fan-out', 'region')).toBe('absent');
    });

    it('covers the dead letters of the queue too', () => {
      const dead = declared(SQS_QUEUE, 'dead', {}, { region: 'us-east-1' });
      const source = declared(SQS_QUEUE, 'here', { redrivePolicy: ref(dead, 'arn') }, { region: 'us-east-1' });
      const view = estate(topic, source, dead, there, subscribed('a', ref(source)), subscribed('b', ref(there)));
      expect(armed(meaningOf(sqsQueue, view, dead), 'sns-fan-out', 'region')).toBe('yes');
    });
  });
});
