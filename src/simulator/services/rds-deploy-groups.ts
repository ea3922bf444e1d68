/** Subnet groups, parameter groups and proxies from the inputs of the Pulumi provider. */
import type { CreateDBProxyCommandOutput, CreateDBProxyEndpointCommandOutput } from '@aws-sdk/client-rds';
import type { Created, Deployer, Deployment, Given } from '../deploy/deployer.ts';
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
});

const parameterGroup = (type: string, cluster: boolean): Deployer => ({
  type,
  async create(given, deployment): Promise<Created> {
    const name = identifierOf(given, 'name', deployment);
    const kind = cluster ? 'DBClusterParameterGroup' : 'DBParameterGroup';
    await deployment.call('rds', `Create${kind}`, {
      [`${kind}Name`]: name,
      DBParameterGroupFamily: textOf(given.inputs.family) ?? '',
      Description: textOf(given.inputs.description) ?? 'Managed by Pulumi',
      Tags: tagList(given.tags),
    });
    const parameters = blocksOf(given.inputs.parameters).map((p) =>
      without({
        ParameterName: textOf(p.name),
        ParameterValue: textOf(p.value) ?? flagOf(p.value)?.toString(),
        ApplyMethod: textOf(p.applyMethod),
      }),
    );
    if (parameters.length > 0) await deployment.call('rds', `Modify${kind}`, { [`${kind}Name`]: name, Parameters: parameters });
    return { id: name, outputs: { name, arn: arnOf(given, `${cluster ? 'cluster-pg' : 'pg'}:${name}`) } };
  },
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
      RoleArn: textOf(inputs.roleArn),
      RequireTLS: flagOf(inputs.requireTls),
      VpcSubnetIds: textsOf(inputs.vpcSubnetIds),
      Auth: blocksOf(inputs.auths).map((a) =>
        without({ AuthScheme: textOf(a.authScheme), SecretArn: textOf(a.secretArn), IAMAuth: textOf(a.iamAuth) }),
      ),
      Tags: tagList(given.tags),
    }),
  )) as CreateDBProxyCommandOutput;
  return {
    id: name,
    outputs: { name, arn: reply.DBProxy?.DBProxyArn ?? '', endpoint: reply.DBProxy?.Endpoint ?? '' },
  };
}

const PROXY_TARGET: Deployer = {
  type: 'aws:rds/proxyTarget:ProxyTarget',
  async create(given, deployment): Promise<Created> {
    const proxy = need(given, 'dbProxyName');
    const group = textOf(given.inputs.targetGroupName) ?? 'default';
    const instance = textOf(given.inputs.dbInstanceIdentifier);
    const cluster = textOf(given.inputs.dbClusterIdentifier);
    await deployment.call('rds', 'RegisterDBProxyTargets', {
      DBProxyName: proxy,
      TargetGroupName: group,
      ...(instance === undefined ? {} : { DBInstanceIdentifiers: [instance] }),
      ...(cluster === undefined ? {} : { DBClusterIdentifiers: [cluster] }),
    });
    const type = instance === undefined ? 'TRACKED_CLUSTER' : 'RDS_INSTANCE';
    const target = instance ?? cluster ?? '';
    return { id: `${proxy}/${group}/${type}/${target}`, outputs: { type, rdsResourceId: target } };
  },
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
};

/** It comes with the proxy; only what happens to connections can be set. */
const PROXY_TARGET_GROUP: Deployer = {
  type: 'aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup',
  create(given): Promise<Created> {
    return Promise.resolve({ id: need(given, 'dbProxyName'), outputs: { name: 'default' } });
  },
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
  { type: 'aws:rds/proxy:Proxy', create: makeProxy },
  PROXY_TARGET,
  PROXY_ENDPOINT,
  PROXY_TARGET_GROUP,
];
