/** One controller of a run behind a control door: it names itself to the world by the epoch of its lease. */
import { type Conducted, conducted, requestOf } from '../../scripts/commands/drill-conducting.ts';
import { remoteTheatre } from '../../scripts/commands/drill-theatre.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { UsageError } from '../../src/model/errors.ts';
import type { Journal } from '../../src/model/journal.ts';
import type { Store } from '../../src/store/store.ts';

export interface Controller {
  readonly url: string;
  readonly token: string;
  readonly store: Store;
  readonly run: string;
  /** `Asked` as JSON. */
  readonly asked: string;
  /** After the n-th entry of this controller is kept. */
  readonly appended?: (n: number) => void;
  /** Its lease is had: `<epoch> <controller>`. */
  readonly acquired?: (by: string) => void;
}

export interface Asked {
  readonly catalogue: string;
  readonly member: { readonly scope: 'az' | 'region' | 'data'; readonly name: string };
}

/** Milliseconds of the world's time for which a controller waits that finds the run held: as long as a lease holds. */
const WAIT = 120_000;
const NOBODY = 'nobody';
let controllers = 0;

/** Rejects when it may not act any more. */
export async function controller({ url, token, store: opened, run, asked, appended, acquired }: Controller): Promise<Conducted> {
  controllers += 1;
  const holder = `${process.pid}/${controllers}`;
  let by = NOBODY;
  let written = 0;
  const { catalogue: text, member } = JSON.parse(asked) as Asked;
  const catalogue = parseCatalogue(text, 'holdfast.yaml', {});
  const journal: Journal = {
    ...opened.journal,
    acquire: async (name, who, milliseconds, now) => {
      const lease = await opened.journal.acquire(name, who, milliseconds, now);
      if (lease === undefined) return undefined;
      by = `${lease.epoch} ${holder}`;
      acquired?.(by);
      return lease;
    },
    append: async (lease, entry) => {
      const kept = await opened.journal.append(lease, entry);
      written += 1;
      appended?.(written);
      return kept;
    },
  };
  const store: Store = { ...opened, journal };
  const settings = { catalogue, today: '2026-06-01', seed: 1, journal, now: Date.now };
  const theatre = await remoteTheatre(url, token, () => by, settings);
  try {
    const [drill] = catalogue.drills;
    if (drill === undefined) throw new Error('expected a drill in the catalogue');
    const created = requestOf(await journal.read(run));
    const request = created ?? {
      drill,
      member,
      members: [member.name],
      requester: 'test',
      change: undefined,
      aws: url,
      sources: [],
      seed: 1,
    };
    const held = await theatre.hold(0, async (stage) => {
      try {
        return await conducted(run, request, { ...stage, warm: async () => undefined }, { theatre, store, holder });
      } catch (error) {
        // Whoever waits for a lease lets the world go on.
        if (error instanceof UsageError && error.code === 'drill-held') await stage.clock.sleep(WAIT);
        throw error;
      }
    });
    if (held === undefined) throw new Error('expected something to drill');
    return held;
  } finally {
    theatre.close();
  }
}
