/** A service on real AWS as its users see it: over the network, through its stores' own data planes, and through CloudWatch. */
import type { Place, Session } from '../../aws/call.ts';
import { AwsFailure, saysOf } from '../../aws/failure.ts';
import type { Clock } from '../../model/clock.ts';
import { messageOf } from '../../model/errors.ts';
import { placeOfArn } from '../kinds/places.ts';
import type { Disruption, Outside, Reached } from '../ports.ts';
import type { Standing } from './footprint.ts';
import { GateClosed, type Guard } from './guard.ts';
import { replicationLag } from './lag.ts';
import { bucketStore, type Found, type MarkedStore, stemOf, tableStore } from './marked.ts';
import { type Dns, type DnsPlace, dns, get, send } from './net.ts';

export interface OutsideSettings {
  readonly run: string;
  readonly session: Session;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly standing: readonly Standing[];
  readonly places: readonly Place[];
  readonly resolvers: readonly DnsPlace[];
  /** Milliseconds for a request, and for an answer of a resolver. */
  readonly timeout: number;
  /** Response header that says who served. */
  readonly servedBy: string | undefined;
  /**
   * URLs by host name or ARN of a store: the service's own endpoint for canaries, for stores that no API of AWS writes to. POST
   * takes `{ run, sequence }`, GET with `?run=` answers `[{ sequence, corrupt }]`, DELETE with `?run=` removes them all.
   */
  readonly canaries: ReadonlyMap<string, string>;
  /** What is lost at this moment: FIS cannot cut this machine off from it, so nothing here goes there. */
  readonly lost: () => readonly Disruption[];
}

export interface LiveOutside extends Outside {
  /** Removes every canary of the run from every store of the service. Throws when some store could not be cleared. */
  tidy(): Promise<void>;
}

interface Store {
  readonly log: string;
  readonly region: string | undefined;
  readonly marked: MarkedStore;
}

export function liveOutside(settings: OutsideSettings): LiveOutside {
  const { run, session, guard, clock, standing, places, resolvers, timeout, servedBy, canaries, lost } = settings;
  const names: readonly Dns[] = resolvers.map((place) => dns(place, timeout));
  const system: Dns = names[0] ?? dns({ name: 'system', servers: undefined }, timeout);
  const stores = new Map<string, Store>();
  const lag = replicationLag({ session, clock, standing, places });

  /** Made once, so that it remembers what it wrote. */
  const made = (log: string, region: string | undefined, marked: () => MarkedStore): Store => {
    const known = stores.get(log);
    if (known !== undefined) return known;
    const store = { log, region, marked: marked() };
    stores.set(log, store);
    return store;
  };
  const bucketNamed = (name: string): Store | undefined => {
    const of = standing.find((s) => s.arn.split(':')[2] === 's3' && placeOfArn(s.arn).name === name);
    const at = places.find((p) => p.region === of?.region);
    if (of === undefined || at === undefined) return undefined;
    return made(of.arn, at.region, () => bucketStore(name, run, at, session));
  };
  const storeOf = (endpoint: string): Store | undefined => {
    const url = canaries.get(endpoint);
    if (url !== undefined) return made(url, undefined, () => ownStore(url, run, system, timeout, guard));
    if (/^arn:aws[a-z-]*:dynamodb:/.test(endpoint)) {
      const { at, name } = placeOfArn(endpoint);
      return made(endpoint, at.region, () => tableStore(name, run, at, session));
    }
    const bucket =
      /^arn:aws[a-z-]*:s3:::([^/]+)$/.exec(endpoint)?.[1] ??
      /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?$/.exec(endpoint)?.[1];
    return bucket === undefined ? undefined : bucketNamed(bucket);
  };
  const isLost = (region: string | undefined): boolean =>
    region !== undefined && lost().some((what) => what.kind === 'region-loss' && what.region === region);

  const reached = async (endpoint: string, store: Store): Promise<Reached> => {
    if (isLost(store.region)) return { kind: 'refused', why: `${store.region ?? ''} is lost` };
    const began = clock.now();
    try {
      const why = await store.marked.refuses();
      if (why !== undefined) return { kind: 'refused', why };
      return { kind: 'served', by: store.log, region: store.region, zone: undefined, took: clock.now() - began };
    } catch (error) {
      return { kind: 'refused', why: `${endpoint}: ${clauseOf(error)}` };
    }
  };

  return {
    resolvers: resolvers.map((r) => r.name),
    async request(host, n) {
      const store = storeOf(host);
      if (store !== undefined) return reached(host, store);
      if (host.startsWith('arn:'))
        return { kind: 'refused', why: `${host} has no data plane over HTTP: name an endpoint for its canaries` };
      return get(host, names[n] ?? system, { timeout, servedBy });
    },
    async resolve(name, n) {
      return names[n]?.addresses(name).catch(() => undefined);
    },
    async write(endpoint, sequence) {
      const store = storeOf(endpoint);
      if (store === undefined)
        return { kind: 'refused', why: `writes to ${endpoint} cannot be followed: name an endpoint for its canaries` };
      if (isLost(store.region)) return { kind: 'refused', why: `${store.region ?? ''} is lost` };
      try {
        await store.marked.write(sequence);
        return { kind: 'written', log: store.log };
      } catch (error) {
        return { kind: 'refused', why: clauseOf(error) };
      }
    },
    async contents(log) {
      const store = stores.get(log) ?? storeOf(log);
      if (store === undefined || isLost(store.region)) return undefined;
      try {
        return await store.marked.contents();
      } catch {
        // A store that cannot be read is not an empty one.
        return undefined;
      }
    },
    lag: async (store) => lag(store).catch(() => undefined),
    tidy: () =>
      guard.undoing(async () => {
        for (const { arn } of standing) storeOf(arn);
        for (const url of canaries.keys()) storeOf(url);
        const failed: string[] = [];
        for (const { log, marked } of stores.values()) {
          try {
            await marked.tidy();
          } catch (error) {
            if (!isGone(error)) failed.push(`${log}: ${clauseOf(error)}`);
          }
        }
        if (failed.length > 0) throw new Error(`canaries of ${run} (${stemOf(run)}) are left in ${failed.join('; ')}`);
      }),
  };
}

/** A store that was restored for the drill is gone by now, and its canaries with it. */
const isGone = (error: unknown): boolean => error instanceof AwsFailure && error.kind === 'not-found';

const clauseOf = (error: unknown): string => {
  if (error instanceof AwsFailure) return saysOf(error);
  if (error instanceof GateClosed) return error.message;
  return messageOf(error);
};

/** The service's own endpoint for canaries. */
function ownStore(url: string, run: string, names: Dns, timeout: number, guard: Guard): MarkedStore {
  const ofRun = new URL(url);
  ofRun.searchParams.set('run', stemOf(run));
  const list = async (): Promise<readonly Found[]> => {
    const read: unknown = JSON.parse(await send('GET', ofRun.href, undefined, names, timeout));
    if (!Array.isArray(read)) throw new Error(`${ofRun.host} answers no list of canaries`);
    return read.map((one: unknown) => {
      const { sequence, corrupt } = (typeof one === 'object' && one !== null ? one : {}) as Readonly<Record<string, unknown>>;
      if (typeof sequence !== 'number') throw new Error(`${ofRun.host} answers a canary without its sequence`);
      return { sequence, corrupt: corrupt === true };
    });
  };
  return {
    refuses: async () => {
      await list();
      return undefined;
    },
    async write(sequence) {
      await guard.permit(`POST ${ofRun.origin}${ofRun.pathname}`);
      await send('POST', url, { run: stemOf(run), sequence }, names, timeout);
    },
    contents: list,
    tidy: async () => {
      await send('DELETE', ofRun.href, undefined, names, timeout);
    },
  };
}
