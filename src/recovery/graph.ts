/** The recovery graph of one service under one scope: what must come back, in which order, how long each part takes. */
import type { Timing } from '../model/protection.ts';

export interface RecoveryNode {
  /** Unique in the graph. */
  readonly id: string;
  readonly label: string;
  /** Its own recovery time, without what it waits for. */
  readonly time: Timing;
  /** `at-onset`: its clock runs from the disruption, whatever else is down. */
  readonly starts: 'at-onset' | 'after-dependencies';
  /** Ids of the nodes without which it cannot start to recover. Not read for a node that starts at the onset. */
  readonly after: readonly string[];
  /** Age of the newest write that it recovers with; undefined for what holds no state. */
  readonly point: Timing | undefined;
  /** Nodes that share a cause carry the same text here: one orchestrator, one AWS service in one Region. */
  readonly shock: string | undefined;
}

export interface RecoveryGraph {
  readonly nodes: readonly RecoveryNode[];
}
