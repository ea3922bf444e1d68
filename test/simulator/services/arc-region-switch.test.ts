/** A Region is lost; an alarm in the other one starts the plan, which switches traffic from there. */
import { describe, expect, it } from 'vitest';
import { resolve } from '../../../src/simulator/plane/dns.ts';
import { arcRegionSwitch } from '../../../src/simulator/services/arc-region-switch.ts';
import { cloudwatch } from '../../../src/simulator/services/cloudwatch.ts';
import { route53 } from '../../../src/simulator/services/route-53.ts';
import type { SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws } from '../../services/observed/support.ts';
import { call, pass } from './calling.ts';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const NAME = 'www.example.com';

interface Prepared {
  readonly aws: SimulatedAws;
  readonly plan: string;
}

/** Two records follow the plan's own health checks; an alarm in the west turns red while `Down` is above 0. */
async function prepare(approval: boolean): Promise<Prepared> {
  const aws = freshAws([route53, cloudwatch, arcRegionSwitch]);
  const zone = await call<{ HostedZone: { Id: string } }>(aws, 'route-53', 'CreateHostedZone', {
    Name: 'example.com',
    CallerReference: 'z',
  });
  const HostedZoneId = zone.HostedZone.Id;
  const alarm = { Namespace: 'Shop', MetricName: 'Down', Period: 60, EvaluationPeriods: 1, Threshold: 0, Statistic: 'Maximum' };
  const rule = { ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' };
  await call(aws, 'cloudwatch', 'PutMetricAlarm', { AlarmName: 'down', ...alarm, ...rule }, WEST);
  const dns = {
    name: 'dns',
    executionBlockType: 'Route53HealthCheck',
    executionBlockConfiguration: {
      route53HealthCheckConfig: {
        hostedZoneId: HostedZoneId,
        recordName: NAME,
        recordSets: [{ region: EAST }, { region: WEST }],
      },
    },
  };
  const person = {
    name: 'person',
    executionBlockType: 'ManualApproval',
    executionBlockConfiguration: { executionApprovalConfig: { approvalRole: 'arn:aws:iam::111122223333:role/a' } },
  };
  const made = await call<{ plan: { arn: string } }>(aws, 'arc-region-switch', 'CreatePlan', {
    name: 'switch',
    executionRole: 'arn:aws:iam::111122223333:role/x',
    recoveryApproach: 'activePassive',
    regions: [EAST, WEST],
    primaryRegion: EAST,
    associatedAlarms: { down: { alarmType: 'trigger', resourceIdentifier: `arn:aws:cloudwatch:${WEST}:${ACCOUNT}:alarm:down` } },
    triggers: [
      {
        action: 'activate',
        targetRegion: WEST,
        minDelayMinutesBetweenExecutions: 60,
        conditions: [{ associatedAlarmName: 'down', condition: 'red' }],
      },
    ],
    workflows: [{ workflowTargetAction: 'activate', workflowTargetRegion: WEST, steps: approval ? [person, dns] : [dns] }],
  });
  const plan = made.plan.arn;
  const { healthChecks } = await call<{ healthChecks: { healthCheckId: string; region: string }[] }>(
    aws,
    'arc-region-switch',
    'ListRoute53HealthChecks',
    { arn: plan },
  );
  const Changes = [EAST, WEST].map((region) => ({
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: NAME,
      Type: 'CNAME',
      TTL: 60,
      ResourceRecords: [{ Value: `${region}.origin.test` }],
      SetIdentifier: region,
      Failover: region === EAST ? 'PRIMARY' : 'SECONDARY',
      HealthCheckId: healthChecks.find((h) => h.region === region)?.healthCheckId,
    },
  }));
  await call(aws, 'route-53', 'ChangeResourceRecordSets', { HostedZoneId, ChangeBatch: { Changes } });
  await pass(aws, 300);
  return { aws, plan };
}

const answered = (aws: SimulatedAws): readonly string[] => resolve(aws.world, NAME, { region: 'eu-west-1' }).values;

async function loseEast({ aws }: Prepared): Promise<void> {
  aws.world.inject({ kind: 'region-loss', region: EAST });
  await call(aws, 'cloudwatch', 'PutMetricData', { Namespace: 'Shop', MetricData: [{ MetricName: 'Down', Value: 1 }] }, WEST);
  await pass(aws, 240);
}

const executions = async ({ aws, plan }: Prepared) =>
  (
    await call<{ items: { executionId: string; executionState: string }[] }>(
      aws,
      'arc-region-switch',
      'ListPlanExecutions',
      { planArn: plan },
      WEST,
    )
  ).items;

describe('Region switch', () => {
  it('a trigger whose alarm outlives the Region switches by itself', async () => {
    const prepared = await prepare(false);
    expect(answered(prepared.aws)).toEqual([`${EAST}.origin.test`]);
    await loseEast(prepared);
    expect(answered(prepared.aws)).toEqual([`${WEST}.origin.test`]);
    expect((await executions(prepared)).map((e) => e.executionState)).toEqual(['completed']);
  });

  it('a step that asks a person waits for one', async () => {
    const prepared = await prepare(true);
    const { aws, plan } = prepared;
    await loseEast(prepared);
    const [execution] = await executions(prepared);
    expect(execution?.executionState).toBe('pendingManualApproval');
    expect(answered(aws)).toEqual([`${EAST}.origin.test`]);
    const approve = { planArn: plan, executionId: execution?.executionId, stepName: 'person', approval: 'approve' };
    await call(aws, 'arc-region-switch', 'ApprovePlanExecutionStep', approve, WEST);
    await pass(aws, 10);
    expect(answered(aws)).toEqual([`${WEST}.origin.test`]);
  });

  it('is not started from a Region that the plan does not name, nor for a workflow that it does not have', async () => {
    const { aws, plan } = await prepare(false);
    const start = (action: string, region: string) =>
      call(aws, 'arc-region-switch', 'StartPlanExecution', { planArn: plan, targetRegion: WEST, action }, region);
    await expect(start('activate', 'eu-west-1')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(start('deactivate', WEST)).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
