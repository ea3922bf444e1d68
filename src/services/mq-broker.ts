/** Amazon MQ brokers. AWS says that a standby takes over within a short while, and not how soon. */
import type { Known, Truth } from '../model/known.ts';
import { andThen, equals, fold, is, known } from '../model/known.ts';
import type { Meaning, Placement, Protection, Spread } from '../model/protection.ts';
import { inOtherRegion } from './apart.ts';
import { controlCall, noFigure, protection, ruledOut, zonal } from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';

const BROKER = 'aws:mq/broker:Broker';

/** A broker in another place that receives this one's data (CRDR). */
export interface BrokerReplica {
  readonly id: string;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
}

export interface MqBrokerFacts extends Identity {
  readonly engine: Known<string | undefined>;
  /** `SINGLE_INSTANCE`, `ACTIVE_STANDBY_MULTI_AZ` or `CLUSTER_MULTI_AZ`. */
  readonly deploymentMode: Known<string>;
  readonly spread: Known<Spread>;
  readonly replicas: readonly BrokerReplica[];
  /** Broker whose data it receives. */
  readonly source: Known<string | undefined>;
  readonly key: Known<string | undefined>;
}

export const mqBroker = service<MqBrokerFacts>({
  id: 'mq-broker',
  title: 'Amazon MQ broker',
  kind: 'queue',
  types: [BROKER],
  parts: [],
  // Defaults are those in the docs of mq.Broker in @pulumi/aws 7.48.
  declare(props, view) {
    return {
      ...identityOf(props),
      engine: props.text('engineType'),
      deploymentMode: props.text('deploymentMode', 'SINGLE_INSTANCE'),
      spread: spreadOfSubnets(props, 'subnetIds', view),
      replicas: view.attached(props.id, BROKER, 'dataReplicationPrimaryBrokerArn').found.map((replica) => ({
        id: replica.id,
        region: replica.region,
        otherRegion: inOtherRegion(replica, props),
      })),
      source: view.target(props, 'dataReplicationPrimaryBrokerArn', [BROKER]),
      key: keyReference(props, 'encryptionOptions.kmsKeyId', view),
    };
  },
  mean(facts): Meaning {
    const broker = lost('one broker instance serves at a time, or part of the cluster is gone');
    return meaning({
      kind: 'queue',
      placement: placementOf(facts),
      under: { ...regionalImpacts(true), instance: broker, az: broker },
      protections: [standby(facts), replacement(facts), ...replicaPromotions(facts)].filter((p) => !ruledOut(p.armed)),
      links: [
        ...linkTo(facts.key, 'key', 'encryptionOptions.kmsKeyId'),
        ...linkTo(facts.source, 'replica', 'dataReplicationPrimaryBrokerArn'),
      ],
    });
  },
});

/** Brokers in the default VPC name no subnets: their AZs are AWS's choice. */
function placementOf(facts: MqBrokerFacts): Known<Placement> {
  return andThen(facts.deploymentMode, (mode) => {
    const places = mode === 'SINGLE_INSTANCE' ? 1 : mode === 'CLUSTER_MULTI_AZ' ? 3 : 2;
    return fold(
      facts.spread,
      (spread) => (spread.zones.length + spread.doubtful > 0 ? zonal(spread) : zonal({ zones: [], doubtful: places })),
      () => zonal({ zones: [], doubtful: places }),
    );
  });
}

/** https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/active-standby-broker-deployment.html */
function standby(facts: MqBrokerFacts): Protection {
  return protection({
    mechanism: 'mq-multi-az',
    scopes: ['instance', 'az'],
    automation: 'service-native',
    armed: is(facts.deploymentMode, (mode) => mode !== 'SINGLE_INSTANCE', 'deployment mode'),
    successors: known([facts.id]),
    time: noFigure('the failover of an Amazon MQ broker', facts.id),
    // A RabbitMQ cluster keeps what its queues replicate, which is not part of infrastructure code.
    point: noFigure('the recovery point of an Amazon MQ broker', facts.id),
    says: 'Amazon MQ goes on with an instance in another AZ by itself',
  });
}

function replacement(facts: MqBrokerFacts): Protection {
  return protection({
    mechanism: 'mq-instance-replacement',
    scopes: ['instance'],
    automation: 'service-native',
    armed: equals(facts.deploymentMode, 'SINGLE_INSTANCE'),
    successors: known([facts.id]),
    time: noFigure('the replacement of an Amazon MQ instance', facts.id),
    point: noFigure('the recovery point of a replaced Amazon MQ instance', facts.id),
    says: 'Amazon MQ replaces the only instance, within no promised time',
  });
}

/** Cross-Region data replication is promoted by the customer: initate-failover.html in the Amazon MQ developer guide. */
function replicaPromotions(facts: MqBrokerFacts): readonly Protection[] {
  return facts.replicas.map((replica) =>
    protection({
      mechanism: 'mq-data-replication',
      scopes: ['region'],
      automation: 'human-execution',
      armed: replica.otherRegion,
      successors: known([replica.id]),
      into: replica.region,
      time: noFigure('the promotion of an Amazon MQ replica', facts.id),
      point: noFigure('the lag of an Amazon MQ replica', facts.id),
      calls: [controlCall('mq:Promote', replica.region)],
      says: 'somebody promotes the replica broker in another Region',
    }),
  );
}
