import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/aws/call.ts';
import type { Ground } from '../../src/drills/ground.ts';
import { capacityOf, capacityProbes } from '../../src/drills/kinds/capacity.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { Member } from '../../src/model/scope.ts';
import type { RecoveryPath } from '../../src/recovery/path.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { type Spec, urnOf } from '../services/support-traffic.ts';
import { reading } from '../verdicts/estates.ts';

const GROUP = 'aws:autoscaling/group:Group';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const arn = (region: string): string => `arn:aws:elasticloadbalancing:${region}:111122223333:targetgroup/web/1`;

const site = (region: string): readonly Spec[] => [
  { type: TARGETS, name: region, region, inputs: { name: 'web' }, outputs: { arn: arn(region) } },
  { type: GROUP, name: region, region, inputs: { maxSize: 4, minSize: 4, targetGroupArns: [arn(region)] } },
];

const estate = buildEstate([reading([...site('us-east-1'), ...site('us-west-2')])], SERVICES);
const [home, away] = [urnOf(GROUP, 'us-east-1'), urnOf(GROUP, 'us-west-2')];

/** A pair of groups of which the first serves; afterwards, these do. */
function pathOf(carriers: readonly string[]): RecoveryPath {
  const role = { id: 'web', title: 'web', kind: 'compute', members: [home, away] };
  return { outcomes: [{ role, carriers }] } as unknown as RecoveryPath;
}

async function looks(lost: Member, needed: number, counts: Readonly<Record<string, readonly number[]>>) {
  const left = structuredClone(counts) as Record<string, number[]>;
  const session = {
    send: async (_: unknown, input: { readonly TargetGroupArn: string }) => {
      const n = left[input.TargetGroupArn.split(':')[3] ?? '']?.shift();
      if (n === undefined) throw new Error('nobody may ask there');
      return { TargetHealthDescriptions: Array.from({ length: n }, () => ({ TargetHealth: { State: 'healthy' } })) };
    },
  } as unknown as Session;
  const ground = { judgement: { estate }, session } as unknown as Ground;
  let looked = false;
  const carriers = lost.scope === 'region' ? [away] : [home];
  const [probe] = capacityProbes({
    path: pathOf(carriers),
    before: pathOf([home]),
    lost: () => (looked ? lost : undefined),
    ground,
    every: 1000,
    needed,
  });
  expect(probe?.id).toBe(capacityOf('web'));
  const before = await probe?.look();
  looked = true;
  return [before, await probe?.look()].map((seen) => [seen?.ok, seen?.says]);
}

describe('capacity of a service', () => {
  it('is too small until as many targets are healthy as were', async () => {
    const az = { scope: 'az', name: 'us-east-1a' } as const;
    expect(await looks(az, 1, { 'us-east-1': [4, 2] })).toEqual([
      [true, '4 healthy, 4 before'],
      [false, '2 healthy, 4 before'],
    ]);
    expect(await looks(az, 0.5, { 'us-east-1': [4, 2] })).toEqual([
      [true, '4 healthy, 4 before'],
      [true, '2 healthy, 4 before'],
    ]);
  });

  it('after the loss of a Region is what runs elsewhere, and nobody asks where it was', async () => {
    const region = { scope: 'region', name: 'us-east-1' } as const;
    expect(await looks(region, 1, { 'us-east-1': [4], 'us-west-2': [2] })).toEqual([
      [true, '4 healthy, 4 before'],
      [false, '2 healthy, 4 before'],
    ]);
    expect(await looks(region, 1, { 'us-east-1': [4], 'us-west-2': [4] })).toEqual([
      [true, '4 healthy, 4 before'],
      [true, '4 healthy, 4 before'],
    ]);
  });
});
