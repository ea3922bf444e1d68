/**
 * What the reader and its child process say to each other. The request is a JSON file named on the child's
 * command line, the answer a JSON file named in the request: standard output belongs to the program.
 */
import type { Position } from '../../model/resource.ts';
import type { MarkerEntry } from './markers.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonRecord = { readonly [key: string]: Json };

export function isJsonRecord(v: Json | undefined): v is JsonRecord {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

/** `Array.isArray` would make an `any[]` of a readonly list. */
export function isJsonList(v: Json | undefined): v is readonly Json[] {
  return Array.isArray(v);
}

export interface RunRequest {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  /** Absolute path of the module to load. */
  readonly entry: string;
  /** Load it with `import()`; otherwise with `require()`. */
  readonly esm: boolean;
  /** Real path of the project folder; positions are relative to it. */
  readonly folder: string;
  /** True: outputs that exist only after deployment are answered with marker text. False: they stay unknown, as in a preview. */
  readonly marked: boolean;
  readonly config: Readonly<Record<string, string>>;
  /** Answer data sources with unknown values only, for programs that cannot work with stand-in text. */
  readonly blank: boolean;
  /** Keep whole stack traces, which cost more than the run itself: for a run that repeats a failure to find its place. */
  readonly traces: boolean;
  readonly secretKeys: readonly string[];
  /** The stack's `aws:region`, which data sources of the default provider answer for. */
  readonly region: string | undefined;
  /** Markers already given out, for secret configuration; the child's own are numbered after them. */
  readonly markers: readonly MarkerEntry[];
  readonly resultFile: string;
}

/** One registration, its values still in the SDK's wire format. */
export interface WireResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly remote: boolean;
  readonly id: string | undefined;
  readonly inputs: JsonRecord;
  readonly outputs: JsonRecord;
  readonly parent: string | undefined;
  readonly aliases: readonly string[];
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly provider: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly position: Position | undefined;
}

/** An error as the child saw it, positions mapped to the sources. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type RunEnd =
  | { readonly how: 'done' }
  | { readonly how: 'failed'; readonly error: WireError }
  | { readonly how: 'exited'; readonly code: number }
  /** The event loop ran empty while these registrations, or the program itself, still waited. */
  | { readonly how: 'waiting'; readonly registrations: readonly string[] };

export interface RunResult {
  readonly end: RunEnd;
  readonly resources: readonly WireResource[];
  readonly markers: readonly MarkerEntry[];
  /** Existing resources that the program reads by id. */
  readonly reads: readonly string[];
  /** Tokens of the data sources answered with stand-ins, each once. */
  readonly standIns: readonly string[];
  /** `host:port` the program tried to reach. */
  readonly connections: readonly string[];
  /** Errors that a marked run went on after. */
  readonly passedOver: number;
}
