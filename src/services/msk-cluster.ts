/**
 * MSK clusters. A broker or an AZ takes messages with it or not depending on the replication factor of each topic,
 * which no infrastructure code shows; of MSK Replicator AWS publishes no figures.
 */
import type { Known, Truth } from '../model/known.ts';
import { andThen, known, map, unknown } from '../model/known.ts';
import type { Meaning, Placement, Spread } from '../model/protection.ts';
import { timeUnknown } from '../model/protection.ts';
import { inOtherRegion } from './apart.ts';
import { protection, ruledOut } from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regionalImpacts, service } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';
import type { Props, View } from './view.ts';

const CLUSTER = 'aws:msk/cluster:Cluster';
const REPLICATOR = 'aws:msk/replicator:Replicator';

/** A replicator that copies this cluster's topics to another one. */
export interface Replicator {
  readonly id: string;
  readonly target: Known<string>;
  readonly otherRegion: Truth;
}

export interface MskClusterFacts extends Identity {
  readonly brokers: Known<number | undefined>;
  readonly spread: Known<Spread>;
  readonly replicators: readonly Replicator[];
  readonly key: Known<string | undefined>;
}

export const mskCluster = service<MskClusterFacts>({
  id: 'msk-cluster',
  title: 'MSK cluster',
  kind: 'store',
  types: [CLUSTER],
  parts: [{ type: REPLICATOR, of: 'replicationInfoList.sourceKafkaClusterArn' }],
  declare(props, view) {
    return {
      ...identityOf(props),
      brokers: props.number('numberOfBrokerNodes'),
      spread: spreadOfSubnets(props, 'brokerNodeGroupInfo.clientSubnets', view),
      replicators: replicatorsOf(props, view),
      key: keyReference(props, 'encryptionInfo.encryptionAtRestKmsKeyArn', view),
    };
  },
  mean(facts): Meaning {
    const open = unknown('not-modelled', 'the replication factor of its topics is not part of infrastructure code', {
      resource: facts.id,
    });
    const copying = unknown('not-modelled', 'what MSK Replicator has copied, and how clients change over', {
      resource: facts.id,
    });
    return meaning({
      kind: 'store',
      placement: map(facts.spread, (spread): Placement => ({ kind: 'zonal', spread })),
      under: { ...regionalImpacts(true), instance: open, az: open },
      protections: facts.replicators
        .filter((r) => !ruledOut(r.otherRegion))
        .map((replicator) =>
          protection({
            mechanism: 'msk-replicator',
            scopes: ['region'],
            automation: 'human-execution',
            armed: copying,
            successors: map(replicator.target, (urn) => [urn]),
            into: andThen(replicator.target, () => copying),
            time: timeUnknown(copying),
            point: timeUnknown(copying),
            says: 'somebody leads producers and consumers to the cluster that MSK Replicator copies to',
          }),
        ),
      links: linkTo(facts.key, 'key', 'encryptionInfo.encryptionAtRestKmsKeyArn'),
    });
  },
});

function replicatorsOf(cluster: Props, view: View): readonly Replicator[] {
  return view.attached(cluster.id, REPLICATOR, 'replicationInfoList.sourceKafkaClusterArn').found.map((replicator) => {
    const target = andThen(view.target(replicator, 'replicationInfoList.targetKafkaClusterArn', [CLUSTER]), (urn) =>
      urn === undefined
        ? unknown('not-reported', 'the replicator names no target', replicator.origin('replicationInfoList'))
        : known(urn, replicator.origin('replicationInfoList.targetKafkaClusterArn')),
    );
    const otherRegion = andThen(target, (urn) => {
      const other = view.get(urn);
      return other === undefined
        ? unknown('dangling', 'the target is not in the sources', { resource: urn })
        : inOtherRegion(other, cluster);
    });
    return { id: replicator.id, target, otherRegion };
  });
}
