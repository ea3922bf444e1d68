/** Amazon Aurora: a global database with a cluster in another Region. To fail over to it is another matter: see promotion.ts. */
import { factsOf } from '../../../estate/estate.ts';
import { is } from '../../../model/known.ts';
import type { Values } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { rdsCluster } from '../../../services/rds-cluster.ts';
import { RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_GLOBAL_CLUSTER } from '../../../services/rds-global-members.ts';
import { RDS_SUBNET_GROUP } from '../../../services/rds-instance.ts';
import type { Family } from '../candidate.ts';
import { reference } from '../change.ts';
import { told } from '../site.ts';
import { keyIn } from './keys.ts';

/** Taken over by a secondary from its primary, or to be chosen for each Region. */
const OWN = new Set([
  'masterUsername',
  'masterPassword',
  'masterPasswordWo',
  'masterPasswordWoVersion',
  'manageMasterUserPassword',
  'masterUserSecretKmsKeyId',
  'databaseName',
  'clusterIdentifier',
  'clusterIdentifierPrefix',
  'availabilityZones',
  'dbSubnetGroupName',
  'vpcSecurityGroupIds',
  'kmsKeyId',
  'finalSnapshotIdentifier',
  'snapshotIdentifier',
  'tags',
]);

const without = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([key]) => !OWN.has(key)));

export const globalDatabase: Family = (spot, site) => {
  const facts = spot.scope === 'region' ? factsOf(rdsCluster, spot.item) : undefined;
  const to = facts === undefined ? undefined : site.otherRegion(spot.item, spot.metric.serviceId);
  if (facts === undefined || to === undefined) return [];
  const isAurora = holds(is(facts.clusterKind, (kind) => kind === 'aurora'));
  if (!isAurora || !holds(is(facts.global, (global) => global === undefined))) return [];
  const { resource } = spot.item;
  const global = site.add(resource, {
    type: RDS_GLOBAL_CLUSTER,
    name: resource.name,
    inputs: {
      globalClusterIdentifier: resource.name,
      sourceDbClusterIdentifier: reference(resource.urn, 'arn'),
      deletionProtection: true,
      forceDestroy: false,
    },
  });
  const key = keyIn(to, spot.item, told(facts.key), holds(facts.encrypted), site);
  const network = site.find(RDS_SUBNET_GROUP, to, resource);
  const secondary = site.add(resource, {
    type: RDS_CLUSTER,
    name: `${resource.name}-${to.region}`,
    place: to,
    inputs: {
      ...without(resource.inputs),
      globalClusterIdentifier: reference(global.resource.urn, 'id'),
      ...(key === undefined ? {} : { kmsKeyId: key.value }),
      ...(network === undefined ? {} : { dbSubnetGroupName: reference(network, 'name') }),
    },
  });
  const first = facts.members.found[0];
  const like = first === undefined ? undefined : site.item(first.id)?.resource;
  const { clusterIdentifier: _cluster, availabilityZone: _zone, ...instance } = without(like?.inputs ?? {});
  return [
    {
      mechanism: 'aurora-global-failover',
      says: `make it a global database with a cluster in ${to.region}`,
      changes: [
        global,
        ...(key?.changes ?? []),
        secondary,
        ...(like === undefined
          ? []
          : [
              site.add(like, {
                type: RDS_CLUSTER_INSTANCE,
                name: `${resource.name}-${to.region}`,
                place: to,
                inputs: { ...instance, clusterIdentifier: reference(secondary.resource.urn, 'id') },
              }),
            ]),
      ],
      cost: { class: 'doubled', rests: 'a second cluster with its storage, an instance in it, and replicated writes' },
      caution: 'let the primary cluster ignore changes of globalClusterIdentifier, and the standby Region call its own cluster',
    },
  ];
};
