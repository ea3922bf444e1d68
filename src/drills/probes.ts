/** Probes that look at a service as its users do, at what DNS says, and at how late replicas are. */
import type { Probe, ProbeResult, StopCondition } from './contract.ts';
import { lagsOf, type StoreMember } from './kinds/lag.ts';
import type { Outside } from './ports.ts';

/** Requests to each host at a look, in turn by every resolver. */
const REQUESTS = 10;

export interface EntryWatch {
  readonly host: string;
  readonly probe: Probe;
  /** Share (0 … 1) of the requests of the last `milliseconds` that were served; undefined before the first look. */
  share(milliseconds: number, now: number): number | undefined;
}

/**
 * Well while at least `needed` (0 … 1) of the requests are served: what is left of a service at its MBCO counts as recovered.
 * `slowest`: milliseconds; what takes longer is not served.
 */
export function entryWatch(
  host: string,
  outside: Outside,
  now: () => number,
  every: number,
  needed: number,
  slowest: number | undefined,
): EntryWatch {
  const looks: { readonly at: number; readonly share: number }[] = [];
  return {
    host,
    share: (milliseconds, at) => {
      const recent = looks.filter((l) => l.at > at - milliseconds);
      return recent.length === 0 ? looks.at(-1)?.share : recent.reduce((sum, l) => sum + l.share, 0) / recent.length;
    },
    probe: {
      id: `requests to ${host}`,
      every,
      tells: 't4',
      look: async () => {
        const regions = new Set<string>();
        let served = 0;
        let longest = 0;
        let why = '';
        for (let n = 0; n < REQUESTS; n += 1) {
          const answer = await outside.request(host, n % outside.resolvers.length);
          if (answer.kind === 'refused') why = answer.why;
          else if (slowest !== undefined && answer.took !== undefined && answer.took > slowest)
            why = `it takes longer than ${slowest} ms`;
          else {
            served += 1;
            longest = Math.max(longest, answer.took ?? 0);
            regions.add(answer.region ?? answer.by);
          }
        }
        looks.push({ at: now(), share: served / REQUESTS });
        const ok = served > 0 && served / REQUESTS >= needed;
        const from = [...regions].sort().join(' and ');
        const whole =
          served === REQUESTS
            ? `served from ${from}`
            : `${served} of ${REQUESTS} served${from === '' ? '' : ` from ${from}`}: ${why}`;
        return { ok, says: ok || served > 0 ? whole : why, data: { served, of: REQUESTS, longest } };
      },
    },
  };
}

/** What DNS says for a name, by each of these resolvers. Well while every one has an answer. */
export function dnsProbe(name: string, outside: Outside, every: number, resolvers: readonly number[]): Probe {
  return {
    id: `answers for ${name}`,
    every,
    look: async () => {
      const found = await answersOf(name, outside, resolvers);
      const silent = found.filter((f) => f.answer === undefined).map((f) => f.resolver);
      const said = new Map<string, string[]>();
      for (const { resolver, answer } of found)
        if (answer !== undefined) said.set(answer, [...(said.get(answer) ?? []), resolver]);
      const says = [...said].map(([answer, by]) => `${answer} (${by.length} of ${found.length})`).join('; ');
      return silent.length > 0 || found.length === 0
        ? { ok: false, says: `no answer in ${silent.join(', ') || 'any place'}`, data: null }
        : { ok: true, says, data: null };
    },
  };
}

export interface Said {
  readonly resolver: string;
  readonly answer: string | undefined;
}

export async function answersOf(name: string, outside: Outside, resolvers: readonly number[]): Promise<readonly Said[]> {
  const found: Said[] = [];
  for (const n of resolvers)
    found.push({ resolver: outside.resolvers[n] ?? String(n), answer: (await outside.resolve(name, n))?.join(', ') });
  return found;
}

/** How late the copies of one store are. Always well while it can be told: how late is too late is for a stop condition. */
export function lagProbe(store: readonly StoreMember[], outside: Outside, every: number): Probe {
  return {
    id: `lag of ${store[0]?.role.title ?? ''}`,
    every,
    look: async (): Promise<ProbeResult> => {
      const [{ seconds: lag } = { seconds: undefined }] = await lagsOf(store, outside);
      // Rounded up to the order of magnitude: the journal keeps what changes.
      return lag === undefined
        ? { ok: true, says: 'nobody can tell', data: null }
        : { ok: true, says: `at most ${roughly(lag)} s behind`, data: { seconds: lag } };
    },
  };
}

const roughly = (seconds: number): number => (seconds <= 1 ? 1 : 10 ** Math.ceil(Math.log10(seconds)));

/** Too few requests served over a time. */
export function availabilityStop(
  doors: readonly EntryWatch[],
  { share, over }: { readonly share: number; readonly over: number },
  now: () => number,
): StopCondition {
  return {
    id: `fewer than ${Math.round(share * 1000) / 10} % served`,
    holds: async () => {
      if (doors.length === 0) return undefined;
      for (const door of doors) {
        if (door.share(over * 1000, now()) === undefined) await door.probe.look();
        const seen = door.share(over * 1000, now());
        if (seen === undefined) return undefined;
        if (seen < share) return true;
      }
      return false;
    },
  };
}
