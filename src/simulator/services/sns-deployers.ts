/** SNS from the inputs of the Pulumi provider. */
import type * as SNS from '@aws-sdk/client-sns';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, changesOf, putAgain, removedBy } from '../deploy/lifecycle.ts';
import { flagOf, need, tagList, textOf, without } from './compute-inputs.ts';

const topicAttributes = ({ inputs }: Given) => ({
  KmsMasterKeyId: textOf(inputs.kmsMasterKeyId),
  Policy: textOf(inputs.policy),
  DisplayName: textOf(inputs.displayName),
  DeliveryPolicy: textOf(inputs.deliveryPolicy),
});

const subscriptionAttributes = ({ inputs }: Given) => ({
  RawMessageDelivery: flagOf(inputs.rawMessageDelivery) === true ? 'true' : undefined,
  FilterPolicy: textOf(inputs.filterPolicy),
  RedrivePolicy: textOf(inputs.redrivePolicy),
});

/** One call for each attribute that says something else. */
const attributesBy = (operation: string, member: string, says: (given: Given) => Readonly<Record<string, string | undefined>>) =>
  changedBy(async (given, before, deployment) => {
    for (const [AttributeName, AttributeValue] of Object.entries(changesOf(says(given), says(before))))
      await deployment.call('sns', operation, { [member]: given.id, AttributeName, AttributeValue });
  });

async function topic(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const fifo = flagOf(inputs.fifoTopic) === true;
  const Name = nameOf(given, deployment, fifo);
  const { TopicArn = '' } = (await deployment.call('sns', 'CreateTopic', {
    Name,
    Attributes: without({ ...topicAttributes(given), FifoTopic: fifo ? 'true' : undefined }),
    Tags: tagList(given.tags),
  })) as SNS.CreateTopicCommandOutput;
  return { id: TopicArn, outputs: { arn: TopicArn, name: Name, owner: given.account } };
}

/** State holds the ARN as the topic's id: the name is its last part. */
function nameOf(given: Given, deployment: Deployment, fifo: boolean): string {
  const name = textOf(given.inputs.name) ?? given.id?.split(':').at(-1);
  if (name !== undefined) return name;
  const prefix = textOf(given.inputs.namePrefix);
  const made = prefix === undefined ? deployment.physicalName(given) : `${prefix}${deployment.world.random.hex(26)}`;
  return fifo ? `${made}.fifo` : made;
}

async function subscription(given: Given, deployment: Deployment): Promise<Created> {
  const TopicArn = need(given, 'topic');
  const { SubscriptionArn = '' } = (await deployment.call('sns', 'Subscribe', {
    TopicArn,
    Protocol: need(given, 'protocol'),
    Endpoint: need(given, 'endpoint'),
    ReturnSubscriptionArn: true,
    Attributes: without(subscriptionAttributes(given)),
  })) as SNS.SubscribeCommandOutput;
  // People and web servers confirm with the token that they were sent; the estate that is simulated has been in use.
  await deployment.call('sns', 'ConfirmSubscription', { TopicArn, Token: SubscriptionArn.split(':').at(-1) });
  return { id: SubscriptionArn, outputs: { arn: SubscriptionArn } };
}

async function topicPolicy(given: Given, deployment: Deployment): Promise<Created> {
  const TopicArn = need(given, 'arn');
  const AttributeValue = need(given, 'policy');
  await deployment.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
  return { id: TopicArn, outputs: { arn: TopicArn, owner: given.account } };
}

export const snsDeployers: readonly Deployer[] = [
  {
    type: 'aws:sns/topic:Topic',
    create: topic,
    update: attributesBy('SetTopicAttributes', 'TopicArn', topicAttributes),
    remove: removedBy('sns', 'DeleteTopic', ({ id }) => ({ TopicArn: id })),
  },
  {
    type: 'aws:sns/topicSubscription:TopicSubscription',
    create: subscription,
    update: attributesBy('SetSubscriptionAttributes', 'SubscriptionArn', subscriptionAttributes),
    remove: removedBy('sns', 'Unsubscribe', ({ id }) => ({ SubscriptionArn: id })),
  },
  {
    type: 'aws:sns/topicPolicy:TopicPolicy',
    ...putAgain(topicPolicy),
    // A topic is never without a policy: its owner's is the default.
    remove: removedBy('sns', 'SetTopicAttributes', ({ id }) => ({ TopicArn: id, AttributeName: 'Policy', AttributeValue: '' })),
  },
];
