/** Simulated SQS: queues of one Region each, with messages enough to see what a disruption loses. */
import type {
  ChangeMessageVisibilityCommandInput,
  ChangeMessageVisibilityCommandOutput,
  CreateQueueCommandInput,
  CreateQueueCommandOutput,
  DeleteMessageCommandInput,
  DeleteMessageCommandOutput,
  DeleteQueueCommandInput,
  DeleteQueueCommandOutput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  GetQueueUrlCommandInput,
  GetQueueUrlCommandOutput,
  ListQueuesCommandInput,
  ListQueuesCommandOutput,
  ListQueueTagsCommandInput,
  ListQueueTagsCommandOutput,
  PurgeQueueCommandInput,
  PurgeQueueCommandOutput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
  SetQueueAttributesCommandInput,
  SetQueueAttributesCommandOutput,
  TagQueueCommandInput,
  TagQueueCommandOutput,
} from '@aws-sdk/client-sqs';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { outside, type Ranges } from './ranges.ts';
import { sqsDeployers } from './sqs-deployers.ts';
import { md5, QUEUE_TAGS, QUEUES, queueByArn, receive, redriveOf, type StoredQueue, send } from './sqs-messages.ts';

/** API reference, SetQueueAttributes. Server-side encryption with keys of SQS is on for new queues. */
const DEFAULTS: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
};

/** API CreateQueue, Attributes. */
const RANGES: Ranges = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};
const absent = (): ServiceFault => new ServiceFault('QueueDoesNotExist', 'The specified queue does not exist.');

/** The URL says whose queue it is, and in which Region. */
function queueOf(context: CallContext, url: string | undefined): StoredQueue {
  const match = /^https?:\/\/[^/]+\/(\d{12})\/([^/]+)$/.exec(url ?? '');
  const queue = match === null ? undefined : context.world.get(QUEUES, match[1] ?? '', context.region, match[2] ?? '');
  if (queue === undefined) throw absent();
  return queue;
}

function checked(attributes: Readonly<Record<string, string>>): void {
  const wrong = outside(attributes, RANGES);
  if (wrong !== undefined) throw new ServiceFault('InvalidAttributeValue', `Invalid value for the parameter ${wrong.member}.`);
}

/** Creating a queue that exists with the same attributes answers with it (API reference, CreateQueue). */
const create: Operation<CreateQueueCommandInput, Reply<CreateQueueCommandOutput>> = (input, context) => {
  const name = input.QueueName ?? '';
  if (!/^[A-Za-z0-9_-]{1,80}(\.fifo)?$/.test(name) || name.length > 80)
    throw new ServiceFault(
      'InvalidParameterValue',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  const given = Object.fromEntries(
    Object.entries(input.Attributes ?? {}).filter((e): e is [string, string] => e[1] !== undefined),
  );
  checked(given);
  if (given.FifoQueue === 'true' && !name.endsWith('.fifo'))
    throw new ServiceFault('InvalidParameterValue', 'The name of a FIFO queue can only end with ".fifo".');
  const old = context.get(QUEUES, name);
  if (old !== undefined) {
    if (Object.entries(given).some(([k, v]) => old.attributes[k] !== v))
      throw new ServiceFault(
        'QueueNameExists',
        'A queue already exists with the same name and a different value for an attribute',
      );
    return { QueueUrl: old.url };
  }
  const queue: StoredQueue = {
    name,
    arn: context.arn('sqs', name),
    url: `https://sqs.${context.region}.amazonaws.com/${context.account}/${name}`,
    createdAt: context.world.clock.now(),
    attributes: { ...DEFAULTS, ...(given.KmsMasterKeyId === undefined ? { SqsManagedSseEnabled: 'true' } : {}), ...given },
    messages: [],
  };
  context.put(QUEUES, name, queue);
  context.put(QUEUE_TAGS, name, input.tags ?? {});
  return { QueueUrl: queue.url };
};

const url: Operation<GetQueueUrlCommandInput, Reply<GetQueueUrlCommandOutput>> = (input, context) => {
  const account = input.QueueOwnerAWSAccountId ?? context.account;
  const queue = context.world.get(QUEUES, account, context.region, input.QueueName ?? '');
  if (queue === undefined) throw absent();
  return { QueueUrl: queue.url };
};

const attributes: Operation<GetQueueAttributesCommandInput, Reply<GetQueueAttributesCommandOutput>> = (input, context) => {
  const queue = queueOf(context, input.QueueUrl);
  const now = context.world.clock.now();
  const all: Record<string, string> = {
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    ApproximateNumberOfMessages: String(queue.messages.filter((m) => m.visibleAt <= now).length),
    ApproximateNumberOfMessagesNotVisible: String(queue.messages.filter((m) => m.visibleAt > now).length),
  };
  const names = input.AttributeNames ?? [];
  const wanted = names.some((n) => n === 'All') ? Object.keys(all) : names.map(String);
  return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))) };
};

/** An empty value takes an attribute away. */
const setAttributes: Operation<SetQueueAttributesCommandInput, Reply<SetQueueAttributesCommandOutput>> = (input, context) => {
  const queue = queueOf(context, input.QueueUrl);
  const given = input.Attributes ?? {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    checked({ [name]: value });
    if (value === '') delete queue.attributes[name];
    else queue.attributes[name] = value;
  }
  const target = redriveOf(queue)?.deadLetterTargetArn;
  if (given.RedrivePolicy !== undefined && target !== undefined && queueByArn(context.world, target) === undefined) {
    delete queue.attributes.RedrivePolicy;
    throw new ServiceFault('InvalidParameterValue', `the dead-letter queue ${target} does not exist`);
  }
  return {};
};

const PAGE = 1000;

/** Without MaxResults SQS answers with the first 1,000 and no token (API reference, ListQueues). */
const list: Operation<ListQueuesCommandInput, Reply<ListQueuesCommandOutput>> = (input, context) => {
  const queues = context
    .list(QUEUES)
    .filter((q) => input.QueueNamePrefix === undefined || q.name.startsWith(input.QueueNamePrefix));
  const { items, next } = page(queues, input.NextToken, Math.min(input.MaxResults ?? PAGE, PAGE));
  return {
    ...(items.length === 0 ? {} : { QueueUrls: items.map((q) => q.url) }),
    ...(next === undefined || input.MaxResults === undefined ? {} : { NextToken: next }),
  };
};

const remove: Operation<DeleteQueueCommandInput, Reply<DeleteQueueCommandOutput>> = (input, context) => {
  const { name } = queueOf(context, input.QueueUrl);
  context.remove(QUEUES, name);
  context.remove(QUEUE_TAGS, name);
  return {};
};

const purge: Operation<PurgeQueueCommandInput, Reply<PurgeQueueCommandOutput>> = (input, context) => {
  queueOf(context, input.QueueUrl).messages.splice(0);
  return {};
};

const sendOne: Operation<SendMessageCommandInput, Reply<SendMessageCommandOutput>> = (input, context) => {
  const queue = queueOf(context, input.QueueUrl);
  const body = input.MessageBody ?? '';
  if (queue.name.endsWith('.fifo') && input.MessageGroupId === undefined)
    throw new ServiceFault('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  const message = send(context.world, queue, body, input.DelaySeconds);
  return { MessageId: message.id, MD5OfMessageBody: md5(body) };
};

const sendBatch: Operation<SendMessageBatchCommandInput, Reply<SendMessageBatchCommandOutput>> = (input, context) => {
  const queue = queueOf(context, input.QueueUrl);
  const Successful = (input.Entries ?? []).map((entry) => {
    const message = send(context.world, queue, entry.MessageBody ?? '', entry.DelaySeconds);
    return { Id: entry.Id, MessageId: message.id, MD5OfMessageBody: md5(message.body) };
  });
  return { Successful, Failed: [] };
};

const take: Operation<ReceiveMessageCommandInput, Reply<ReceiveMessageCommandOutput>> = async (input, context) => {
  const queue = queueOf(context, input.QueueUrl);
  const most = input.MaxNumberOfMessages ?? 1;
  const wait = input.WaitTimeSeconds ?? Number(queue.attributes.ReceiveMessageWaitTimeSeconds ?? 0);
  let taken = receive(context.world, queue, most, input.VisibilityTimeout);
  for (let second = 0; taken.length === 0 && second < wait; second += 1) {
    await context.world.clock.sleep(1000);
    taken = receive(context.world, queue, most, input.VisibilityTimeout);
  }
  if (taken.length === 0) return {};
  return {
    Messages: taken.map((m) => ({
      MessageId: m.id,
      ReceiptHandle: m.receipt ?? '',
      Body: m.body,
      MD5OfBody: md5(m.body),
      Attributes: { SentTimestamp: String(m.sentAt), ApproximateReceiveCount: String(m.received) },
    })),
  };
};

const deleteMessage: Operation<DeleteMessageCommandInput, Reply<DeleteMessageCommandOutput>> = (input, context) => {
  const { messages } = queueOf(context, input.QueueUrl);
  const at = messages.findIndex((m) => m.receipt === input.ReceiptHandle);
  if (at >= 0) messages.splice(at, 1);
  return {};
};

const visibility: Operation<ChangeMessageVisibilityCommandInput, Reply<ChangeMessageVisibilityCommandOutput>> = (
  input,
  context,
) => {
  const message = queueOf(context, input.QueueUrl).messages.find((m) => m.receipt === input.ReceiptHandle);
  if (message === undefined) throw new ServiceFault('ReceiptHandleIsInvalid', 'The specified receipt handle is not valid.');
  message.visibleAt = context.world.clock.now() + (input.VisibilityTimeout ?? 0) * 1000;
  return {};
};

const listTags: Operation<ListQueueTagsCommandInput, Reply<ListQueueTagsCommandOutput>> = (input, context) => ({
  Tags: { ...context.get(QUEUE_TAGS, queueOf(context, input.QueueUrl).name) },
});

const tag: Operation<TagQueueCommandInput, Reply<TagQueueCommandOutput>> = (input, context) => {
  const { name } = queueOf(context, input.QueueUrl);
  context.put(QUEUE_TAGS, name, { ...context.get(QUEUE_TAGS, name), ...input.Tags });
  return {};
};

export const sqs: SimulatedService = {
  client: 'sqs',
  prefix: 'sqs',
  operations: {
    CreateQueue: create,
    GetQueueUrl: url,
    GetQueueAttributes: attributes,
    SetQueueAttributes: setAttributes,
    ListQueues: list,
    DeleteQueue: remove,
    PurgeQueue: purge,
    SendMessage: sendOne,
    SendMessageBatch: sendBatch,
    ReceiveMessage: take,
    DeleteMessage: deleteMessage,
    ChangeMessageVisibility: visibility,
    ListQueueTags: listTags,
    TagQueue: tag,
  },
  actions: { SendMessageBatch: 'sqs:SendMessage' },
  begin(world) {
    world.onFault((fault, _, how) => {
      if (how !== 'begins') return;
      for (const { account, region, key, item } of world.everywhere(QUEUES)) {
        const gone =
          (fault.kind === 'deleted' && fault.arn === item.arn) ||
          (fault.kind === 'account-compromised' && fault.account === account);
        if (gone) world.remove(QUEUES, account, region, key);
        // Spoiled messages are of no more use than none.
        else if (fault.kind === 'corruption' && fault.arn === item.arn) item.messages.splice(0);
      }
    });
  },
  deployers: sqsDeployers,
};
