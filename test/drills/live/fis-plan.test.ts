import { describe, expect, it } from 'vitest';
import { type Plan, planOf } from '../../../src/drills/live/fis-plan.ts';
import type { Disruption } from '../../../src/drills/ports.ts';
import { REGION } from '../../services/observed/support.ts';
import { TAGS } from './support.ts';
import { deployed, INSTANCES, type Spec, SUBNETS, sessionOver, shop } from './world.ts';

const FAR = 'eu-west-1';
const id = (kind: string, n: number): string => `${kind}-${String(n).padStart(17, '0')}`;

/** A subnet with an instance in another Region. */
const far: readonly Spec[] = [
  { type: 'aws:ec2/vpc:Vpc', name: 'far-vpc', id: id('vpc', 9), region: FAR, tags: TAGS, inputs: { cidrBlock: '10.9.0.0/16' } },
  {
    type: 'aws:ec2/subnet:Subnet',
    name: 'far-subnet',
    id: id('subnet', 9),
    region: FAR,
    tags: TAGS,
    inputs: { vpcId: id('vpc', 9), cidrBlock: '10.9.1.0/24', availabilityZone: `${FAR}a`, tags: TAGS },
  },
  {
    type: 'aws:ec2/instance:Instance',
    name: 'far-web',
    id: id('i', 9),
    region: FAR,
    tags: TAGS,
    inputs: { ami: 'ami-1', instanceType: 't3.micro', subnetId: id('subnet', 9), tags: TAGS },
  },
];
const table: Spec = {
  type: 'aws:dynamodb/table:Table',
  name: 'carts',
  tags: TAGS,
  inputs: {
    name: 'carts',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    streamEnabled: true,
    streamViewType: 'NEW_AND_OLD_IMAGES',
    replicas: [{ regionName: FAR }],
    tags: TAGS,
  },
};

async function planned(specs: readonly Spec[], what: Disruption, services?: string): Promise<Plan> {
  const made = await deployed(specs, undefined, services);
  expect(made.notes).toEqual([]);
  const session = sessionOver(made.aws, 'operations');
  const plan = await made.aws.world.clock.drive(
    planOf(what, { session, judgement: made.judgement, service: 'shop', apiRoles: [], lasts: 90 * 60_000 }),
  );
  expect(session.sent.filter((s) => s.grade !== 'read')).toEqual([]);
  return plan;
}

/** `us-east-1 aws:ec2:stop-instances: instance/i-1`. */
const shown = (plan: Plan): readonly string[] =>
  typeof plan === 'string'
    ? [plan]
    : plan.parts.flatMap(({ at, actions, targets }) =>
        Object.values(actions).map((action) => {
          const [target] = Object.values(action.targets ?? {});
          const arns = targets[target ?? '']?.resourceArns ?? [];
          return `${at.region} ${action.actionId ?? ''}: ${arns.map((arn) => arn.split(':').slice(5).join(':')).join(', ')}`;
        }),
      );

describe('the loss of a Region', () => {
  it('is its networks, its power, its replication, and the way to it from the others', async () => {
    const plan = await planned([...shop(), ...far, table], { kind: 'region-loss', region: REGION });
    expect([...shown(plan)].sort()).toEqual(
      [
        `${FAR} aws:network:route-table-disrupt-cross-region-connectivity: subnet/${id('subnet', 9)}`,
        `${REGION} aws:dynamodb:global-table-pause-replication: table/carts`,
        `${REGION} aws:ec2:stop-instances: instance/${INSTANCES.a}, instance/${INSTANCES.b}`,
        `${REGION} aws:network:disrupt-connectivity: subnet/${SUBNETS.a}, subnet/${SUBNETS.b}`,
      ].sort(),
    );
    const parameters =
      typeof plan === 'string' ? [] : plan.parts.flatMap((p) => Object.values(p.actions)).map((a) => a.parameters?.region);
    expect(parameters.filter((r) => r !== undefined)).toEqual([REGION]);
  });

  it('is refused where users would be served from it all the same', async () => {
    const bucket: Spec = { type: 'aws:s3/bucket:Bucket', name: 'images', id: 'images', tags: TAGS, inputs: { bucket: 'images' } };
    const origin = 'images.s3.us-east-1.amazonaws.com';
    const edge: Spec = {
      type: 'aws:cloudfront/distribution:Distribution',
      name: 'edge',
      inputs: {
        enabled: true,
        origins: [{ originId: 'images', domainName: origin }],
        defaultCacheBehavior: {
          targetOriginId: 'images',
          viewerProtocolPolicy: 'redirect-to-https',
          allowedMethods: ['GET', 'HEAD'],
          cachedMethods: ['GET', 'HEAD'],
        },
        restrictions: { geoRestriction: { restrictionType: 'none' } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      },
    };
    const what: Disruption = { kind: 'region-loss', region: REGION };
    expect(typeof (await planned([...shop(), bucket], what))).toBe('object');
    expect(await planned([...shop(), bucket, edge], what)).toContain('images');
  });

  it('of which nothing is known is none', async () => {
    expect(await planned(shop(), { kind: 'region-loss', region: 'ap-south-1' })).toEqual(expect.any(String));
  });
});

describe('the loss of an AZ', () => {
  it('leaves other AZs and other Regions alone', async () => {
    const all = shown(await planned([...shop(), ...far, table], { kind: 'az-loss', zone: `${REGION}b` }));
    expect(all.filter((line) => !line.startsWith(`${REGION} aws:rds:`))).toEqual([
      `${REGION} aws:network:disrupt-connectivity: subnet/${SUBNETS.b}`,
      `${REGION} aws:ec2:stop-instances: instance/${INSTANCES.b}`,
    ]);
  });

  it('says which tags everything carries, also where it carries none', async () => {
    const plan = await planned([...shop({}), ...far], { kind: 'az-loss', zone: `${REGION}b` });
    const tags = typeof plan === 'string' ? [] : plan.touched.map((t) => t.tags);
    expect(tags.length).toBeGreaterThan(0);
    for (const one of tags) expect(one).toMatchObject({ value: {} });
  });

  it('pauses volumes of the service that others are attached to', async () => {
    const volume: Spec = {
      type: 'aws:ebs/volume:Volume',
      name: 'data',
      id: id('vol', 1),
      tags: TAGS,
      inputs: { availabilityZone: `${REGION}b`, size: 8, tags: TAGS },
    };
    const attached: Spec = {
      type: 'aws:ec2/volumeAttachment:VolumeAttachment',
      name: 'data',
      inputs: { deviceName: '/dev/sdf', instanceId: INSTANCES.b, volumeId: id('vol', 1) },
    };
    const zone: Disruption = { kind: 'az-loss', zone: `${REGION}b` };
    const services = (instances: string): string => `services:
  shop:
    tier: 1
    resources: [{ type: 'aws:ebs/volume:Volume' }, { type: 'aws:ec2/subnet:Subnet' }${instances}]`;
    const paused = (plan: Plan): readonly string[] => shown(plan).filter((line) => line.includes('pause-volume-io'));
    const specs = [...shop(), volume, attached];
    expect(paused(await planned(specs, zone, services('')))).toEqual([
      `${REGION} aws:ebs:pause-volume-io: volume/${id('vol', 1)}`,
    ]);
    expect(paused(await planned(specs, zone, services(", { type: 'aws:ec2/instance:Instance' }")))).toEqual([]);
  });

  it('takes no more than five resources in one action, and no more than twenty actions', async () => {
    const more = (n: number): readonly Spec[] =>
      Array.from({ length: n }, (_, i) => ({
        type: 'aws:ec2/instance:Instance',
        name: `more-${i}`,
        id: id('i', 100 + i),
        tags: TAGS,
        inputs: { ami: 'ami-1', instanceType: 't3.micro', subnetId: SUBNETS.b, tags: TAGS },
      }));
    const zone: Disruption = { kind: 'az-loss', zone: `${REGION}b` };
    const plan = await planned([...shop(), ...more(11)], zone);
    const sizes =
      typeof plan === 'string' ? [] : plan.parts.flatMap((p) => Object.values(p.targets).map((t) => t.resourceArns?.length ?? 0));
    expect(Math.max(...sizes)).toBe(5);
    expect(typeof plan === 'string' ? 0 : plan.touched.filter((t) => t.arn.includes(':instance/')).length).toBe(12);
    expect(await planned([...shop(), ...more(110)], zone)).toMatch(/20/);
  });
});
