import { describe, expect, it } from 'vitest';
import { automaticFailover } from '../../checks/automatic-failover.ts';
import { out, type Spec } from '../services/support-traffic.ts';
import { promising } from '../verdicts/estates.ts';
import { answering, factsOf, inputOf, noAws, objectionsOf, rulesOf } from './support.ts';

const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const GROUP = 'aws:autoscaling/group:Group';
const pool = (name: string, region: string, desired = 4): readonly Spec[] => [
  {
    type: TARGETS,
    name,
    region,
    inputs: { name, port: 80, protocol: 'HTTP', targetType: 'instance' },
    outputs: { arn: `arn:aws:elasticloadbalancing:${region}:111122223333:targetgroup/${name}/1` },
  },
  {
    type: GROUP,
    name,
    region,
    inputs: {
      name,
      minSize: 0,
      maxSize: 8,
      desiredCapacity: desired,
      availabilityZones: [`${region}a`, `${region}b`],
      targetGroupArns: [out(TARGETS, name, 'arn')],
    },
  },
];
const BOTH = [...pool('web-primary', 'us-east-1'), ...pool('web-standby', 'eu-west-1')];
const PROMISED = promising('{ RTO: { region: 15m }, MBCO: { region: 60% } }');
const instances = (zones: readonly string[]) =>
  zones.map((AvailabilityZone) => ({ AvailabilityZone, LifecycleState: 'InService', HealthStatus: 'Healthy' }));
const balanced = (_input: unknown, at: { readonly region: string }) => ({
  AutoScalingGroups: ['web-primary', 'web-standby'].map((AutoScalingGroupName) => ({
    AutoScalingGroupName,
    Instances: instances([`${at.region}a`, `${at.region}b`]),
  })),
});
const healthy = (counts: Readonly<Record<string, number>>) =>
  answering(noAws, {
    'autoscaling:DescribeAutoScalingGroups': balanced,
    'elasticloadbalancing:DescribeTargetHealth': (_, at) => ({
      TargetHealthDescriptions: Array.from({ length: 4 }, (__, i) => ({
        TargetHealth: { State: i < (counts[at.region] ?? 0) ? 'healthy' : 'unhealthy' },
      })),
    }),
  });

describe('targets', () => {
  it.each<[string, ReturnType<typeof healthy>, readonly string[], readonly string[]]>([
    ['healthy in both Regions', healthy({ 'us-east-1': 4, 'eu-west-1': 4 }), [], []],
    [
      'too few in the other Region',
      healthy({ 'us-east-1': 4, 'eu-west-1': 2 }),
      ['live-standby-below-mbco'],
      ['MBCO-region not-met'],
    ],
    [
      'unhealthy in the other Region',
      healthy({ 'us-east-1': 4, 'eu-west-1': 0 }),
      ['live-no-healthy-target'],
      ['MBCO-region not-met', 'RTO-region not-met'],
    ],
    [
      'not to be read',
      answering(noAws, { 'autoscaling:DescribeAutoScalingGroups': balanced }),
      ['live-no-healthy-target?'],
      ['MBCO-region unknown', 'RTO-region unknown'],
    ],
  ])('that are %s', async (_, aws, rules, objections) => {
    const result = await automaticFailover.run(inputOf(BOTH, PROMISED, aws));
    expect(rulesOf(result)).toEqual(rules);
    expect(objectionsOf(result)).toEqual(objections);
  });

  it('do not know whether they are enough when one Region is not read', async () => {
    const one = answering(healthy({ 'us-east-1': 4, 'eu-west-1': 4 }), {});
    const aws = {
      ...one,
      ask: ((call, input, at, absent) =>
        (at.region === 'us-east-1' ? noAws : one).ask(call, input, at, absent)) as typeof one.ask,
    };
    const result = await automaticFailover.run(inputOf(BOTH, PROMISED, aws));
    expect(rulesOf(result)).toEqual(['live-no-healthy-target?', 'live-standby-below-mbco?']);
  });

  it('are not missed where nothing runs until the plan starts it', async () => {
    const light = [...pool('web-primary', 'us-east-1'), ...pool('web-standby', 'eu-west-1', 0)];
    const result = await automaticFailover.run(inputOf(light, PROMISED, healthy({ 'us-east-1': 4 })));
    expect(rulesOf(result)).toEqual([]);
  });
});

describe('instances of a group', () => {
  const web = pool('web-primary', 'us-east-1').slice(1);
  const running = (...zones: readonly string[]) =>
    answering(noAws, {
      'autoscaling:DescribeAutoScalingGroups': () => ({
        AutoScalingGroups: [{ AutoScalingGroupName: 'web-primary', Instances: instances(zones) }],
      }),
    });
  it.each([
    ['in two AZs', running('us-east-1a', 'us-east-1b'), []],
    ['in one AZ', running('us-east-1a', 'us-east-1a'), ['live-group-in-one-zone']],
    ['not to be read', noAws, ['live-group-in-one-zone?']],
  ])('that are %s', async (_, aws, rules) => {
    expect(rulesOf(await automaticFailover.run(inputOf(web, undefined, aws)))).toEqual(rules);
  });
});

describe('routing controls', () => {
  const cluster: Spec = {
    type: 'aws:route53recoverycontrol/cluster:Cluster',
    name: 'switch',
    inputs: { name: 'switch' },
    outputs: {
      clusterEndpoints: [
        { endpoint: 'https://one.example', region: 'us-east-1' },
        { endpoint: 'https://two.example', region: 'eu-west-1' },
      ],
    },
  };
  const states = (...all: readonly string[]) =>
    answering(noAws, {
      'route53-recovery-cluster:ListRoutingControls': () => ({
        RoutingControls: all.map((RoutingControlState) => ({ RoutingControlState })),
      }),
    });
  it.each([
    ['one of them on', states('On', 'Off'), []],
    ['all of them off', states('Off', 'Off'), ['live-routing-controls-all-off']],
    ['none made yet', states(), []],
    ['no endpoint that answers', noAws, ['live-routing-controls-all-off?']],
  ])('with %s', async (_, aws, rules) => {
    expect(rulesOf(await automaticFailover.run(inputOf([cluster], undefined, aws)))).toEqual(rules);
  });

  it('are asked for at the next endpoint when one does not answer', async () => {
    const up = states('On', 'Off');
    const aws = {
      ...up,
      pages: ((call, input, at) =>
        (at.endpoint === 'https://one.example' ? noAws : up).pages(call, input, at)) as typeof up.pages,
    };
    const result = await automaticFailover.run(inputOf([cluster], undefined, aws));
    expect(factsOf(result)).toEqual(['routing controls that are on: 1']);
  });
});
