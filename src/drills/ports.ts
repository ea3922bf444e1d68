/** What a drill needs of its world besides a session: the disruption itself, and how the service looks from outside. */
import type { Json } from '../model/journal.ts';

export type Disruption =
  | { readonly kind: 'az-loss'; readonly zone: string }
  | { readonly kind: 'region-loss'; readonly region: string }
  /** From the onset on, these stores are given wrong data. ARNs. */
  | { readonly kind: 'corruption'; readonly stores: readonly string[] };

/** Simulated AWS injects by itself, real AWS by FIS experiments. */
export interface Injector {
  /** A token that has begun has no second effect. */
  begin(token: string, what: Disruption): Promise<Json>;
  state(token: string): Promise<'begun' | 'not-begun' | 'ended' | 'unknown'>;
  /** Safe to call more than once, and for a token that never began. */
  end(token: string): Promise<Json>;
}

export type Reached =
  | { readonly kind: 'served'; readonly by: string; readonly region: string; readonly zone: string | undefined }
  | { readonly kind: 'refused'; readonly why: string };

export interface Outside {
  /** Places with a resolver of their own; requests come from each. */
  readonly resolvers: number;
  /** One request to a host by its name, as a client of that resolver makes it. */
  request(host: string, resolver: number): Promise<Reached>;
  /** Writes one canary; `log` names the store in which it ended. */
  write(
    endpoint: string,
    sequence: number,
  ): Promise<{ readonly kind: 'written'; readonly log: string } | { readonly kind: 'refused'; readonly why: string }>;
  /** What a reader of the store finds now, by the name that `write` gave; undefined: it cannot be read. */
  contents(log: string): Promise<readonly { readonly sequence: number; readonly corrupt: boolean }[] | undefined>;
}
