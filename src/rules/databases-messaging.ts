/** Queues, streams, brokers and buses: what waits in them, and where it waits. */

import type { EstateResource } from '../estate/estate.ts';
import { mentionsOf } from '../estate/mentions.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, collect, equals, fold, is, no, not, unknown, yes } from '../model/known.ts';
import { formatDuration } from '../model/quantity.ts';
import { inOtherRegion } from '../services/apart.ts';
import { EVENT_BUS, eventBridge, eventEndpoint } from '../services/eventbridge.ts';
import { KINESIS_STREAM, kinesisStream } from '../services/kinesis-stream.ts';
import { mqBroker } from '../services/mq-broker.ts';
import { mskCluster } from '../services/msk-cluster.ts';
import { snsTopic } from '../services/sns-topic.ts';
import { SQS_QUEUE, sqsQueue } from '../services/sqs-queue.ts';
import { anyNames, oncePerEstate, some, strictest, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

/** A topic with a replication factor of three needs an AZ for each of its replicas. */
const BROKER_ZONES = 3;

export const messagingRules: readonly Rule[] = [
  {
    id: 'msk-broker-az-or-single-region',
    family: 'databases',
    title: 'The Kafka cluster has brokers in fewer than three AZs, or no copy in another Region',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'In two AZs the three replicas of a partition cannot all lie apart, so an AZ can take the majority of them. Across Regions MSK copies nothing unless a Replicator does, asynchronously.',
    fix: 'Give `brokerNodeGroupInfo.clientSubnets` three subnets in three AZs, and add an aws.msk.Replicator to a cluster in the standby Region.',
    source: 'https://docs.aws.amazon.com/msk/latest/developerguide/msk-replicator.html',
    checks: [
      on(mskCluster, (facts, _item, context) => [
        ...(context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? [
              answer(
                andThen(facts.spread, ({ zones, doubtful }): Truth => {
                  if (zones.length >= BROKER_ZONES) return no(`in ${zones.length} AZs`);
                  return zones.length + doubtful >= BROKER_ZONES || zones.length + doubtful === 0
                    ? unknown('not-reported', 'the AZs of its subnets are not known', { resource: facts.id })
                    : yes(`${facts.name} has its brokers in fewer than three AZs`);
                }),
                'brokerNodeGroupInfo.clientSubnets',
              ),
            ]
          : []),
        ...(context.agreed(facts.id, 'region') && !context.isStandby(facts.id)
          ? [
              when(
                [not(some(facts.replicators, (replicator) => replicator.otherRegion, context))],
                `no MSK Replicator copies ${facts.name} to another Region`,
              ),
            ]
          : []),
      ]),
    ],
  },
  {
    id: 'mq-single-instance',
    family: 'databases',
    title: 'The broker has no standby in another AZ, or no replica in another Region',
    severity: 'high',
    scopes: ['az', 'region'],
    why: 'A single-instance broker is down with its AZ. Messages leave the Region only with the data replication of ActiveMQ (from 5.17.6), which is set on the replica; RabbitMQ has none.',
    fix: 'Set `deploymentMode` to "ACTIVE_STANDBY_MULTI_AZ" (ActiveMQ) or "CLUSTER_MULTI_AZ" (RabbitMQ); for ActiveMQ add an aws.mq.Broker in the standby Region with `dataReplicationMode: "CRDR"` and `dataReplicationPrimaryBrokerArn`.',
    source: 'https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-broker-architecture.html',
    checks: [
      on(mqBroker, (facts, _item, context) => [
        ...(context.agreed(facts.id, 'az')
          ? [when([equals(facts.deploymentMode, 'SINGLE_INSTANCE')], `${facts.name} is one instance in one AZ`, 'deploymentMode')]
          : []),
        ...(context.agreed(facts.id, 'region')
          ? [
              when(
                [
                  is(facts.source, (source) => source === undefined),
                  not(some(facts.replicas, (replica) => replica.otherRegion, context)),
                ],
                `no broker in another Region receives the data of ${facts.name}`,
                'dataReplicationMode',
              ),
            ]
          : []),
      ]),
    ],
  },
  {
    id: 'queue-messages-region-bound',
    family: 'databases',
    title: 'Messages wait in one Region only',
    severity: 'high',
    scopes: ['region'],
    why: 'SQS and Kinesis copy nothing to other Regions. What waits when the Region is lost is out of reach, at worst all that the retention keeps, and expires if the outage outlasts it.',
    fix: 'Fan out through an aws.sns.Topic with a subscription of a queue in the standby Region, write to both Regions, or keep a source from which messages can be sent again.',
    source: 'https://disaster-recovery.workshop.aws/en/services/app_integration/sqs/active-active.html',
    checks: [
      on(sqsQueue, (facts, item, context) =>
        bound(
          facts,
          context,
          not(any([fannedOut(item, context), takesDeadLetters(facts.id, context)])),
          'messageRetentionSeconds',
        ),
      ),
      on(kinesisStream, (facts, item, context) =>
        item.resource.type === KINESIS_STREAM ? bound(facts, context, yes(), 'retentionPeriod') : undefined,
      ),
    ],
  },
  {
    id: 'queue-no-dlq-or-short-retention',
    family: 'databases',
    title: 'Messages that fail, or wait too long, are lost',
    severity: 'medium',
    scopes: ['region', 'software'],
    why: 'Without a dead-letter queue a message that cannot be processed is tried until it expires and then gone. With a retention shorter than the recovery, messages of the first minutes expire before consumers return.',
    fix: 'Set `redrivePolicy` with a `deadLetterTargetArn`, and `messageRetentionSeconds` well above the agreed RTO (1209600 at most).',
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html',
    checks: [
      on(sqsQueue, (facts, _item, context) => {
        const rto = strictest(context, facts.id, 'RTO', 'region');
        const sentences = [
          ...(context.agreed(facts.id, 'software')
            ? [
                because(
                  all([not(facts.deadLetters), not(takesDeadLetters(facts.id, context))]),
                  `${facts.name} has no dead-letter queue`,
                ),
              ]
            : []),
          ...(rto === undefined
            ? []
            : [
                andThen(facts.retention, (seconds) =>
                  seconds < rto
                    ? yes(
                        `${facts.name} keeps messages for ${formatDuration(seconds)}; the agreed recovery takes up to ${formatDuration(rto)}`,
                      )
                    : no(),
                ),
              ]),
        ];
        return sentences.length === 0 ? undefined : whenAny([], sentences, 'redrivePolicy');
      }),
    ],
  },
  {
    id: 'eventbridge-endpoint-missing',
    family: 'databases',
    title: 'Custom events go to the bus of one Region only',
    severity: 'medium',
    scopes: ['region'],
    why: 'A bus takes events in its own Region. A global endpoint leads custom events to the bus of the same name in a second Region when a health check fails, within about six minutes, and comes back by itself only while events are replicated.',
    fix: 'Add an aws.cloudwatch.EventEndpoint with both buses in `eventBuses`, a health check in `routingConfig`, and leave `replicationConfig.state` ENABLED with a `roleArn`.',
    source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-global-endpoints.html',
    checks: [
      on(eventBridge, (facts, item, context) =>
        item.resource.type === EVENT_BUS && context.agreed(facts.id, 'region')
          ? when([not(behindEndpoint(facts.id, context))], `${facts.name} is on no global endpoint`)
          : undefined,
      ),
      on(eventEndpoint, (facts, _item, context) =>
        context.agreed(facts.id, 'region')
          ? when([not(facts.replicated)], `${facts.name} does not replicate events`, 'replicationConfig.state')
          : undefined,
      ),
    ],
  },
];

function bound(
  facts: { readonly id: string; readonly name: string; readonly retention: Known<number> },
  context: RuleContext,
  onlyCopy: Truth,
  property: string,
) {
  const rpo = strictest(context, facts.id, 'RPO', 'region');
  return rpo === undefined
    ? undefined
    : whenAny(
        [onlyCopy],
        [
          andThen(facts.retention, (seconds) =>
            seconds > rpo
              ? yes(
                  `up to ${formatDuration(seconds)} of messages wait in ${facts.name} and nowhere else; the agreement needs ${formatDuration(rpo)}`,
                )
              : no(),
          ),
        ],
        property,
      );
}

/** Topics with where they deliver to; null stands for a place that nobody can read. */
const deliveries = oncePerEstate((context) =>
  context
    .allFacts(snsTopic)
    .map((topic) => ({ topic, endpoints: new Set(topic.subscriptions.map((s) => textOr(s.endpoint, null))) })),
);

/** A topic that delivers to it also delivers to a resource in another Region. */
function fannedOut(item: EstateResource, context: RuleContext): Truth {
  const perhaps = deliveries(context).filter(({ endpoints }) => endpoints.has(item.resource.urn) || endpoints.has(null));
  return some(
    perhaps,
    ({ topic }) =>
      all([
        some(topic.subscriptions, (s) => is(s.endpoint, (urn) => urn === item.resource.urn), context),
        some(
          topic.subscriptions,
          (s) =>
            andThen(s.endpoint, (urn) => {
              const other = urn === undefined ? undefined : context.estate.view.get(urn);
              return other === undefined ? no() : inOtherRegion(item.props, other);
            }),
          context,
        ),
      ]),
    context,
  );
}

/** Queues of the sources that the redrive policies of others name: they take what failed and need no such queue themselves. */
const takesDeadLetters = anyNames((context) =>
  context.estate.view
    .all(SQS_QUEUE, 'aws:sqs/redrivePolicy:RedrivePolicy')
    .flatMap((queue) => mentionsOf(queue, context.estate.view))
    .filter((mention) => mention.property.startsWith('redrivePolicy'))
    .map((mention) => mention.to)
    .filter((to) => textOr(to, undefined) !== undefined),
);

function behindEndpoint(bus: string, context: RuleContext): Truth {
  return some(
    context.allFacts(eventEndpoint),
    (endpoint) =>
      andThen(endpoint.buses, (buses) =>
        fold<readonly (string | undefined)[], Truth>(
          collect(buses),
          (urns) => (urns.includes(bus) ? yes() : no()),
          (why) => any([...buses.map((urn) => is(urn, (to) => to === bus)), why]),
        ),
      ),
    context,
  );
}
