import type * as Route53 from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import type { Actuator } from '../../../src/drills/contract.ts';
import { ACCOUNT, AWAY, type Bench, bench, HOUR, keepsTheLaws, MINUTE, maker, oneStep, REGION, stepsOf } from './support.ts';

const signal = new AbortController().signal;
const PLACE = { account: ACCOUNT, region: REGION };

async function zone(on: Bench, sets: readonly object[]): Promise<string> {
  const { HostedZone } = await on.call<{ HostedZone: { Id: string } }>('route-53', 'CreateHostedZone', {
    Name: 'example.com',
    CallerReference: 'z',
  });
  const Changes = sets.map((more) => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name: '*.example.com', Type: 'CNAME', TTL: 60, ...more },
  }));
  await on.call('route-53', 'ChangeResourceRecordSets', { HostedZoneId: HostedZone.Id, ChangeBatch: { Changes } });
  await on.pass(HOUR);
  return HostedZone.Id;
}
const records = async (on: Bench, HostedZoneId: string) =>
  (await on.call<Route53.ListResourceRecordSetsCommandOutput>('route-53', 'ListResourceRecordSets', { HostedZoneId }))
    .ResourceRecordSets ?? [];
const answer = (value: string) => ({ ResourceRecords: [{ Value: value }] });
const weighted = (region: string, Weight: number) => ({ ...answer(`shop.${region}.example.net`), SetIdentifier: region, Weight });
const answersOf = async (on: Bench, id: string, set?: string) =>
  (await records(on, id)).find((r) => r.Type === 'CNAME' && r.SetIdentifier === set)?.ResourceRecords?.[0]?.Value;

describe('a record', () => {
  keepsTheLaws('answers with the other branch', {
    setup: async (on) => {
      const id = await zone(on, [weighted(REGION, 100), weighted(AWAY, 0)]);
      return {
        make: maker('route53-switch'),
        hand: on.hand({ given: { ...PLACE, zone: id, name: '*.example.com', type: 'CNAME', set: REGION } }),
        state: () => records(on, id),
        done: async () => (await answersOf(on, id, REGION)) === `shop.${AWAY}.example.net`,
      };
    },
    once: ['ChangeResourceRecordSets'],
    undoing: 'route53:ChangeResourceRecordSets',
  });

  keepsTheLaws('of one answer gives the one that the drill file names', {
    setup: async (on) => {
      const id = await zone(on, [answer('shop.example.net')]);
      return {
        make: maker('route53-switch'),
        hand: on.hand({ given: { ...PLACE, zone: id, name: '*.example.com', type: 'CNAME', to: 'standby.example.net' } }),
        state: () => records(on, id),
        done: async () => (await answersOf(on, id)) === 'standby.example.net',
      };
    },
    once: ['ChangeResourceRecordSets'],
    undoing: 'route53:ChangeResourceRecordSets',
  });

  it('leads nowhere that is lost, and is left alone where nobody says what else it could answer', async () => {
    const on = bench();
    const id = await zone(on, [weighted(REGION, 100), weighted('us-east-1b', 0), weighted(AWAY, 0)]);
    const given = { ...PLACE, zone: id, name: '*.example.com', type: 'CNAME', set: REGION };
    const step = oneStep(maker('route53-switch'), on.hand({ given, lost: { kind: 'region-loss', region: REGION } }));
    await on.drive(step.act('t', signal));
    expect(await answersOf(on, id, REGION)).toBe(`shop.${AWAY}.example.net`);
    const alone = { ...PLACE, zone: id, name: 'a.example.com', type: 'A' };
    expect(maker('route53-switch')(on.hand({ given: alone }))).toContain('name one');
    expect(maker('route53-switch')(on.hand({}))).toContain('no source');
  });

  keepsTheLaws('follows a health check that says the opposite', {
    setup: async (on) => {
      const { HealthCheck } = await on.call<{ HealthCheck: { Id: string } }>('route-53', 'CreateHealthCheck', {
        CallerReference: 'c',
        HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'shop.example.net', Port: 443 },
      });
      const seen = async () =>
        (await on.call<Route53.GetHealthCheckCommandOutput>('route-53', 'GetHealthCheck', { HealthCheckId: HealthCheck.Id }))
          .HealthCheck?.HealthCheckConfig;
      const tags = () =>
        on.call<Route53.ListTagsForResourceCommandOutput>('route-53', 'ListTagsForResource', {
          ResourceType: 'healthcheck',
          ResourceId: HealthCheck.Id,
        });
      return {
        make: maker('route53-invert-health-check'),
        hand: on.hand({ given: { ...PLACE, healthCheck: HealthCheck.Id } }),
        state: async () => [(await seen())?.Inverted === true, await tags()],
        done: async () => (await seen())?.Inverted === true,
      };
    },
    once: ['UpdateHealthCheck'],
    undoing: 'route53:UpdateHealthCheck',
  });
});

const CONFIG = 'route53-recovery-control-config';

/** Two controls of which one must be on, and records that follow them. */
async function controlled(on: Bench) {
  const { Cluster } = await on.call<{ Cluster: { ClusterArn: string } }>(CONFIG, 'CreateCluster', { ClusterName: 'c' }, AWAY);
  await on.pass(HOUR);
  const control = async (RoutingControlName: string): Promise<string> => {
    const input = { ClusterArn: Cluster.ClusterArn, RoutingControlName };
    const made = await on.call<{ RoutingControl: { RoutingControlArn: string } }>(CONFIG, 'CreateRoutingControl', input, AWAY);
    return made.RoutingControl.RoutingControlArn;
  };
  const [east, west] = [await control('east'), await control('west')];
  const rule = {
    AssertedControls: [east, west],
    ControlPanelArn: east.split('/routingcontrol/')[0],
    Name: 'one is on',
    RuleConfig: { Type: 'ATLEAST', Threshold: 1, Inverted: false },
    WaitPeriodMs: 0,
  };
  const { AssertionRule } = await on.call<{ AssertionRule: { SafetyRuleArn: string } }>(
    CONFIG,
    'CreateSafetyRule',
    { AssertionRule: rule },
    AWAY,
  );
  const set = { UpdateRoutingControlStateEntries: [{ RoutingControlArn: east, RoutingControlState: 'On' }] };
  await on.call('route53-recovery-cluster', 'UpdateRoutingControlStates', set);
  const checks: string[] = [];
  for (const RoutingControlArn of [east, west]) {
    const HealthCheckConfig = { Type: 'RECOVERY_CONTROL', RoutingControlArn };
    const input = { CallerReference: RoutingControlArn, HealthCheckConfig };
    checks.push((await on.call<{ HealthCheck: { Id: string } }>('route-53', 'CreateHealthCheck', input)).HealthCheck.Id);
  }
  const id = await zone(on, [
    { ...answer(`shop.${REGION}.example.net`), SetIdentifier: 'one', Failover: 'PRIMARY', HealthCheckId: checks[0] },
    { ...answer(`shop.${AWAY}.example.net`), SetIdentifier: 'two', Failover: 'SECONDARY', HealthCheckId: checks[1] },
  ]);
  const states = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const RoutingControlArn of [east, west]) {
      const at = ['us-east-1', 'ap-southeast-2', 'eu-west-1'].find((r) => !on.world.regionIsLost(r));
      const reply = await on.call<{ RoutingControlState: string }>(
        'route53-recovery-cluster',
        'GetRoutingControlState',
        { RoutingControlArn },
        at,
      );
      found.push(reply.RoutingControlState);
    }
    return found;
  };
  const tags = () => on.call(CONFIG, 'ListTagsForResource', { ResourceArn: east }, AWAY);
  const record = { ...PLACE, zone: id, name: '*.example.com', type: 'CNAME', set: 'one' };
  return { east, west, states, tags, record, rule: AssertionRule.SafetyRuleArn };
}

describe('routing controls', () => {
  keepsTheLaws('of a record set are switched', {
    setup: async (on) => {
      const { states, tags, record } = await controlled(on);
      return {
        make: maker('arc-routing-control'),
        hand: on.hand({ given: record }),
        state: async () => [await states(), await tags()],
        done: async () => (await states()).join() === 'Off,On',
      };
    },
    once: ['UpdateRoutingControlStates'],
    undoing: 'route53-recovery-cluster:UpdateRoutingControlStates',
  });

  it('are switched through an endpoint that is left, while the first ones are lost', async () => {
    const on = bench();
    const { east, west, states } = await controlled(on);
    on.world.inject({ kind: 'region-loss', region: REGION });
    const step = oneStep(maker('routing-control'), on.hand({ given: { on: west, off: east } }));
    await on.drive(step.act('t', signal));
    expect(await states()).toEqual(['Off', 'On']);
  });

  it('are not switched against a safety rule, unless the drill file overrides it by name', async () => {
    const on = bench();
    const { east, states, rule } = await controlled(on);
    const step = oneStep(maker('routing-control'), on.hand({ given: { off: east } }));
    await expect(on.drive(step.act('t', signal))).rejects.toThrow('safety rule refuses');
    expect(await states()).toEqual(['On', 'Off']);
    await on.drive(step.compensate('t'));
    expect(await on.drive(step.left('t'))).toEqual([]);
    const forced = oneStep(maker('routing-control'), on.hand({ given: { off: east, safetyRulesToOverride: rule } }));
    await on.drive(forced.act('t', signal));
    expect(await states()).toEqual(['Off', 'Off']);
    await on.drive(forced.compensate('t'));
    expect(await states()).toEqual(['On', 'Off']);
  });

  it('are not switched where nobody could put them back after a crash, unless that is said to be well', async () => {
    const on = bench();
    const { east, west, states } = await controlled(on);
    on.world.inject({ kind: 'control-plane-loss', region: AWAY, client: CONFIG });
    const both = { on: west, off: east };
    const careful = on.hand({ given: both });
    // The endpoints are not in the sources of this estate either.
    await expect(on.drive(oneStep(maker('routing-control'), careful).act('t', signal))).rejects.toThrow(CONFIG);
    expect(await states()).toEqual(['On', 'Off']);
  });
});

const SWITCH = 'arc-region-switch';
const approval = {
  name: 'person',
  executionBlockType: 'ManualApproval',
  executionBlockConfiguration: { executionApprovalConfig: { approvalRole: `arn:aws:iam::${ACCOUNT}:role/a` } },
};

async function plan(on: Bench, workflows: readonly object[]): Promise<string> {
  const made = await on.call<{ plan: { arn: string } }>(SWITCH, 'CreatePlan', {
    name: 'switch',
    executionRole: `arn:aws:iam::${ACCOUNT}:role/x`,
    recoveryApproach: 'activePassive',
    regions: [REGION, AWAY],
    primaryRegion: REGION,
    workflows,
  });
  return made.plan.arn;
}
const executions = async (on: Bench, planArn: string) =>
  (
    await on.call<{ items: { executionRegion: string; executionState: string }[] }>(SWITCH, 'ListPlanExecutions', { planArn })
  ).items.map((e) => `${e.executionRegion} ${e.executionState}`);

describe('a Region switch plan', () => {
  const BOTH = [REGION, AWAY].map((workflowTargetRegion) => ({
    workflowTargetAction: 'activate',
    workflowTargetRegion,
    steps: [approval],
  }));
  const lost = { kind: 'region-loss' as const, region: REGION };

  it('is started, approved and completed by steps of their own, once, and taken back', async () => {
    const on = bench();
    const arn = await plan(on, BOTH);
    const hand = on.hand({ arn, lost, given: { into: AWAY, approve: 'person' } });
    const ids = stepsOf(maker('region-switch-plan'), hand).map((s) => s.id);
    expect(ids.length).toBe(3);
    expect(ids[1]).toContain('approve person');
    // Each controller dies after its step, and the next one begins the same step again.
    for (const n of [0, 0, 1, 1, 2, 2]) {
      const step = stepsOf(maker('region-switch-plan'), hand)[n] as Actuator;
      await on.drive(step.act(`run/${n}`, signal));
    }
    expect(await executions(on, arn)).toEqual([`${AWAY} completed`]);
    const [start] = stepsOf(maker('region-switch-plan'), hand);
    expect(await on.drive((start as Actuator).outcome('run/0'))).toBe('done');
    expect(await on.drive((start as Actuator).left('run/0'))).toEqual([arn]);
    await on.drive((start as Actuator).compensate('run/0'));
    await on.drive((start as Actuator).compensate('run/0'));
    expect(await executions(on, arn)).toEqual([`${REGION} completed`, `${AWAY} completed`]);
    expect(await on.drive((start as Actuator).left('run/0'))).toEqual([]);
  });

  it('that waits for its approval is called off with the drill', async () => {
    const on = bench();
    const arn = await plan(on, BOTH);
    const hand = on.hand({ arn, lost, given: { into: AWAY, approve: 'person' } });
    const [start, , finish] = stepsOf(maker('region-switch-plan'), hand) as [Actuator, Actuator, Actuator];
    await on.drive(start.act('t', signal));
    const off = new AbortController();
    on.world.clock.after(10 * MINUTE, () => off.abort(new Error('called off')));
    await expect(on.drive(finish.act('t2', off.signal))).rejects.toThrow('called off');
    await on.drive(start.compensate('t'));
    expect(await executions(on, arn)).toEqual([`${REGION} completed`, `${AWAY} canceled`]);
    expect(await on.drive(start.left('t'))).toEqual([]);
  });

  it('is not started when no workflow leads back', async () => {
    const on = bench();
    const arn = await plan(on, [{ workflowTargetAction: 'activate', workflowTargetRegion: AWAY, steps: [] }]);
    const step = stepsOf(maker('region-switch-plan'), on.hand({ arn, lost, given: { into: AWAY } }))[0] as Actuator;
    await expect(on.drive(step.act('t', signal))).rejects.toThrow('no workflow');
    expect(await executions(on, arn)).toEqual([]);
    await on.drive(step.compensate('t'));
    expect(on.changes).toEqual([]);
  });
});

describe('a load balancer', () => {
  keepsTheLaws('is shifted away from an AZ', {
    setup: async (on) => {
      const { Vpc } = await on.call<{ Vpc: { VpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
      const Subnets: string[] = [];
      for (const [i, z] of ['a', 'b'].entries()) {
        const input = { VpcId: Vpc.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `${REGION}${z}` };
        Subnets.push((await on.call<{ Subnet: { SubnetId: string } }>('ec2', 'CreateSubnet', input)).Subnet.SubnetId);
      }
      const elb = 'elastic-load-balancing-v2';
      const { LoadBalancers } = await on.call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(elb, 'CreateLoadBalancer', {
        Name: 'shop',
        Subnets,
      });
      const arn = LoadBalancers[0]?.LoadBalancerArn ?? '';
      const Attributes = [{ Key: 'zonal_shift.config.enabled', Value: 'true' }];
      await on.call(elb, 'ModifyLoadBalancerAttributes', { LoadBalancerArn: arn, Attributes });
      await on.pass(HOUR);
      const active = () =>
        on.call<{ items: object[] }>('arc-zonal-shift', 'ListZonalShifts', { resourceIdentifier: arn, status: 'ACTIVE' });
      return {
        make: maker('zonal-shift'),
        hand: on.hand({ arn, lost: { kind: 'az-loss', zone: `${REGION}a` } }),
        state: active,
        done: async () => (await active()).items.length === 1,
      };
    },
    once: ['StartZonalShift'],
    undoing: 'arc-zonal-shift:CancelZonalShift',
  });
});
