/** Reads AWS: every scan in every account and Region. What could not be read is part of the result, never missing from it. */
import pLimit from 'p-limit';
import type { Call, Session } from '../../aws/call.ts';
import { AwsFailure, reasonOf, saysOf, stopOf } from '../../aws/failure.ts';
import type { Target, Unreached } from '../../aws/organisation.ts';
import type { Tally } from '../../aws/session.ts';
import type { Clock } from '../../model/clock.ts';
import { messageOf, UsageError } from '../../model/errors.ts';
import { type Reason, type Unknown, unknown } from '../../model/known.ts';
import type { Gap, Resource, World } from '../../model/resource.ts';
import { GLOBAL_REGION } from '../../model/scope.ts';
import { reader, type Send } from './engine/reader.ts';
import { resourcesOf, type Seen, wrongWith } from './engine/resource.ts';
import { type Attempt, salvage } from './engine/salvage.ts';
import { SCANS } from './registry.ts';
import type { Scan } from './scan.ts';

/** Resources of these types may exist there that are not shown: nothing follows from the absence of one. Region `''`: any. */
export interface ObservedGap extends Gap {
  /** The call that failed. */
  readonly action: string;
}

/** Questions about single resources that were not answered; a `Hole` stands in the properties of each. */
export interface Unanswered {
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly reason: Reason;
  readonly detail: string;
  readonly count: number;
}

export interface Observation {
  readonly world: World;
  /** When reading began: no fact is older. ISO 8601, by the session's clock. */
  readonly at: string;
  /** When it ended. */
  readonly until: string;
  /** What was asked, for the reader of a report. */
  readonly source: string;
  /** By account, Region and scan, in the order in which AWS lists them. */
  readonly resources: readonly Resource[];
  readonly gaps: readonly ObservedGap[];
  /** Canonical types that were looked for, in every account and Region that was asked. */
  readonly types: ReadonlySet<string>;
  /** The accounts and Regions that were asked. Of any other nothing is known: what is declared there is not missing. */
  readonly targets: readonly Target[];
  readonly holes: readonly Unanswered[];
  /** Requests by IAM action, retries included. */
  readonly calls: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

export interface Progress {
  readonly done: number;
  readonly scans: number;
  readonly resources: number;
  /** The scan that has just ended, and where. */
  readonly scan: string;
  readonly account: string;
  readonly region: string;
}

export interface ObserveOptions {
  readonly session: Session & { tally?(): Tally };
  readonly clock: Clock;
  readonly targets: readonly Target[];
  readonly unreached?: readonly Unreached[];
  readonly notes?: readonly string[];
  readonly scans?: readonly Scan[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Scans begun at a time. Most of them wait for a limit, which costs nothing. */
  readonly atOnce?: number;
}

interface Job {
  readonly scan: Scan;
  readonly account: string;
  /** Where the scan's calls go. */
  readonly region: string;
  /** Where what it finds is, unless it says so itself. */
  readonly place: string;
}

interface Result {
  readonly seen: readonly Seen[];
  readonly gaps: readonly ObservedGap[];
  readonly failures: readonly AwsFailure[];
}

/**
 * Throws `UsageError` when no scan could do better (credentials, clock, budget), or the signal's reason when it is aborted; both
 * after every scan under way has ended. All else is a gap or a hole.
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { session, clock, targets, unreached = [], notes = [], scans = SCANS, signal, onProgress, atOnce = 2000 } = options;
  const at = new Date(clock.now()).toISOString();
  const jobs = jobsOf(scans, targets);
  const limit = pLimit(atOnce);
  const stop: { error?: unknown } = {};
  let done = 0;
  let resources = 0;

  const sendFor =
    (job: Job): Send =>
    async <I, O>(call: Call<I, O>, input: I): Promise<O> => {
      if ('error' in stop) throw stop.error;
      try {
        return await session.send(call, input, { account: job.account, region: job.region });
      } catch (error) {
        const ends =
          error instanceof AwsFailure
            ? stopOf(error)
            : error instanceof UsageError || signal?.aborted === true
              ? error
              : undefined;
        if (ends === undefined) throw error;
        stop.error ??= ends;
        throw stop.error;
      }
    };

  const work = async (job: Job): Promise<Result | undefined> => {
    if ('error' in stop) return undefined;
    const result = await run(job, sendFor(job), () => 'error' in stop);
    done += 1;
    resources += result.seen.length;
    const { account, place, scan } = job;
    onProgress?.({ done, scans: jobs.length, resources, scan: scan.id, account, region: place });
    return result;
  };

  const results = await Promise.all(jobs.map((job) => limit(work, job)));
  if (signal?.aborted === true) throw signal.reason;
  if ('error' in stop) throw stop.error;
  const whole = inOrder(jobs, results);
  const types = [...new Set(scans.flatMap((s) => s.types))].sort();
  return {
    world: session.world,
    source: sourceOf(session.world, targets),
    at,
    until: new Date(clock.now()).toISOString(),
    resources: resourcesOf(whole.flatMap((r) => r.seen)),
    gaps: [...unreached.map((u) => notReached(u, types)), ...whole.flatMap((r) => r.gaps)],
    types: new Set(types),
    targets,
    holes: unanswered(whole.flatMap((r) => r.failures)),
    calls: session.tally?.().calls ?? {},
    notes,
  };
}

/** Where global services are asked for an account of which no Region is read. */
const HOME = 'us-east-1';

/** By scan, so that every account has begun the slow ones before any has come to the end of the list; global ones first. */
function jobsOf(scans: readonly Scan[], targets: readonly Target[]): readonly Job[] {
  const first = (scan: Scan): number => (scan.where === 'global' ? 0 : 1);
  return [...scans]
    .sort((a, b) => first(a) - first(b))
    .flatMap((scan) =>
      targets.flatMap(({ account, regions }): readonly Job[] =>
        scan.where === 'global'
          ? [{ scan, account, region: regions[0] ?? HOME, place: GLOBAL_REGION }]
          : regions.map((region) => ({ scan, account, region, place: region })),
      ),
    );
}

/** By account and Region, then as the scans are listed, whichever ended first. */
function inOrder(jobs: readonly Job[], results: readonly (Result | undefined)[]): readonly Result[] {
  const text = ({ account, place }: Job): string => `${account} ${place}`;
  return jobs
    .flatMap((job, i) => {
      const result = results[i];
      return result === undefined ? [] : [{ place: text(job), result }];
    })
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map((r) => r.result);
}

/** One scan in one place. It never rejects: what it could not do is in its gaps. */
async function run(job: Job, send: Send, stopped: () => boolean): Promise<Result> {
  const once = (by: Send): Promise<Attempt<Result>> => attempt(job, by);
  const straight = await once(send);
  if (straight.error === undefined || stopped()) return straight.result;
  const { result, lost, error } = await salvage(send, job, once);
  const unreadable = (action: string, cause: unknown): ObservedGap =>
    gapOf(job, action, 'error', `${job.scan.id} cannot read what ${action} answers: ${messageOf(cause)}`);
  const own = error === undefined ? [] : [unreadable(actionOf(job.scan), error)];
  return { ...result, gaps: [...result.gaps, ...lost.map((l) => unreadable(l.action, l.error)), ...own] };
}

async function attempt(job: Job, send: Send): Promise<Attempt<Result>> {
  const { scan, account, place } = job;
  const seen: Seen[] = [];
  const gaps: ObservedGap[] = [];
  const failures: AwsFailure[] = [];
  const result = { seen, gaps, failures };
  const aws = reader(job, send, {
    incomplete: (failure) => gaps.push(gapOf(job, failure.call.action, reasonOf(failure), saysOf(failure))),
    hole: (failure) => failures.push(failure),
  });
  try {
    for await (const observed of scan.run(aws)) {
      const wrong = wrongWith(observed, scan);
      if (wrong === undefined) seen.push({ observed, account, region: observed.region ?? place });
      else gaps.push(gapOf(job, actionOf(scan), 'error', `${scan.id} made of AWS's answers ${wrong}`));
    }
    return { result, error: undefined };
  } catch (error) {
    return { result, error: error ?? new Error('the scan threw nothing') };
  }
}

/** What stands for the scan where it is not known which of its calls is to blame: its first, the listing. */
const actionOf = (scan: Scan): string => scan.calls[0]?.action ?? scan.id;

function gapOf({ scan, account, place }: Job, action: string, reason: Reason, detail: string): ObservedGap {
  // A global scan may show things that have a Region (buckets), which is then any.
  const region = place === GLOBAL_REGION ? '' : place;
  return { types: scan.types, account, region, action, why: unknown(reason, detail) };
}

const notReached = ({ account, region = '', action, reason, detail }: Unreached, types: readonly string[]): ObservedGap => ({
  types,
  account,
  region,
  action,
  why: unknown(reason, detail),
});

function sourceOf(world: World, targets: readonly Target[]): string {
  const regions = new Set(targets.flatMap((t) => t.regions)).size;
  const [only] = targets;
  const accounts = targets.length === 1 && only !== undefined ? `account ${only.account}` : `${targets.length} accounts`;
  return `${world === 'live' ? 'AWS' : 'simulated AWS'}, ${accounts}, ${regions} ${regions === 1 ? 'Region' : 'Regions'}`;
}

function unanswered(failures: readonly AwsFailure[]): readonly Unanswered[] {
  const groups = new Map<string, Unanswered>();
  for (const failure of failures) {
    const { account, region } = failure.at;
    const { action } = failure.call;
    const reason = reasonOf(failure);
    const key = `${action} ${account} ${region} ${reason}`;
    const group = groups.get(key);
    groups.set(
      key,
      group === undefined
        ? { action, account, region, reason, detail: saysOf(failure), count: 1 }
        : { ...group, count: group.count + 1 },
    );
  }
  return [...groups.values()];
}

/** The first thing that AWS did not tell: a whole listing, or something about one resource. */
export function unseenOf({ gaps, holes }: Pick<Observation, 'gaps' | 'holes'>): Unknown | undefined {
  const [hole] = holes;
  return gaps[0]?.why ?? (hole === undefined ? undefined : unknown(hole.reason, hole.detail));
}
