/** Groups of relational databases. */
import { ACCOUNT, arn, type Group, hex, made } from './estate-parts.ts';

/** A relational database: every second one Multi-AZ, with a replica in the standby Region. */
export const database: Group = function* ({ name, tags, primary, standby }, n) {
  const region = primary.region;
  for (const net of [primary, standby]) {
    const group = `${name}-${net.region}`;
    const inputs = { name: group, subnetIds: net.privateSubnets, tags };
    yield made('aws:rds/subnetGroup:SubnetGroup', group, net.region, group, inputs, {
      arn: arn('rds', net.region, `subgrp:${group}`),
    });
  }
  const parameters = `${name}-pg16`;
  yield made('aws:rds/parameterGroup:ParameterGroup', `${name}-parameters`, region, parameters, {
    name: parameters,
    family: 'postgres16',
    tags,
  });
  const instance = (place: string, id: string) => ({
    arn: arn('rds', place, `db:${id}`),
    endpoint: `${id}.c${hex(id).slice(0, 11)}.${place}.rds.amazonaws.com:5432`,
    address: `${id}.c${hex(id).slice(0, 11)}.${place}.rds.amazonaws.com`,
    identifier: id,
    resourceId: `db-${hex(id).toUpperCase()}`,
  });
  const inputs = {
    identifier: name,
    engine: 'postgres',
    engineVersion: '16.4',
    instanceClass: 'db.r6g.large',
    allocatedStorage: 100,
    storageEncrypted: true,
    multiAz: n % 2 === 0,
    backupRetentionPeriod: n % 3 === 0 ? 0 : 14,
    dbSubnetGroupName: `${name}-${region}`,
    parameterGroupName: parameters,
    vpcSecurityGroupIds: [primary.securityGroup],
    deletionProtection: n % 4 !== 0,
    username: 'app',
    manageMasterUserPassword: true,
    tags,
  };
  yield made('aws:rds/instance:Instance', name, region, `db-${hex(name).toUpperCase()}`, inputs, instance(region, name));
  const copy = `${name}-replica`;
  const replica = {
    identifier: copy,
    replicateSourceDb: instance(region, name).arn,
    instanceClass: 'db.r6g.large',
    dbSubnetGroupName: `${name}-${standby.region}`,
    vpcSecurityGroupIds: [standby.securityGroup],
    skipFinalSnapshot: true,
    tags,
  };
  yield made(
    'aws:rds/instance:Instance',
    copy,
    standby.region,
    `db-${hex(copy).toUpperCase()}`,
    replica,
    instance(standby.region, copy),
  );
};

/** An Aurora global database: a cluster with two instances in each Region. */
export const aurora: Group = function* ({ name, tags, primary, standby }) {
  const globalId = `${name}-global`;
  const globalInputs = {
    globalClusterIdentifier: globalId,
    engine: 'aurora-postgresql',
    engineVersion: '16.4',
    storageEncrypted: true,
  };
  yield made('aws:rds/globalCluster:GlobalCluster', globalId, primary.region, globalId, globalInputs, {
    arn: `arn:aws:rds::${ACCOUNT}:global-cluster:${globalId}`,
  });
  for (const net of [primary, standby]) {
    const cluster = `${name}-${net.region}`;
    const group = `${cluster}-subnets`;
    yield made('aws:rds/subnetGroup:SubnetGroup', group, net.region, group, { name: group, subnetIds: net.privateSubnets, tags });
    const inputs = {
      clusterIdentifier: cluster,
      globalClusterIdentifier: globalId,
      engine: 'aurora-postgresql',
      engineVersion: '16.4',
      dbSubnetGroupName: group,
      backupRetentionPeriod: 7,
      storageEncrypted: true,
      vpcSecurityGroupIds: [net.securityGroup],
      tags,
    };
    const host = `${cluster}.cluster-c${hex(cluster).slice(0, 11)}.${net.region}.rds.amazonaws.com`;
    yield made('aws:rds/cluster:Cluster', cluster, net.region, cluster, inputs, {
      arn: arn('rds', net.region, `cluster:${cluster}`),
      endpoint: host,
    });
    for (const i of [0, 1]) {
      const id = `${cluster}-${i}`;
      const member = {
        clusterIdentifier: cluster,
        identifier: id,
        instanceClass: 'db.r6g.large',
        engine: 'aurora-postgresql',
        tags,
      };
      yield made('aws:rds/clusterInstance:ClusterInstance', id, net.region, id, member, {
        arn: arn('rds', net.region, `db:${id}`),
      });
    }
  }
};
