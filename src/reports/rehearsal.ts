/** Shape of what `holdfast rehearse` prints as JSON. Everything in it happened in simulated AWS. */
import type { JournalEntry } from '../model/journal.ts';
import type { Position } from '../model/resource.ts';
import type { VerdictKind } from '../model/verdict.ts';
import type { VerifyResult } from './result-schema.ts';
import { type TimelineLine, timelineOf } from './timeline.ts';
import { type Spans, spansOf } from './timeline-spans.ts';

export const REHEARSAL_VERSION = '1.2';

/** A drill's result, as far as a report reads it. */
export interface DrillFacts {
  readonly run: string;
  readonly service: string;
  readonly scope: 'instance' | 'az' | 'region' | 'data' | 'account' | 'control-plane' | 'software' | 'supplier';
  readonly member: string;
  readonly status: string;
  readonly reason: string;
  readonly rto: number | null;
  readonly availability: number | null;
  readonly measured: { readonly lost: number; readonly written: number } | null;
  readonly left: readonly string[];
}

export interface DrillReport {
  readonly result: DrillFacts;
  readonly timeline: readonly TimelineLine[];
  /** The same as a picture shows it: who was well when, who acted when. Seconds from the onset. */
  readonly spans: Spans['spans'];
  readonly marks: Spans['marks'];
  readonly people: readonly string[];
  readonly blind: readonly string[];
  readonly notTaken: readonly string[];
}

export interface RehearsalResult {
  readonly schemaVersion: typeof REHEARSAL_VERSION;
  readonly command: 'rehearse';
  readonly world: 'simulated';
  readonly date: string;
  readonly seed: number;
  readonly catalogue: string | null;
  readonly metrics: readonly {
    readonly id: string;
    readonly service: string;
    readonly type: string;
    readonly scope: string;
    readonly clock: 'onset' | 'declaration';
    readonly target: number;
    readonly designed: VerdictKind;
    readonly verdict: VerdictKind;
    /** Seconds; `never` when it did not recover, `all` when every write was lost; null: nobody can tell. */
    readonly worst: number | 'never' | 'all' | null;
    readonly reason: string;
  }[];
  readonly drills: readonly DrillReport[];
  readonly notes: readonly string[];
  /** What the real engine did and would do; null where it was not asked. */
  readonly engine: EngineReport | null;
}

export interface EngineReport {
  /** Which CLI it was, and where it came from. */
  readonly cli: string;
  /** In the order in which they were run: resources by what was, or would be, done to them. */
  readonly operations: readonly { readonly operation: string; readonly changes: Readonly<Record<string, number>> }[];
  /** Why the program could not be deployed; then nothing was drilled. Null: it was. */
  readonly notDeployed: NotDeployed | null;
  /** URNs that simulated AWS has no notion of: kept as they are declared. */
  readonly opaque: readonly string[];
  /** After each drill, before anything was put back. */
  readonly afterFailover: readonly {
    readonly run: string;
    /** What the next update would do to the service that has just failed over. */
    readonly findings: readonly FightFinding[];
    /** Why the engine could not be asked. */
    readonly nobodyCanTell: string | null;
  }[];
}

export interface NotDeployed {
  readonly operation: 'preview' | 'up';
  /** Resources that were refused, in the words of the provider. */
  readonly resources: readonly {
    readonly urn: string;
    readonly type: string;
    readonly position: Position | null;
    readonly message: string;
  }[];
  /** What else the engine says; empty when it says no more. */
  readonly says: string;
  /** URNs of what had been made, and stood until it was destroyed. */
  readonly made: readonly string[];
  /** URNs of what a preview had planned, and the failure kept from being tried. */
  readonly notTried: readonly string[];
}

export type FightFinding = Omit<VerifyResult['findings'][number], 'levels' | 'baseline'> & {
  /** What to change in the program. */
  readonly mend: string;
};

export function drillReport(
  drill: Omit<DrillReport, 'timeline' | 'spans' | 'marks'> & { readonly entries: readonly JournalEntry[] },
): DrillReport {
  const { result, entries, people, blind, notTaken } = drill;
  const acted = new Set(people);
  return { result, timeline: timelineOf(entries, acted), ...spansOf(entries, acted), people, blind, notTaken };
}
