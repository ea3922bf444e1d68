/** Simulated CloudFront: its edges fail over within an origin group, and serve what was deployed last. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/simulator/plane/network.ts';
import { cloudfront } from '../../../src/simulator/services/cloudfront.ts';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { s3 } from '../../../src/simulator/services/s3.ts';
import { ACCOUNT, computeWorld } from './support-compute.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const host = (region: string) => `holdfast-${region}.s3.${region}.amazonaws.com`;

/** A distribution of two buckets, one in each Region: as a group, or with the first one alone. */
async function site(grouped: boolean) {
  const made = await computeWorld([ec2, s3, cloudfront], []);
  const { world, call } = made;
  for (const region of [EAST, WEST]) await call('s3', 'CreateBucket', { Bucket: `holdfast-${region}` }, region);
  const origin = (region: string) => ({ Id: region, DomainName: host(region), S3OriginConfig: { OriginAccessIdentity: '' } });
  const members = { Quantity: 2, Items: [{ OriginId: EAST }, { OriginId: WEST }] };
  const group = { Id: 'both', FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [503] } }, Members: members };
  const config = (target: string) => ({
    CallerReference: 'once',
    Comment: '',
    Enabled: true,
    Origins: { Quantity: 2, Items: [origin(EAST), origin(WEST)] },
    OriginGroups: { Quantity: 1, Items: [group] },
    DefaultCacheBehavior: { TargetOriginId: target, ViewerProtocolPolicy: 'https-only' },
  });
  const { Distribution, ETag } = await call('cloudfront', 'CreateDistribution', {
    DistributionConfig: config(grouped ? 'both' : EAST),
  });
  world.clock.advance(6 * 60_000);
  const from = () => {
    const answer = connect(world, Distribution.DomainName);
    return answer.kind === 'served' ? answer.region : 'nobody';
  };
  return { ...made, from, config, id: Distribution.Id as string, arn: Distribution.ARN as string, ETag: ETag as string };
}

describe('CloudFront', () => {
  it.each([
    ['fails over to the second origin of a group', true, WEST],
    ['has nothing to fail over to without a group', false, 'nobody'],
  ])('%s', async (_, grouped, served) => {
    const { world, from } = await site(grouped);
    expect(from()).toBe(EAST);
    const lost = world.inject({ kind: 'region-loss', region: EAST });
    expect(from()).toBe(served);
    world.lift(lost);
    expect(from()).toBe(EAST);
  });

  it('answers nobody when both origins are gone', async () => {
    const { world, from } = await site(true);
    world.inject({ kind: 'region-loss', region: EAST });
    world.inject({ kind: 'region-loss', region: WEST });
    expect(from()).toBe('nobody');
  });

  it('serves a change once it has reached the edges, and not without its control plane', async () => {
    const { world, call, from, config, id, ETag } = await site(false);
    const update = (IfMatch: string, target: string) =>
      call('cloudfront', 'UpdateDistribution', { Id: id, IfMatch, DistributionConfig: config(target) });
    const next = (await update(ETag, WEST)).ETag;
    expect(from()).toBe(EAST);
    world.clock.advance(6 * 60_000);
    expect(from()).toBe(WEST);
    world.inject({ kind: 'control-plane-loss', region: EAST, client: 'cloudfront' });
    await expect(update(next, EAST)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    expect(from()).toBe(WEST);
  });

  it.each([
    ['deleted', (arn: string) => ({ kind: 'deleted', arn }) as const],
    ['in the hands of an intruder', () => ({ kind: 'account-compromised', account: ACCOUNT }) as const],
  ])('serves nobody once it is %s', async (_, fault) => {
    const { world, from, arn } = await site(true);
    world.inject(fault(arn));
    expect(from()).toBe('nobody');
  });
});
