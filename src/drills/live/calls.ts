/** Every call of AWS that holding a drill there needs, as data: for the session's list and for the policy of its role. */
import type * as CloudWatch from '@aws-sdk/client-cloudwatch';
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type * as EC2 from '@aws-sdk/client-ec2';
import type * as FIS from '@aws-sdk/client-fis';
import type * as RDS from '@aws-sdk/client-rds';
import type * as S3 from '@aws-sdk/client-s3';
import type * as SSM from '@aws-sdk/client-ssm';
import { type Call, call } from '../../aws/call.ts';
import { GET_CALLER_IDENTITY } from '../../aws/credentials.ts';
import type { AnyCall } from '../../aws/failure.ts';

const read = <I, O>(client: string, operation: string, action = `${client}:${operation}`): Call<I, O> =>
  call<I, O>({ client, operation, action });
const change = <I, O>(client: string, operation: string, action = `${client}:${operation}`): Call<I, O> =>
  call<I, O>({ client, operation, action, grade: 'disrupt' });
const paged = <I, O>(client: string, operation: string, token: string, output = token, action = operation): Call<I, O> =>
  call<I, O>({ client, operation, action: `${client}:${action}`, pages: { input: token, output } });

export const describeInstances = paged<EC2.DescribeInstancesCommandInput, EC2.DescribeInstancesCommandOutput>(
  'ec2',
  'DescribeInstances',
  'NextToken',
);
export const describeSubnets = paged<EC2.DescribeSubnetsCommandInput, EC2.DescribeSubnetsCommandOutput>(
  'ec2',
  'DescribeSubnets',
  'NextToken',
);
export const describeVolumes = paged<EC2.DescribeVolumesCommandInput, EC2.DescribeVolumesCommandOutput>(
  'ec2',
  'DescribeVolumes',
  'NextToken',
);
export const describeClusters = paged<RDS.DescribeDBClustersCommandInput, RDS.DescribeDBClustersCommandOutput>(
  'rds',
  'DescribeDBClusters',
  'Marker',
);
export const describeDatabases = paged<RDS.DescribeDBInstancesCommandInput, RDS.DescribeDBInstancesCommandOutput>(
  'rds',
  'DescribeDBInstances',
  'Marker',
);
export const describeAlarms = paged<CloudWatch.DescribeAlarmsCommandInput, CloudWatch.DescribeAlarmsCommandOutput>(
  'cloudwatch',
  'DescribeAlarms',
  'NextToken',
);
export const getMetricData = paged<CloudWatch.GetMetricDataCommandInput, CloudWatch.GetMetricDataCommandOutput>(
  'cloudwatch',
  'GetMetricData',
  'NextToken',
);
export const listMetrics = paged<CloudWatch.ListMetricsCommandInput, CloudWatch.ListMetricsCommandOutput>(
  'cloudwatch',
  'ListMetrics',
  'NextToken',
);
export const getParameter = read<SSM.GetParameterCommandInput, SSM.GetParameterCommandOutput>('ssm', 'GetParameter');

export const createTemplate = change<FIS.CreateExperimentTemplateCommandInput, FIS.CreateExperimentTemplateCommandOutput>(
  'fis',
  'CreateExperimentTemplate',
);
export const startExperiment = change<FIS.StartExperimentCommandInput, FIS.StartExperimentCommandOutput>(
  'fis',
  'StartExperiment',
);
export const stopExperiment = change<FIS.StopExperimentCommandInput, FIS.StopExperimentCommandOutput>('fis', 'StopExperiment');
export const deleteTemplate = change<FIS.DeleteExperimentTemplateCommandInput, FIS.DeleteExperimentTemplateCommandOutput>(
  'fis',
  'DeleteExperimentTemplate',
);
export const getExperiment = read<FIS.GetExperimentCommandInput, FIS.GetExperimentCommandOutput>('fis', 'GetExperiment');
export const listExperiments = paged<FIS.ListExperimentsCommandInput, FIS.ListExperimentsCommandOutput>(
  'fis',
  'ListExperiments',
  'nextToken',
);
export const listTemplates = paged<FIS.ListExperimentTemplatesCommandInput, FIS.ListExperimentTemplatesCommandOutput>(
  'fis',
  'ListExperimentTemplates',
  'nextToken',
);

export const describeTable = read<DynamoDB.DescribeTableCommandInput, DynamoDB.DescribeTableCommandOutput>(
  'dynamodb',
  'DescribeTable',
);
export const getItem = read<DynamoDB.GetItemCommandInput, DynamoDB.GetItemCommandOutput>('dynamodb', 'GetItem');
export const putItem = change<DynamoDB.PutItemCommandInput, DynamoDB.PutItemCommandOutput>('dynamodb', 'PutItem');
export const deleteItem = change<DynamoDB.DeleteItemCommandInput, DynamoDB.DeleteItemCommandOutput>('dynamodb', 'DeleteItem');

export const getObjectLock = read<S3.GetObjectLockConfigurationCommandInput, S3.GetObjectLockConfigurationCommandOutput>(
  's3',
  'GetObjectLockConfiguration',
  's3:GetBucketObjectLockConfiguration',
);
export const listObjects = paged<S3.ListObjectsV2CommandInput, S3.ListObjectsV2CommandOutput>(
  's3',
  'ListObjectsV2',
  'ContinuationToken',
  'NextContinuationToken',
  'ListBucket',
);
export const listVersions = read<S3.ListObjectVersionsCommandInput, S3.ListObjectVersionsCommandOutput>(
  's3',
  'ListObjectVersions',
  's3:ListBucketVersions',
);
export const putObject = change<S3.PutObjectCommandInput, S3.PutObjectCommandOutput>('s3', 'PutObject');
export const deleteObject = change<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput>('s3', 'DeleteObject');
/** One operation, and another permission where it names a version. */
const deleteVersion = change<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput>(
  's3',
  'DeleteObject',
  's3:DeleteObjectVersion',
);

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
