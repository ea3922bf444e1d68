/** Subnet groups, parameter groups and proxies from the inputs of the Pulumi provider. */
import type { CreateDBProxyCommandOutput, CreateDBProxyEndpointCommandOutput } from '@aws-sdk/client-rds';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
import { changedBy, modify, moved, onlyTags, putAgain, removedBy, stays } from '../deploy/lifecycle.ts';
import { blocksOf, flagOf, need, tagList, textOf, textsOf, without } from './compute-inputs.ts';
import { identifierOf } from './rds-deploy-instances.ts';

const arnOf = (given: Given, resource: string): string => `arn:aws:rds:${given.region}:${given.account}:${resource}`;

const subnetGroup = (type: string): Deployer => ({
  type,
  async create(given, deployment): Promise<Created> {
    const name = identifierOf(given, 'name', deployment);
    await deployment.call('rds', 'CreateDBSubnetGroup', {
      DBSubnetGroupName: name,
      DBSubnetGroupDescription: textOf(given.inputs.description) ?? 'Managed by Pulumi',
      SubnetIds: textsOf(given.inputs.subnetIds),
      Tags: tagList(given.tags),
    });
    return { id: name, outputs: { name, arn: arnOf(given, `subgrp:${name}`) } };
  },
  update: changedBy((given, _before, deployment) =>
    deployment.call(
      'rds',
      'ModifyDBSubnetGroup',
      without({
        DBSubnetGroupName: given.id,
        DBSubnetGroupDescription: textOf(given.inputs.description),
        SubnetIds: textsOf(given.inputs.subnetIds),
      }),
    ),
  ),
  remove: removedBy('rds', 'DeleteDBSubnetGroup', ({ id }) => ({ DBSubnetGroupName: id })),
});

const parametersIn = ({ inputs }: Given) =>
  blocksOf(inputs.parameters).map((p) =>
    without({
      ParameterName: textOf(p.name),
      ParameterValue: textOf(p.value) ?? flagOf(p.value)?.toString(),
      ApplyMethod: textOf(p.applyMethod),
    }),
  );

/** Parameters that the code names no longer go back to the engine's default. */
async function setParameters(given: Given, before: Given, kind: string, name: string, deployment: Deployment): Promise<void> {
  const { added, gone } = moved(parametersIn(given), parametersIn(before));
  const reset = gone.filter((p) => !added.some((other) => other.ParameterName === p.ParameterName));
  const named = { [`${kind}Name`]: name };
  if (added.length > 0) await deployment.call('rds', `Modify${kind}`, { ...named, Parameters: added });
  if (reset.length > 0) await deployment.call('rds', `Reset${kind}`, { ...named, Parameters: reset });
}

const kindOf = (cluster: boolean): string => (cluster ? 'DBClusterParameterGroup' : 'DBParameterGroup');

const parameterGroup = (type: string, cluster: boolean): Deployer => ({
  type,
  async create(given, deployment): Promise<Created> {
    const name = identifierOf(given, 'name', deployment);
    const kind = kindOf(cluster);
    await deployment.call('rds', `Create${kind}`, {
      [`${kind}Name`]: name,
      DBParameterGroupFamily: textOf(given.inputs.family) ?? '',
      Description: textOf(given.inputs.description) ?? 'Managed by Pulumi',
      Tags: tagList(given.tags),
    });
    await setParameters(given, { ...given, inputs: {} }, kind, name, deployment);
    return { id: name, outputs: { name, arn: arnOf(given, `${cluster ? 'cluster-pg' : 'pg'}:${name}`) } };
  },
  update: changedBy((given, before, deployment) => setParameters(given, before, kindOf(cluster), given.id ?? '', deployment)),
  remove: removedBy('rds', `Delete${kindOf(cluster)}`, ({ id }) => ({ [`${kindOf(cluster)}Name`]: id })),
});

/** What a modification of a proxy takes as well. */
const proxySettings = ({ inputs }: Given) => ({
  RoleArn: textOf(inputs.roleArn),
  RequireTLS: flagOf(inputs.requireTls),
  Auth: blocksOf(inputs.auths).map((a) =>
    without({ AuthScheme: textOf(a.authScheme), SecretArn: textOf(a.secretArn), IAMAuth: textOf(a.iamAuth) }),
  ),
});

async function makeProxy(given: Given, deployment: Deployment): Promise<Created> {
  const { inputs } = given;
  const name = identifierOf(given, 'name', deployment);
  const reply = (await deployment.call(
    'rds',
    'CreateDBProxy',
    without({
      DBProxyName: name,
      EngineFamily: textOf(inputs.engineFamily),
      ...proxySettings(given),
      VpcSubnetIds: textsOf(inputs.vpcSubnetIds),
      Tags: tagList(given.tags),
    }),
  )) as CreateDBProxyCommandOutput;
  return {
    id: name,
    outputs: { name, arn: reply.DBProxy?.DBProxyArn ?? '', endpoint: reply.DBProxy?.Endpoint ?? '' },
  };
}

function targetOf(given: Given) {
  const instance = textOf(given.inputs.dbInstanceIdentifier);
  const cluster = textOf(given.inputs.dbClusterIdentifier);
  return {
    DBProxyName: need(given, 'dbProxyName'),
    TargetGroupName: textOf(given.inputs.targetGroupName) ?? 'default',
    ...(instance === undefined ? {} : { DBInstanceIdentifiers: [instance] }),
    ...(cluster === undefined ? {} : { DBClusterIdentifiers: [cluster] }),
  };
}

const PROXY_TARGET: Deployer = {
  type: 'aws:rds/proxyTarget:ProxyTarget',
  async create(given, deployment): Promise<Created> {
    const target = targetOf(given);
    const { DBProxyName: proxy, TargetGroupName: group, DBInstanceIdentifiers: instances = [] } = target;
    const [instance] = instances;
    await deployment.call('rds', 'RegisterDBProxyTargets', target);
    const type = instance === undefined ? 'TRACKED_CLUSTER' : 'RDS_INSTANCE';
    const name = instance ?? target.DBClusterIdentifiers?.[0] ?? '';
    return { id: `${proxy}/${group}/${type}/${name}`, outputs: { type, rdsResourceId: name } };
  },
  remove: removedBy('rds', 'DeregisterDBProxyTargets', targetOf),
};

const PROXY_ENDPOINT: Deployer = {
  type: 'aws:rds/proxyEndpoint:ProxyEndpoint',
  async create(given, deployment): Promise<Created> {
    const proxy = need(given, 'dbProxyName');
    const name = identifierOf(given, 'dbProxyEndpointName', deployment);
    const reply = (await deployment.call(
      'rds',
      'CreateDBProxyEndpoint',
      without({
        DBProxyName: proxy,
        DBProxyEndpointName: name,
        VpcSubnetIds: textsOf(given.inputs.vpcSubnetIds),
        TargetRole: textOf(given.inputs.targetRole),
      }),
    )) as CreateDBProxyEndpointCommandOutput;
    const { DBProxyEndpointArn: arn, Endpoint: endpoint } = reply.DBProxyEndpoint ?? {};
    return { id: `${proxy}/${name}`, outputs: { arn: arn ?? '', endpoint: endpoint ?? '' } };
  },
  update: onlyTags,
  remove: removedBy('rds', 'DeleteDBProxyEndpoint', ({ id }) => ({ DBProxyEndpointName: id?.split('/')[1] })),
};

/** It comes with the proxy; only what happens to connections can be set. */
const PROXY_TARGET_GROUP: Deployer = {
  type: 'aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup',
  ...putAgain((given): Promise<Created> => Promise.resolve({ id: need(given, 'dbProxyName'), outputs: { name: 'default' } })),
  remove: stays,
};

export const groupDeployers: readonly Deployer[] = [
  subnetGroup('aws:rds/subnetGroup:SubnetGroup'),
  subnetGroup('aws:docdb/subnetGroup:SubnetGroup'),
  subnetGroup('aws:neptune/subnetGroup:SubnetGroup'),
  parameterGroup('aws:rds/parameterGroup:ParameterGroup', false),
  parameterGroup('aws:neptune/parameterGroup:ParameterGroup', false),
  parameterGroup('aws:rds/clusterParameterGroup:ClusterParameterGroup', true),
  parameterGroup('aws:docdb/clusterParameterGroup:ClusterParameterGroup', true),
  parameterGroup('aws:neptune/clusterParameterGroup:ClusterParameterGroup', true),
  {
    type: 'aws:rds/proxy:Proxy',
    create: makeProxy,
    update: changedBy((given, before, deployment) =>
      modify(deployment, ['rds', 'ModifyDBProxy'], { DBProxyName: given.id }, proxySettings(given), proxySettings(before)),
    ),
    remove: removedBy('rds', 'DeleteDBProxy', ({ id }) => ({ DBProxyName: id })),
  },
  PROXY_TARGET,
  PROXY_ENDPOINT,
  PROXY_TARGET_GROUP,
];
