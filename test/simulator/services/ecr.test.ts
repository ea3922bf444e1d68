import type * as ECR from '@aws-sdk/client-ecr';
import { beforeEach, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { ecr } from '../../../src/simulator/services/ecr.ts';
import { kms } from '../../../src/simulator/services/kms.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const EU = 'eu-west-1';
const HOUR = 3600 * 1000;
let aws: SimulatedAws;
beforeEach(async () => {
  aws = freshAws([ecr, kms]);
  await call('CreateRepository', { repositoryName: 'shop/api', imageTagMutability: 'IMMUTABLE' });
});

const call = async <O>(operation: string, input: object, region = REGION): Promise<O> =>
  (await invoke(aws, 'ecr', operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );
const push = (imageTag: string, imageManifest: string): Promise<ECR.PutImageCommandOutput> =>
  call('PutImage', { repositoryName: 'shop/api', imageTag, imageManifest });
const images = async (region: string): Promise<readonly (readonly (string | undefined)[])[]> =>
  (
    (await call<ECR.DescribeImagesCommandOutput>('DescribeImages', { repositoryName: 'shop/api' }, region)).imageDetails ?? []
  ).map((i) => [i.imageDigest, ...(i.imageTags ?? [])]);
const replicate = (filter: string): Promise<unknown> =>
  call('PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: [
        {
          destinations: [{ region: EU, registryId: ACCOUNT }],
          repositoryFilters: [{ filter, filterType: 'PREFIX_MATCH' }],
        },
      ],
    },
  });

it('images pushed from then on are copied with their digests, into a repository that is made for them', async () => {
  await push('v1', 'one');
  await replicate('shop/');
  const pushed = await push('v2', 'two');
  const digest = pushed.image?.imageId?.imageDigest;
  expect(await codeOf(images(EU))).toBe('RepositoryNotFoundException');
  aws.world.clock.advance(HOUR);
  expect(await images(EU)).toEqual([[digest, 'v2']]);
  const status = await call<ECR.DescribeImageReplicationStatusCommandOutput>('DescribeImageReplicationStatus', {
    repositoryName: 'shop/api',
    imageId: { imageTag: 'v2' },
  });
  expect(status.replicationStatuses).toEqual([{ region: EU, registryId: ACCOUNT, status: 'COMPLETE' }]);
});

it('a filter is a prefix', async () => {
  await replicate('tools/');
  await push('v1', 'one');
  aws.world.clock.advance(HOUR);
  expect(await codeOf(images(EU))).toBe('RepositoryNotFoundException');
});

it('copies stay when the repository is deleted', async () => {
  await replicate('shop/');
  await push('v1', 'one');
  aws.world.clock.advance(HOUR);
  expect(await codeOf(call('DeleteRepository', { repositoryName: 'shop/api' }))).toBe('RepositoryNotEmptyException');
  await call('DeleteRepository', { repositoryName: 'shop/api', force: true });
  expect(await images(EU)).toHaveLength(1);
});

it('a tag of an immutable repository stays with its image', async () => {
  await push('v1', 'one');
  expect(await codeOf(push('v1', 'two'))).toBe('ImageTagAlreadyExistsException');
  expect(await codeOf(push('v1', 'one'))).toBe('ImageAlreadyExistsException');
  const got = await call<ECR.BatchGetImageCommandOutput>('BatchGetImage', {
    repositoryName: 'shop/api',
    imageIds: [{ imageTag: 'v1' }, { imageTag: 'v9' }],
  });
  expect([got.images?.map((i) => i.imageManifest), got.failures?.map((f) => f.failureCode)]).toEqual([
    ['one'],
    ['ImageNotFound'],
  ]);
});

it('a registry is no destination of itself', async () => {
  const itself = { rules: [{ destinations: [{ region: REGION, registryId: ACCOUNT }] }] };
  expect(await codeOf(call('PutReplicationConfiguration', { replicationConfiguration: itself }))).toBe('ValidationException');
});
