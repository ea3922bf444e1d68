/** SQS from the inputs of the Pulumi provider. */
import type * as SQS from '@aws-sdk/client-sqs';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { flagOf, need, textOf } from './compute-inputs.ts';

/** Attributes of a queue by the provider's names of them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  visibilityTimeoutSeconds: 'VisibilityTimeout',
  messageRetentionSeconds: 'MessageRetentionPeriod',
  maxMessageSize: 'MaximumMessageSize',
  delaySeconds: 'DelaySeconds',
  receiveWaitTimeSeconds: 'ReceiveMessageWaitTimeSeconds',
  policy: 'Policy',
  redrivePolicy: 'RedrivePolicy',
  redriveAllowPolicy: 'RedriveAllowPolicy',
  kmsMasterKeyId: 'KmsMasterKeyId',
  kmsDataKeyReusePeriodSeconds: 'KmsDataKeyReusePeriodSeconds',
  contentBasedDeduplication: 'ContentBasedDeduplication',
  deduplicationScope: 'DeduplicationScope',
  fifoThroughputLimit: 'FifoThroughputLimit',
  sqsManagedSseEnabled: 'SqsManagedSseEnabled',
};

const written = (value: Plain | undefined): string | undefined => (typeof value === 'boolean' ? String(value) : textOf(value));

async function queue(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const fifo = flagOf(inputs.fifoQueue) === true;
  const QueueName = nameOf(given, deployment, fifo);
  const set = Object.entries(ATTRIBUTES).flatMap(([property, attribute]) => {
    const value = written(inputs[property]);
    return value === undefined ? [] : [[attribute, value] as const];
  });
  // A queue may name itself or a later one in its policies, so AWS takes these after the creation too; here they come at once.
  const { QueueUrl = '' } = (await deployment.call('sqs', 'CreateQueue', {
    QueueName,
    Attributes: { ...Object.fromEntries(set), ...(fifo ? { FifoQueue: 'true' } : {}) },
    tags: given.tags,
  })) as SQS.CreateQueueCommandOutput;
  return {
    id: QueueUrl,
    outputs: { name: QueueName, url: QueueUrl, arn: `arn:aws:sqs:${given.region}:${given.account}:${QueueName}` },
  };
}

/** State holds the queue's URL as its id: the name is its last part. */
function nameOf(given: Given, deployment: Deployment, fifo: boolean): string {
  const name = textOf(given.inputs.name) ?? given.id?.split('/').at(-1);
  if (name !== undefined) return name;
  const prefix = textOf(given.inputs.namePrefix);
  const made = prefix === undefined ? deployment.physicalName(given) : `${prefix}${deployment.world.random.hex(26)}`;
  return fifo ? `${made}.fifo` : made;
}

/** A part that is one attribute of its queue, under the same name. */
const attribute =
  (name: string, property: string) =>
  async (given: Given, deployment: Deployment): Promise<Created> => {
    const QueueUrl = need(given, 'queueUrl');
    const Attributes = { [name]: need(given, property) };
    await deployment.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    return { id: QueueUrl, outputs: { queueUrl: QueueUrl } };
  };

export const sqsDeployers: readonly Deployer[] = [
  { type: 'aws:sqs/queue:Queue', create: queue },
  { type: 'aws:sqs/redrivePolicy:RedrivePolicy', create: attribute('RedrivePolicy', 'redrivePolicy') },
  { type: 'aws:sqs/queuePolicy:QueuePolicy', create: attribute('Policy', 'policy') },
  { type: 'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy', create: attribute('RedriveAllowPolicy', 'redriveAllowPolicy') },
];
