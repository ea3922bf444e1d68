import type { Known, Unknown } from './known.ts';
import { isUnder, pathSteps, type Step } from './property-path.ts';
import { Hole, isList, isRecord, type Value, type Values } from './value.ts';

/** Live AWS, or the simulated one. Every fact, verdict, page and document names its world. */
export type World = 'live' | 'simulated';

/** Where in the Pulumi program a resource is registered. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One resource of a Pulumi stack, from whichever source. Secrets are already redacted. */
export interface Resource {
  readonly urn: string;
  /** Canonical type token: legacy and V2 spellings are mapped to today's. */
  readonly type: string;
  /** The token as the source wrote it. */
  readonly sourceType: string;
  /** Logical name: the last part of the URN. */
  readonly name: string;
  readonly project: string;
  readonly stack: string;
  /** False for component resources, which hold no state of their own. */
  readonly custom: boolean;
  /** True for components whose children the source cannot show (awsx 3, eks 4 in a program run). */
  readonly remote: boolean;
  /** Provider-assigned id: known from state, absent before the first `up`. */
  readonly id: string | undefined;
  readonly inputs: Values;
  /** Empty for programs and creates. */
  readonly outputs: Values;
  /** Set when none of its properties could be read: it exists, or is declared, and nothing more is known of it. */
  readonly unread?: Hole;
  readonly parent: string | undefined;
  /** URNs that it went by before (`aliases`), where the source tells. */
  readonly aliases?: readonly string[];
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** URN of the provider resource. */
  readonly provider: string | undefined;
  readonly region: Known<string>;
  /** Twelve digits. */
  readonly account: Known<string>;
  /** The provider's `defaultTags` under the resource's own tags. */
  readonly tags: Known<Readonly<Record<string, string>>>;
  readonly protect: boolean;
  /** Undefined: the source does not tell (a policy is not told). */
  readonly retainOnDelete: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly position: Position | undefined;
  /** Set when the source is a difference: what the engine will do to it. */
  readonly pending: 'create' | 'update' | 'replace' | 'delete' | undefined;
}

/**
 * Does the engine leave a difference of the property alone, because the program says so? It does when an entry of
 * `ignoreChanges` names the property or what holds it (https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/).
 * An entry that leads into a list speaks of the items that are there, and none leads by a name into a list or by an index into a
 * block (`PropertyPath.Reset` in sdk/go/common/resource/properties_path.go of github.com/pulumi/pulumi). The first block of a list
 * may be asked for without its index, as readers do.
 */
export function ignores({ ignoreChanges, inputs }: Pick<Resource, 'ignoreChanges' | 'inputs'>, property: string): boolean {
  if (ignoreChanges.length === 0) return false;
  const steps = pathIn(inputs, pathSteps(property));
  return ignoreChanges.some((path) => isUnder(steps, pathSteps(path)));
}

/** The path as the engine would write it of these inputs, as far as the items that it leads through are there. */
function pathIn(value: Value | undefined, [step, ...rest]: readonly Step[]): readonly Step[] {
  if (step === undefined) return [];
  if (value instanceof Hole) return [step, ...rest];
  if (typeof step === 'number') {
    if (isRecord(value) && step === 0) return pathIn(value, rest);
    const item = isList(value) ? value[step] : undefined;
    return item === undefined ? [] : [step, ...pathIn(item, rest)];
  }
  if (isList(value)) return pathIn(value, [0, step, ...rest]);
  return [step, ...pathIn(isRecord(value) ? value[step] : undefined, rest)];
}

/** What a source could not list: resources of these types may exist that nobody saw. */
export interface Gap {
  readonly types: readonly string[];
  readonly account: string;
  readonly region: string;
  readonly why: Unknown;
}

/** What reading one source gave: its resources and what it could not show. */
export interface SourceReading {
  /** As the user named it. */
  readonly source: string;
  readonly kind: 'program' | 'export' | 'checkpoint' | 'preview' | 'plan' | 'observed';
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly Resource[];
  /** Stack outputs, for stack references between sources. */
  readonly stackOutputs: Values;
  /** True when resources may be missing (a difference without its state): nothing may be met by their absence. */
  readonly partial: boolean;
  /** Why, in one clause, where it is no difference without its state. */
  readonly partialBecause?: string;
  /** For what AWS showed: listings that failed. Nothing may be met by the absence of their types. */
  readonly gaps?: readonly Gap[];
  /** One line each for the reader: stand-ins used, remote components, resources left out. */
  readonly notes: readonly string[];
}
