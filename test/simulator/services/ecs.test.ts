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

describe('a deployment of an ECS service', () => {
  type Shop = Awaited<ReturnType<typeof running>>;
  const inTurn = async (s: Shop, name = 'app') => {
    const { services } = await s.call('ecs', 'DescribeServices', { cluster: 'shop', services: [name] });
    const [service] = services;
    const told = service.deployments.map((d: { status: string; rolloutState: string; taskDefinition: string }) =>
      [d.status, d.rolloutState, d.taskDefinition.split('/').at(-1)].join(' '),
    );
    return { service, told };
  };
  const register = async (s: Shop): Promise<string> => {
    const { taskDefinition } = await s.call('ecs', 'RegisterTaskDefinition', {
      family: 'app',
      networkMode: 'awsvpc',
      containerDefinitions: [{ name: 'app', image: 'app:2' }],
    });
    return taskDefinition.taskDefinitionArn;
  };
  const update = (s: Shop, more: object) => s.call('ecs', 'UpdateService', { cluster: 'shop', service: 'app', ...more });
  /** What runs and what is pending, minute by minute, until nothing changes for a while. */
  const watched = async (s: Shop, minutes = 12) => {
    const counts: { running: number; all: number }[] = [];
    for (let i = 0; i < minutes * 12; i += 1) {
      const { service } = await inTurn(s);
      counts.push({ running: service.runningCount, all: service.runningCount + service.pendingCount });
      s.world.clock.advance(5_000);
    }
    return { least: Math.min(...counts.map((c) => c.running)), most: Math.max(...counts.map((c) => c.all)) };
  };
  const behind = async (more: object = {}) => {
    const s = await running({ desiredCount: 0 });
    const { TargetGroups } = await s.call('elastic-load-balancing-v2', 'CreateTargetGroup', {
      Name: 'app',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: s.vpc,
      TargetType: 'ip',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      UnhealthyThresholdCount: 2,
    });
    const loadBalancers = [{ targetGroupArn: TargetGroups[0].TargetGroupArn, containerName: 'app', containerPort: 80 }];
    await s.call('ecs', 'CreateService', { ...s.service, desiredCount: 4, serviceName: 'web', loadBalancers, ...more });
    await s.call('ecs', 'DeleteService', { cluster: 'shop', service: 'app', force: true });
    return s;
  };

  it('is completed once as many tasks are healthy as are wanted', async () => {
    const s = await running();
    const { service, told } = await inTurn(s);
    expect(told).toEqual(['PRIMARY COMPLETED app:1']);
    expect(service).toMatchObject({ runningCount: 4, pendingCount: 0 });
    expect(service.deployments[0]).toMatchObject({ desiredCount: 4, runningCount: 4, failedTasks: 0 });
    expect(service.events[0].message).toBe('(service app) has reached a steady state.');
  });

  it.each([
    ['by default', undefined, 4, 8],
    ['without room for more', { minimumHealthyPercent: 50, maximumPercent: 100 }, 2, 4],
    ['one more at a time', { minimumHealthyPercent: 100, maximumPercent: 125 }, 4, 5],
    ['rounded: of 4, 30 % are 2 that stay and 130 % are 5', { minimumHealthyPercent: 30, maximumPercent: 130 }, 2, 5],
  ])('replaces every task within its bounds: %s', async (_, deploymentConfiguration, least, most) => {
    const s = await running({ deploymentConfiguration });
    const before = (await s.call('ecs', 'ListTasks', { cluster: 'shop' })).taskArns;
    await update(s, { taskDefinition: await register(s) });
    expect((await inTurn(s)).told).toEqual(['PRIMARY IN_PROGRESS app:2', 'ACTIVE COMPLETED app:1']);
    expect(await watched(s)).toEqual({ least, most });
    expect((await inTurn(s)).told).toEqual(['PRIMARY COMPLETED app:2']);
    const after = (await s.call('ecs', 'ListTasks', { cluster: 'shop' })).taskArns;
    expect(after.filter((arn: string) => before.includes(arn))).toEqual([]);
    const { tasks } = await s.call('ecs', 'DescribeTasks', { cluster: 'shop', tasks: after });
    expect(new Set(tasks.map((t: { taskDefinitionArn: string }) => t.taskDefinitionArn.split('/').at(-1)))).toEqual(
      new Set(['app:2']),
    );
    expect(await s.zones()).toEqual([A, A, B, B]);
  });

  it.each([
    ['forced', { forceNewDeployment: true }, 2],
    ['another size', { desiredCount: 5 }, 1],
    ['the same task definition', { taskDefinition: 'app:1' }, 1],
    ['other bounds', { deploymentConfiguration: { maximumPercent: 150 } }, 1],
    ['a grace period', { healthCheckGracePeriodSeconds: 60 }, 1],
    ['another platform', { platformVersion: '1.4.0' }, 2],
  ])('starts where AWS says that one does: %s', async (_, change, deployments) => {
    const s = await running();
    await update(s, change);
    expect((await inTurn(s)).told).toHaveLength(deployments);
  });

  it('that may neither stop nor start a task stands still', async () => {
    const s = await running({ desiredCount: 1, deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } });
    await update(s, { forceNewDeployment: true });
    s.world.clock.advance(60 * MINUTE);
    expect((await inTurn(s)).told).toEqual(['PRIMARY IN_PROGRESS app:1', 'ACTIVE COMPLETED app:1']);
  });

  it.each([
    ['rolled back', { enable: true, rollback: true }, ['PRIMARY COMPLETED app:1'], 'app:1'],
    ['stalled', { enable: true, rollback: false }, ['PRIMARY FAILED app:2', 'ACTIVE COMPLETED app:1'], 'app:2'],
    ['tried on', { enable: false, rollback: false }, ['PRIMARY IN_PROGRESS app:2', 'ACTIVE COMPLETED app:1'], 'app:2'],
    [
      'tried on below the threshold',
      { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 10_000 } },
      ['PRIMARY IN_PROGRESS app:2', 'ACTIVE COMPLETED app:1'],
      'app:2',
    ],
  ])('whose tasks never get healthy is %s', async (_, deploymentCircuitBreaker, expected, definition) => {
    const s = await behind({ deploymentConfiguration: { deploymentCircuitBreaker } });
    s.world.clock.advance(5 * MINUTE);
    const arn = await register(s);
    s.world.inject({ kind: 'unreachable', arn });
    await s.call('ecs', 'UpdateService', { cluster: 'shop', service: 'web', taskDefinition: arn });
    s.world.clock.advance(20 * MINUTE);
    const { service, told } = await inTurn(s, 'web');
    expect(told).toEqual(expected);
    expect(service.taskDefinition.split('/').at(-1)).toBe(definition);
    // Those that served before still do.
    expect(service.deployments.at(-1)).toMatchObject({ runningCount: 4 });
  });

  it('stops a task that is still sick when its grace period ends', async () => {
    const s = await behind({ healthCheckGracePeriodSeconds: 600, desiredCount: 1 });
    const task = async () => (await s.call('ecs', 'ListTasks', { cluster: 'shop', serviceName: 'web' })).taskArns[0];
    const first = await task();
    s.world.inject({
      kind: 'unreachable',
      arn: (await s.call('ecs', 'DescribeTaskDefinition', { taskDefinition: 'app' })).taskDefinition.taskDefinitionArn,
    });
    s.world.clock.advance(9 * MINUTE);
    expect(await task()).toBe(first);
    s.world.clock.advance(4 * MINUTE);
    expect(await task()).not.toBe(first);
  });

  it('is left to another controller where there is one', async () => {
    const s = await running({ deploymentController: { type: 'CODE_DEPLOY' } });
    expect((await inTurn(s)).told).toEqual([]);
    await expect(update(s, { taskDefinition: await register(s) })).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});
