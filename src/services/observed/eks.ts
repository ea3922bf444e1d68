/** EKS clusters and their node groups, as EKS shows them. */
import type * as EKS from '@aws-sdk/client-eks';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import { asked, set, some } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';

const paged = <I, O>(operation: string) =>
  call<I, O>({ client: 'eks', operation, action: `eks:${operation}`, pages: { input: 'nextToken', output: 'nextToken' } });

const listClusters = paged<EKS.ListClustersCommandInput, EKS.ListClustersCommandOutput>('ListClusters');
const listGroups = paged<EKS.ListNodegroupsCommandInput, EKS.ListNodegroupsCommandOutput>('ListNodegroups');
const describeCluster = asked<EKS.DescribeClusterCommandInput, EKS.DescribeClusterCommandOutput>('eks', 'eks:DescribeCluster');
const describeGroup = asked<EKS.DescribeNodegroupCommandInput, EKS.DescribeNodegroupCommandOutput>(
  'eks',
  'eks:DescribeNodegroup',
);

const noAnswer = new Hole('error', 'EKS gave no description');

async function* clusterNames(aws: Reader): AsyncIterable<string> {
  for await (const page of aws.pages(listClusters, { maxResults: 100 })) yield* page.clusters ?? [];
}

const clusters: Scan = {
  id: 'eks-clusters',
  types: ['aws:eks/cluster:Cluster'],
  where: 'region',
  calls: [listClusters, describeCluster],
  async *run(aws) {
    for await (const name of clusterNames(aws)) {
      const reply = await aws.ask(describeCluster, { name });
      const shown = reply instanceof Hole ? reply : (reply?.cluster ?? noAnswer);
      if (!(shown instanceof Hole) && shown.status === 'DELETING') continue;
      yield cluster(name, shown, aws);
    }
  },
};

function cluster(name: string, shown: EKS.Cluster | Hole, aws: Reader): Observed {
  const arn = `arn:aws:eks:${aws.region}:${aws.account}:cluster/${name}`;
  const base = { type: 'aws:eks/cluster:Cluster', id: name, arn, name };
  if (shown instanceof Hole)
    return {
      ...base,
      properties: { name, vpcConfig: shown, version: shown, deletionProtection: shown },
      outputs: { arn, endpoint: shown },
      tags: shown,
    };
  const subnetIds = some(shown.resourcesVpcConfig?.subnetIds);
  return {
    ...base,
    properties: present({
      name,
      version: set(shown.version),
      deletionProtection: shown.deletionProtection,
      vpcConfig: subnetIds === undefined ? undefined : { subnetIds },
    }),
    outputs: present({ arn, endpoint: shown.endpoint }),
    tags: shown.tags ?? {},
  };
}

const nodeGroups: Scan = {
  id: 'eks-node-groups',
  types: ['aws:eks/nodeGroup:NodeGroup'],
  where: 'region',
  calls: [listClusters, listGroups, describeGroup],
  async *run(aws) {
    for await (const clusterName of clusterNames(aws))
      for await (const page of aws.pages(listGroups, { clusterName, maxResults: 100 })) {
        const found = await aws.each(page.nodegroups ?? [], async (nodegroupName) => {
          const reply = await aws.ask(describeGroup, { clusterName, nodegroupName });
          return nodeGroup(clusterName, nodegroupName, reply instanceof Hole ? reply : (reply?.nodegroup ?? noAnswer));
        });
        yield* found.flat();
      }
  },
};

function nodeGroup(clusterName: string, name: string, shown: EKS.Nodegroup | Hole): readonly Observed[] {
  const base = { type: 'aws:eks/nodeGroup:NodeGroup', id: `${clusterName}:${name}`, name };
  const own = { clusterName, nodeGroupName: name };
  if (shown instanceof Hole) {
    const properties = { ...own, subnetIds: shown, scalingConfig: shown, capacityType: shown };
    return [{ ...base, arn: undefined, properties, outputs: {}, tags: shown }];
  }
  if (shown.status === 'DELETING') return [];
  const size = shown.scalingConfig;
  return [
    {
      ...base,
      arn: shown.nodegroupArn,
      properties: present({
        ...own,
        subnetIds: some(shown.subnets),
        capacityType: shown.capacityType,
        scalingConfig:
          size === undefined
            ? undefined
            : present({ minSize: size.minSize, maxSize: size.maxSize, desiredSize: size.desiredSize }),
      }),
      outputs: present({ arn: shown.nodegroupArn }),
      tags: shown.tags ?? {},
    },
  ];
}

export const eksScans: readonly Scan[] = [clusters, nodeGroups];
