/** The tables of the schema `holdfast`, as the newest migration leaves them. Columns of JSON hold canonical text. */
import type { Generated } from 'kysely';
import type { Severity } from '../model/finding.ts';
import type { EntryKind } from '../model/journal.ts';
import type { World } from '../model/resource.ts';
import type { Level, VerdictKind } from '../model/verdict.ts';
import type { EvidenceKind } from './record.ts';

export const SCHEMA = 'holdfast';

export interface Tables {
  readonly run: {
    readonly run: string;
    /** Order of first acquisition. */
    readonly number: Generated<number>;
    /** Null: the lease was given back. */
    readonly holder: string | null;
    readonly epoch: number;
    readonly expires: number;
    readonly entries: Generated<number>;
    readonly ended: Generated<boolean>;
  };
  readonly journal: {
    readonly run: string;
    /** Given by the database. */
    readonly sequence: Generated<number>;
    readonly epoch: number;
    readonly kind: EntryKind;
    readonly at: number;
    readonly about: string;
    readonly token: string | null;
    readonly data: string;
  };
  readonly evidence: {
    readonly sequence: number;
    readonly at: number;
    readonly kind: EvidenceKind;
    readonly world: World;
    readonly subject: string;
    readonly body: string;
    readonly previous: string;
    readonly hash: string;
  };
  /** One row: the newest record. Kept by the database. */
  readonly evidence_head: { readonly sequence: number; readonly hash: string };
  /** Which foreign record became which of ours. */
  readonly evidence_import: { readonly hash: string; readonly signer: string; readonly sequence: number };
  readonly approval: {
    readonly number: Generated<number>;
    readonly run: string;
    readonly at: number;
    readonly person: string;
    readonly decision: 'approved' | 'refused';
    /** What was approved: the hash of the drill as it was shown. */
    readonly subject: string;
    readonly data: string;
  };
  readonly snapshot: {
    readonly number: Generated<number>;
    readonly at: number;
    readonly world: World;
    readonly level: Level;
    /** SHA-256 of the catalogue's bytes; null: judged without one. */
    readonly catalogue: string | null;
    readonly facts: string;
  };
  readonly verdict: {
    readonly snapshot: number;
    readonly metric: string;
    readonly service: string;
    readonly verdict: VerdictKind;
    readonly data: string;
  };
  readonly finding: {
    readonly snapshot: number;
    readonly fingerprint: string;
    readonly rule: string;
    readonly severity: Severity;
    readonly data: string;
  };
  readonly survey: {
    readonly number: Generated<number>;
    readonly at: number;
    readonly world: World;
    readonly name: string;
    readonly data: string;
  };
  readonly cost_event: {
    readonly number: Generated<number>;
    readonly at: number;
    readonly world: World;
    readonly service: string;
    readonly data: string;
  };
}
