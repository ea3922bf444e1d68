/** What SQS keeps: queues with their messages; and how messages move: visibility, retention, dead letters. */
import { createHash } from 'node:crypto';
import type { MetricSource } from '../metric-source.ts';
import { shelf, type World } from '../world/world.ts';

export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  visibleAt: number;
  received: number;
  receipt: string | undefined;
}

export interface StoredQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly createdAt: number;
  /** As the API spells them: `VisibilityTimeout: '30'`. */
  readonly attributes: Record<string, string>;
  readonly messages: StoredMessage[];
}

export const QUEUES = shelf<StoredQueue>('sqs:queue');
/** Tags by queue name. */
export const QUEUE_TAGS = shelf<Readonly<Record<string, string>>>('sqs:tags');

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export function queueByArn(world: World, arn: string): StoredQueue | undefined {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return world.get(QUEUES, account, region, name);
}

const number = (queue: StoredQueue, attribute: string): number => Number(queue.attributes[attribute] ?? 0);

export function send(world: World, queue: StoredQueue, body: string, delaySeconds?: number): StoredMessage {
  const now = world.clock.now();
  const message = {
    id: world.random.hex(32),
    body,
    sentAt: now,
    visibleAt: now + (delaySeconds ?? number(queue, 'DelaySeconds')) * 1000,
    received: 0,
    receipt: undefined,
  };
  queue.messages.push(message);
  return message;
}

/** A message that was received too often goes to the dead-letter queue instead (developer guide, "Using dead-letter queues"). */
export function receive(world: World, queue: StoredQueue, most: number, visibilitySeconds?: number): readonly StoredMessage[] {
  expire(world, queue);
  const now = world.clock.now();
  const taken: StoredMessage[] = [];
  for (const message of queue.messages.filter((m) => m.visibleAt <= now)) {
    if (taken.length >= most) break;
    if (movedAside(world, queue, message)) continue;
    message.received += 1;
    message.receipt = world.random.hex(32);
    message.visibleAt = now + (visibilitySeconds ?? number(queue, 'VisibilityTimeout')) * 1000;
    taken.push(message);
  }
  return taken;
}

function expire(world: World, queue: StoredQueue): void {
  const oldest = world.clock.now() - number(queue, 'MessageRetentionPeriod') * 1000;
  queue.messages.splice(0, queue.messages.length, ...queue.messages.filter((m) => m.sentAt > oldest));
}

interface Redrive {
  readonly deadLetterTargetArn?: string;
  readonly maxReceiveCount?: number | string;
}

export function redriveOf(queue: StoredQueue): Redrive | undefined {
  const text = queue.attributes.RedrivePolicy;
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as Redrive);
}

function movedAside(world: World, queue: StoredQueue, message: StoredMessage): boolean {
  const policy = redriveOf(queue);
  if (policy === undefined || message.received < Number(policy.maxReceiveCount ?? 10)) return false;
  const aside = queueByArn(world, policy.deadLetterTargetArn ?? '');
  if (aside === undefined) return false;
  queue.messages.splice(queue.messages.indexOf(message), 1);
  aside.messages.push({ ...message, received: 0, receipt: undefined });
  return true;
}

const source = (metric: string, value: (queue: StoredQueue, at: number) => number): MetricSource => ({
  namespace: 'AWS/SQS',
  metric,
  *dimensions(world) {
    for (const { account, region, item } of world.everywhere(QUEUES))
      yield { account, region, dimensions: { QueueName: item.name }, value: (at) => value(item, at) };
  },
});

export const SQS_METRICS: readonly MetricSource[] = [
  source('ApproximateNumberOfMessagesVisible', (queue, at) => queue.messages.filter((m) => m.visibleAt <= at).length),
  source('ApproximateAgeOfOldestMessage', (queue, at) =>
    Math.max(0, ...queue.messages.map((m) => Math.floor((at - m.sentAt) / 1000))),
  ),
];
