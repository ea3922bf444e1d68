/** AWS Elastic Disaster Recovery: servers are launched from their copies as a drill, beside those that run, and terminated at the end. */
import type * as DRS from '@aws-sdk/client-drs';
import { disrupts, reads } from '../calls.ts';
import { StepFailure, type StepMaker, subjectOf } from './hand.ts';
import { markOf } from './memo.ts';
import { until, worded } from './waiting.ts';

export const drs = {
  start: disrupts<DRS.StartRecoveryCommandInput, DRS.StartRecoveryCommandOutput>('drs', 'StartRecovery'),
  terminate: disrupts<DRS.TerminateRecoveryInstancesCommandInput, DRS.TerminateRecoveryInstancesCommandOutput>(
    'drs',
    'TerminateRecoveryInstances',
  ),
  jobs: reads<DRS.DescribeJobsCommandInput, DRS.DescribeJobsCommandOutput>('drs', 'DescribeJobs'),
  instances: reads<DRS.DescribeRecoveryInstancesCommandInput, DRS.DescribeRecoveryInstancesCommandOutput>(
    'drs',
    'DescribeRecoveryInstances',
  ),
} as const;

/** Tag of the job and of what it launches. */
const TAG = 'holdfast';

export const recoverServers: StepMaker = (hand) => {
  const server = subjectOf(hand);
  if (typeof server === 'string') return server;
  const { session, clock } = hand;
  const { at } = server;
  const ids = hand.given.servers?.split(/[ ,]+/) ?? [server.name];
  const jobOf = async (token: string): Promise<DRS.Job | undefined> => {
    let nextToken: string | undefined;
    do {
      const page: DRS.DescribeJobsCommandOutput = await session.send(drs.jobs, nextToken === undefined ? {} : { nextToken }, at);
      const found = page.items?.find((j) => j.tags?.[TAG] === markOf(token));
      if (found !== undefined) return found;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return undefined;
  };
  const launched = async (job: DRS.Job | undefined): Promise<readonly string[]> => {
    if (job === undefined) return [];
    const { items } = await session.send(drs.instances, { filters: { sourceServerIDs: ids } }, at);
    return (items ?? []).flatMap((i) =>
      i.jobID === job.jobID && i.recoveryInstanceID !== undefined ? [i.recoveryInstanceID] : [],
    );
  };
  const isComplete = (job: DRS.Job): boolean => {
    if (job.status !== 'COMPLETED') return false;
    const failed = job.participatingServers?.filter((s) => s.launchStatus !== 'LAUNCHED') ?? [];
    if (failed.length === 0) return true;
    throw new StepFailure(`${failed.map((s) => s.sourceServerID).join(', ')} could not be launched (job ${job.jobID ?? ''})`);
  };
  return [
    worded({
      id: `launch ${ids.join(', ')} as a drill`,
      describe: () => ({ servers: ids, isDrill: true }),
      act: async (token, signal) => {
        if ((await jobOf(token)) === undefined) {
          signal.throwIfAborted();
          const sourceServers = ids.map((sourceServerID) => ({ sourceServerID }));
          await session.send(drs.start, { isDrill: true, sourceServers, tags: { [TAG]: markOf(token) } }, at);
        }
        await until(clock, signal, `${ids.join(', ')} to be launched`, async () => {
          const job = await jobOf(token);
          return job !== undefined && isComplete(job);
        });
        return { launched: [...(await launched(await jobOf(token)))] };
      },
      outcome: async (token) => {
        const job = await jobOf(token);
        return job !== undefined && isComplete(job) ? 'done' : 'not-done';
      },
      compensate: async (token) => {
        const started = await jobOf(token);
        if (started === undefined || (started.status === 'COMPLETED' && (await launched(started)).length === 0)) return null;
        await until(clock, undefined, 'what was launched to be gone', async () => {
          const job = await jobOf(token);
          const recoveryInstanceIDs = [...(await launched(job))];
          if (recoveryInstanceIDs.length > 0) await session.send(drs.terminate, { recoveryInstanceIDs }, at);
          // What is still being launched is there later.
          return recoveryInstanceIDs.length === 0 && job?.status === 'COMPLETED';
        });
        return { terminated: ids };
      },
      left: async (token) => {
        const job = await jobOf(token);
        const there = (await launched(job)).map((id) => server.like(at.region, `recovery-instance/${id}`));
        return job === undefined || job.status === 'COMPLETED' ? there : [...there, job.arn ?? `job ${job.jobID ?? ''}`];
      },
    }),
  ];
};
