/**
 * OpenSearch Service domains, and the Elasticsearch domains of the older resource. Whether a lost node takes data with
 * it hangs on the replicas of each index, which no infrastructure code shows: only what is certain without is stated.
 */
import type { Known, Truth } from '../model/known.ts';
import { andThen, known, together, unknown } from '../model/known.ts';
import type { Impact, Meaning, Placement } from '../model/protection.ts';
import { span } from '../model/protection.ts';
import { noFigure, protection, zonal } from './database-parts.ts';
import { keyReference } from './kms-key.ts';
import { linkTo } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, lost, meaning, regionalImpacts, service } from './service.ts';

export interface OpensearchDomainFacts extends Identity {
  readonly instanceCount: Known<number>;
  readonly instanceType: Known<string | undefined>;
  readonly zoneAwareness: Known<boolean>;
  /** AZs of its data nodes. */
  readonly zones: Known<number>;
  readonly multiAzWithStandby: Known<boolean>;
  readonly dedicatedMasters: Known<number>;
  readonly oneNode: Truth;
  readonly oneZone: Truth;
  readonly key: Known<string | undefined>;
}

export const opensearchDomain = service<OpensearchDomainFacts>({
  id: 'opensearch-domain',
  title: 'OpenSearch Service domain',
  kind: 'store',
  types: ['aws:opensearch/domain:Domain', 'aws:elasticsearch/domain:Domain'],
  parts: [],
  // Defaults are those of ClusterConfig in the API reference: one node, no zone awareness, two AZs with it.
  declare(props, view) {
    const nodes = props.number('clusterConfig.instanceCount', 1);
    const aware = props.flag('clusterConfig.zoneAwarenessEnabled', false);
    const standby = props.flag('clusterConfig.multiAzWithStandbyEnabled', false);
    const zones = andThen(together({ aware, standby }), (on) =>
      on.standby ? known(3) : on.aware ? props.number('clusterConfig.zoneAwarenessConfig.availabilityZoneCount', 2) : known(1),
    );
    return {
      ...identityOf(props),
      instanceCount: nodes,
      instanceType: props.text('clusterConfig.instanceType'),
      zoneAwareness: aware,
      zones,
      multiAzWithStandby: standby,
      dedicatedMasters: andThen(props.flag('clusterConfig.dedicatedMasterEnabled', false), (on) =>
        on ? props.number('clusterConfig.dedicatedMasterCount', 3) : known(0),
      ),
      oneNode: andThen(nodes, (n) => known(n <= 1)),
      oneZone: andThen(zones, (n) => known(n <= 1)),
      key: keyReference(props, 'encryptAtRest.kmsKeyId', view),
    };
  },
  mean(facts): Meaning {
    const open = unknown('not-modelled', 'the replicas of its indices are not part of infrastructure code', {
      resource: facts.id,
    });
    const whenOne = (one: Truth, why: string): Known<Impact> => andThen(one, (certain) => (certain ? lost(why) : open));
    return meaning({
      kind: 'store',
      placement: andThen(facts.zones, (n): Known<Placement> => zonal({ zones: [], doubtful: n })),
      under: {
        ...regionalImpacts(true),
        instance: whenOne(facts.oneNode, 'it is one node'),
        az: whenOne(facts.oneZone, 'all its data nodes are in one AZ'),
      },
      protections: [
        protection({
          mechanism: 'opensearch-automated-snapshot',
          scopes: ['data'],
          automation: 'human-execution',
          // Hourly and kept for 14 days since OpenSearch and Elasticsearch 5.3 (managedomains-snapshots.html); they
          // restore into the same domain only, so they do not outlive it.
          armed: known(true, { resource: facts.id }),
          successors: known([facts.id]),
          time: noFigure('restoring an OpenSearch snapshot', facts.id),
          point: span(0, 3600, 'an automated snapshot an hour'),
          calls: [{ action: 'es:ESHttpPost', region: undefined, plane: 'data' }],
          says: 'somebody restores an hourly snapshot into the same domain',
        }),
      ],
      links: linkTo(facts.key, 'key', 'encryptAtRest.kmsKeyId'),
      retentionDays: known(14, { resource: facts.id }),
    });
  },
});
