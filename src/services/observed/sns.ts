/** SNS topics and their subscriptions. Addresses of people and web servers are not kept, nor subscriptions that wait to be confirmed. */
import type {
  GetTopicAttributesCommandInput,
  GetTopicAttributesCommandOutput,
  ListSubscriptionsCommandInput,
  ListSubscriptionsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTopicsCommandInput,
  ListTopicsCommandOutput,
  Subscription,
} from '@aws-sdk/client-sns';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const listTopics = call<ListTopicsCommandInput, ListTopicsCommandOutput>({
  client: 'sns',
  operation: 'ListTopics',
  action: 'sns:ListTopics',
  pages: { input: 'NextToken', output: 'NextToken' },
});
const getAttributes = call<GetTopicAttributesCommandInput, GetTopicAttributesCommandOutput>({
  client: 'sns',
  operation: 'GetTopicAttributes',
  action: 'sns:GetTopicAttributes',
});
const listTags = call<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
  client: 'sns',
  operation: 'ListTagsForResource',
  action: 'sns:ListTagsForResource',
});
const listSubscriptions = call<ListSubscriptionsCommandInput, ListSubscriptionsCommandOutput>({
  client: 'sns',
  operation: 'ListSubscriptions',
  action: 'sns:ListSubscriptions',
  pages: { input: 'NextToken', output: 'NextToken' },
});

/** A topic may go away between the list and the question. */
const GONE = ['NotFound', 'NotFoundException'];

export const snsTopics: Scan = {
  id: 'sns-topics',
  types: ['aws:sns/topic:Topic', 'aws:sns/topicSubscription:TopicSubscription'],
  where: 'region',
  calls: [listTopics, getAttributes, listTags, listSubscriptions],
  async *run(aws) {
    for await (const { Topics = [] } of aws.pages(listTopics, {})) {
      const arns = Topics.map((t) => t.TopicArn).filter((arn) => arn !== undefined);
      for (const topic of await aws.each(arns, (arn) => observeTopic(aws, arn))) if (topic !== undefined) yield topic;
    }
    for await (const { Subscriptions = [] } of aws.pages(listSubscriptions, {}))
      for (const subscription of Subscriptions) yield* observeSubscription(subscription);
  },
};

async function observeTopic(aws: Reader, arn: string): Promise<Observed | undefined> {
  const reply = await aws.ask(getAttributes, { TopicArn: arn }, GONE);
  if (reply === undefined) return undefined;
  const tagged = await aws.ask(listTags, { ResourceArn: arn }, GONE);
  const key =
    reply instanceof Hole
      ? reply
      : reply.Attributes === undefined
        ? new Hole('not-reported', 'SNS gave no attributes')
        : reply.Attributes.KmsMasterKeyId;
  const name = arn.split(':').at(-1) ?? arn;
  return {
    type: 'aws:sns/topic:Topic',
    id: arn,
    arn,
    name,
    properties: present({ name, kmsMasterKeyId: key === '' ? undefined : key }),
    outputs: { arn },
    tags: tagged instanceof Hole ? tagged : Object.fromEntries((tagged?.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
  };
}

function* observeSubscription(s: Subscription): Iterable<Observed> {
  const { SubscriptionArn: arn, Endpoint: endpoint } = s;
  // Instead of an ARN: `PendingConfirmation` or `Deleted`.
  if (arn?.startsWith('arn:') !== true) return;
  yield {
    type: 'aws:sns/topicSubscription:TopicSubscription',
    id: arn,
    arn,
    name: arn.split(':').slice(-2).join(':'),
    properties: present({
      topic: s.TopicArn,
      protocol: s.Protocol,
      endpoint: endpoint?.startsWith('arn:') === true ? endpoint : undefined,
    }),
    outputs: { arn },
    tags: {},
  };
}
