import { expect, it } from 'vitest';
import { snsTopics } from '../../../src/services/observed/sns.ts';
import { sns } from '../../../src/simulator/services/sns.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION, readerOf, scanned } from '../../services/observed/support.ts';

const aws = freshAws([sns]);
const call = async (operation: string, input: object): Promise<Record<string, string>> =>
  (await invoke(aws, 'sns', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) })) as Record<
    string,
    string
  >;
const subscribed = async () => (await scanned(snsTopics, readerOf(aws))).filter((s) => s.type.endsWith(':TopicSubscription'));

it('people are subscribed once they have confirmed with the token that they were sent, queues at once', async () => {
  const { TopicArn = '' } = await call('CreateTopic', { Name: 'on-call' });
  await call('Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:q` });
  const email = { TopicArn, Protocol: 'email', Endpoint: 'on-call@example.com' };
  const { SubscriptionArn = '' } = await call('Subscribe', { ...email, ReturnSubscriptionArn: true });
  expect((await subscribed()).map((s) => s.properties.protocol)).toEqual(['sqs']);
  await expect(call('ConfirmSubscription', { TopicArn, Token: 'guessed' })).rejects.toMatchObject({ code: 'InvalidParameter' });
  expect(await call('ConfirmSubscription', { TopicArn, Token: SubscriptionArn.split(':').at(-1) })).toEqual({ SubscriptionArn });
  expect((await subscribed()).map((s) => [s.properties.protocol, s.properties.endpoint])).toContainEqual(['email', undefined]);
});
