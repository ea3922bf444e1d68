/**
 * Physical names that the provider makes where the program gives none: the logical name, a hyphen and seven hexadecimal digits
 * (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming). Which property, and how long it may be, is the provider's
 * own list; the lengths are the limits of the AWS APIs.
 */
import { keyOf, shapeOf } from './shape.ts';

export interface Naming {
  readonly property: string;
  readonly longest: number;
  readonly lower: boolean;
  /** What the name must begin with, and end in. */
  readonly prefix: string;
  readonly suffix: string;
}

const LONGEST = 255;
/** Names that are not in a property `name`. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'cloudwatch/eventTarget': 'targetId',
  'docdb/cluster': 'clusterIdentifier',
  'docdb/clusterInstance': 'identifier',
  'ec2/keyPair': 'keyName',
  'eks/nodeGroup': 'nodeGroupName',
  'elasticache/cluster': 'clusterId',
  'elasticache/replicationGroup': 'replicationGroupId',
  'lambda/permission': 'statementId',
  'neptune/cluster': 'clusterIdentifier',
  'neptune/clusterInstance': 'identifier',
  'rds/cluster': 'clusterIdentifier',
  'rds/clusterInstance': 'identifier',
  'rds/instance': 'identifier',
  's3/bucket': 'bucket',
};
/** Types whose name is the logical name as it is, in this property (`key` of an object, pulumi-aws `resources.go`). */
const AS_IT_IS: Readonly<Record<string, string>> = { 's3/bucketObject': 'key', 's3/bucketObjectv2': 'key' };
export const exactNameOf = (type: string): string | undefined => AS_IT_IS[keyOf(type)];

/** Optional names that AWS or the program must give: nothing is made up for them. */
const UNNAMED = new Set(['cloudwatch/logResourcePolicy', 'route53/record']);
const LENGTHS: Readonly<Record<string, number>> = {
  'cloudwatch/eventRule': 64,
  'elasticache/cluster': 50,
  'elasticache/replicationGroup': 40,
  'elb/loadBalancer': 32,
  'iam/policy': 128,
  'iam/role': 64,
  'lambda/function': 64,
  'lb/loadBalancer': 32,
  'lb/targetGroup': 32,
  'rds/cluster': 63,
  'rds/clusterInstance': 63,
  'rds/instance': 63,
  's3/bucket': 63,
  'scheduler/schedule': 64,
  'sns/topic': 256,
  'sqs/queue': 80,
};
const LOWER = new Set([
  's3/bucket',
  ...['instance', 'cluster', 'clusterInstance', 'subnetGroup', 'parameterGroup', 'clusterParameterGroup'].map((k) => `rds/${k}`),
  ...['cluster', 'clusterInstance', 'subnetGroup', 'clusterParameterGroup'].map((k) => `docdb/${k}`),
  ...['cluster', 'clusterInstance', 'subnetGroup', 'parameterGroup', 'clusterParameterGroup'].map((k) => `neptune/${k}`),
  ...['cluster', 'replicationGroup', 'subnetGroup'].map((k) => `elasticache/${k}`),
  'ecr/repository',
]);

/** https://github.com/pulumi/pulumi-aws/pull/1445 */
const PREFIXES: Readonly<Record<string, string>> = { 'kms/alias': 'alias/' };

/** Undefined for a type that is not named by the provider. */
export function namingOf(type: string, inputs: Readonly<Record<string, unknown>>): Naming | undefined {
  const key = keyOf(type);
  const shape = shapeOf(type);
  const property = ELSEWHERE[key] ?? 'name';
  if (shape === undefined || UNNAMED.has(key) || !shape.inputs.has(property) || shape.required.includes(property))
    return undefined;
  const fifo = (key === 'sqs/queue' && inputs.fifoQueue === true) || (key === 'sns/topic' && inputs.fifoTopic === true);
  return {
    property,
    longest: LENGTHS[key] ?? LONGEST,
    lower: LOWER.has(key),
    prefix: PREFIXES[key] ?? '',
    suffix: fifo ? '.fifo' : '',
  };
}
