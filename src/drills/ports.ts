/** What a drill needs of its world besides a session: the disruption itself, and how the service looks from outside. */
import type { Json } from '../model/journal.ts';

export type Disruption =
  | { readonly kind: 'az-loss'; readonly zone: string }
  | { readonly kind: 'region-loss'; readonly region: string }
  /** From the onset on, these stores are given wrong data. ARNs. */
  | { readonly kind: 'corruption'; readonly stores: readonly string[] }
  /** Keys that can no longer be used. ARNs. */
  | { readonly kind: 'key-loss'; readonly keys: readonly string[] }
  /** Nothing answers there any more, and what runs elsewhere goes on. ARNs. */
  | { readonly kind: 'unreachable'; readonly resources: readonly string[] }
  /** The APIs of a Region fail, of one client or of all; what runs keeps running. */
  | { readonly kind: 'control-plane-loss'; readonly region: string; readonly client: string | undefined }
  /** Somebody else holds the account's administrator: what can be deleted or overwritten in it is. */
  | { readonly kind: 'account-compromised'; readonly account: string };

/** Simulated AWS injects by itself, real AWS by FIS experiments. */
export interface Injector {
  /** Why this world cannot be made to do that; undefined: it can. Nothing is changed. */
  refuses(what: Disruption): Promise<string | undefined>;
  /** A token that has begun has no second effect. */
  begin(token: string, what: Disruption): Promise<Json>;
  state(token: string): Promise<'begun' | 'not-begun' | 'ended' | 'unknown'>;
  /** Safe to call more than once, and for a token that never began. */
  end(token: string): Promise<Json>;
}

export type Reached =
  | {
      readonly kind: 'served';
      /** ARN or name of who answered. */
      readonly by: string;
      /** Where, as far as that can be told. */
      readonly region: string | undefined;
      readonly zone: string | undefined;
      /** Milliseconds until the answer; undefined where time does not pass. */
      readonly took: number | undefined;
    }
  | { readonly kind: 'refused'; readonly why: string };

export interface Outside {
  /** Places with a resolver of their own; requests come from each. */
  readonly resolvers: readonly string[];
  /** One request to a host or URL, as a client of that resolver (index) makes it. */
  request(host: string, resolver: number): Promise<Reached>;
  /** What that resolver answers for a name: addresses or names, sorted; undefined: no answer. */
  resolve(name: string, resolver: number): Promise<readonly string[] | undefined>;
  /** Writes one canary; `log` names the store in which it ended. */
  write(
    endpoint: string,
    sequence: number,
  ): Promise<{ readonly kind: 'written'; readonly log: string } | { readonly kind: 'refused'; readonly why: string }>;
  /** What a reader of the store finds now, by the name that `write` gave; undefined: it cannot be read. */
  contents(log: string): Promise<readonly { readonly sequence: number; readonly corrupt: boolean }[] | undefined>;
  /** Seconds by which the replication out of a store is late, the worst of its targets; undefined: nobody can tell, or it has none. ARN. */
  lag(store: string): Promise<number | undefined>;
}
