/** SQS from the inputs of the Pulumi provider. */
import type * as SQS from '@aws-sdk/client-sqs';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { changedBy, changesOf, putAgain, removedBy } from '../deploy/lifecycle.ts';
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

const attributesOf = (inputs: Given['inputs']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(ATTRIBUTES).flatMap(([property, attribute]) => {
      const value = written(inputs[property]);
      return value === undefined ? [] : [[attribute, value] as const];
    }),
  );

async function queue(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const fifo = flagOf(inputs.fifoQueue) === true;
  const QueueName = nameOf(given, deployment, fifo);
  // A queue may name itself or a later one in its policies, so AWS takes these after the creation too; here they come at once.
  const { QueueUrl = '' } = (await deployment.call('sqs', 'CreateQueue', {
    QueueName,
    Attributes: { ...attributesOf(inputs), ...(fifo ? { FifoQueue: 'true' } : {}) },
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

/** A part that is one attribute of its queue, under the same name; empty, it is taken away. */
const attribute = (type: string, name: string, property: string): Deployer => ({
  type,
  ...putAgain(async (given, deployment) => {
    const QueueUrl = need(given, 'queueUrl');
    const Attributes = { [name]: need(given, property) };
    await deployment.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes });
    return { id: QueueUrl, outputs: { queueUrl: QueueUrl } };
  }),
  remove: removedBy('sqs', 'SetQueueAttributes', ({ id }) => ({ QueueUrl: id, Attributes: { [name]: '' } })),
});

export const sqsDeployers: readonly Deployer[] = [
  {
    type: 'aws:sqs/queue:Queue',
    create: queue,
    update: changedBy(async ({ id, inputs }, before, deployment) => {
      const set = changesOf(attributesOf(inputs), attributesOf(before.inputs));
      if (Object.keys(set).length > 0) await deployment.call('sqs', 'SetQueueAttributes', { QueueUrl: id, Attributes: set });
    }),
    remove: removedBy('sqs', 'DeleteQueue', ({ id }) => ({ QueueUrl: id })),
  },
  attribute('aws:sqs/redrivePolicy:RedrivePolicy', 'RedrivePolicy', 'redrivePolicy'),
  attribute('aws:sqs/queuePolicy:QueuePolicy', 'Policy', 'policy'),
  attribute('aws:sqs/redriveAllowPolicy:RedriveAllowPolicy', 'RedriveAllowPolicy', 'redriveAllowPolicy'),
];
