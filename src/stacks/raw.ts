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
  /** URNs that it went by before. */
  readonly aliases?: readonly string[];
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Provider reference as the engine writes it: `<provider urn>::<id>`. */
  readonly provider: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean | undefined;
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
  /**
   * The stack's `aws:` configuration without the prefix (`region`, `defaultTags`, `assumeRoles` …): what its default
   * providers are made from where the source does not show them.
   */
  readonly awsConfig?: Values;
  readonly partial: boolean;
  readonly notes: readonly string[];
  /** Set when the source is a difference (a preview or a saved plan). */
  readonly difference?: RawDifference;
}

/** What an update will do, to be read over the state it starts from. */
export interface RawDifference {
  readonly changes: readonly RawChange[];
  /** False when changes may be missing: the preview failed, or steps were taken out of it. */
  readonly complete: boolean;
}

export interface RawChange {
  readonly urn: string;
  readonly op: 'same' | 'create' | 'update' | 'replace' | 'delete';
  /** The resource as it will be. Undefined for deletions, and where the source tells only that there is a change. */
  readonly resource: RawResource | undefined;
  /** Saved plans tell inputs as a change of those in the state; then `resource.inputs` holds only what is added or changed. */
  readonly removedInputs: readonly string[] | undefined;
}

/** Choices from the command line that apply to every source. */
export interface ReadOptions {
  /** Region of resources that nothing else places (`--region`). */
  readonly region: string | undefined;
}
