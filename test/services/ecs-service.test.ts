import { describe, expect, it } from 'vitest';
import { Hole, type Value } from '../../src/model/value.ts';
import { ecsService } from '../../src/services/ecs-service.ts';
import { hole, impact, links, out, protections, read, type Spec, timing, urnOf } from './support-traffic.ts';

const SERVICE = 'aws:ecs/service:Service';
const TASK = 'aws:ecs/taskDefinition:TaskDefinition';
const SUBNET = 'aws:ec2/subnet:Subnet';
const REPOSITORY = 'aws:ecr/repository:Repository';
const SECRET = 'aws:secretsmanager/secret:Secret';
const subnet = (name: string, zone: Value): Spec => ({ type: SUBNET, name, inputs: { availabilityZone: zone } });
const subnets = [subnet('a', 'us-east-1a'), subnet('b', 'us-east-1b'), subnet('x', hole)];
const of = (names: readonly string[], inputs: { readonly [key: string]: Value }, ...others: readonly Spec[]) =>
  read(
    ecsService,
    {
      type: SERVICE,
      name: 'web',
      inputs: { launchType: 'FARGATE', networkConfiguration: { subnets: names.map((n) => out(SUBNET, n, 'id')) }, ...inputs },
    },
    ...subnets,
    ...others,
  ).meaning;

describe('az', () => {
  it.each([
    ['two AZs', of(['a', 'b'], { desiredCount: 4 }), 'reduced 0.50', 'yes'],
    ['one AZ', of(['a'], { desiredCount: 4 }), 'lost', 'no'],
    ['one task', of(['a', 'b'], { desiredCount: 1 }), 'lost', 'yes'],
    ['no desired count', of(['a', 'b'], {}), 'lost', 'yes'],
    ['an AZ that is not known', of(['a', 'x'], { desiredCount: 4 }), 'not-reported', 'not-reported'],
    ['number not known', of(['a', 'b'], { desiredCount: hole }), 'unresolved-at-preview', 'yes'],
    ['on hosts of the user', of(['a', 'b'], { desiredCount: 4, launchType: 'EC2' }), 'reduced 0.50', 'not-modelled'],
    ['without a network of its own', of([], { desiredCount: 4, networkConfiguration: null }), 'not-modelled', 'not-modelled'],
    ['a daemon', of(['a', 'b'], { schedulingStrategy: 'DAEMON' }), 'not-modelled', 'yes'],
  ])('%s', (_, meaning, az, armed) => {
    expect(impact(meaning, 'az')).toBe(az);
    expect(protections(meaning, 'az')).toEqual([`ecs-task-replace service-native ${armed}`]);
  });
});

it('reads images and secrets through the task definition, from references and from text', () => {
  const repository: Spec = {
    type: REPOSITORY,
    name: 'shop',
    outputs: { repositoryUrl: '1.dkr.ecr.us-east-1.amazonaws.com/shop' },
  };
  const secret: Spec = {
    type: SECRET,
    name: 'password',
    outputs: { arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:password-AbCdEf' },
  };
  const wired = (containerDefinitions: Value) =>
    of(
      ['a', 'b'],
      { taskDefinition: out(TASK, 'task', 'arn') },
      { type: TASK, name: 'task', inputs: { containerDefinitions } },
      repository,
      secret,
    );
  const literal = JSON.stringify([
    {
      image: '1.dkr.ecr.us-east-1.amazonaws.com/shop:1.2',
      secrets: [{ valueFrom: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:password-AbCdEf:key::' }],
    },
  ]);
  expect(links(wired(literal), 'image')).toEqual(['task', 'shop']);
  expect(links(wired(literal), 'secret')).toEqual(['password']);
  const built = new Hole('unresolved-at-preview', 'made of outputs', [
    { urn: urnOf(REPOSITORY, 'shop'), property: 'repositoryUrl' },
    { urn: urnOf(SECRET, 'password'), property: 'arn' },
  ]);
  expect(links(wired(built), 'image')).toEqual(['task', 'shop']);
  expect(links(wired(built), 'secret')).toEqual(['password']);
});

describe('times', () => {
  const GROUP = 'aws:lb/targetGroup:TargetGroup';
  const behind = (healthCheck: Value): readonly string[] =>
    of(
      ['a', 'b'],
      { desiredCount: 4, loadBalancers: [{ targetGroupArn: out(GROUP, 'web', 'arn') }] },
      { type: GROUP, name: 'web', inputs: { targetType: 'ip', healthCheck } },
    ).protections.map((p) => `${p.scopes.join()} ${timing(p.time)}`);

  it('a lost task is noticed by ECS or by the target group, whichever is first, and its successor passes a health check', () => {
    expect(behind({ interval: 10, unhealthyThreshold: 3, timeout: 4 })).toEqual([
      'instance fastest(ecs-task-missed, 20-34s) + ecs-task-replace + slowest(0s, 0-10s)',
      'az fastest(ecs-task-missed, 20-34s) + ecs-task-replace + slowest(0s, 0-10s)',
      'region ecs-scale-out + slowest(0s, 0-10s)',
    ]);
  });

  it('a target group that checks nothing tells nothing, one that nobody can read may take the longest that AWS allows', () => {
    expect(behind({ enabled: false })).toContain('region ecs-scale-out + slowest(0s, 0s)');
    expect(behind({ enabled: false })[0]).toBe('instance fastest(ecs-task-missed) + ecs-task-replace + slowest(0s, 0s)');
    expect(behind({ interval: hole })).toContain('region ecs-scale-out + slowest(0s, 0-300s)');
  });

  it('without a load balancer there is nobody else to notice', () => {
    const found = of(['a', 'b'], { desiredCount: 4 }).protections.find((p) => p.scopes.includes('az'));
    expect(timing(found?.time)).toBe('fastest(ecs-task-missed) + ecs-task-replace + slowest(0s)');
  });
});
