/** How the tags of a resource are changed: each service has a call to set some and one to take some away. */
import type { Deployment, Given } from './deployer.ts';

type Tags = Readonly<Record<string, string>>;

type Call = readonly [operation: string, input: object];

/** Undefined where the type has no tags that can be changed. */
interface Tagging {
  readonly set: (given: Given, tags: Tags) => Call | undefined;
  readonly unset: (given: Given, keys: readonly string[]) => Call | undefined;
}

/** Snapshots of RDS spell it otherwise. */
const arn = ({ outputs, id }: Given): string => {
  const shown = outputs.arn ?? outputs.dbSnapshotArn ?? outputs.dbClusterSnapshotArn;
  return typeof shown === 'string' ? shown : (id ?? '');
};
const listed = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const inLower = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Tags of a bucket are put all at once. */
const allTags = ({ type, id, tags }: Given): Call | undefined => {
  if (type !== 'aws:s3/bucket:Bucket') return undefined;
  return Object.keys(tags).length === 0
    ? ['DeleteBucketTagging', { Bucket: id }]
    : ['PutBucketTagging', { Bucket: id, Tagging: { TagSet: listed(tags) } }];
};

/** The commonest shape: `{<resource>: ARN, Tags: [{Key, Value}]}` and `{<resource>: ARN, TagKeys: […]}`. */
const lists = (set: string, unset: string, resource: string): Tagging => ({
  set: (given, tags) => [set, { [resource]: arn(given), Tags: listed(tags) }],
  unset: (given, keys) => [unset, { [resource]: arn(given), TagKeys: keys }],
});

/** Services of the newer style take a map. */
const maps = (resource: string, tags: string, keys: string): Tagging => ({
  set: (given, all) => ['TagResource', { [resource]: arn(given), [tags]: all }],
  unset: (given, gone) => ['UntagResource', { [resource]: arn(given), [keys]: gone }],
});

const inRoute53 = ({ type, id }: Given) => ({
  ResourceType: type === 'aws:route53/healthCheck:HealthCheck' ? 'healthcheck' : 'hostedzone',
  ResourceId: id,
});

/** Nothing is kept of the tags of restore testing plans. */
const isTesting = ({ type }: Given): boolean => type === 'aws:backup/restoreTestingPlan:RestoreTestingPlan';

/** By client. A service that is missing keeps no tags that can be changed. */
const TAGGING: Readonly<Record<string, Tagging>> = {
  rds: lists('AddTagsToResource', 'RemoveTagsFromResource', 'ResourceName'),
  'route-53': {
    set: (given, tags) => ['ChangeTagsForResource', { ...inRoute53(given), AddTags: listed(tags) }],
    unset: (given, keys) => ['ChangeTagsForResource', { ...inRoute53(given), RemoveTagKeys: keys }],
  },
  cloudwatch: lists('TagResource', 'UntagResource', 'ResourceARN'),
  'elastic-load-balancing-v2': {
    set: ({ id }, tags) => ['AddTags', { ResourceArns: [id], Tags: listed(tags) }],
    unset: ({ id }, keys) => ['RemoveTags', { ResourceArns: [id], TagKeys: keys }],
  },
  'elastic-load-balancing': {
    set: ({ id }, tags) => ['AddTags', { LoadBalancerNames: [id], Tags: listed(tags) }],
    unset: ({ id }, keys) => ['RemoveTags', { LoadBalancerNames: [id], Tags: keys.map((Key) => ({ Key })) }],
  },
  dynamodb: lists('TagResource', 'UntagResource', 'ResourceArn'),
  efs: lists('TagResource', 'UntagResource', 'ResourceId'),
  elasticache: lists('AddTagsToResource', 'RemoveTagsFromResource', 'ResourceName'),
  ecs: {
    set: (given, tags) => ['TagResource', { resourceArn: arn(given), tags: inLower(tags) }],
    unset: (given, keys) => ['UntagResource', { resourceArn: arn(given), tagKeys: keys }],
  },
  kms: {
    set: ({ id }, tags) => [
      'TagResource',
      { KeyId: id, Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
    ],
    unset: ({ id }, keys) => ['UntagResource', { KeyId: id, TagKeys: keys }],
  },
  s3: { set: allTags, unset: allTags },
  sns: lists('TagResource', 'UntagResource', 'ResourceArn'),
  eventbridge: lists('TagResource', 'UntagResource', 'ResourceARN'),
  'secrets-manager': lists('TagResource', 'UntagResource', 'SecretId'),
  lambda: maps('Resource', 'Tags', 'TagKeys'),
  eks: maps('resourceArn', 'tags', 'tagKeys'),
  'route53-recovery-control-config': maps('ResourceArn', 'Tags', 'TagKeys'),
  backup: {
    set: (given, tags) => (isTesting(given) ? undefined : ['TagResource', { ResourceArn: arn(given), Tags: tags }]),
    unset: (given, keys) => (isTesting(given) ? undefined : ['UntagResource', { ResourceArn: arn(given), TagKeyList: keys }]),
  },
  ssm: {
    set: ({ id }, tags) => ['AddTagsToResource', { ResourceType: 'Parameter', ResourceId: id, Tags: listed(tags) }],
    unset: ({ id }, keys) => ['RemoveTagsFromResource', { ResourceType: 'Parameter', ResourceId: id, TagKeys: keys }],
  },
  ec2: {
    set: ({ id }, tags) => ['CreateTags', { Resources: [id], Tags: listed(tags) }],
    unset: ({ id }, keys) => ['DeleteTags', { Resources: [id], Tags: keys.map((Key) => ({ Key })) }],
  },
};

/** Brings the tags of a resource from what they were to what they are to be. */
export async function retag(client: string, given: Given, before: Given, deployment: Deployment): Promise<void> {
  const tagging = TAGGING[client];
  if (tagging === undefined) return;
  const gone = Object.keys(before.tags).filter((key) => given.tags[key] === undefined);
  const set = Object.fromEntries(Object.entries(given.tags).filter(([key, value]) => before.tags[key] !== value));
  const steps = [
    ...(gone.length === 0 ? [] : [tagging.unset(given, gone)]),
    ...(Object.keys(set).length === 0 ? [] : [tagging.set(given, set)]),
  ];
  for (const [operation, input] of steps.filter((step) => step !== undefined)) await deployment.call(client, operation, input);
}
