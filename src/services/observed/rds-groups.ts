/** Subnet groups and parameter groups of RDS, DocumentDB and Neptune, as AWS shows them. */
import type {
  DescribeDBClusterParameterGroupsCommandInput,
  DescribeDBClusterParameterGroupsCommandOutput,
  DescribeDBClusterParametersCommandInput,
  DescribeDBClusterParametersCommandOutput,
  DescribeDBParameterGroupsCommandInput,
  DescribeDBParameterGroupsCommandOutput,
  DescribeDBParametersCommandInput,
  DescribeDBParametersCommandOutput,
  DescribeDBSubnetGroupsCommandInput,
  DescribeDBSubnetGroupsCommandOutput,
  Parameter,
} from '@aws-sdk/client-rds';
import { Hole, type Value } from '../../model/value.ts';
import { asked, listed } from './compute-listing.ts';
import { ownParameters } from './rds-instances.ts';
import type { Observed, Scan } from './scan.ts';
import { present } from './scan.ts';

const describeSubnetGroups = listed<DescribeDBSubnetGroupsCommandInput, DescribeDBSubnetGroupsCommandOutput>(
  'rds',
  'rds:DescribeDBSubnetGroups',
  'Marker',
);
const describeGroups = listed<DescribeDBParameterGroupsCommandInput, DescribeDBParameterGroupsCommandOutput>(
  'rds',
  'rds:DescribeDBParameterGroups',
  'Marker',
);
const describeClusterGroups = listed<DescribeDBClusterParameterGroupsCommandInput, DescribeDBClusterParameterGroupsCommandOutput>(
  'rds',
  'rds:DescribeDBClusterParameterGroups',
  'Marker',
);
const describeParameters = asked<DescribeDBParametersCommandInput, DescribeDBParametersCommandOutput>(
  'rds',
  'rds:DescribeDBParameters',
);
const describeClusterParameters = asked<DescribeDBClusterParametersCommandInput, DescribeDBClusterParametersCommandOutput>(
  'rds',
  'rds:DescribeDBClusterParameters',
);

const SUBNET_GROUPS = ['rds', 'docdb', 'neptune'].map((module) => `aws:${module}/subnetGroup:SubnetGroup`);

/**
 * AWS keeps one kind of subnet group for the three services, so each is told as all three: a service looks for the kind of its
 * own module, and nothing else reads them.
 */
export const rdsSubnetGroups: Scan = {
  id: 'rds-subnet-groups',
  types: SUBNET_GROUPS,
  where: 'region',
  calls: [describeSubnetGroups],
  async *run(aws) {
    for await (const page of aws.pages(describeSubnetGroups, {}))
      for (const group of page.DBSubnetGroups ?? []) {
        const name = group.DBSubnetGroupName ?? '';
        if (name === 'default') continue;
        const subnetIds = (group.Subnets ?? []).flatMap((s) => s.SubnetIdentifier ?? []);
        for (const type of SUBNET_GROUPS)
          yield {
            type,
            id: name,
            // One ARN is one resource: the copies go by their names.
            arn: type === SUBNET_GROUPS[0] ? group.DBSubnetGroupArn : undefined,
            name,
            properties: present({ name, subnetIds }),
            outputs: present({ vpcId: group.VpcId }),
            tags: {},
          };
      }
  },
};

const PARAMETER_GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const CLUSTER_PARAMETER_GROUP = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';

/** Of each group that somebody made, what somebody has set in it: everything else has the engine's default. */
export const rdsParameterGroups: Scan = {
  id: 'rds-parameter-groups',
  types: [PARAMETER_GROUP],
  where: 'region',
  calls: [describeGroups, describeParameters],
  async *run(aws) {
    for await (const page of aws.pages(describeGroups, {})) {
      const own = (page.DBParameterGroups ?? []).filter((g) => ownParameters(g.DBParameterGroupName) !== undefined);
      yield* await aws.each(own, async (group) => {
        const name = group.DBParameterGroupName ?? '';
        const parameters = await allParameters((marker) =>
          aws.ask(describeParameters, { DBParameterGroupName: name, Source: 'user', ...marker }),
        );
        return groupOf(PARAMETER_GROUP, name, group.DBParameterGroupArn, group.DBParameterGroupFamily, parameters);
      });
    }
  },
};

/** The same for clusters. Groups of DocumentDB and Neptune are listed among them, and no service reads those. */
export const rdsClusterParameterGroups: Scan = {
  id: 'rds-cluster-parameter-groups',
  types: [CLUSTER_PARAMETER_GROUP],
  where: 'region',
  calls: [describeClusterGroups, describeClusterParameters],
  async *run(aws) {
    for await (const page of aws.pages(describeClusterGroups, {})) {
      const own = (page.DBClusterParameterGroups ?? []).filter(
        (g) =>
          ownParameters(g.DBClusterParameterGroupName) !== undefined && !/^(docdb|neptune)/.test(g.DBParameterGroupFamily ?? ''),
      );
      yield* await aws.each(own, async (group) => {
        const name = group.DBClusterParameterGroupName ?? '';
        const parameters = await allParameters((marker) =>
          aws.ask(describeClusterParameters, { DBClusterParameterGroupName: name, Source: 'user', ...marker }),
        );
        return groupOf(CLUSTER_PARAMETER_GROUP, name, group.DBClusterParameterGroupArn, group.DBParameterGroupFamily, parameters);
      });
    }
  },
};

interface ParameterPage {
  readonly Parameters?: readonly Parameter[] | undefined;
  readonly Marker?: string | undefined;
}

/** Every page, or the hole of the one that failed: a group of which a part is unread may set anything. */
async function allParameters(
  ask: (marker: { Marker?: string }) => Promise<ParameterPage | Hole | undefined>,
): Promise<readonly Parameter[] | Hole> {
  const all: Parameter[] = [];
  let marker: string | undefined;
  do {
    const page = await ask(marker === undefined ? {} : { Marker: marker });
    if (page instanceof Hole) return page;
    all.push(...(page?.Parameters ?? []));
    const next = page?.Marker === '' ? undefined : page?.Marker;
    if (next !== undefined && next === marker) return new Hole('error', 'AWS gives the same page of parameters again and again');
    marker = next;
  } while (marker !== undefined);
  return all;
}

function groupOf(
  type: string,
  name: string,
  arn: string | undefined,
  family: string | undefined,
  parameters: readonly Parameter[] | Hole,
): Observed {
  const blocks: Value =
    parameters instanceof Hole
      ? parameters
      : parameters
          .filter((p) => p.ParameterValue !== undefined)
          .map((p) => present({ name: p.ParameterName, value: p.ParameterValue, applyMethod: p.ApplyMethod }));
  return { type, id: name, arn, name, properties: present({ name, family, parameters: blocks }), outputs: {}, tags: {} };
}
