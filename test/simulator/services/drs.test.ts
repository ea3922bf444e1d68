import type * as DRS from '@aws-sdk/client-drs';
import { beforeEach, describe, expect, it } from 'vitest';
import { append, contents } from '../../../src/simulator/plane/logs.ts';
import { ServiceFault } from '../../../src/simulator/service.ts';
import { drs, installAgent } from '../../../src/simulator/services/drs.ts';
import { administrator } from '../../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../../src/simulator/world/invoke.ts';
import { ACCOUNT, freshAws } from '../../services/observed/support.ts';

const HOUR = 3600 * 1000;
const REGION = 'eu-west-1';
const SOURCE = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`;
let aws: SimulatedAws;
let server: string;
const call = async <O>(operation: string, input: object = {}): Promise<O> =>
  (await invoke(aws, 'drs', operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) })) as O;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ServiceFault ? error.code : String(error)),
  );

beforeEach(async () => {
  aws = freshAws([drs]);
  await call('InitializeService');
  server = installAgent(aws.world, { account: ACCOUNT, region: REGION, hostname: 'shop', source: SOURCE });
});

const recovered = async (isDrill = false): Promise<DRS.Job | undefined> => {
  const { job } = await call<DRS.StartRecoveryCommandOutput>('StartRecovery', {
    sourceServers: [{ sourceServerID: server }],
    isDrill,
  });
  aws.world.clock.advance(HOUR);
  return (await call<DRS.DescribeJobsCommandOutput>('DescribeJobs', { filters: { jobIDs: [job?.jobID] } })).items?.[0];
};

describe('a recovery', () => {
  it('launches the newest point in time, in five to twenty minutes', async () => {
    aws.world.clock.advance(HOUR);
    append(aws.world, SOURCE, 1);
    aws.world.clock.advance(5_000);
    aws.world.inject({ kind: 'region-loss', region: 'us-east-1' });
    append(aws.world, SOURCE, 2);
    const job = await recovered();
    expect(job).toMatchObject({
      status: 'COMPLETED',
      initiatedBy: 'START_RECOVERY',
      participatingServers: [{ launchStatus: 'LAUNCHED' }],
    });
    const took = Date.parse(job?.endDateTime ?? '') - Date.parse(job?.creationDateTime ?? '');
    expect([took >= 300_000, took <= 1_200_000]).toEqual([true, true]);
    const instance = job?.participatingServers?.[0]?.recoveryInstanceID ?? '';
    expect(contents(aws.world, `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${instance}`).map((w) => w.sequence)).toEqual([1]);
    expect(await call('DescribeSourceServers')).toMatchObject({
      items: [{ dataReplicationInfo: { dataReplicationState: 'STALLED' } }],
    });
  });

  it('needs a first copy that is complete', async () => {
    expect(await codeOf(recovered())).toBe('ConflictException');
    aws.world.clock.advance(HOUR);
    const { items } = await call<DRS.DescribeRecoverySnapshotsCommandOutput>('DescribeRecoverySnapshots', {
      sourceServerID: server,
    });
    expect(items?.length).toBeGreaterThan(2);
    expect(await codeOf(recovered(true))).toBe('none');
  });
});

it('an account must be initialised, and a server be there', async () => {
  expect(await codeOf(call('StopReplication', { sourceServerID: 'none' }))).toBe('ResourceNotFoundException');
  aws = freshAws([drs]);
  expect(await codeOf(call('DescribeSourceServers'))).toBe('UninitializedAccountException');
});
