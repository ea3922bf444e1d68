/** What a finished drill leaves as evidence: enough to judge promises by it without the journal, the code or the world. */
import type { DrillSpec } from '../model/drill.ts';
import type { Observation } from '../verdicts/kpi5.ts';
import type { DrillResult } from './result.ts';

export const DRILL_RECORD_VERSION = 1;

/** Body of an evidence record of kind `drill-result`; its subject is the run. */
export interface DrillRecord {
  readonly version: typeof DRILL_RECORD_VERSION;
  readonly drill: Pick<DrillSpec, 'id' | 'title' | 'kind' | 'service' | 'controls' | 'participants'>;
  /** SHA-256 over the drill as it was approved and held. */
  readonly drillHash: string;
  readonly result: DrillResult;
  readonly observations: readonly Observation[];
  /** By metric id: hash over the meanings that the metric rests on, when the drill was held (src/verdicts/material.ts). */
  readonly material: Readonly<Record<string, string>>;
  /** Hashes of the parts of that material, by URN or metric id: what has changed since can then be named. `materialsOf` makes both. */
  readonly parts: Readonly<Record<string, string>>;
  /** Everything that the scope stood for, by the names of the drill's world: each must be shown before the whole is. */
  readonly members: readonly string[];
  /** Steps that a person did. */
  readonly people: readonly string[];
  /** What the drill could not see, and ways back that it did not take. */
  readonly blind: readonly string[];
  readonly notTaken: readonly string[];
  /** Who asked for it, who approved it, and the change it was held under. */
  readonly requester: string;
  readonly approvers: readonly string[];
  readonly change: string | undefined;
}
