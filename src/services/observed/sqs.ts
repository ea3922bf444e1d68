/** SQS queues, with their policies as the parts that the provider knows them by. */
import type {
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  ListQueuesCommandInput,
  ListQueuesCommandOutput,
  ListQueueTagsCommandInput,
  ListQueueTagsCommandOutput,
} from '@aws-sdk/client-sqs';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const listQueues = call<ListQueuesCommandInput, ListQueuesCommandOutput>({
  client: 'sqs',
  operation: 'ListQueues',
  action: 'sqs:ListQueues',
  pages: { input: 'NextToken', output: 'NextToken' },
});
const getAttributes = call<GetQueueAttributesCommandInput, GetQueueAttributesCommandOutput>({
  client: 'sqs',
  operation: 'GetQueueAttributes',
  action: 'sqs:GetQueueAttributes',
});
const listTags = call<ListQueueTagsCommandInput, ListQueueTagsCommandOutput>({
  client: 'sqs',
  operation: 'ListQueueTags',
  action: 'sqs:ListQueueTags',
});

/** A queue may go away between the list and the question. */
const GONE = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

export const sqsQueues: Scan = {
  id: 'sqs-queues',
  types: [
    'aws:sqs/queue:Queue',
    'aws:sqs/redrivePolicy:RedrivePolicy',
    'aws:sqs/queuePolicy:QueuePolicy',
    'aws:sqs/redriveAllowPolicy:RedriveAllowPolicy',
  ],
  where: 'region',
  calls: [listQueues, getAttributes, listTags],
  async *run(aws) {
    // Without MaxResults there is no token for what is beyond the first thousand (API reference, ListQueues).
    for await (const { QueueUrls = [] } of aws.pages(listQueues, { MaxResults: 1000 }))
      for (const seen of await aws.each(QueueUrls, (url) => observe(aws, url))) yield* seen;
  },
};

async function observe(aws: Reader, url: string): Promise<readonly Observed[]> {
  const reply = await aws.ask(getAttributes, { QueueUrl: url, AttributeNames: ['All'] }, GONE);
  if (reply === undefined) return [];
  const tagged = await aws.ask(listTags, { QueueUrl: url }, GONE);
  const tags = tagged instanceof Hole ? tagged : { ...tagged?.Tags };
  const name = url.split('/').at(-1) ?? url;
  if (reply instanceof Hole) return [unread(aws, url, name, reply, tags)];
  if (reply.Attributes === undefined) return [unread(aws, url, name, new Hole('not-reported', 'SQS gave no attributes'), tags)];
  const { Policy, RedrivePolicy, RedriveAllowPolicy, ...attributes } = reply.Attributes;
  const number = (text: string | undefined): number | undefined => (text === undefined || text === '' ? undefined : Number(text));
  const arn = attributes.QueueArn ?? arnOf(aws, name);
  const queue: Observed = {
    type: 'aws:sqs/queue:Queue',
    id: url,
    arn,
    name,
    properties: present({
      name,
      messageRetentionSeconds: number(attributes.MessageRetentionPeriod),
      visibilityTimeoutSeconds: number(attributes.VisibilityTimeout),
      delaySeconds: number(attributes.DelaySeconds),
      maxMessageSize: number(attributes.MaximumMessageSize),
      receiveWaitTimeSeconds: number(attributes.ReceiveMessageWaitTimeSeconds),
      kmsMasterKeyId: attributes.KmsMasterKeyId === '' ? undefined : attributes.KmsMasterKeyId,
      fifoQueue: attributes.FifoQueue === 'true' ? true : undefined,
    }),
    outputs: { url, arn },
    tags,
  };
  return [
    queue,
    ...part('aws:sqs/redrivePolicy:RedrivePolicy', 'redrivePolicy', RedrivePolicy, url, name),
    ...part('aws:sqs/queuePolicy:QueuePolicy', 'policy', Policy, url, name),
    ...part('aws:sqs/redriveAllowPolicy:RedriveAllowPolicy', 'redriveAllowPolicy', RedriveAllowPolicy, url, name),
  ];
}

/** The provider keeps these under the URL of their queue. */
function part(type: string, property: string, value: string | undefined, url: string, name: string): readonly Observed[] {
  if (value === undefined || value === '') return [];
  return [{ type, id: url, arn: undefined, name, properties: { queueUrl: url, [property]: value }, outputs: {}, tags: {} }];
}

const arnOf = (aws: Reader, name: string): string => `arn:aws:sqs:${aws.region}:${aws.account}:${name}`;

/** Its name is known; everything else, and whether it has a redrive policy, is not. */
function unread(aws: Reader, url: string, name: string, why: Hole, tags: Observed['tags']): Observed {
  const arn = arnOf(aws, name);
  return {
    type: 'aws:sqs/queue:Queue',
    id: url,
    arn,
    name,
    properties: { name, messageRetentionSeconds: why, kmsMasterKeyId: why, redrivePolicy: why },
    outputs: { url, arn },
    tags,
  };
}
