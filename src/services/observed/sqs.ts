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
import { sent } from './sent.ts';

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

const QUEUE = 'aws:sqs/queue:Queue';
const PARTS = [
  ['aws:sqs/redrivePolicy:RedrivePolicy', 'redrivePolicy'],
  ['aws:sqs/queuePolicy:QueuePolicy', 'policy'],
  ['aws:sqs/redriveAllowPolicy:RedriveAllowPolicy', 'redriveAllowPolicy'],
] as const;

export const sqsQueues: Scan = {
  id: 'sqs-queues',
  types: [QUEUE, ...PARTS.map(([type]) => type)],
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
  const said = reply instanceof Hole ? reply : sent(reply.Attributes, 'Attributes');
  if (said instanceof Hole) return unread(aws, url, name, said, tags);
  const { Policy, RedrivePolicy, RedriveAllowPolicy, ...attributes } = said;
  const arn = attributes.QueueArn ?? arnOf(aws, name);
  const queue: Observed = {
    type: QUEUE,
    id: url,
    arn,
    name,
    properties: present({
      name,
      messageRetentionSeconds: number(attributes.MessageRetentionPeriod, 'MessageRetentionPeriod'),
      visibilityTimeoutSeconds: number(attributes.VisibilityTimeout, 'VisibilityTimeout'),
      delaySeconds: number(attributes.DelaySeconds, 'DelaySeconds'),
      maxMessageSize: number(attributes.MaximumMessageSize, 'MaximumMessageSize'),
      receiveWaitTimeSeconds: number(attributes.ReceiveMessageWaitTimeSeconds, 'ReceiveMessageWaitTimeSeconds'),
      kmsMasterKeyId: attributes.KmsMasterKeyId === '' ? undefined : attributes.KmsMasterKeyId,
      fifoQueue: attributes.FifoQueue === 'true' ? true : undefined,
    }),
    outputs: { url, arn },
    tags,
  };
  const parts = { policy: Policy, redrivePolicy: RedrivePolicy, redriveAllowPolicy: RedriveAllowPolicy };
  return [queue, ...PARTS.flatMap(([type, property]) => part(type, property, parts[property], url, name))];
}

/** Every queue has it (API reference, GetQueueAttributes): one that is not said is not known. */
function number(text: string | undefined, name: string): number | Hole {
  const said = sent(text, name);
  return said instanceof Hole ? said : Number(said);
}

/** The provider keeps these under the URL of their queue. */
function part(type: string, property: string, value: string | undefined, url: string, name: string): readonly Observed[] {
  if (value === undefined || value === '') return [];
  return [{ type, id: url, arn: undefined, name, properties: { queueUrl: url, [property]: value }, outputs: {}, tags: {} }];
}

const arnOf = (aws: Reader, name: string): string => `arn:aws:sqs:${aws.region}:${aws.account}:${name}`;

/** What only GetQueueAttributes tells. */
const ATTRIBUTES = [
  'messageRetentionSeconds',
  'visibilityTimeoutSeconds',
  'delaySeconds',
  'maxMessageSize',
  'receiveWaitTimeSeconds',
  'kmsMasterKeyId',
  'fifoQueue',
] as const;

/** Its name is known; everything else is not. What its parts would say is a hole in the queue, which says it inline as well. */
function unread(aws: Reader, url: string, name: string, why: Hole, tags: Observed['tags']): readonly Observed[] {
  const arn = arnOf(aws, name);
  const unknown = [...ATTRIBUTES, ...PARTS.map(([, property]) => property)].map((property) => [property, why] as const);
  const properties = { name, ...Object.fromEntries(unknown) };
  return [{ type: QUEUE, id: url, arn, name, properties, outputs: { url, arn }, tags }];
}
