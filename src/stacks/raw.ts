/** What every reader of a Pulumi source produces before types, Regions, accounts and tags are settled in one place. */
import type { Position, SourceReading } from '../model/resource.ts';
import type { Values } from '../model/value.ts';

export interface RawResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly remote: boolean;
  readonly id: string | undefined;
  /** Secrets, unknowns, assets and references are already `Hole`s or plain values. */
  readonly inputs: Values;
  readonly outputs: Values;
  readonly parent: string | undefined;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Provider reference as the engine writes it: `<provider urn>::<id>`. */
  readonly provider: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly position: Position | undefined;
  readonly pending: 'create' | 'update' | 'replace' | 'delete' | undefined;
}

export interface RawReading {
  readonly source: string;
  readonly kind: SourceReading['kind'];
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly RawResource[];
  /** The stack's `aws:region` where the source shows it. */
  readonly configRegion: string | undefined;
  readonly partial: boolean;
  readonly notes: readonly string[];
}

/** Choices from the command line that apply to every source. */
export interface ReadOptions {
  /** Region of resources that nothing else places (`--region`). */
  readonly region: string | undefined;
}
