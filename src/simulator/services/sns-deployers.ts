/** SNS from the inputs of the Pulumi provider. */
import type * as SNS from '@aws-sdk/client-sns';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { flagOf, need, tagList, textOf, without } from './compute-inputs.ts';

async function topic(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const fifo = flagOf(inputs.fifoTopic) === true;
  const Name = nameOf(given, deployment, fifo);
  const { TopicArn = '' } = (await deployment.call('sns', 'CreateTopic', {
    Name,
    Attributes: without({
      KmsMasterKeyId: textOf(inputs.kmsMasterKeyId),
      Policy: textOf(inputs.policy),
      DisplayName: textOf(inputs.displayName),
      DeliveryPolicy: textOf(inputs.deliveryPolicy),
      FifoTopic: fifo ? 'true' : undefined,
    }),
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
  const { inputs } = given;
  const TopicArn = need(given, 'topic');
  const { SubscriptionArn = '' } = (await deployment.call('sns', 'Subscribe', {
    TopicArn,
    Protocol: need(given, 'protocol'),
    Endpoint: need(given, 'endpoint'),
    ReturnSubscriptionArn: true,
    Attributes: without({
      RawMessageDelivery: flagOf(inputs.rawMessageDelivery) === true ? 'true' : undefined,
      FilterPolicy: textOf(inputs.filterPolicy),
      RedrivePolicy: textOf(inputs.redrivePolicy),
    }),
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
  { type: 'aws:sns/topic:Topic', create: topic },
  { type: 'aws:sns/topicSubscription:TopicSubscription', create: subscription },
  { type: 'aws:sns/topicPolicy:TopicPolicy', create: topicPolicy },
];
