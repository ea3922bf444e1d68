import type * as EC2 from '@aws-sdk/client-ec2';
import type { Deployment, Given } from '../deploy/deployer.ts';
import { tagList } from './compute-inputs.ts';
import { INSTANCES } from './ec2-instances.ts';

/** The reply of an operation, typed as the SDK types it. */
export const call = async <O>(deployment: Deployment, operation: string, input: object, region?: string): Promise<O> =>
  (await deployment.call('ec2', operation, input, region)) as O;

/** Waits until none of the instances is there any more: as long as one is, its subnet cannot go. */
export const terminated = (ids: readonly string[], { account, region }: Given, deployment: Deployment): Promise<void> =>
  deployment.until(
    () =>
      ids.every((id) => {
        const state = deployment.world.get(INSTANCES, account, region, id)?.State?.Name;
        return state === undefined || state === 'terminated';
      }),
    `${ids.join(', ')} terminated`,
  );

export const tagged = (type: EC2.ResourceType, given: Given): { TagSpecifications: EC2.TagSpecification[] } => ({
  TagSpecifications: [{ ResourceType: type, Tags: tagList(given.tags) }],
});

export const arnOf = (given: Given, resource: string): string => `arn:aws:ec2:${given.region}:${given.account}:${resource}`;
