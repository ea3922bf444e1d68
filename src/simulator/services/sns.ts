/** Simulated SNS: topics of one Region each, which deliver to endpoints of any Region and try again while one does not answer. */
import type {
  ConfirmSubscriptionCommandInput,
  ConfirmSubscriptionCommandOutput,
  CreateTopicCommandInput,
  CreateTopicCommandOutput,
  DeleteTopicCommandInput,
  DeleteTopicCommandOutput,
  GetSubscriptionAttributesCommandInput,
  GetSubscriptionAttributesCommandOutput,
  GetTopicAttributesCommandInput,
  GetTopicAttributesCommandOutput,
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput,
  ListSubscriptionsCommandInput,
  ListSubscriptionsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTopicsCommandInput,
  ListTopicsCommandOutput,
  PublishCommandInput,
  PublishCommandOutput,
  SetSubscriptionAttributesCommandInput,
  SetSubscriptionAttributesCommandOutput,
  SetTopicAttributesCommandInput,
  SetTopicAttributesCommandOutput,
  SubscribeCommandInput,
  SubscribeCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UnsubscribeCommandInput,
  UnsubscribeCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-sns';
import { queueUrl } from '../plane/targets.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf, type World } from '../world/world.ts';
import { snsDeployers } from './sns-deployers.ts';

interface StoredTopic {
  readonly arn: string;
  readonly attributes: Record<string, string>;
  tags: Readonly<Record<string, string>>;
}

interface StoredSubscription {
  readonly arn: string;
  readonly topic: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** Addresses of people and web servers must confirm first. */
  confirmed: boolean;
  raw: boolean;
  readonly attributes: Record<string, string>;
  readonly call: CallContext['call'];
}

const TOPICS = shelf<StoredTopic>('sns:topic');
const SUBSCRIPTIONS = shelf<StoredSubscription>('sns:subscription');

/** AWS endpoints are tried for 23 days, 20 s apart but for the first tries (developer guide, "Message delivery retries"). */
const RETRY_MS = 20_000;
const PATIENCE_MS = 23 * 24 * 3600 * 1000;
/** From publishing to delivery within a Region, and to another one; AWS gives no figures. */
const DELIVERY_MS = { here: 100, elsewhere: 500 };
const CONFIRMED_BY_AWS = new Set(['sqs', 'lambda', 'firehose', 'application']);

function topicOf(context: CallContext, arn: string | undefined): StoredTopic {
  const [, , , region = '', account = ''] = (arn ?? '').split(':');
  const topic = region === context.region ? context.world.get(TOPICS, account, region, arn ?? '') : undefined;
  if (topic === undefined) throw new ServiceFault('NotFound', 'Topic does not exist', 404);
  return topic;
}

/** A topic that exists is answered with (API reference, CreateTopic). */
const create: Operation<CreateTopicCommandInput, Reply<CreateTopicCommandOutput>> = (input, context) => {
  const name = input.Name ?? '';
  if (!/^[A-Za-z0-9_-]{1,256}(\.fifo)?$/.test(name)) throw new ServiceFault('InvalidParameter', 'Invalid parameter: Topic Name');
  const arn = context.arn('sns', name);
  if (context.get(TOPICS, arn) === undefined)
    context.put(TOPICS, arn, {
      arn,
      attributes: { TopicArn: arn, Owner: context.account, ...(input.Attributes ?? {}) },
      tags: Object.fromEntries((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
    });
  return { TopicArn: arn };
};

const getAttributes: Operation<GetTopicAttributesCommandInput, Reply<GetTopicAttributesCommandOutput>> = (input, context) => ({
  Attributes: { ...topicOf(context, input.TopicArn).attributes },
});

const setAttributes: Operation<SetTopicAttributesCommandInput, Reply<SetTopicAttributesCommandOutput>> = (input, context) => {
  const topic = topicOf(context, input.TopicArn);
  if (input.AttributeName !== undefined) topic.attributes[input.AttributeName] = input.AttributeValue ?? '';
  return {};
};

const PAGE = 100;

const list: Operation<ListTopicsCommandInput, Reply<ListTopicsCommandOutput>> = (input, context) => {
  const { items, next } = page(context.list(TOPICS), input.NextToken, PAGE);
  return { Topics: items.map((t) => ({ TopicArn: t.arn })), ...(next === undefined ? {} : { NextToken: next }) };
};

const remove: Operation<DeleteTopicCommandInput, Reply<DeleteTopicCommandOutput>> = (input, context) => {
  for (const s of subscriptionsOf(context.world, input.TopicArn ?? '')) context.remove(SUBSCRIPTIONS, s.arn);
  context.remove(TOPICS, input.TopicArn ?? '');
  return {};
};

const subscriptionsOf = (world: World, topic: string): readonly StoredSubscription[] =>
  world
    .everywhere(SUBSCRIPTIONS)
    .map((s) => s.item)
    .filter((s) => s.topic === topic);

/** Subscriptions live where their topic is. */
const subscribe: Operation<SubscribeCommandInput, Reply<SubscribeCommandOutput>> = (input, context) => {
  const topic = topicOf(context, input.TopicArn);
  const { Protocol: protocol = '', Endpoint: endpoint = '' } = input;
  const old = subscriptionsOf(context.world, topic.arn).find((s) => s.protocol === protocol && s.endpoint === endpoint);
  if (old !== undefined) return { SubscriptionArn: old.arn };
  const arn = `${topic.arn}:${context.world.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
  const attributes = { ...input.Attributes };
  const confirmed = CONFIRMED_BY_AWS.has(protocol);
  const raw = attributes.RawMessageDelivery === 'true';
  context.put(SUBSCRIPTIONS, arn, { arn, topic: topic.arn, protocol, endpoint, confirmed, raw, attributes, call: context.call });
  return { SubscriptionArn: confirmed || input.ReturnSubscriptionArn === true ? arn : 'pending confirmation' };
};

/** The token that SNS sends to an endpoint, which only its owner knows: here, the last part of the subscription's ARN. */
const confirmSubscription: Operation<ConfirmSubscriptionCommandInput, Reply<ConfirmSubscriptionCommandOutput>> = (
  input,
  context,
) => {
  const topic = topicOf(context, input.TopicArn);
  const found = subscriptionsOf(context.world, topic.arn).find((s) => s.arn === `${topic.arn}:${input.Token}`);
  if (found === undefined) throw new ServiceFault('InvalidParameter', 'Invalid token');
  found.confirmed = true;
  return { SubscriptionArn: found.arn };
};

const unsubscribe: Operation<UnsubscribeCommandInput, Reply<UnsubscribeCommandOutput>> = (input, context) => {
  context.remove(SUBSCRIPTIONS, input.SubscriptionArn ?? '');
  return {};
};

const shown = (s: StoredSubscription) => ({
  SubscriptionArn: s.confirmed ? s.arn : 'PendingConfirmation',
  Owner: s.topic.split(':')[4] ?? '',
  Protocol: s.protocol,
  Endpoint: s.endpoint,
  TopicArn: s.topic,
});

const listSubscriptions: Operation<ListSubscriptionsCommandInput, Reply<ListSubscriptionsCommandOutput>> = (input, context) => {
  const { items, next } = page(context.list(SUBSCRIPTIONS), input.NextToken, PAGE);
  return { Subscriptions: items.map(shown), ...(next === undefined ? {} : { NextToken: next }) };
};

const listByTopic: Operation<ListSubscriptionsByTopicCommandInput, Reply<ListSubscriptionsByTopicCommandOutput>> = (
  input,
  context,
) => {
  const own = context.list(SUBSCRIPTIONS).filter((s) => s.topic === topicOf(context, input.TopicArn).arn);
  const { items, next } = page(own, input.NextToken, PAGE);
  return { Subscriptions: items.map(shown), ...(next === undefined ? {} : { NextToken: next }) };
};

const subscriptionAttributes: Operation<GetSubscriptionAttributesCommandInput, Reply<GetSubscriptionAttributesCommandOutput>> = (
  input,
  context,
) => {
  const found = context.get(SUBSCRIPTIONS, input.SubscriptionArn ?? '');
  if (found === undefined) throw new ServiceFault('NotFound', 'Subscription does not exist', 404);
  return { Attributes: { ...found.attributes, ...shown(found), PendingConfirmation: String(!found.confirmed) } };
};

const setSubscription: Operation<SetSubscriptionAttributesCommandInput, Reply<SetSubscriptionAttributesCommandOutput>> = (
  input,
  context,
) => {
  const found = context.get(SUBSCRIPTIONS, input.SubscriptionArn ?? '');
  if (found === undefined) throw new ServiceFault('NotFound', 'Subscription does not exist', 404);
  const { AttributeName: name = '', AttributeValue: value = '' } = input;
  found.attributes[name] = value;
  if (name === 'RawMessageDelivery') found.raw = value === 'true';
  return {};
};

const tag: Operation<TagResourceCommandInput, Reply<TagResourceCommandOutput>> = (input, context) => {
  const topic = topicOf(context, input.ResourceArn);
  topic.tags = { ...topic.tags, ...Object.fromEntries((input.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])) };
  return {};
};

const untag: Operation<UntagResourceCommandInput, Reply<UntagResourceCommandOutput>> = (input, context) => {
  const topic = topicOf(context, input.ResourceArn);
  const kept = Object.entries(topic.tags).filter(([key]) => input.TagKeys?.includes(key) !== true);
  topic.tags = Object.fromEntries(kept);
  return {};
};

const publish: Operation<PublishCommandInput, Reply<PublishCommandOutput>> = (input, context) => {
  const topic = topicOf(context, input.TopicArn ?? input.TargetArn);
  const id = context.world.random.hex(32);
  const { Message = '', Subject } = input;
  for (const s of subscriptionsOf(context.world, topic.arn)) {
    if (!s.confirmed) continue;
    const region = s.endpoint.split(':')[3] ?? context.region;
    const body = s.raw ? Message : JSON.stringify({ Type: 'Notification', MessageId: id, TopicArn: topic.arn, Subject, Message });
    const until = context.world.clock.now() + PATIENCE_MS;
    const delay = region === context.region ? DELIVERY_MS.here : DELIVERY_MS.elsewhere;
    context.world.clock.after(delay, () => deliver(context.world, context.region, s, body, until));
  }
  return { MessageId: id };
};

/** What a lost Region still had to deliver waits until it is back. */
function deliver(world: World, from: string, s: StoredSubscription, body: string, until: number): void {
  const again = (): void => {
    if (world.clock.now() < until) world.clock.after(RETRY_MS, () => deliver(world, from, s, body, until));
  };
  if (world.regionIsLost(from)) again();
  else hand(s, body).catch(again);
}

async function hand(s: StoredSubscription, body: string): Promise<void> {
  const region = s.endpoint.split(':')[3];
  if (s.protocol === 'sqs')
    await s.call('sqs', 'SendMessage', { QueueUrl: queueUrl(s.endpoint), MessageBody: body, MessageGroupId: s.topic }, region);
  else if (s.protocol === 'lambda')
    await s.call('lambda', 'Invoke', { FunctionName: s.endpoint, InvocationType: 'Event', Payload: Buffer.from(body) }, region);
}

const listTags: Operation<ListTagsForResourceCommandInput, Reply<ListTagsForResourceCommandOutput>> = (input, context) => ({
  Tags: Object.entries(topicOf(context, input.ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
});

export const sns: SimulatedService = {
  client: 'sns',
  prefix: 'sns',
  operations: {
    CreateTopic: create,
    GetTopicAttributes: getAttributes,
    SetTopicAttributes: setAttributes,
    ListTopics: list,
    DeleteTopic: remove,
    Subscribe: subscribe,
    ConfirmSubscription: confirmSubscription,
    Unsubscribe: unsubscribe,
    ListSubscriptions: listSubscriptions,
    ListSubscriptionsByTopic: listByTopic,
    GetSubscriptionAttributes: subscriptionAttributes,
    SetSubscriptionAttributes: setSubscription,
    TagResource: tag,
    UntagResource: untag,
    Publish: publish,
    ListTagsForResource: listTags,
  },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(TOPICS)) {
        const gone =
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account);
        if (!gone) continue;
        for (const s of subscriptionsOf(world, item.arn)) world.remove(SUBSCRIPTIONS, account, region, s.arn);
        world.remove(TOPICS, account, region, key);
      }
    });
  },
  deployers: snsDeployers,
};
