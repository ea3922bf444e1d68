/** Whether something is still there of which AWS shows no more than that. */

import { saysGone } from '../simulator/deploy/lifecycle.ts';
import { administrator } from '../simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../simulator/world/invoke.ts';
import type { Place } from './look.ts';
import { type Props, textOf } from './values.ts';

interface Question {
  readonly client: string;
  readonly operation: string;
  readonly input: (id: string, state: Props) => object;
}

const ask = (client: string, operation: string, input: Question['input']): Question => ({ client, operation, input });
const bucket = (operation: string): Question => ask('s3', operation, (id, state) => ({ Bucket: textOf(state.bucket) ?? id }));

/** Types that no scan shows, and the call that says whether one of them is there. Any other is taken to be. */
const QUESTIONS: Readonly<Record<string, Question>> = {
  'aws:ec2/securityGroup:SecurityGroup': ask('ec2', 'DescribeSecurityGroups', (id) => ({ GroupIds: [id] })),
  'aws:ebs/snapshot:Snapshot': ask('ec2', 'DescribeSnapshots', (id) => ({ SnapshotIds: [id] })),
  'aws:iam/role:Role': ask('iam', 'GetRole', (id) => ({ RoleName: id })),
  'aws:iam/policy:Policy': ask('iam', 'GetPolicy', (id) => ({ PolicyArn: id })),
  'aws:rds/snapshot:Snapshot': ask('rds', 'DescribeDBSnapshots', (id) => ({ DBSnapshotIdentifier: id })),
  'aws:rds/clusterSnapshot:ClusterSnapshot': ask('rds', 'DescribeDBClusterSnapshots', (id) => ({
    DBClusterSnapshotIdentifier: id,
  })),
  'aws:s3/bucketPolicy:BucketPolicy': bucket('GetBucketPolicy'),
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': bucket('GetPublicAccessBlock'),
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': bucket('GetBucketOwnershipControls'),
  'aws:s3/bucketObjectv2:BucketObjectv2': ask('s3', 'HeadObject', (id, s) => ({
    Bucket: textOf(s.bucket),
    Key: textOf(s.key) ?? id,
  })),
  'aws:ecr/lifecyclePolicy:LifecyclePolicy': ask('ecr', 'GetLifecyclePolicy', (id) => ({ repositoryName: id })),
};

export async function isGone(
  aws: SimulatedAws,
  type: string,
  id: string,
  state: Props,
  { account, region }: Place,
): Promise<boolean> {
  const question = QUESTIONS[type];
  if (question === undefined) return false;
  try {
    const caller = { account, region, principal: administrator(account) };
    await invoke(aws, question.client, question.operation, question.input(id, state), caller);
    return false;
  } catch (error) {
    if (saysGone(error)) return true;
    throw error;
  }
}
