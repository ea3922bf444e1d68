import type * as FIS from '@aws-sdk/client-fis';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { dynamodb } from '../../../src/simulator/services/dynamodb.ts';
import { fis } from '../../../src/simulator/services/fis.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws, REGION } from '../../services/observed/support.ts';

const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
let aws: SimulatedAws;
beforeEach(() => {
  aws = freshAws([fis, dynamodb]);
});
const call = async <O>(operation: string, input: object = {}): Promise<O> =>
  (await invoke(aws, 'fis', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );

async function started(actionId: string, more: object = {}): Promise<string> {
  const { experimentTemplate } = await call<FIS.CreateExperimentTemplateCommandOutput>('CreateExperimentTemplate', {
    description: 'test',
    roleArn: 'arn:aws:iam::1:role/fis',
    stopConditions: [{ source: 'none' }],
    targets: { tables: { resourceType: 'aws:dynamodb:global-table', resourceArns: [TABLE], selectionMode: 'ALL' } },
    actions: { act: { actionId, parameters: { duration: 'PT10M' }, targets: { Tables: 'tables' }, ...more } },
  });
  const { experiment } = await call<FIS.StartExperimentCommandOutput>('StartExperiment', {
    experimentTemplateId: experimentTemplate?.id,
  });
  return experiment?.id ?? '';
}
const statusOf = async (id: string): Promise<string | undefined> =>
  (await call<FIS.GetExperimentCommandOutput>('GetExperiment', { id })).experiment?.state?.status;

describe('an experiment', () => {
  it('disturbs the world for its time', async () => {
    const id = await started('aws:dynamodb:global-table-pause-replication');
    expect(aws.world.faults.map((f) => f.fault)).toEqual([{ kind: 'replication-stopped', arn: TABLE }]);
    expect(await statusOf(id)).toBe('running');
    aws.world.clock.advance(600_000);
    expect([aws.world.faults, await statusOf(id)]).toEqual([[], 'completed']);
    expect(await call('ListExperiments')).toMatchObject({ experiments: [{ id, state: { status: 'completed' } }] });
  });

  it('can be stopped, once', async () => {
    const id = await started('aws:dynamodb:global-table-pause-replication');
    await call('StopExperiment', { id });
    expect([aws.world.faults, await statusOf(id)]).toEqual([[], 'stopped']);
    expect(await codeOf(call('StopExperiment', { id }))).toBe('ConflictException');
  });

  it('fails when its action cannot begin', async () => {
    const { experimentTemplate } = await call<FIS.CreateExperimentTemplateCommandOutput>('CreateExperimentTemplate', {
      description: 'test',
      roleArn: 'arn:aws:iam::1:role/fis',
      stopConditions: [{ source: 'none' }],
      targets: { none: { resourceType: 'aws:rds:db', resourceArns: [], selectionMode: 'ALL' } },
      actions: { act: { actionId: 'aws:rds:reboot-db-instances', targets: { DBInstances: 'none' } } },
    });
    const { experiment } = await call<FIS.StartExperimentCommandOutput>('StartExperiment', {
      experimentTemplateId: experimentTemplate?.id,
    });
    expect(experiment?.state?.status).toBe('failed');
  });

  it.each([
    ['an unknown action', 'aws:none', {}],
    ['a target of another type', 'aws:rds:reboot-db-instances', { targets: { DBInstances: 'tables' } }],
  ])('with %s is refused', async (_, actionId, more) => {
    expect(await codeOf(started(actionId, more))).toBe('ValidationException');
  });
});
