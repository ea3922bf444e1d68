/** DB clusters of Aurora, Multi-AZ DB clusters, DocumentDB and Neptune, and their global clusters, as AWS shows them. */
import type {
  DBCluster,
  DescribeDBClustersCommandInput,
  DescribeDBClustersCommandOutput,
  DescribeGlobalClustersCommandInput,
  DescribeGlobalClustersCommandOutput,
  GlobalCluster,
} from '@aws-sdk/client-rds';
import type { Value } from '../../model/value.ts';
import { listAliases, ownKey } from './aws-managed-keys.ts';
import { listed, set, tagsOf } from './compute-listing.ts';
import { chosenAtDeletion, ownGroup, ownParameters, secretsOf } from './rds-instances.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

export const describeClusters = listed<DescribeDBClustersCommandInput, DescribeDBClustersCommandOutput>(
  'rds',
  'rds:DescribeDBClusters',
  'Marker',
);
const describeGlobalClusters = listed<DescribeGlobalClustersCommandInput, DescribeGlobalClustersCommandOutput>(
  'rds',
  'rds:DescribeGlobalClusters',
  'Marker',
);

/** The module of the provider whose types stand for an engine. */
const moduleOf = (engine: string | undefined): 'rds' | 'docdb' | 'neptune' =>
  engine === 'docdb' || engine === 'neptune' ? engine : 'rds';

const clusterType = (engine: string | undefined): string => `aws:${moduleOf(engine)}/cluster:Cluster`;
const globalType = (engine: string | undefined): string => `aws:${moduleOf(engine)}/globalCluster:GlobalCluster`;

/** Replies about a cluster do not always name its global cluster, so these are listed first. */
export const rdsClusters: Scan = {
  id: 'rds-clusters',
  types: [undefined, 'docdb', 'neptune'].flatMap((engine) => [clusterType(engine), globalType(engine)]),
  where: 'region',
  calls: [describeGlobalClusters, describeClusters, listAliases],
  async *run(aws) {
    const globals = new Map<string, string>();
    for await (const page of aws.pages(describeGlobalClusters, {}))
      for (const global of page.GlobalClusters ?? []) {
        const { GlobalClusterIdentifier: id = '', GlobalClusterMembers: members = [] } = global;
        for (const { DBClusterArn: arn } of members) if (arn !== undefined) globals.set(arn, id);
        if (isHere(global, aws)) yield globalOf(global, id);
      }
    for await (const page of aws.pages(describeClusters, {}))
      for (const cluster of page.DBClusters ?? [])
        yield await clusterOf(cluster, cluster.GlobalClusterIdentifier ?? globals.get(cluster.DBClusterArn ?? ''), aws);
  },
};

/** Each of its Regions lists a global cluster: it is told once, from that of the writer, or of any when there is no cluster in it. */
function isHere(global: GlobalCluster, aws: Reader): boolean {
  const writer = writerOf(global) ?? global.GlobalClusterMembers?.[0]?.DBClusterArn;
  return writer === undefined || writer.split(':')[3] === aws.region;
}

const writerOf = (global: GlobalCluster): string | undefined =>
  global.GlobalClusterMembers?.find((m) => m.IsWriter === true)?.DBClusterArn;

function globalOf(global: GlobalCluster, id: string): Observed {
  return {
    type: globalType(global.Engine),
    id,
    arn: global.GlobalClusterArn,
    name: id,
    properties: present({
      globalClusterIdentifier: id,
      engine: set(global.Engine),
      engineVersion: set(global.EngineVersion),
      // Who writes now stands for the cluster that it was made from.
      sourceDbClusterIdentifier: writerOf(global),
      deletionProtection: global.DeletionProtection,
      storageEncrypted: global.StorageEncrypted,
    }),
    outputs: present({ globalClusterResourceId: global.GlobalClusterResourceId, status: global.Status }),
    tags: tagsOf(global.TagList),
  };
}

async function clusterOf(cluster: DBCluster, global: string | undefined, aws: Reader): Promise<Observed> {
  const id = cluster.DBClusterIdentifier ?? '';
  const module = moduleOf(cluster.Engine);
  const subnetGroup = ownGroup(cluster.DBSubnetGroup);
  const parameterGroup = ownParameters(cluster.DBClusterParameterGroup);
  const key = await ownKey(aws, cluster.KmsKeyId);
  const named: Readonly<Record<string, Value | undefined>> =
    module === 'neptune'
      ? { neptuneSubnetGroupName: subnetGroup, neptuneClusterParameterGroupName: parameterGroup, kmsKeyArn: key }
      : { dbSubnetGroupName: subnetGroup, dbClusterParameterGroupName: parameterGroup, kmsKeyId: key };
  return {
    type: clusterType(cluster.Engine),
    id,
    arn: cluster.DBClusterArn,
    name: id,
    properties: present({
      clusterIdentifier: id,
      engine: set(cluster.Engine),
      engineVersion: set(cluster.EngineVersion),
      ...named,
      ...(module === 'rds' ? await relational(cluster, global, aws) : {}),
      globalClusterIdentifier: set(global),
      backupRetentionPeriod: cluster.BackupRetentionPeriod,
      deletionProtection: cluster.DeletionProtection,
      storageEncrypted: cluster.StorageEncrypted,
      skipFinalSnapshot: chosenAtDeletion,
    }),
    outputs: present({
      clusterResourceId: cluster.DbClusterResourceId,
      endpoint: set(cluster.Endpoint),
      readerEndpoint: set(cluster.ReaderEndpoint),
      hostedZoneId: set(cluster.HostedZoneId),
      status: cluster.Status,
      masterUserSecrets: secretsOf(cluster.MasterUserSecret),
    }),
    tags: tagsOf(cluster.TagList),
  };
}

async function relational(
  cluster: DBCluster,
  global: string | undefined,
  aws: Reader,
): Promise<Readonly<Record<string, Value | undefined>>> {
  const scaling = cluster.ServerlessV2ScalingConfiguration;
  return {
    engineMode: set(cluster.EngineMode),
    clusterScalabilityType: set(cluster.ClusterScalabilityType),
    dbClusterInstanceClass: set(cluster.DBClusterInstanceClass),
    serverlessv2ScalingConfiguration:
      scaling === undefined ? undefined : present({ minCapacity: scaling.MinCapacity, maxCapacity: scaling.MaxCapacity }),
    // Within a global cluster the membership says it; the provider leaves it out there too.
    replicationSourceIdentifier: global === undefined ? set(cluster.ReplicationSourceIdentifier) : undefined,
    backtrackWindow: cluster.BacktrackWindow,
    masterUserSecretKmsKeyId: await ownKey(aws, cluster.MasterUserSecret?.KmsKeyId),
    deleteAutomatedBackups: chosenAtDeletion,
  };
}
