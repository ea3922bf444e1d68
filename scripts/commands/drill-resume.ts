/** `holdfast drill resume`: takes up the runs that have not ended, where their journals end. */
import { groupBy } from '../../src/model/collections.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { Store } from '../../src/store/store.ts';
import type { Surroundings } from '../surroundings.ts';
import { type DrillRunFlags, holderOf, interruption, report, withTheatre } from './drill.ts';
import { type Conducted, conducted, requestOf } from './drill-conducting.ts';
import { tableAsked } from './drill-table.ts';
import type { Stage } from './drill-theatre.ts';
import { withStore } from './evidence.ts';

export type DrillResumeFlags = Omit<DrillRunFlags, 'service' | 'member' | 'dryRun' | 'aws'> & { readonly aws?: string };

interface Open {
  readonly run: string;
  readonly entries: readonly JournalEntry[];
  readonly request: NonNullable<ReturnType<typeof requestOf>>;
}

export async function drillResume(run: string | undefined, flags: DrillResumeFlags, around: Surroundings): Promise<number> {
  const { open, notes } = await withStore(flags, around, (store) => openRuns(run, flags.aws, store));
  if (open.length === 0) {
    around.write([...notes, 'no open run of a drill', ''].join('\n'), flags.out);
    return notes.length === 0 ? 0 : 3;
  }
  // Runs of one place are taken up together: its sources are read once.
  const places = groupBy(open, ({ request: { aws, sources, seed } }) => JSON.stringify([aws, sources, seed]));
  let exit = 0;
  for (const runs of places.values()) exit = worse(exit, await resumedIn(runs, notes, flags, around));
  return exit;
}

/** Something broken says more than nothing known, which says more than a refusal. */
const RANK: readonly number[] = [0, 2, 3, 1];
const worse = (a: number, b: number): number => (RANK.indexOf(a) > RANK.indexOf(b) ? a : b);

/** A run that were undone in another world would be written down as undone, and stay as it is. */
const kindOf = (aws: string): string => (/^https?:/.test(aws) ? 'URL' : aws);

async function openRuns(
  run: string | undefined,
  aws: string | undefined,
  { journal }: Store,
): Promise<{ open: readonly Open[]; notes: string[] }> {
  const open: Open[] = [];
  const notes: string[] = [];
  for (const name of run === undefined ? await journal.open() : [run]) {
    const entries = await journal.read(name);
    const request = requestOf(entries);
    if (entries.length === 0)
      throw new UsageError('run-unknown', `${name}: expected a run of the store, found none. holdfast drill list shows them.`);
    if (request === undefined) notes.push(`${name}: not a run of drill run; it is left alone`);
    else if (aws !== undefined && kindOf(aws) !== kindOf(request.aws))
      notes.push(`${name}: was begun with --aws ${request.aws}, and can be taken up nowhere else: leave --aws out`);
    else open.push({ run: name, entries, request });
  }
  return { open, notes };
}

async function resumedIn(
  runs: readonly Open[],
  notes: readonly string[],
  flags: DrillResumeFlags,
  around: Surroundings,
): Promise<number> {
  const [first] = runs;
  if (first === undefined) return 0;
  const { aws, sources, seed } = first.request;
  const there = { ...flags, aws: flags.aws ?? aws, seed };
  return withTheatre(sources, there, around, async ({ theatre, store }) => {
    const off = interruption();
    const held: Conducted[] = [];
    const said = [...notes];
    const table = tableAsked(flags, around);
    for (const { run, entries, request } of runs) {
      around.progress(`taking up ${run}`);
      const since = entries.at(-1)?.at ?? 0;
      const controller = { theatre, store, holder: holderOf(), signal: off.signal, table };
      const one = await theatre
        .hold(since, (stage) => patiently(stage, () => conducted(run, request, stage, controller), around), {
          drill: request.drill,
          member: request.member,
          run: () => run,
          began: entries[0]?.at,
          requester: request.requester,
          change: flags.change ?? request.change,
        })
        .catch((error: unknown) => {
          if (error instanceof UsageError && error.code === 'drill-held') return error.message;
          throw error;
        });
      if (typeof one === 'string') said.push(one);
      else if (one === undefined) said.push(`${run}: the service is gone from its sources; nothing could be looked at`);
      else held.push(one);
    }
    off.over();
    return report(theatre, held, said, there, around);
  });
}

/** A controller that died holds its lease until that ends; one that lives renews it meanwhile. */
async function patiently<T>(stage: Stage, work: () => Promise<T>, around: Surroundings): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== 'drill-held') throw error;
    around.progress('waiting for the lease of the controller before');
    await stage.leaseOver();
    return work();
  }
}
