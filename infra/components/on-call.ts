import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import type { MetricAlarmArgs } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import * as sns from '@pulumi/aws/sns/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { Site } from './site.ts';

/** One alarm: the CloudWatch arguments that differ between alarms, and the service it watches. */
export interface Watch
  extends Pick<
    MetricAlarmArgs,
    'namespace' | 'metricName' | 'dimensions' | 'statistic' | 'comparisonOperator' | 'threshold' | 'treatMissingData'
  > {
  readonly name: string;
  readonly service: ServiceName;
  readonly periodSeconds: number;
  readonly periods: number;
  readonly description: string;
}

export interface OnCallArgs {
  /** An alarm can notify a topic of its own Region only, so each Region that has alarms needs a topic. */
  readonly site: Pick<Site, 'region' | 'provider'>;
  /** HTTPS endpoint of the paging service. */
  readonly pagerUrl: string;
  readonly watches: readonly Watch[];
}

/** The alarms of one Region and the topic that pages people. Pages inform; nothing on a failover path waits for them. */
export class OnCall extends ComponentResource {
  /** ARN of each alarm, by the watch's name. */
  readonly alarmArns: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: OnCallArgs, opts?: ComponentResourceOptions) {
    super('shop:alarms:OnCall', name, {}, opts);
    // The Region stands on each resource as well: one of the Regions with alarms has no provider of its own.
    const { region } = args.site;
    const child = { parent: this, provider: args.site.provider };
    const topic = new sns.Topic(name, { name: `shop-${name}`, region }, child);
    new sns.TopicSubscription(name, { topic: topic.arn, protocol: 'https', endpoint: args.pagerUrl, region }, child);
    const alarms = args.watches.map((watch) => {
      const { name: what, service, periodSeconds, periods, description, ...metric } = watch;
      const alarm = new cloudwatch.MetricAlarm(
        what,
        {
          ...metric,
          name: `shop-${what}`,
          alarmDescription: description,
          period: periodSeconds,
          evaluationPeriods: periods,
          datapointsToAlarm: periods,
          alarmActions: [topic.arn],
          region,
          tags: serviceTags(service),
        },
        child,
      );
      return [what, alarm.arn] as const;
    });
    this.alarmArns = Object.fromEntries(alarms);
    this.registerOutputs({ alarmArns: this.alarmArns });
  }
}
