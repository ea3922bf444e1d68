import * as sns from '@pulumi/aws/sns/index.js';
import * as sqs from '@pulumi/aws/sqs/index.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Site, SitePair } from './site.ts';

const DAY_SECONDS = 86_400;

export interface OrderEventsArgs {
  readonly sites: SitePair;
  readonly service: ServiceName;
  /**
   * True: the primary's topic also delivers to the standby's queue, so that an event accepted before the loss of the Region is
   * there too (consumers ignore events they have seen). False: an event waits in one Region only and is lost with it.
   */
  readonly fanOut: boolean;
}

/** Order events in each Region: a topic, the queue behind it, and a dead-letter queue for what cannot be handled. */
export class OrderEvents extends ComponentResource {
  readonly primaryTopicArn: Output<string>;
  readonly standbyTopicArn: Output<string>;
  readonly primaryQueueArn: Output<string>;
  readonly standbyQueueArn: Output<string>;
  readonly primaryQueueUrl: Output<string>;
  readonly standbyQueueUrl: Output<string>;

  constructor(name: string, args: OrderEventsArgs, opts?: ComponentResourceOptions) {
    super('shop:events:OrderEvents', name, {}, opts);
    const tags = serviceTags(args.service);

    const station = (site: Site, suffix: string) => {
      const child = { parent: this, provider: site.provider };
      const topic = new sns.Topic(`${name}-${suffix}`, { name: `shop-${name}-${suffix}`, tags }, child);
      const dead = new sqs.Queue(
        `${name}-${suffix}-dead`,
        { name: `shop-${name}-${suffix}-dead`, messageRetentionSeconds: 14 * DAY_SECONDS, sqsManagedSseEnabled: true, tags },
        child,
      );
      const queue = new sqs.Queue(
        `${name}-${suffix}`,
        {
          name: `shop-${name}-${suffix}`,
          messageRetentionSeconds: 4 * DAY_SECONDS,
          visibilityTimeoutSeconds: 60,
          sqsManagedSseEnabled: true,
          redrivePolicy: jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
          tags,
        },
        child,
      );
      return { child, topic, queue };
    };
    const primary = station(args.sites.primary, 'primary');
    const standby = station(args.sites.standby, 'standby');

    const allow = (suffix: string, to: typeof primary, topics: Input<string>[]) =>
      new sqs.QueuePolicy(
        `${name}-${suffix}`,
        {
          queueUrl: to.queue.id,
          policy: jsonStringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'sns.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: to.queue.arn,
                Condition: { ArnEquals: { 'aws:SourceArn': topics } },
              },
            ],
          }),
        },
        to.child,
      );
    // Each accepts the events of both; whether the other's are sent is decided below.
    const topics = [primary.topic.arn, standby.topic.arn];
    allow('primary', primary, topics);
    allow('standby', standby, topics);

    const subscribe = (suffix: string, from: typeof primary, to: typeof primary) =>
      new sns.TopicSubscription(
        `${name}-${suffix}`,
        { topic: from.topic.arn, protocol: 'sqs', endpoint: to.queue.arn, rawMessageDelivery: true },
        from.child,
      );
    subscribe('primary', primary, primary);
    subscribe('standby', standby, standby);
    if (args.fanOut) {
      subscribe('primary-to-standby', primary, standby);
      subscribe('standby-to-primary', standby, primary);
    }

    this.primaryTopicArn = primary.topic.arn;
    this.standbyTopicArn = standby.topic.arn;
    this.primaryQueueArn = primary.queue.arn;
    this.standbyQueueArn = standby.queue.arn;
    this.primaryQueueUrl = primary.queue.id;
    this.standbyQueueUrl = standby.queue.id;
    this.registerOutputs({ primaryTopicArn: this.primaryTopicArn, standbyTopicArn: this.standbyTopicArn });
  }
}
