import { expect, it } from 'vitest';
import { SNS_TOPIC, snsTopic } from '../../src/services/sns-topic.ts';
import { declared, estate, impact, meaningOf, ref } from './support-storage.ts';

it('a topic passes on to the resources that subscribe, not to people', () => {
  const topic = declared(SNS_TOPIC, 't');
  const queue = declared('aws:sqs/queue:Queue', 'q', {}, { region: 'us-west-2' });
  const subscribe = (name: string, protocol: string, endpoint: unknown) =>
    declared('aws:sns/topicSubscription:TopicSubscription', name, {
      topic: ref(topic, 'arn'),
      protocol,
      endpoint: endpoint as string,
    });
  const view = estate(topic, queue, subscribe('s1', 'sqs', ref(queue, 'arn')), subscribe('s2', 'email', 'ops@example.com'));
  const m = meaningOf(snsTopic, view, topic);
  expect(m.links).toMatchObject([{ to: { value: queue.urn }, carries: 'traffic' }]);
  expect([impact(m, 'region'), impact(m, 'data')]).toEqual(['lost', 'unaffected']);
});
