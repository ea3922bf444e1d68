import { describe, expect, it } from 'vitest';
import { ec2 } from '../../../src/simulator/services/ec2.ts';
import { ecs } from '../../../src/simulator/services/ecs.ts';
import { elasticLoadBalancingV2 } from '../../../src/simulator/services/elastic-load-balancing-v2.ts';
import { computeWorld } from './support-compute.ts';

const MINUTE = 60_000;
const A = 'us-east-1a';
const B = 'us-east-1b';

async function running(more: object = {}) {
  const s = await computeWorld([ec2, elasticLoadBalancingV2, ecs], [A, B]);
  await s.call('ecs', 'CreateCluster', { clusterName: 'shop' });
  await s.call('ecs', 'RegisterTaskDefinition', {
    family: 'app',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: [{ name: 'app', image: 'app' }],
  });
  const service = {
    cluster: 'shop',
    serviceName: 'app',
    taskDefinition: 'app',
    launchType: 'FARGATE',
    desiredCount: 4,
    networkConfiguration: { awsvpcConfiguration: { subnets: s.subnets } },
    ...more,
  };
  await s.call('ecs', 'CreateService', service);
  s.world.clock.advance(5 * MINUTE);
  const zones = async (): Promise<readonly string[]> => {
    const { taskArns } = await s.call('ecs', 'ListTasks', { cluster: 'shop' });
    const { tasks } = await s.call('ecs', 'DescribeTasks', { cluster: 'shop', tasks: taskArns });
    return tasks.map((t: { availabilityZone: string }) => t.availabilityZone).sort();
  };
  return { ...s, service, zones };
}

describe('an ECS service', () => {
  it('spreads its tasks, replaces those of a lost AZ, and levels itself when the AZ is back', async () => {
    const s = await running();
    expect(await s.zones()).toEqual([A, A, B, B]);
    const fault = s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(5 * MINUTE);
    expect(await s.zones()).toEqual([B, B, B, B]);
    s.world.lift(fault);
    s.world.clock.advance(30 * MINUTE);
    expect(await s.zones()).toEqual([A, A, B, B]);
  });

  it('stays as it is when it does not rebalance', async () => {
    const s = await running({ availabilityZoneRebalancing: 'DISABLED' });
    const fault = s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(5 * MINUTE);
    s.world.lift(fault);
    s.world.clock.advance(30 * MINUTE);
    expect(await s.zones()).toEqual([B, B, B, B]);
  });

  it('starts no tasks while the control plane is gone', async () => {
    const s = await running();
    const fault = s.world.inject({ kind: 'control-plane-loss', region: 'us-east-1', client: 'ecs' });
    s.world.inject({ kind: 'az-loss', zone: A });
    s.world.clock.advance(20 * MINUTE);
    s.world.lift(fault);
    expect(await s.zones()).toEqual([A, A, B, B]);
    s.world.clock.advance(5 * MINUTE);
    expect(await s.zones()).toEqual([B, B, B, B]);
  });

  it('scales to what it is told, and refuses a task definition of awsvpc without subnets', async () => {
    const s = await running();
    await s.call('ecs', 'UpdateService', { cluster: 'shop', service: 'app', desiredCount: 6 });
    expect(await s.zones()).toHaveLength(6);
    await expect(
      s.call('ecs', 'CreateService', { ...s.service, serviceName: 'other', networkConfiguration: undefined }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});
