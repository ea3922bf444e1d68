/** SNS topics with their subscriptions. A topic holds nothing: it delivers at once, also to other Regions. */
import type { Known } from '../model/known.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';

export const SNS_TOPIC = 'aws:sns/topic:Topic';
export const SUBSCRIPTION = 'aws:sns/topicSubscription:TopicSubscription';
/** Protocols whose endpoint is an AWS resource. */
const RESOURCES = ['sqs', 'lambda', 'firehose'];

export interface TopicFacts extends Identity {
  readonly subscriptions: readonly Subscription[];
  readonly key: Known<string | undefined>;
}

export interface Subscription {
  /** `sqs`, `lambda`, `firehose`, `https`, `email` … */
  readonly protocol: Known<string>;
  /** The resource that it delivers to; undefined for addresses of people and web servers. */
  readonly endpoint: Known<string | undefined>;
}

export const snsTopic = service<TopicFacts>({
  id: 'sns-topic',
  title: 'SNS topic',
  kind: 'proxy',
  types: [SNS_TOPIC],
  parts: [
    { type: SUBSCRIPTION, of: 'topic' },
    { type: 'aws:sns/topicPolicy:TopicPolicy', of: 'arn' },
    { type: 'aws:sns/dataProtectionPolicy:DataProtectionPolicy', of: 'arn' },
  ],
  declare(props, view) {
    return {
      ...identityOf(props),
      subscriptions: view.attached(props.id, SUBSCRIPTION, 'topic').found.map((subscription) => {
        const protocol = subscription.text('protocol');
        return {
          protocol: fold<string | undefined, Known<string>>(
            protocol,
            (p) =>
              p === undefined
                ? unknown('error', 'the subscription names no protocol', subscription.origin('protocol'))
                : known(p),
            (why) => why,
          ),
          endpoint: fold<string | undefined, Known<string | undefined>>(
            protocol,
            (p) => (RESOURCES.includes(p ?? '') ? view.target(subscription, 'endpoint') : known(undefined)),
            (why) => why,
          ),
        };
      }),
      key: keyReference(props, 'kmsMasterKeyId', view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      // It passes messages on and keeps none.
      kind: 'proxy',
      placement: regional,
      under: regionalImpacts(false),
      links: [
        ...linkTo(facts.key, 'key', 'kmsMasterKeyId'),
        ...facts.subscriptions.flatMap((s) => linkTo(s.endpoint, 'traffic', 'subscription')),
      ],
    });
  },
});
