/**
 * The role that FIS acts in: who may take it, and what the actions of drills need of it
 * (AWS FIS user guide, "IAM roles for AWS FIS experiments"; permissions by action: the actions reference).
 */
import { type Call, call } from '../../aws/call.ts';

export const FIS_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'fis.amazonaws.com' }, Action: 'sts:AssumeRole' }],
} as const;

const ACTIONS: readonly string[] = [
  // Targets are looked up, and alarms are watched.
  'tag:GetResources',
  'cloudwatch:DescribeAlarms',
  // aws:ec2:stop-instances; the grant starts instances with encrypted volumes again.
  'ec2:DescribeInstances',
  'ec2:StopInstances',
  'ec2:StartInstances',
  'kms:CreateGrant',
  // aws:ec2:asg-insufficient-instance-capacity-error
  'ec2:InjectApiError',
  'autoscaling:DescribeAutoScalingGroups',
  // aws:network:disrupt-connectivity
  'ec2:CreateNetworkAcl',
  'ec2:CreateNetworkAclEntry',
  'ec2:CreateTags',
  'ec2:DeleteNetworkAcl',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ec2:GetManagedPrefixListEntries',
  'ec2:ReplaceNetworkAclAssociation',
  // aws:network:route-table-disrupt-cross-region-connectivity
  'ec2:AssociateRouteTable',
  'ec2:CreateManagedPrefixList',
  'ec2:CreateNetworkInterface',
  'ec2:CreateRoute',
  'ec2:CreateRouteTable',
  'ec2:DeleteManagedPrefixList',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteRouteTable',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeRouteTables',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcPeeringConnections',
  'ec2:DisassociateRouteTable',
  'ec2:ModifyManagedPrefixList',
  'ec2:ModifyVpcEndpoint',
  'ec2:ReplaceRouteTableAssociation',
  // aws:rds:failover-db-cluster, aws:rds:reboot-db-instances
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:FailoverDBCluster',
  'rds:RebootDBInstance',
  // aws:elasticache:replicationgroup-interrupt-az-power
  'elasticache:DescribeReplicationGroups',
  'elasticache:InterruptClusterAzPower',
  // aws:s3:bucket-pause-replication
  's3:GetReplicationConfiguration',
  's3:ListAllMyBuckets',
  's3:PauseReplication',
  's3:PutReplicationConfiguration',
  // aws:dynamodb:global-table-pause-replication
  'dynamodb:DeleteResourcePolicy',
  'dynamodb:DescribeTable',
  'dynamodb:GetResourcePolicy',
  'dynamodb:PutResourcePolicy',
  // aws:fis:inject-api-unavailable-error
  'fis:InjectApiUnavailableError',
];

export const FIS_ROLE_CALLS: readonly Call<never, unknown>[] = ACTIONS.map((action) => {
  const [client = '', operation = ''] = action.split(':');
  return call({ client, operation, action, grade: 'disrupt' });
});
