/** What can go wrong in simulated AWS. Services react to the onset and to the end of each. */

export type Fault =
  /** An AZ is gone: everything that runs in it, and its volumes. `us-east-1a`, of every account. */
  | { readonly kind: 'az-loss'; readonly zone: string }
  /** A Region is gone: its control planes, its data planes, its AZs. */
  | { readonly kind: 'region-loss'; readonly region: string }
  /** APIs of one client (of every client: undefined) answer 503 in the Region; what runs keeps running. */
  | { readonly kind: 'control-plane-loss'; readonly region: string; readonly client?: string }
  /** A share (0 … 1) of the calls fails with 500, in the Region or everywhere. */
  | { readonly kind: 'brown-out'; readonly region?: string; readonly client?: string; readonly share: number }
  /** Calls of one IAM action are refused: `denied`; held back: `throttled`; or never answered: `timeout`. */
  | {
      readonly kind: 'call';
      readonly action: string;
      readonly how: 'denied' | 'throttled' | 'timeout' | 'error';
      readonly region?: string;
    }
  /** Replication out of a store stands still. `arn` of the source. */
  | { readonly kind: 'replication-stopped'; readonly arn: string }
  /** Replication out of a store is late by that many seconds. */
  | { readonly kind: 'replication-lag'; readonly arn: string; readonly seconds: number }
  /** From now on the store holds wrong data, and so do its replicas. */
  | { readonly kind: 'corruption'; readonly arn: string }
  | { readonly kind: 'deleted'; readonly arn: string }
  | { readonly kind: 'key-disabled'; readonly arn: string }
  /**
   * Whoever connects to it gets no answer; it runs on, and its API shows nothing. ARN of what would serve; that of an ECS task
   * definition stands for every task that runs it.
   */
  | { readonly kind: 'unreachable'; readonly arn: string }
  /** Somebody else holds the account's administrator: what can be deleted in it is deleted. */
  | { readonly kind: 'account-compromised'; readonly account: string };

export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** Milliseconds since the epoch, virtual. */
  readonly since: number;
}
