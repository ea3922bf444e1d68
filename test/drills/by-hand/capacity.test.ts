import type * as AutoScaling from '@aws-sdk/client-auto-scaling';
import type * as DRS from '@aws-sdk/client-drs';
import type * as ECS from '@aws-sdk/client-ecs';
import type * as EKS from '@aws-sdk/client-eks';
import type * as KMS from '@aws-sdk/client-kms';
import type * as Secrets from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import type { Call, Session } from '../../../src/aws/call.ts';
import { buildEstate } from '../../../src/estate/estate.ts';
import { SERVICES } from '../../../src/services/registry.ts';
import { installAgent } from '../../../src/simulator/services/drs.ts';
import { reading } from '../../verdicts/estates.ts';
import { ACCOUNT, AWAY, type Bench, bench, HOUR, keepsTheLaws, MINUTE, maker, oneStep, REGION } from './support.ts';

const signal = new AbortController().signal;

async function subnets(on: Bench): Promise<readonly string[]> {
  const { Vpc } = await on.call<{ Vpc: { VpcId: string } }>('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' });
  const ids: string[] = [];
  for (const [i, zone] of ['a', 'b'].entries()) {
    const input = { VpcId: Vpc.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: `${REGION}${zone}` };
    ids.push((await on.call<{ Subnet: { SubnetId: string } }>('ec2', 'CreateSubnet', input)).Subnet.SubnetId);
  }
  return ids;
}

const groups = async (on: Bench) =>
  (
    (await on.call<AutoScaling.DescribeAutoScalingGroupsCommandOutput>('auto-scaling', 'DescribeAutoScalingGroups', {}))
      .AutoScalingGroups ?? []
  ).map((g) => ({
    arn: g.AutoScalingGroupARN,
    sizes: [g.MinSize, g.DesiredCapacity, g.MaxSize],
    running: g.Instances?.filter((i) => i.LifecycleState === 'InService').length,
    tags: g.Tags,
  }));

async function group(on: Bench): Promise<string> {
  const config = { LaunchConfigurationName: 'shop', ImageId: 'ami-1', InstanceType: 't3.small' };
  await on.call('auto-scaling', 'CreateLaunchConfiguration', config);
  await on.call('auto-scaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: 'shop',
    LaunchConfigurationName: 'shop',
    MinSize: 1,
    MaxSize: 6,
    DesiredCapacity: 2,
    VPCZoneIdentifier: (await subnets(on)).join(','),
    Tags: [{ Key: 'team', Value: 'shop', ResourceId: 'shop', ResourceType: 'auto-scaling-group', PropagateAtLaunch: true }],
  });
  await on.pass(HOUR);
  return (await groups(on))[0]?.arn ?? '';
}

describe('an Auto Scaling group', () => {
  keepsTheLaws('grows to what the drill file says', {
    setup: async (on) => ({
      make: maker('asg-scale'),
      hand: on.hand({ arn: await group(on), given: { desired: '4' } }),
      state: () => groups(on),
      done: async () => (await groups(on))[0]?.running === 4,
    }),
    once: ['UpdateAutoScalingGroup'],
    undoing: 'autoscaling:UpdateAutoScalingGroup',
  });

  it('grows to its maximum and no further, and never shrinks', async () => {
    for (const [given, sizes] of [
      [{}, [6, 6, 6]],
      [{ desired: '9' }, [6, 6, 6]],
      [{ desired: '1' }, [1, 2, 6]],
    ] as const) {
      const on = bench();
      const step = oneStep(maker('asg-scale'), on.hand({ arn: await group(on), given }));
      await on.drive(step.act('t', signal));
      expect((await groups(on))[0]?.sizes).toEqual(sizes);
    }
    expect(maker('asg-scale')(bench().hand({ arn: 'arn:aws:autoscaling:x:y:z', given: { desired: 'many' } }))).toContain(
      'whole number',
    );
  });
});

describe('how far, where no drill file says', () => {
  const GROUP = 'aws:autoscaling/group:Group';
  const sized = (name: string, desiredCapacity: number) => ({
    type: GROUP,
    name,
    inputs: { minSize: 1, maxSize: 20, desiredCapacity },
  });
  const estate = buildEstate([reading([sized('east', 4), sized('west', 2)])], SERVICES);
  const [east, west] = [...estate.resources.values()];

  it.each([
    ['a standby, to what ran', [east], 4],
    ['one that served beside it, to what ran in both', [east, west], 6],
  ])('%s', async (_, serving, wanted) => {
    const on = bench();
    const named = serving.filter((item) => item !== undefined);
    const step = oneStep(maker('asg-scale'), on.hand({ arn: await group(on), serving: named }));
    expect(step.describe()).toMatchObject({ to: wanted });
  });
});

describe('an ECS service', () => {
  const services = async (on: Bench) =>
    (
      (await on.call<ECS.DescribeServicesCommandOutput>('ecs', 'DescribeServices', { cluster: 'shop', services: ['app'] }))
        .services ?? []
    ).map((s) => ({
      arn: s.serviceArn,
      desired: s.desiredCount,
      running: s.runningCount,
      tags: s.tags,
    }));
  const bounds = async (on: Bench) => on.call('application-auto-scaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' });
  const service = async (on: Bench, scaled: boolean): Promise<string> => {
    await on.call('ecs', 'CreateCluster', { clusterName: 'shop' });
    await on.call('ecs', 'RegisterTaskDefinition', {
      family: 'app',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'app', image: 'app' }],
    });
    await on.call('ecs', 'CreateService', {
      cluster: 'shop',
      serviceName: 'app',
      taskDefinition: 'app',
      launchType: 'FARGATE',
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: await subnets(on) } },
    });
    const target = { ServiceNamespace: 'ecs', ResourceId: 'service/shop/app', ScalableDimension: 'ecs:service:DesiredCount' };
    if (scaled)
      await on.call('application-auto-scaling', 'RegisterScalableTarget', { ...target, MinCapacity: 1, MaxCapacity: 3 });
    await on.pass(HOUR);
    return (await services(on))[0]?.arn ?? '';
  };
  for (const scaled of [true, false])
    keepsTheLaws(`grows${scaled ? ', and its bounds with it' : ''}`, {
      setup: async (on) => ({
        make: maker('ecs-scale'),
        hand: on.hand({ arn: await service(on, scaled), given: { desired: '4' } }),
        state: async () => [await services(on), await bounds(on)],
        done: async () => (await services(on))[0]?.running === 4,
      }),
      once: ['UpdateService'],
      undoing: 'ecs:UpdateService',
    });
});

describe('an EKS node group', () => {
  const nodes = async (on: Bench) =>
    (await on.call<EKS.DescribeNodegroupCommandOutput>('eks', 'DescribeNodegroup', { clusterName: 'shop', nodegroupName: 'web' }))
      .nodegroup;
  keepsTheLaws('grows', {
    setup: async (on) => {
      const subnetIds = await subnets(on);
      await on.call('eks', 'CreateCluster', { name: 'shop', roleArn: 'r', resourcesVpcConfig: { subnetIds } });
      await on.pass(HOUR);
      const scalingConfig = { minSize: 1, maxSize: 6, desiredSize: 2 };
      await on.call('eks', 'CreateNodegroup', {
        clusterName: 'shop',
        nodegroupName: 'web',
        nodeRole: 'r',
        subnets: subnetIds,
        scalingConfig,
      });
      await on.pass(HOUR);
      return {
        make: maker('eks-scale'),
        hand: on.hand({ arn: (await nodes(on))?.nodegroupArn, given: { desired: '4' } }),
        state: async () => [(await nodes(on))?.scalingConfig, (await nodes(on))?.tags, (await groups(on))[0]?.running],
        done: async () => (await groups(on))[0]?.running === 4,
      };
    },
    once: ['UpdateNodegroupConfig'],
    undoing: 'eks:UpdateNodegroupConfig',
  });
});

describe('servers copied by DRS', () => {
  keepsTheLaws('are launched as a drill', {
    setup: async (on) => {
      await on.call('drs', 'InitializeService', {}, AWAY);
      const source = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`;
      const id = installAgent(on.world, { account: ACCOUNT, region: AWAY, hostname: 'shop', source });
      await on.pass(2 * HOUR);
      const running = async () =>
        (
          (await on.call<DRS.DescribeRecoveryInstancesCommandOutput>('drs', 'DescribeRecoveryInstances', {}, AWAY)).items ?? []
        ).map((i) => i.isDrill);
      return {
        make: maker('drs-recovery'),
        hand: on.hand({ arn: `arn:aws:drs:${AWAY}:${ACCOUNT}:source-server/${id}` }),
        state: running,
        done: async () => (await running()).join() === 'true',
      };
    },
    once: ['StartRecovery'],
    undoing: 'drs:TerminateRecoveryInstances',
  });
});

describe('keys', () => {
  const create = async (on: Bench, more: object = {}): Promise<string> =>
    (await on.call<{ KeyMetadata: { Arn: string } }>('kms', 'CreateKey', more)).KeyMetadata.Arn;
  const seen = async (on: Bench, KeyId: string, region = REGION) =>
    (await on.call<KMS.DescribeKeyCommandOutput>('kms', 'DescribeKey', { KeyId }, region)).KeyMetadata;

  it('are enabled again, and stay so: the loss is what is undone', async () => {
    const on = bench();
    for (const lose of [
      (KeyId: string) => on.call('kms', 'DisableKey', { KeyId }),
      (KeyId: string) => on.call('kms', 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 }),
    ]) {
      const arn = await create(on);
      await lose(arn);
      const step = oneStep(maker('kms-enable-key'), on.hand({ arn }));
      expect(await on.drive(step.outcome('t'))).toBe('not-done');
      await on.drive(step.act('t', signal));
      await on.drive(step.act('t', signal));
      expect(await on.drive(step.outcome('t'))).toBe('done');
      await on.drive(step.compensate('t'));
      expect((await seen(on, arn))?.KeyState).toBe('Enabled');
      expect(await on.drive(step.left('t'))).toEqual([]);
    }
    expect(on.changes.filter((c) => c === 'EnableKey').length).toBe(2);
  });

  keepsTheLaws('of several Regions get another primary', {
    setup: async (on) => {
      const arn = await create(on, { MultiRegion: true });
      await on.call('kms', 'ReplicateKey', { KeyId: arn, ReplicaRegion: AWAY });
      await on.pass(HOUR);
      const replica = arn.replace(REGION, AWAY);
      const primary = async () => (await seen(on, replica, AWAY))?.MultiRegionConfiguration?.PrimaryKey?.Region;
      return {
        make: maker('kms-move-primary'),
        hand: on.hand({ arn, into: AWAY }),
        state: async () => [await primary(), await on.call('kms', 'ListResourceTags', { KeyId: replica }, AWAY)],
        done: async () => (await primary()) === AWAY,
      };
    },
    once: ['UpdatePrimaryRegion'],
    undoing: 'kms:UpdatePrimaryRegion',
  });
});

describe('a secret', () => {
  keepsTheLaws('has a replica that becomes a secret of its own', {
    setup: async (on) => {
      const made = await on.call<Secrets.CreateSecretCommandOutput>('secrets-manager', 'CreateSecret', {
        Name: 'shop/db',
        SecretString: 'x',
        AddReplicaRegions: [{ Region: AWAY }],
      });
      await on.pass(HOUR);
      const seen = async (region: string) => {
        const found = await on.call<Secrets.DescribeSecretCommandOutput>(
          'secrets-manager',
          'DescribeSecret',
          { SecretId: 'shop/db' },
          region,
        );
        return {
          primary: found.PrimaryRegion,
          replicas: found.ReplicationStatus?.map((r) => [r.Region, r.Status]),
          tags: found.Tags,
        };
      };
      return {
        make: maker('secret-promote-replica'),
        hand: on.hand({ arn: made.ARN, into: AWAY }),
        state: async () => [await seen(REGION), await seen(AWAY)],
        done: async () => (await seen(REGION)).replicas?.length !== 1,
      };
    },
    once: ['StopReplicationToReplica'],
    undoing: 'secretsmanager:ReplicateSecretToRegions',
  });
});

describe('automation of the estate', () => {
  const machine = async (on: Bench, name: string, State: object): Promise<string> => {
    const definition = JSON.stringify({ StartAt: 'Do', States: { Do: State } });
    const input = { name, roleArn: `arn:aws:iam::${ACCOUNT}:role/x`, definition };
    return (await on.call<{ stateMachineArn: string }>('sfn', 'CreateStateMachine', input)).stateMachineArn;
  };
  const runs = async (on: Bench, stateMachineArn: string) =>
    (await on.call<{ executions: { status: string }[] }>('sfn', 'ListExecutions', { stateMachineArn })).executions.map(
      (e) => e.status,
    );

  it('runs once, and what takes it back runs once', async () => {
    const on = bench();
    const arn = await machine(on, 'over', { Type: 'Wait', Seconds: 300, End: true });
    const undo = await machine(on, 'back', { Type: 'Wait', Seconds: 60, End: true });
    const step = () => oneStep(maker('custom-lambda'), on.hand({ arn, given: { undo } }));
    const dead = new AbortController();
    on.world.clock.after(MINUTE, () => dead.abort(new Error('dead')));
    await expect(on.drive(step().act('t', dead.signal))).rejects.toThrow('dead');
    expect(await on.drive(step().outcome('t'))).toBe('not-done');
    expect(await on.drive(step().left('t'))).toEqual([arn]);
    await on.drive(step().act('t', signal));
    await on.drive(step().act('t', signal));
    expect(await on.drive(step().outcome('t'))).toBe('done');
    expect(await on.drive(step().left('t'))).toEqual([arn]);
    await on.drive(step().compensate('t'));
    await on.drive(step().compensate('t'));
    expect(await on.drive(step().left('t'))).toEqual([]);
    expect([await runs(on, arn), await runs(on, undo)]).toEqual([['SUCCEEDED'], ['SUCCEEDED']]);
  });

  it('fails in words, and is refused where nobody says what takes it back', async () => {
    const on = bench();
    const arn = await machine(on, 'over', { Type: 'Fail', Error: 'No' });
    const step = oneStep(maker('run-automation'), on.hand({ arn, given: { undo: 'none' } }));
    await expect(on.drive(step.act('t', signal))).rejects.toThrow('over failed');
    await on.drive(step.compensate('t'));
    expect(await on.drive(step.left('t'))).toEqual([]);
    expect(maker('run-automation')(on.hand({ arn }))).toContain('undo');
    expect(maker('run-automation')(on.hand({ arn: 'arn:aws:sns:x:y:z', given: { undo: 'none' } }))).toContain('no function');
  });

  /** Simulated AWS has no Automation: what is asked is what counts. */
  it('of SSM is found again by its tag, and cancelled while it runs', async () => {
    const asked: [string, unknown][] = [];
    let status: string | undefined;
    const send: Session['send'] = async <I, O>(call: Call<I, O>, input: I): Promise<O> => {
      asked.push([call.operation, input]);
      if (call.operation === 'StartAutomationExecution') status = 'InProgress';
      if (call.operation === 'StopAutomationExecution') status = 'Cancelled';
      const found = status === undefined ? [] : [{ AutomationExecutionId: 'id', AutomationExecutionStatus: status }];
      return { AutomationExecutionMetadataList: found } as O;
    };
    const on = bench();
    const hand = on.hand({
      session: { world: 'simulated', grade: 'disrupt', send },
      arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:document/Failover`,
      given: { undo: 'none', payload: '{"Region":"us-west-2"}' },
    });
    const off = new AbortController();
    on.world.clock.after(MINUTE, () => off.abort(new Error('off')));
    await expect(on.drive(oneStep(maker('run-automation'), hand).act('t', off.signal))).rejects.toThrow('off');
    await on.drive(oneStep(maker('run-automation'), hand).compensate('t'));
    const started = asked.filter(([operation]) => operation === 'StartAutomationExecution');
    expect(started.length).toBe(1);
    expect(started[0]?.[1]).toMatchObject({
      DocumentName: 'Failover',
      Parameters: { Region: ['us-west-2'] },
      ClientToken: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4000-8000-[\da-f]{12}$/),
    });
    expect(asked.some(([operation]) => operation === 'StopAutomationExecution')).toBe(true);
    expect(await on.drive(oneStep(maker('run-automation'), hand).left('t'))).toEqual([]);
  });

  it('of Lambda gets the token of its step, by which it knows a call that is repeated', async () => {
    const payloads: unknown[] = [];
    const send: Session['send'] = async <I, O>(_: Call<I, O>, input: I): Promise<O> => {
      payloads.push(JSON.parse(Buffer.from((input as { Payload: Uint8Array }).Payload).toString('utf8')));
      return {} as O;
    };
    const on = bench();
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:failover`;
    const hand = on.hand({
      session: { world: 'simulated', grade: 'disrupt', send },
      arn,
      given: { undo: arn, undoPayload: '{"action":"back"}' },
    });
    expect(await on.drive(oneStep(maker('custom-lambda'), hand).outcome('t'))).toBe('unknown');
    await on.drive(oneStep(maker('custom-lambda'), hand).act('t', signal));
    await on.drive(oneStep(maker('custom-lambda'), hand).act('t', signal));
    await on.drive(oneStep(maker('custom-lambda'), hand).compensate('t'));
    const [first, second, undone] = payloads as { token: string; action: string }[];
    expect(second?.token).toBe(first?.token);
    expect([first?.action, undone?.action]).toEqual(['recover', 'back']);
    expect(undone?.token).not.toBe(first?.token);
  });
});
