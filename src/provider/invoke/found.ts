/** Data sources that find a resource in the world, as the scans of live AWS show it. */
import { isJsonRecord } from '../../stacks/program/protocol.ts';
import { alike } from '../alike.ts';
import { everyOne, type Found } from '../look.ts';
import { isItems, isProps, type Props, textOf, textsOf } from '../values.ts';
import type { Asking, Source, Sources } from './source.ts';

interface Finding {
  readonly type: string;
  /** How the provider calls it in its errors: `EC2 VPC`. */
  readonly called: string;
  /** Arguments that must be equal, and the property that each is compared with where the name differs. `id` is its id. */
  readonly by: Readonly<Record<string, string>>;
  /** What AWS calls its properties in filters. */
  readonly filters?: Readonly<Record<string, string>>;
  /** Outputs under other names than the resource's. */
  readonly also?: (found: Props) => Props;
}

const FINDINGS: Readonly<Record<string, Finding>> = {
  'aws:ec2/getVpc:getVpc': {
    type: 'aws:ec2/vpc:Vpc',
    called: 'EC2 VPC',
    by: { id: 'id', cidrBlock: 'cidrBlock', default: 'default' },
    filters: { 'vpc-id': 'id', cidr: 'cidrBlock', 'cidr-block': 'cidrBlock' },
  },
  'aws:ec2/getSubnet:getSubnet': {
    type: 'aws:ec2/subnet:Subnet',
    called: 'EC2 Subnet',
    by: { id: 'id', cidrBlock: 'cidrBlock', vpcId: 'vpcId', availabilityZone: 'availabilityZone' },
    filters: { 'subnet-id': 'id', 'vpc-id': 'vpcId', 'cidr-block': 'cidrBlock', 'availability-zone': 'availabilityZone' },
  },
  'aws:ec2/getRouteTable:getRouteTable': {
    type: 'aws:ec2/routeTable:RouteTable',
    called: 'EC2 Route Table',
    by: { routeTableId: 'id', vpcId: 'vpcId' },
    filters: { 'route-table-id': 'id', 'vpc-id': 'vpcId' },
    also: ({ id = '' }) => ({ routeTableId: id }),
  },
  'aws:ec2/getNatGateway:getNatGateway': {
    type: 'aws:ec2/natGateway:NatGateway',
    called: 'EC2 NAT Gateway',
    by: { id: 'id', subnetId: 'subnetId', vpcId: 'vpcId' },
  },
  'aws:ec2/getInternetGateway:getInternetGateway': {
    type: 'aws:ec2/internetGateway:InternetGateway',
    called: 'EC2 Internet Gateway',
    by: { internetGatewayId: 'id' },
    filters: { 'attachment.vpc-id': 'vpcId' },
    also: ({ id = '' }) => ({ internetGatewayId: id }),
  },
  'aws:ec2/getInstance:getInstance': {
    type: 'aws:ec2/instance:Instance',
    called: 'EC2 Instance',
    by: { instanceId: 'id' },
    filters: { 'instance-id': 'id', 'vpc-id': 'vpcId', 'subnet-id': 'subnetId', 'instance-state-name': 'instanceState' },
    also: ({ id = '' }) => ({ instanceId: id }),
  },
  'aws:route53/getZone:getZone': {
    type: 'aws:route53/zone:Zone',
    called: 'Route 53 Hosted Zone',
    by: { zoneId: 'id', name: 'name' },
    also: ({ id = '' }) => ({ zoneId: id }),
  },
  'aws:acm/getCertificate:getCertificate': {
    type: 'aws:acm/certificate:Certificate',
    called: 'ACM Certificate',
    by: { domain: 'domainName' },
    also: ({ domainName = '' }) => ({ domain: domainName, status: 'ISSUED' }),
  },
  'aws:rds/getInstance:getInstance': {
    type: 'aws:rds/instance:Instance',
    called: 'RDS DB Instance',
    by: { dbInstanceIdentifier: 'identifier' },
    also: ({ identifier = '', arn = '', instanceClass = '', dbSubnetGroupName = '' }) => ({
      dbInstanceIdentifier: identifier,
      dbInstanceArn: arn,
      dbInstanceClass: instanceClass,
      dbSubnetGroup: dbSubnetGroupName,
    }),
  },
  'aws:rds/getCluster:getCluster': {
    type: 'aws:rds/cluster:Cluster',
    called: 'RDS Cluster',
    by: { clusterIdentifier: 'clusterIdentifier' },
  },
  'aws:lb/getLoadBalancer:getLoadBalancer': {
    type: 'aws:lb/loadBalancer:LoadBalancer',
    called: 'ELBv2 Load Balancer',
    by: { arn: 'arn', name: 'name' },
  },
  'aws:lb/getTargetGroup:getTargetGroup': {
    type: 'aws:lb/targetGroup:TargetGroup',
    called: 'ELBv2 Target Group',
    by: { arn: 'arn', name: 'name' },
  },
  'aws:lb/getListener:getListener': {
    type: 'aws:lb/listener:Listener',
    called: 'ELBv2 Listener',
    by: { arn: 'arn', loadBalancerArn: 'loadBalancerArn', port: 'port' },
  },
  'aws:elb/getLoadBalancer:getLoadBalancer': {
    type: 'aws:elb/loadBalancer:LoadBalancer',
    called: 'ELB Classic Load Balancer',
    by: { name: 'name' },
  },
  'aws:s3/getBucket:getBucket': { type: 'aws:s3/bucket:Bucket', called: 'S3 Bucket', by: { bucket: 'bucket' } },
  'aws:ecs/getCluster:getCluster': {
    type: 'aws:ecs/cluster:Cluster',
    called: 'ECS Cluster',
    by: { clusterName: 'name' },
    also: ({ name = '' }) => ({ clusterName: name, status: 'ACTIVE' }),
  },
  'aws:ecs/getService:getService': {
    type: 'aws:ecs/service:Service',
    called: 'ECS Service',
    by: { serviceName: 'name', clusterArn: 'cluster' },
    also: ({ name = '' }) => ({ serviceName: name }),
  },
  'aws:eks/getCluster:getCluster': { type: 'aws:eks/cluster:Cluster', called: 'EKS Cluster', by: { name: 'name' } },
  'aws:ecr/getRepository:getRepository': {
    type: 'aws:ecr/repository:Repository',
    called: 'ECR Repository',
    by: { name: 'name' },
  },
  'aws:lambda/getFunction:getFunction': {
    type: 'aws:lambda/function:Function',
    called: 'Lambda Function',
    by: { functionName: 'name' },
    also: ({ name = '' }) => ({ functionName: name }),
  },
  'aws:sns/getTopic:getTopic': { type: 'aws:sns/topic:Topic', called: 'SNS Topic', by: { name: 'name' } },
  'aws:sqs/getQueue:getQueue': {
    type: 'aws:sqs/queue:Queue',
    called: 'SQS Queue',
    by: { name: 'name' },
    also: ({ id = '' }) => ({ url: id }),
  },
  'aws:dynamodb/getTable:getTable': { type: 'aws:dynamodb/table:Table', called: 'DynamoDB Table', by: { name: 'name' } },
  'aws:efs/getFileSystem:getFileSystem': {
    type: 'aws:efs/fileSystem:FileSystem',
    called: 'EFS File System',
    by: { fileSystemId: 'id', creationToken: 'creationToken' },
    also: ({ id = '' }) => ({ fileSystemId: id }),
  },
  'aws:elasticache/getReplicationGroup:getReplicationGroup': {
    type: 'aws:elasticache/replicationGroup:ReplicationGroup',
    called: 'ElastiCache Replication Group',
    by: { replicationGroupId: 'id' },
  },
};

const one =
  (finding: Finding): Source =>
  async (args, asking) => {
    const { called, also } = finding;
    const [first, ...more] = await matching(finding, args, asking);
    if (first === undefined) throw new Error(`no matching ${called} found`);
    if (more.length > 0)
      throw new Error(`multiple ${called}s matched; use additional constraints to reduce matches to a single ${called}`);
    return { ...args, ...first, ...also?.(first), region: asking.region };
  };

const ids =
  (finding: Finding): Source =>
  async (args, asking) => ({
    ...args,
    id: asking.region,
    region: asking.region,
    ids: (await matching(finding, args, asking)).map(({ id = '' }) => id),
  });

async function matching({ type, by, filters = {} }: Finding, args: Props, asking: Asking): Promise<readonly Props[]> {
  const all = await everyOne(asking.aws, type, asking);
  return all.filter((found) => isMeant(found, by, filters, args)).map(propsOf);
}

const propsOf = ({ id, properties, outputs, tags }: Found): Props => ({ ...properties, ...outputs, id, tags: tags ?? {} });

function isMeant(found: Found, by: Finding['by'], filters: Readonly<Record<string, string>>, args: Props): boolean {
  const props = propsOf(found);
  const equal = Object.entries(by).every(
    ([arg, property]) => args[arg] === undefined || said(args[arg]) === said(props[property]),
  );
  const tagged = !isProps(args.tags) || Object.entries(args.tags).every(([key, value]) => found.tags?.[key] === value);
  return (
    equal &&
    tagged &&
    passes(args.filters, (name) => (name.startsWith('tag:') ? found.tags?.[name.slice(4)] : textOf(props[filters[name] ?? ''])))
  );
}

/** Zone names with and without their last dot are one name; absent is false. */
const said = (value: Props[string] | undefined): string => JSON.stringify(value ?? false).replace(/\.?"$/, '"');

/** Whether a list of filters (`{name, values}`, values with `*` and `?`) holds. */
export function passes(filters: Props[string] | undefined, actualOf: (name: string) => string | undefined): boolean {
  if (!isItems(filters)) return true;
  return filters.every((filter) => {
    if (!isJsonRecord(filter)) return true;
    const actual = actualOf(textOf(filter.name) ?? '');
    return actual !== undefined && textsOf(filter.values).some((wanted) => alike(wanted, actual) || glob(wanted).test(actual));
  });
}

const glob = (text: string): RegExp =>
  new RegExp(
    `^${text
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

const several = (token: string, of: string): Sources => {
  const finding = FINDINGS[of];
  return finding === undefined ? {} : { [token]: ids(finding) };
};

export const FOUND: Sources = {
  ...Object.fromEntries(Object.entries(FINDINGS).map(([token, finding]) => [token, one(finding)])),
  ...several('aws:ec2/getVpcs:getVpcs', 'aws:ec2/getVpc:getVpc'),
  ...several('aws:ec2/getSubnets:getSubnets', 'aws:ec2/getSubnet:getSubnet'),
  ...several('aws:ec2/getRouteTables:getRouteTables', 'aws:ec2/getRouteTable:getRouteTable'),
  ...several('aws:ec2/getInstances:getInstances', 'aws:ec2/getInstance:getInstance'),
  'aws:ec2/getNetworkAcls:getNetworkAcls': ids({
    type: 'aws:ec2/networkAcl:NetworkAcl',
    called: 'EC2 Network ACL',
    by: { vpcId: 'vpcId' },
    filters: { 'vpc-id': 'vpcId', 'network-acl-id': 'id' },
  }),
};
