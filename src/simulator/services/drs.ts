/**
 * AWS Elastic Disaster Recovery: servers whose disks are replicated all the time, and their launch from a point in time.
 * https://docs.aws.amazon.com/drs/latest/userguide/what-is-drs.html
 */
import type * as DRS from '@aws-sdk/client-drs';
import { follow, replicate, restore } from '../plane/logs.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { between } from '../world/procedure.ts';
import { shelf, type World } from '../world/world.ts';

type Op<I, O> = Operation<I, Reply<O>>;

interface Server {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly hostname: string;
  /** Log of what the server holds. */
  readonly source: string;
  readonly added: number;
  phase: DRS.DataReplicationState;
  /** Moment since which its disks are not replicated. */
  stopped: number | undefined;
  recovery: string | undefined;
}

interface Recovery {
  readonly id: string;
  readonly server: Server;
  readonly job: string;
  readonly isDrill: boolean;
  readonly at: number;
  phase: DRS.EC2InstanceState;
}

interface RecoveryJob {
  readonly id: string;
  readonly created: number;
  readonly isDrill: boolean;
  readonly servers: readonly Server[];
  readonly tags: Readonly<Record<string, string>>;
  readonly recoveries: Map<string, string>;
  status: DRS.JobStatus;
  ended: number | undefined;
}

const SERVERS = shelf<Server>('drs:source-server');
const RECOVERIES = shelf<Recovery>('drs:recovery-instance');
const JOBS = shelf<RecoveryJob>('drs:job');
const INITIALIZED = shelf<true>('drs:initialized');

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The first copy of all disks; it depends on their size and the network: an assumption. */
const INITIAL_SYNC = 30 * MINUTE;
/** "Sub-second to seconds" (product page, RPO). */
const LAG = 1_000;
/** "5–20 minutes" (product page, RTO): conversion, launch and boot. */
const LAUNCH = [5 * MINUTE, 20 * MINUTE] as const;

/** What the replication agent does when it is installed on a server: there is no call for it. `source` is the log of the server. */
export function installAgent(
  world: World,
  given: { readonly account: string; readonly region: string; readonly hostname: string; readonly source: string },
): string {
  const id = `s-${world.random.hex(17)}`;
  const arn = `arn:aws:drs:${given.region}:${given.account}:source-server/${id}`;
  const added = world.clock.now();
  const server: Server = { ...given, id, arn, added, phase: 'INITIAL_SYNC', stopped: undefined, recovery: undefined };
  world.put(SERVERS, given.account, given.region, id, server);
  world.clock.after(INITIAL_SYNC, () => {
    if (server.phase !== 'INITIAL_SYNC') return;
    server.phase = 'CONTINUOUS';
    follow(world, server.source, server.arn, () => LAG);
  });
  return id;
}

const uninitialized = (): ServiceFault => new ServiceFault('UninitializedAccountException', 'Account not initialized', 400);

function opened(context: CallContext): CallContext {
  if (context.get(INITIALIZED, 'yes') === undefined) throw uninitialized();
  return context;
}

function serverNamed(context: CallContext, id: string | undefined): Server {
  const server = opened(context).get(SERVERS, id ?? '');
  if (server === undefined) throw new ServiceFault('ResourceNotFoundException', `There is no source server ${id ?? ''}.`, 404);
  return server;
}

/** The newest moment that a launch would have; undefined: the first copy is not complete. */
function newest(server: Server, now: number): number | undefined {
  if (server.phase === 'INITIAL_SYNC') return undefined;
  return (server.stopped ?? now) - LAG;
}

function serverReply(server: Server, now: number): DRS.SourceServer {
  const lag = now - (newest(server, now) ?? server.added);
  return {
    sourceServerID: server.id,
    arn: server.arn,
    tags: {},
    ...(server.recovery === undefined ? {} : { recoveryInstanceId: server.recovery }),
    lastLaunchResult: server.recovery === undefined ? 'NOT_STARTED' : 'SUCCEEDED',
    dataReplicationInfo: { dataReplicationState: server.phase, lagDuration: `PT${Math.round(lag / 1000)}S` },
    lifeCycle: { addedToServiceDateTime: new Date(server.added).toISOString() },
    sourceProperties: { identificationHints: { hostname: server.hostname } },
    replicationDirection: 'FAILOVER',
  };
}

/** A point for each ten minutes of the last hour, each hour of the last day, and each day of the last week (user guide, "PIT"). */
function pointsOf(server: Server, now: number): readonly number[] {
  const last = newest(server, now);
  if (last === undefined) return [];
  const ages = [
    ...Array.from({ length: 7 }, (_, i) => i * 10 * MINUTE),
    ...Array.from({ length: 23 }, (_, i) => (i + 2) * 60 * MINUTE),
    ...Array.from({ length: 6 }, (_, i) => (i + 2) * DAY),
  ];
  return ages.map((age) => last - age).filter((at) => at >= server.added + INITIAL_SYNC);
}

const snapshotId = (server: Server, at: number): string => `pit-${server.id.slice(2)}-${at}`;

const startRecovery: Op<DRS.StartRecoveryCommandInput, DRS.StartRecoveryCommandOutput> = (input, context) => {
  const { world } = opened(context);
  const now = world.clock.now();
  const wanted = (input.sourceServers ?? []).map((s) => ({
    server: serverNamed(context, s.sourceServerID),
    snapshot: s.recoverySnapshotID,
  }));
  const job: RecoveryJob = {
    id: `drsjob-${world.random.hex(17)}`,
    created: now,
    isDrill: input.isDrill === true,
    servers: wanted.map((w) => w.server),
    tags: { ...input.tags },
    recoveries: new Map(),
    status: 'STARTED',
    ended: undefined,
  };
  const launches = wanted.map(({ server, snapshot }) => {
    const points = pointsOf(server, now);
    const at = snapshot === undefined ? points[0] : points.find((p) => snapshotId(server, p) === snapshot);
    if (at === undefined) throw new ServiceFault('ConflictException', `${server.id} has no such point in time.`, 409);
    return { server, at };
  });
  context.put(JOBS, job.id, job);
  const [least, most] = LAUNCH;
  world.clock.after(between(world, least / 1000, most / 1000), () => {
    for (const { server, at } of launches) launch(context, job, server, at);
    job.status = 'COMPLETED';
    job.ended = world.clock.now();
  });
  return { job: jobReply(context, job) };
};

function launch(context: CallContext, job: RecoveryJob, server: Server, at: number): void {
  const { world } = context;
  if (world.regionIsLost(context.region)) return;
  const id = `i-${world.random.hex(17)}`;
  restore(world, server.source, `arn:aws:ec2:${context.region}:${context.account}:instance/${id}`, at);
  context.put(RECOVERIES, id, { id, server, job: job.id, isDrill: job.isDrill, at, phase: 'RUNNING' });
  job.recoveries.set(server.id, id);
  server.recovery = id;
}

const jobReply = (context: CallContext, job: RecoveryJob): DRS.Job => ({
  jobID: job.id,
  arn: context.arn('drs', `job/${job.id}`),
  type: 'LAUNCH',
  initiatedBy: job.isDrill ? 'START_DRILL' : 'START_RECOVERY',
  creationDateTime: new Date(job.created).toISOString(),
  ...(job.ended === undefined ? {} : { endDateTime: new Date(job.ended).toISOString() }),
  status: job.status,
  tags: { ...job.tags },
  participatingServers: job.servers.map((s) => {
    const made = job.recoveries.get(s.id);
    const launchStatus = job.status !== 'COMPLETED' ? 'IN_PROGRESS' : made === undefined ? 'FAILED' : 'LAUNCHED';
    return { sourceServerID: s.id, launchStatus, ...(made === undefined ? {} : { recoveryInstanceID: made }) };
  }),
});

function listing<T>(
  items: readonly T[],
  input: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
) {
  const { items: shown, next } = page(items, input.nextToken, input.maxResults ?? 100);
  return { items: [...shown], ...(next === undefined ? {} : { nextToken: next }) };
}

const isAsked = (ids: readonly string[] | undefined, id: string): boolean =>
  ids === undefined || ids.length === 0 || ids.includes(id);

const operations = {
  InitializeService: ((_, context) => {
    context.put(INITIALIZED, 'yes', true);
    return {};
  }) satisfies Op<DRS.InitializeServiceCommandInput, DRS.InitializeServiceCommandOutput>,
  DescribeSourceServers: ((input, context) => {
    const now = context.now.getTime();
    const found = opened(context)
      .list(SERVERS)
      .filter((s) => isAsked(input.filters?.sourceServerIDs, s.id));
    return listing(
      found.map((s) => serverReply(s, now)),
      input,
    );
  }) satisfies Op<DRS.DescribeSourceServersCommandInput, DRS.DescribeSourceServersCommandOutput>,
  DescribeRecoverySnapshots: ((input, context) => {
    const server = serverNamed(context, input.sourceServerID);
    const points = pointsOf(server, context.now.getTime()).map((at) => {
      const time = new Date(at).toISOString();
      return { snapshotID: snapshotId(server, at), sourceServerID: server.id, expectedTimestamp: time, timestamp: time };
    });
    return listing(points, input);
  }) satisfies Op<DRS.DescribeRecoverySnapshotsCommandInput, DRS.DescribeRecoverySnapshotsCommandOutput>,
  StartRecovery: startRecovery,
  DescribeJobs: ((input, context) => {
    const found = opened(context)
      .list(JOBS)
      .filter((j) => isAsked(input.filters?.jobIDs, j.id));
    return listing(
      found.map((j) => jobReply(context, j)),
      input,
    );
  }) satisfies Op<DRS.DescribeJobsCommandInput, DRS.DescribeJobsCommandOutput>,
  DescribeRecoveryInstances: ((input, context) => {
    const found = opened(context)
      .list(RECOVERIES)
      .filter((r) => isAsked(input.filters?.recoveryInstanceIDs, r.id) && isAsked(input.filters?.sourceServerIDs, r.server.id));
    return listing(
      found.map((r) => ({
        recoveryInstanceID: r.id,
        ec2InstanceID: r.id,
        ec2InstanceState: r.phase,
        jobID: r.job,
        sourceServerID: r.server.id,
        isDrill: r.isDrill,
        pointInTimeSnapshotDateTime: new Date(r.at).toISOString(),
      })),
      input,
    );
  }) satisfies Op<DRS.DescribeRecoveryInstancesCommandInput, DRS.DescribeRecoveryInstancesCommandOutput>,
  TerminateRecoveryInstances: ((input, context) => {
    for (const id of input.recoveryInstanceIDs ?? []) {
      const recovery = opened(context).get(RECOVERIES, id);
      if (recovery !== undefined) recovery.server.recovery = undefined;
      context.remove(RECOVERIES, id);
    }
    return {};
  }) satisfies Op<DRS.TerminateRecoveryInstancesCommandInput, DRS.TerminateRecoveryInstancesCommandOutput>,
  StopReplication: ((input, context) => {
    const server = serverNamed(context, input.sourceServerID);
    stop(context.world, server, 'STOPPED');
    return { sourceServer: serverReply(server, context.now.getTime()) };
  }) satisfies Op<DRS.StopReplicationCommandInput, DRS.StopReplicationCommandOutput>,
  StartReplication: ((input, context) => {
    const server = serverNamed(context, input.sourceServerID);
    resume(context.world, server);
    return { sourceServer: serverReply(server, context.now.getTime()) };
  }) satisfies Op<DRS.StartReplicationCommandInput, DRS.StartReplicationCommandOutput>,
};

function stop(world: World, server: Server, state: 'STOPPED' | 'STALLED'): void {
  if (server.phase !== 'CONTINUOUS') return;
  server.phase = state;
  server.stopped = world.clock.now();
  replicate(world, server.arn, 'stopped');
}

function resume(world: World, server: Server): void {
  if (server.phase !== 'STOPPED' && server.phase !== 'STALLED') return;
  server.phase = 'CONTINUOUS';
  server.stopped = undefined;
  replicate(world, server.arn, 'running');
}

/** Replication stalls when somebody stops it at its source, or the source's Region goes. */
function begin(world: World): void {
  world.onFault((fault, _, how) => {
    for (const { item } of world.everywhere(SERVERS)) {
      const isHit =
        (fault.kind === 'replication-stopped' && fault.arn === item.source) ||
        (fault.kind === 'region-loss' && item.source.split(':')[3] === fault.region);
      if (!isHit) continue;
      if (how === 'begins') stop(world, item, 'STALLED');
      else resume(world, item);
    }
  });
}

export const drs: SimulatedService = { client: 'drs', prefix: 'drs', operations, begin };
