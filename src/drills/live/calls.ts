/** Every call of AWS that holding a drill there needs, as data: for the session's list and for the policy of its role. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as FIS from '@aws-sdk/client-fis';
import type * as RDS from '@aws-sdk/client-rds';
import type * as S3 from '@aws-sdk/client-s3';
import type * as SSM from '@aws-sdk/client-ssm';
import { call } from '../../aws/call.ts';
import { GET_CALLER_IDENTITY } from '../../aws/credentials.ts';
import type { AnyCall } from '../../aws/failure.ts';
import { disrupts, reads } from '../calls.ts';
import { describeAlarms, describeClusters } from '../kinds/calls.ts';

export const describeInstances = reads<EC2.DescribeInstancesCommandInput, EC2.DescribeInstancesCommandOutput>(
  'ec2',
  'DescribeInstances',
  { pages: 'NextToken' },
);
export const describeSubnets = reads<EC2.DescribeSubnetsCommandInput, EC2.DescribeSubnetsCommandOutput>(
  'ec2',
  'DescribeSubnets',
  { pages: 'NextToken' },
);
export const describeVolumes = reads<EC2.DescribeVolumesCommandInput, EC2.DescribeVolumesCommandOutput>(
  'ec2',
  'DescribeVolumes',
  { pages: 'NextToken' },
);
export const describeDatabases = reads<RDS.DescribeDBInstancesCommandInput, RDS.DescribeDBInstancesCommandOutput>(
  'rds',
  'DescribeDBInstances',
  { pages: 'Marker' },
);
export const getMetricData = reads<CloudWatch.GetMetricDataCommandInput, CloudWatch.GetMetricDataCommandOutput>(
  'cloudwatch',
  'GetMetricData',
  { pages: 'NextToken' },
);
export const listMetrics = reads<CloudWatch.ListMetricsCommandInput, CloudWatch.ListMetricsCommandOutput>(
  'cloudwatch',
  'ListMetrics',
  { pages: 'NextToken' },
);
export const getParameter = reads<SSM.GetParameterCommandInput, SSM.GetParameterCommandOutput>('ssm', 'GetParameter');

export const createTemplate = disrupts<FIS.CreateExperimentTemplateCommandInput, FIS.CreateExperimentTemplateCommandOutput>(
  'fis',
  'CreateExperimentTemplate',
);
export const startExperiment = disrupts<FIS.StartExperimentCommandInput, FIS.StartExperimentCommandOutput>(
  'fis',
  'StartExperiment',
);
export const stopExperiment = disrupts<FIS.StopExperimentCommandInput, FIS.StopExperimentCommandOutput>('fis', 'StopExperiment');
export const deleteTemplate = disrupts<FIS.DeleteExperimentTemplateCommandInput, FIS.DeleteExperimentTemplateCommandOutput>(
  'fis',
  'DeleteExperimentTemplate',
);
export const getExperiment = reads<FIS.GetExperimentCommandInput, FIS.GetExperimentCommandOutput>('fis', 'GetExperiment');
export const listExperiments = reads<FIS.ListExperimentsCommandInput, FIS.ListExperimentsCommandOutput>(
  'fis',
  'ListExperiments',
  { pages: 'nextToken' },
);
export const listTemplates = reads<FIS.ListExperimentTemplatesCommandInput, FIS.ListExperimentTemplatesCommandOutput>(
  'fis',
  'ListExperimentTemplates',
  { pages: 'nextToken' },
);

export const describeTable = reads<DynamoDB.DescribeTableCommandInput, DynamoDB.DescribeTableCommandOutput>(
  'dynamodb',
  'DescribeTable',
);
export const getItem = reads<DynamoDB.GetItemCommandInput, DynamoDB.GetItemCommandOutput>('dynamodb', 'GetItem');
export const putItem = disrupts<DynamoDB.PutItemCommandInput, DynamoDB.PutItemCommandOutput>('dynamodb', 'PutItem');
export const deleteItem = disrupts<DynamoDB.DeleteItemCommandInput, DynamoDB.DeleteItemCommandOutput>('dynamodb', 'DeleteItem');

export const getObjectLock = reads<S3.GetObjectLockConfigurationCommandInput, S3.GetObjectLockConfigurationCommandOutput>(
  's3',
  'GetObjectLockConfiguration',
  { action: 's3:GetBucketObjectLockConfiguration' },
);
export const listObjects = reads<S3.ListObjectsV2CommandInput, S3.ListObjectsV2CommandOutput>('s3', 'ListObjectsV2', {
  action: 's3:ListBucket',
  pages: { input: 'ContinuationToken', output: 'NextContinuationToken' },
});
export const listVersions = reads<S3.ListObjectVersionsCommandInput, S3.ListObjectVersionsCommandOutput>(
  's3',
  'ListObjectVersions',
  { action: 's3:ListBucketVersions' },
);
export const putObject = disrupts<S3.PutObjectCommandInput, S3.PutObjectCommandOutput>('s3', 'PutObject');
export const deleteObject = disrupts<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput>('s3', 'DeleteObject');
/** One operation, and another permission where it names a version. */
const deleteVersion = disrupts<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput>('s3', 'DeleteObject', {
  action: 's3:DeleteObjectVersion',
});

/** What a session must allow. */
export const LIVE_CALLS: readonly AnyCall[] = [
  GET_CALLER_IDENTITY,
  describeInstances,
  describeSubnets,
  describeVolumes,
  describeClusters,
  describeDatabases,
  describeAlarms,
  getMetricData,
  listMetrics,
  getParameter,
  createTemplate,
  startExperiment,
  stopExperiment,
  deleteTemplate,
  getExperiment,
  listExperiments,
  listTemplates,
  describeTable,
  getItem,
  putItem,
  deleteItem,
  getObjectLock,
  listObjects,
  listVersions,
  putObject,
  deleteObject,
];

const permission = (action: string): AnyCall =>
  call({ client: action.split(':')[0] ?? '', operation: action.split(':')[1] ?? '', action, grade: 'disrupt' });

/**
 * What IAM must allow besides: tags on what is made, and FIS to be given its role
 * (AWS FIS user guide, "Identity-based policy examples").
 */
export const LIVE_PERMISSIONS: readonly AnyCall[] = [deleteVersion, permission('fis:TagResource'), permission('iam:PassRole')];
