import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployment, Given } from '../deploy/deployer.ts';
import { tagList } from './compute-inputs.ts';
/** The reply of an operation, typed as the SDK types it. */
export const call = async <O>(deployment: Deployment, operation: string, input: object, region?: string): Promise<O> =>
  (await deployment.call('ec2', operation, input, region)) as O;

export const tagged = (type: EC2.ResourceType, given: Given): { TagSpecifications: EC2.TagSpecification[] } => ({
  TagSpecifications: [{ ResourceType: type, Tags: tagList(given.tags) }],
});

export const arnOf = (given: Given, resource: string): string => `arn:aws:ec2:${given.region}:${given.account}:${resource}`;
