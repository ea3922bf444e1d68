/** Route 53 end to end: a failing endpoint is noticed by checkers, answers change, resolvers keep what they were told. */
import { describe, expect, it } from 'vitest';
import { latencyRegions, request, resolve, resolver } from '../../../src/simulator/plane/dns.ts';
import { listen, refused } from '../../../src/simulator/plane/network.ts';
import { cloudwatch } from '../../../src/simulator/services/cloudwatch.ts';
import { route53 } from '../../../src/simulator/services/route-53.ts';
import { HEALTH_CHECKS } from '../../../src/simulator/services/route-53-model.ts';
import { routingControlCluster } from '../../../src/simulator/services/route53-recovery-cluster.ts';
import { routingControlConfig } from '../../../src/simulator/services/route53-recovery-control-config.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import type { World } from '../../../src/simulator/world/world.ts';
import { ACCOUNT, freshAws } from '../../services/observed/support.ts';

const SERVICES = [route53, cloudwatch, routingControlConfig, routingControlCluster];
const SECOND = 1000;
const ASKER = { region: 'us-east-1' };

async function call<O>(aws: SimulatedAws, client: string, operation: string, input: object, region = 'us-east-1'): Promise<O> {
  return (await invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) })) as O;
}

/** A host that serves unless its Region is lost or it was told not to. */
function serve(world: World, host: string, region: string): { up: boolean } {
  const state = { up: true };
  listen(world, host, () =>
    state.up && !world.regionIsLost(region)
      ? { kind: 'served', by: `arn:of:${host}`, region, zone: undefined, writes: undefined }
      : refused('down'),
  );
  return state;
}

async function zone(aws: SimulatedAws): Promise<string> {
  const made = await call<{ HostedZone: { Id: string } }>(aws, 'route-53', 'CreateHostedZone', {
    Name: 'example.com',
    CallerReference: 'zone',
  });
  return made.HostedZone.Id;
}

async function records(aws: SimulatedAws, HostedZoneId: string, sets: readonly object[], Action = 'CREATE'): Promise<void> {
  const Changes = sets.map((set) => ({ Action, ResourceRecordSet: { Name: 'www.example.com', Type: 'A', ...set } }));
  await call(aws, 'route-53', 'ChangeResourceRecordSets', { HostedZoneId, ChangeBatch: { Changes } });
}

async function healthCheck(aws: SimulatedAws, config: object): Promise<string> {
  const made = await call<{ HealthCheck: { Id: string } }>(aws, 'route-53', 'CreateHealthCheck', {
    CallerReference: JSON.stringify(config),
    HealthCheckConfig: config,
  });
  return made.HealthCheck.Id;
}

const EAST = 'east.us-east-1.elb.amazonaws.com';
const WEST = 'west.us-west-2.elb.amazonaws.com';
const plain = (host: string) => ({ TTL: 60, ResourceRecords: [{ Value: host }], Type: 'CNAME' });
const alias = (host: string) => ({
  AliasTarget: { DNSName: host, HostedZoneId: 'Z35SXDOTRQ7X7K', EvaluateTargetHealth: true },
});

/** Seconds until the resolver's requests are served from the Region. */
function secondsUntilServedFrom(world: World, region: string, most = 900): number {
  const probe = resolver(world, ASKER);
  request(world, 'https://www.example.com/', probe);
  for (let second = 0; second <= most; second += 1) {
    const answer = request(world, 'https://www.example.com/', probe);
    if (answer.kind === 'served' && answer.region === region) return second;
    world.clock.advance(SECOND);
  }
  return Number.POSITIVE_INFINITY;
}

async function failoverPair(aws: SimulatedAws, primary: object, checkId: string | undefined): Promise<void> {
  const id = await zone(aws);
  await records(aws, id, [
    { ...primary, SetIdentifier: 'one', Failover: 'PRIMARY', ...(checkId === undefined ? {} : { HealthCheckId: checkId }) },
    { ...('AliasTarget' in primary ? alias(WEST) : plain(WEST)), SetIdentifier: 'two', Failover: 'SECONDARY' },
  ]);
  aws.world.clock.advance(120 * SECOND);
}

describe('health checks and answers', () => {
  it.each([
    [30, 3, 60, 90],
    [10, 3, 20, 30],
    [10, 1, 0, 10],
  ])(
    'a check every %i s with %i failures turns in %i to %i s, and a few for agreement',
    async (interval, threshold, least, most) => {
      const aws = freshAws(SERVICES);
      serve(aws.world, EAST, 'us-east-1');
      serve(aws.world, WEST, 'us-west-2');
      const config = { Type: 'HTTPS', FullyQualifiedDomainName: EAST, RequestInterval: interval, FailureThreshold: threshold };
      await failoverPair(aws, plain(EAST), await healthCheck(aws, config));
      expect(resolve(aws.world, 'www.example.com', ASKER).values).toEqual([EAST]);
      aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
      let seconds = 0;
      while (resolve(aws.world, 'www.example.com', ASKER).values[0] !== WEST && seconds < 600) {
        aws.world.clock.advance(SECOND);
        seconds += 1;
      }
      expect(seconds).toBeGreaterThanOrEqual(least);
      expect(seconds).toBeLessThanOrEqual(most + 6);
    },
  );

  it('CloudWatch shows of each minute what the check was then', async () => {
    const aws = freshAws(SERVICES);
    serve(aws.world, EAST, 'us-east-1');
    // A data point arrives a minute after its minute, and an alarm over three of them waits for the third.
    const HealthCheckId = await healthCheck(aws, {
      Type: 'TCP',
      FullyQualifiedDomainName: EAST,
      RequestInterval: 10,
      FailureThreshold: 1,
    });
    await call(aws, 'cloudwatch', 'PutMetricAlarm', {
      AlarmName: 'down',
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Dimensions: [{ Name: 'HealthCheckId', Value: HealthCheckId }],
      Statistic: 'Minimum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 3,
    });
    for (let minute = 0; minute < 10; minute += 1) aws.world.clock.advance(60 * SECOND);
    const state = async (): Promise<string | undefined> =>
      (await call<{ MetricAlarms: { StateValue?: string }[] }>(aws, 'cloudwatch', 'DescribeAlarms', {})).MetricAlarms[0]
        ?.StateValue;
    expect(await state()).toBe('OK');
    listen(aws.world, EAST, () => refused('down'));
    let seconds = 0;
    for (; (await state()) === 'OK' && seconds < 600; seconds += 10) aws.world.clock.advance(10 * SECOND);
    expect(seconds).toBeGreaterThanOrEqual(3 * 60);
    expect(seconds).toBeLessThanOrEqual(16 + 3 * 60 + 60 + 60 + 10);
  });

  it('checkers ask each by itself: an endpoint that answers every other request is healthy', async () => {
    const aws = freshAws(SERVICES);
    await healthCheck(aws, { Type: 'TCP', FullyQualifiedDomainName: EAST, RequestInterval: 10, FailureThreshold: 1 });
    aws.world.inject({ kind: 'az-loss', zone: 'us-east-1a' });
    listen(aws.world, EAST, () =>
      aws.world.random.next() < 0.5
        ? refused('a node that is lost')
        : { kind: 'served', by: 'x', region: 'us-east-1', zone: undefined, writes: undefined },
    );
    const [check] = aws.world.everywhere(HEALTH_CHECKS);
    for (let minute = 0; minute < 60; minute += 1) aws.world.clock.advance(60 * SECOND);
    expect(check?.item.watch?.turns).toEqual([]);
  });

  it('users are near the Regions that records by latency name', async () => {
    const aws = freshAws(SERVICES);
    await records(
      aws,
      await zone(aws),
      ['sa-east-1', 'us-west-2'].map((Region) => ({ SetIdentifier: Region, Region, ...plain(EAST) })),
    );
    aws.world.clock.advance(120 * SECOND);
    expect([...latencyRegions(aws.world)].sort()).toEqual(['sa-east-1', 'us-west-2']);
  });

  it('a resolver goes on with what it was told until the TTL is over', async () => {
    const aws = freshAws(SERVICES);
    serve(aws.world, EAST, 'us-east-1');
    serve(aws.world, WEST, 'us-west-2');
    const check = { Type: 'TCP', FullyQualifiedDomainName: EAST, RequestInterval: 10, FailureThreshold: 1 };
    await failoverPair(aws, plain(EAST), await healthCheck(aws, check));
    const before = aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    const seconds = secondsUntilServedFrom(aws.world, 'us-west-2');
    expect(seconds).toBeGreaterThanOrEqual(55);
    expect(seconds).toBeLessThanOrEqual(60 + 10 + 6);
    aws.world.lift(before);
    expect(secondsUntilServedFrom(aws.world, 'us-east-1')).toBeLessThanOrEqual(60 + 10 + 6);
  });

  it('an alias follows the health of its load balancer', async () => {
    const aws = freshAws(SERVICES);
    const east = serve(aws.world, EAST, 'us-east-1');
    serve(aws.world, WEST, 'us-west-2');
    await failoverPair(aws, alias(`dualstack.${EAST}`), undefined);
    expect(secondsUntilServedFrom(aws.world, 'us-east-1')).toBe(0);
    east.up = false;
    expect(secondsUntilServedFrom(aws.world, 'us-west-2')).toBeLessThanOrEqual(60 + 30 + 6);
  });

  it('a primary without a signal is answered with for ever', async () => {
    const aws = freshAws(SERVICES);
    serve(aws.world, EAST, 'us-east-1');
    serve(aws.world, WEST, 'us-west-2');
    await failoverPair(aws, plain(EAST), undefined);
    aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    expect(secondsUntilServedFrom(aws.world, 'us-west-2')).toBe(Number.POSITIVE_INFINITY);
  });

  it('an alarm that is lost with its Region leaves its check as it was, unless the check says otherwise', async () => {
    const answers = async (insufficient: string) => {
      const aws = freshAws(SERVICES);
      serve(aws.world, EAST, 'us-east-1');
      serve(aws.world, WEST, 'us-west-2');
      const alarm = { Namespace: 'Shop', MetricName: 'Errors', Period: 60, EvaluationPeriods: 1, Threshold: 1 };
      const rule = { ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum', TreatMissingData: 'notBreaching' };
      await call(aws, 'cloudwatch', 'PutMetricAlarm', { AlarmName: 'errors', ...alarm, ...rule });
      const config = { Type: 'CLOUDWATCH_METRIC', InsufficientDataHealthStatus: insufficient };
      const check = await healthCheck(aws, { ...config, AlarmIdentifier: { Name: 'errors', Region: 'us-east-1' } });
      await failoverPair(aws, plain(EAST), check);
      aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
      aws.world.clock.advance(600 * SECOND);
      return resolve(aws.world, 'www.example.com', ASKER).values;
    };
    expect(await answers('LastKnownStatus')).toEqual([EAST]);
    expect(await answers('Unhealthy')).toEqual([WEST]);
  });
});

describe('the control plane', () => {
  it('names go on being answered while changes are refused; changes take up to a minute', async () => {
    const aws = freshAws(SERVICES);
    const id = await zone(aws);
    await records(aws, id, [plain(EAST)]);
    expect(resolve(aws.world, 'www.example.com', ASKER).values).toEqual([]);
    aws.world.clock.advance(60 * SECOND);
    expect(resolve(aws.world, 'www.example.com', ASKER).values).toEqual([EAST]);
    aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    await expect(records(aws, id, [plain(WEST)], 'UPSERT')).rejects.toThrow();
    expect(resolve(aws.world, 'www.example.com', ASKER).values).toEqual([EAST]);
  });

  it.each([
    ['a record that exists', [plain(EAST), plain(EAST)]],
    ['a record outside its zone', [{ ...plain(EAST), Name: 'www.example.org' }]],
    ['a health check that does not exist', [{ ...plain(EAST), HealthCheckId: 'nobody' }]],
    ['a routing policy without a set identifier', [{ ...plain(EAST), Weight: 1 }]],
    [
      'two routing policies in one set',
      [
        { ...plain(EAST), Weight: 1, SetIdentifier: 'a' },
        { ...plain(EAST), Region: 'us-east-1', SetIdentifier: 'b' },
      ],
    ],
    ['an alias with a TTL', [{ ...alias(EAST), TTL: 60 }]],
  ])('refuses %s', async (_, sets) => {
    const aws = freshAws(SERVICES);
    const id = await zone(aws);
    await expect(records(aws, id, sets)).rejects.toMatchObject({ code: 'InvalidChangeBatch' });
  });
});

describe('routing policies', () => {
  const answered = async (sets: readonly object[], region = 'us-east-1') => {
    const aws = freshAws(SERVICES);
    const id = await zone(aws);
    await records(aws, id, sets);
    aws.world.clock.advance(60 * SECOND);
    const asked = Array.from({ length: 200 }, () => resolve(aws.world, 'www.example.com', { region }).values[0] ?? '');
    return new Map([...new Set(asked)].map((host) => [host, asked.filter((h) => h === host).length]));
  };
  const east = { ...plain(EAST), SetIdentifier: 'east' };
  const west = { ...plain(WEST), SetIdentifier: 'west' };

  it('weighted: in proportion, and nothing for a weight of 0', async () => {
    const counts = await answered([
      { ...east, Weight: 3 },
      { ...west, Weight: 1 },
    ]);
    expect(counts.get(EAST)).toBeGreaterThan(120);
    expect(counts.get(WEST)).toBeGreaterThan(20);
    expect([
      ...(
        await answered([
          { ...east, Weight: 0 },
          { ...west, Weight: 1 },
        ])
      ).keys(),
    ]).toEqual([WEST]);
    expect(
      (
        await answered([
          { ...east, Weight: 0 },
          { ...west, Weight: 0 },
        ])
      ).size,
    ).toBe(2);
  });

  it('latency: the nearest Region', async () => {
    const sets = [
      { ...east, Region: 'us-east-1' },
      { ...west, Region: 'us-west-2' },
    ];
    expect([...(await answered(sets, 'ca-central-1')).keys()]).toEqual([EAST]);
    expect([...(await answered(sets, 'us-west-1')).keys()]).toEqual([WEST]);
  });

  it('geolocation: the smallest place that holds the asker, else the default one', async () => {
    const sets = [
      { ...east, GeoLocation: { CountryCode: '*' } },
      { ...west, GeoLocation: { ContinentCode: 'EU' } },
    ];
    expect([...(await answered(sets, 'eu-west-1')).keys()]).toEqual([WEST]);
    expect([...(await answered(sets, 'ap-south-1')).keys()]).toEqual([EAST]);
  });
});

describe('routing control', () => {
  it('moves traffic through an endpoint of another Region, within its safety rules', async () => {
    const aws = freshAws(SERVICES);
    serve(aws.world, EAST, 'us-east-1');
    serve(aws.world, WEST, 'us-west-2');
    const config = 'route53-recovery-control-config';
    const { Cluster } = await call<{ Cluster: { ClusterArn: string } }>(
      aws,
      config,
      'CreateCluster',
      { ClusterName: 'c' },
      'us-west-2',
    );
    aws.world.clock.advance(600 * SECOND);
    const control = async (RoutingControlName: string): Promise<string> => {
      const made = await call<{ RoutingControl: { RoutingControlArn: string; ControlPanelArn: string } }>(
        aws,
        config,
        'CreateRoutingControl',
        { ClusterArn: Cluster.ClusterArn, RoutingControlName },
        'us-west-2',
      );
      return made.RoutingControl.RoutingControlArn;
    };
    const east = await control('east');
    const west = await control('west');
    await call(
      aws,
      config,
      'CreateSafetyRule',
      {
        AssertionRule: {
          AssertedControls: [east, west],
          ControlPanelArn: east.split('/routingcontrol/')[0],
          Name: 'one is on',
          RuleConfig: { Type: 'ATLEAST', Threshold: 1, Inverted: false },
          WaitPeriodMs: 5000,
        },
      },
      'us-west-2',
    );
    const set = (states: Readonly<Record<string, string>>, region: string) => {
      const UpdateRoutingControlStateEntries = Object.entries(states).map(([RoutingControlArn, RoutingControlState]) => ({
        RoutingControlArn,
        RoutingControlState,
      }));
      return call(aws, 'route53-recovery-cluster', 'UpdateRoutingControlStates', { UpdateRoutingControlStateEntries }, region);
    };
    await set({ [east]: 'On' }, 'us-east-1');
    const id = await zone(aws);
    const check = (arn: string) => healthCheck(aws, { Type: 'RECOVERY_CONTROL', RoutingControlArn: arn });
    await records(aws, id, [
      { ...plain(EAST), SetIdentifier: 'one', Failover: 'PRIMARY', HealthCheckId: await check(east) },
      { ...plain(WEST), SetIdentifier: 'two', Failover: 'SECONDARY', HealthCheckId: await check(west) },
    ]);
    aws.world.clock.advance(60 * SECOND);
    expect(resolve(aws.world, 'www.example.com', ASKER).values).toEqual([EAST]);
    await expect(set({ [east]: 'Off' }, 'eu-west-1')).rejects.toMatchObject({ code: 'ConflictException' });
    aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    await expect(set({ [east]: 'Off', [west]: 'On' }, 'us-east-1')).rejects.toThrow();
    await expect(set({ [east]: 'Off', [west]: 'On' }, 'us-east-2')).rejects.toMatchObject({ status: 503 });
    await set({ [east]: 'Off', [west]: 'On' }, 'eu-west-1');
    expect(resolve(aws.world, 'www.example.com', ASKER).values).toEqual([WEST]);
    await expect(set({ [east]: 'On' }, 'eu-west-1')).rejects.toMatchObject({ code: 'ConflictException' });
  });
});
