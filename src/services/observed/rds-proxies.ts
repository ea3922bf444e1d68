/** RDS proxies with their targets and endpoints, as AWS shows them. */
import type {
  DBProxy,
  DescribeDBProxiesCommandInput,
  DescribeDBProxiesCommandOutput,
  DescribeDBProxyEndpointsCommandInput,
  DescribeDBProxyEndpointsCommandOutput,
  DescribeDBProxyTargetsCommandInput,
  DescribeDBProxyTargetsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
} from '@aws-sdk/client-rds';
import { Hole } from '../../model/value.ts';
import { asked, listed, some, tagsOf } from './compute-listing.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const describeProxies = listed<DescribeDBProxiesCommandInput, DescribeDBProxiesCommandOutput>(
  'rds',
  'rds:DescribeDBProxies',
  'Marker',
);
const describeEndpoints = listed<DescribeDBProxyEndpointsCommandInput, DescribeDBProxyEndpointsCommandOutput>(
  'rds',
  'rds:DescribeDBProxyEndpoints',
  'Marker',
);
const describeTargets = listed<DescribeDBProxyTargetsCommandInput, DescribeDBProxyTargetsCommandOutput>(
  'rds',
  'rds:DescribeDBProxyTargets',
  'Marker',
);
const listTags = asked<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>('rds', 'rds:ListTagsForResource');

const PROXY = 'aws:rds/proxy:Proxy';
const TARGET = 'aws:rds/proxyTarget:ProxyTarget';
const TARGET_GROUP = 'aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup';
const ENDPOINT = 'aws:rds/proxyEndpoint:ProxyEndpoint';

export const rdsProxies: Scan = {
  id: 'rds-proxies',
  types: [PROXY, TARGET, TARGET_GROUP],
  where: 'region',
  calls: [describeProxies, describeTargets, listTags],
  async *run(aws) {
    for await (const page of aws.pages(describeProxies, {}))
      for (const found of await aws.each(page.DBProxies ?? [], (proxy) => proxyOf(proxy, aws))) yield* found;
  },
};

async function proxyOf(proxy: DBProxy, aws: Reader): Promise<readonly Observed[]> {
  const name = proxy.DBProxyName ?? '';
  const tags = await aws.ask(listTags, { ResourceName: proxy.DBProxyArn });
  const auths = proxy.Auth?.map((a) => present({ authScheme: a.AuthScheme, secretArn: a.SecretArn, iamAuth: a.IAMAuth }));
  const found: Observed[] = [
    {
      type: PROXY,
      id: name,
      arn: proxy.DBProxyArn,
      name,
      properties: present({
        name,
        engineFamily: proxy.EngineFamily,
        roleArn: proxy.RoleArn,
        requireTls: proxy.RequireTLS,
        vpcSubnetIds: some(proxy.VpcSubnetIds),
        auths: some(auths),
      }),
      outputs: present({ name, endpoint: proxy.Endpoint }),
      tags: tags instanceof Hole ? tags : tagsOf(tags?.TagList),
    },
    // Every proxy has this group, made with it.
    {
      type: TARGET_GROUP,
      id: name,
      arn: undefined,
      name,
      properties: { dbProxyName: name },
      outputs: { name: 'default' },
      tags: {},
    },
  ];
  for await (const page of aws.pages(describeTargets, { DBProxyName: name }))
    for (const target of page.Targets ?? []) {
      // Instances of a cluster that is the target are listed too: the cluster stands for them.
      const isOfCluster = target.Type === 'RDS_INSTANCE' && target.TrackedClusterId !== undefined;
      const id = target.RdsResourceId;
      if (id === undefined || isOfCluster) continue;
      found.push({
        type: TARGET,
        id: `${name}/default/${target.Type ?? ''}/${id}`,
        arn: undefined,
        name: id,
        properties: present({
          dbProxyName: name,
          targetGroupName: 'default',
          dbInstanceIdentifier: target.Type === 'RDS_INSTANCE' ? id : undefined,
          dbClusterIdentifier: target.Type === 'TRACKED_CLUSTER' ? id : undefined,
        }),
        outputs: {},
        tags: {},
      });
    }
  return found;
}

/** Endpoints that were added to a proxy; its own is told with the proxy. */
export const rdsProxyEndpoints: Scan = {
  id: 'rds-proxy-endpoints',
  types: [ENDPOINT],
  where: 'region',
  calls: [describeEndpoints],
  async *run(aws) {
    for await (const page of aws.pages(describeEndpoints, {}))
      for (const endpoint of page.DBProxyEndpoints ?? []) {
        if (endpoint.IsDefault === true) continue;
        const name = endpoint.DBProxyEndpointName ?? '';
        yield {
          type: ENDPOINT,
          id: `${endpoint.DBProxyName ?? ''}/${name}`,
          arn: endpoint.DBProxyEndpointArn,
          name,
          properties: present({
            dbProxyName: endpoint.DBProxyName,
            dbProxyEndpointName: name,
            vpcSubnetIds: some(endpoint.VpcSubnetIds),
            targetRole: endpoint.TargetRole,
          }),
          outputs: present({ endpoint: endpoint.Endpoint }),
          tags: {},
        };
      }
  },
};
