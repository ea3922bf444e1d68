/** The world of simulated AWS: accounts, Regions and what is in them, under one clock, one seed and the faults of the moment. */
import { VirtualClock } from './clock.ts';
import type { ActiveFault, Fault } from './faults.ts';
import { type Random, random } from './random.ts';
import { regionOf, zonesOf } from './regions.ts';

/** A kind of thing that a service keeps, one collection per account and Region. */
export interface Shelf<T> {
  /** `rds:db-instance`. */
  readonly id: string;
  readonly _item?: T;
}

export const shelf = <T>(id: string): Shelf<T> => ({ id });

/** Something on a shelf, with the place it stands in. */
export interface Placed<T> {
  readonly account: string;
  readonly region: string;
  readonly key: string;
  readonly item: T;
}

/** Region under which what belongs to no Region is kept (Route 53, IAM, CloudFront). */
export const GLOBAL = 'global';

export interface WorldSettings {
  /** Milliseconds since the epoch at which the world begins. */
  readonly start: number;
  readonly seed: number;
  /** A new thing is seen by lists and descriptions this much later, in milliseconds. */
  readonly consistency: number;
  /** Default: evenly spread. */
  readonly pace?: Pace;
}

/** How long AWS takes for what it does between two bounds. Same unit in and out; another pace may go beyond the bounds. */
export type Pace = (least: number, most: number, random: Random) => number;

const evenly: Pace = (least, most, { next }) => least + (most - least) * next();

interface Kept {
  readonly item: unknown;
  readonly since: number;
}

/** Everything of a kind, and of it what one account has in one Region. Whoever puts something in or takes it out forgets what was listed. */
interface Shelved {
  readonly collections: Collection[];
  readonly places: Map<string, Map<string, Collection>>;
  everywhere: readonly Placed<unknown>[] | undefined;
  /** The collection that was asked for last: mostly it is the one that is asked for next. None is ever taken away. */
  last: Collection | undefined;
}

class Collection extends Map<string, Kept> {
  readonly account: string;
  readonly region: string;
  /** What it lists, once everything in it can be seen. */
  listed: readonly unknown[] | undefined;
  readonly #on: Shelved;

  constructor(on: Shelved, account: string, region: string) {
    super();
    this.#on = on;
    this.account = account;
    this.region = region;
  }

  override set(key: string, kept: Kept): this {
    this.#forget();
    return super.set(key, kept);
  }

  override delete(key: string): boolean {
    this.#forget();
    return super.delete(key);
  }

  #forget(): void {
    this.listed = undefined;
    this.#on.everywhere = undefined;
  }
}

const NOTHING: readonly never[] = [];

type Reaction = (fault: Fault, world: World, how: 'begins' | 'ends') => void;

export class World {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly pace: Pace;
  readonly settings: WorldSettings;
  readonly #shelves = new Map<string, Shelved>();
  readonly #active = new Map<number, ActiveFault>();
  /** Asked with every request and every look of a health checker. */
  #faults: readonly ActiveFault[] = [];
  #lostRegions: ReadonlySet<string> = new Set();
  #lostZones: ReadonlySet<string> = new Set();
  readonly #reactions: Reaction[] = [];
  #nextFault = 1;

  constructor(settings: WorldSettings) {
    this.settings = settings;
    this.clock = new VirtualClock(settings.start);
    this.random = random(settings.seed);
    this.pace = settings.pace ?? evenly;
  }

  put<T>(on: Shelf<T>, account: string, region: string, key: string, item: T): void {
    const collection = this.#collection(on, account, region) ?? this.#newCollection(on, account, region);
    collection.set(key, { item, since: collection.get(key)?.since ?? this.clock.now() });
  }

  get<T>(on: Shelf<T>, account: string, region: string, key: string): T | undefined {
    return this.#collection(on, account, region)?.get(key)?.item as T | undefined;
  }

  remove<T>(on: Shelf<T>, account: string, region: string, key: string): void {
    this.#collection(on, account, region)?.delete(key);
  }

  /** What a list shows, in the order of creation: all but what is too new to be seen yet. */
  list<T>(on: Shelf<T>, account: string, region: string): readonly T[] {
    const collection = this.#collection(on, account, region);
    if (collection === undefined) return NOTHING;
    if (collection.listed !== undefined) return collection.listed as readonly T[];
    const seen = this.clock.now() - this.settings.consistency;
    const items: T[] = [];
    for (const { item, since } of collection.values()) if (since <= seen) items.push(item as T);
    if (items.length === collection.size) collection.listed = items;
    return items;
  }

  /** Everything of a kind, wherever it is or wherever it is in one account. For events, which see the world as it is. */
  everywhere<T>(on: Shelf<T>, within?: string): readonly Placed<T>[] {
    const shelved = this.#shelves.get(on.id);
    if (shelved === undefined) return [];
    shelved.everywhere ??= shelved.collections.flatMap((collection) =>
      [...collection].map(([key, { item }]) => ({ account: collection.account, region: collection.region, key, item })),
    );
    const all = shelved.everywhere as readonly Placed<T>[];
    return within === undefined ? all : all.filter((placed) => placed.account === within);
  }

  /** What is kept for an account, and for none, as it is kept: by collection, then by key. */
  keptFor(account: string): readonly Map<string, Kept>[] {
    return [...this.#shelves.values()]
      .flatMap((shelved) => shelved.collections)
      .filter((collection) => collection.account === account || collection.account === '');
  }

  #collection(on: Shelf<unknown>, account: string, region: string): Collection | undefined {
    const shelved = this.#shelves.get(on.id);
    if (shelved === undefined) return undefined;
    const { last } = shelved;
    if (last?.account === account && last.region === region) return last;
    const found = shelved.places.get(account)?.get(region);
    if (found !== undefined) shelved.last = found;
    return found;
  }

  #newCollection(on: Shelf<unknown>, account: string, region: string): Collection {
    let shelved = this.#shelves.get(on.id);
    if (shelved === undefined) {
      shelved = { collections: [], places: new Map(), everywhere: undefined, last: undefined };
      this.#shelves.set(on.id, shelved);
    }
    let regions = shelved.places.get(account);
    if (regions === undefined) {
      regions = new Map();
      shelved.places.set(account, regions);
    }
    const collection = new Collection(shelved, account, region);
    shelved.collections.push(collection);
    regions.set(region, collection);
    return collection;
  }

  /** Services say here what a fault does to what they run. Called at its onset and at its end. */
  onFault(reaction: Reaction): void {
    this.#reactions.push(reaction);
  }

  /** Returns the number under which the fault can be lifted. */
  inject(fault: Fault): number {
    const id = this.#nextFault++;
    this.#active.set(id, { id, fault, since: this.clock.now() });
    this.#noteFaults();
    for (const react of this.#reactions) react(fault, this, 'begins');
    return id;
  }

  lift(id: number): void {
    const active = this.#active.get(id);
    if (active === undefined) return;
    this.#active.delete(id);
    this.#noteFaults();
    for (const react of this.#reactions) react(active.fault, this, 'ends');
  }

  get faults(): readonly ActiveFault[] {
    return this.#faults;
  }

  #noteFaults(): void {
    this.#faults = [...this.#active.values()];
    this.#lostRegions = new Set(this.#faults.flatMap(({ fault }) => (fault.kind === 'region-loss' ? [fault.region] : [])));
    this.#lostZones = new Set(this.#faults.flatMap(({ fault }) => (fault.kind === 'az-loss' ? [fault.zone] : [])));
  }

  regionIsLost(region: string): boolean {
    return this.#lostRegions.size > 0 && this.#lostRegions.has(region);
  }

  /** An AZ is lost by itself or with its Region. */
  zoneIsLost(zone: string): boolean {
    return this.#lostZones.has(zone) || (this.#lostRegions.size > 0 && this.#lostRegions.has(regionOf(zone)));
  }

  /** Names of the AZs of a Region, in order. */
  zones(region: string): readonly string[] {
    return zonesOf(region);
  }
}
