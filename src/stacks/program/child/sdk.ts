/**
 * The parts of the project's own @pulumi/pulumi that the run uses, described once. Every SDK 3.x has them; what only
 * newer ones have is optional here.
 */
import { createRequire } from 'node:module';
import type { JsonRecord } from '../protocol.ts';

/** A protobuf Struct, as far as the SDK reads one from an answer. */
export interface StructLike {
  toJavaScript(): JsonRecord;
}

/** A callback that the SDK registers for a transform. */
export interface CallbackRef {
  getToken(): string;
}

export interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getRemote(): boolean;
  getObject(): StructLike | undefined;
  getProvider(): string;
  getImportid(): string;
  getProtect(): boolean | undefined;
  getRetainondelete?(): boolean | undefined;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
  getTransformsList?(): CallbackRef[];
}

export interface ReadRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getId(): string;
  getProperties(): StructLike | undefined;
  getProvider(): string;
  getDependenciesList(): string[];
}

export interface InvokeRequest {
  getTok(): string;
  getArgs(): StructLike | undefined;
  getProvider(): string;
}

export interface Output {
  promise(): Promise<unknown>;
  apply(f: (value: unknown) => unknown): Output;
}

export interface SdkResource {
  readonly urn: Output;
}

interface StackReferenceClass {
  readonly prototype: Record<string, unknown>;
}

export interface Sdk {
  readonly pulumi: {
    readonly StackReference: StackReferenceClass;
    output(value: unknown): Output;
    all(values: readonly unknown[]): Output;
    readonly runtime: { runInPulumiStack(program: () => Promise<unknown>): Promise<unknown> };
  };
  readonly settings: {
    setMockOptions(monitor: object, project: string, stack: string, preview: boolean, organization: string): void;
    getCallbacks?(): { invoke(call: object, answer: (error: unknown, response: unknown) => void): unknown } | undefined;
  };
  /** `runtime/resource`, whose functions the Resource classes call through its exports. */
  readonly registrations: Record<string, unknown>;
  /** The Resource class, with whichever static the SDK takes positions with. */
  readonly Resource: Record<string, unknown>;
  /** `proto/resource_pb` and the Struct class, for transforms. */
  readonly resourceProto: Record<string, unknown>;
  readonly Struct: { fromJavaScript(value: JsonRecord): StructLike };
}

/** Loads the SDK that the program itself would load. */
export function loadSdk(entry: string): Sdk {
  const require = createRequire(entry);
  const sdk = createRequire(require.resolve('@pulumi/pulumi'));
  takeNoTraces(sdk('@pulumi/pulumi/runtime/debuggable'));
  packNoFunctions(sdk('@pulumi/pulumi/runtime'));
  packNoFunctions(sdk('@pulumi/pulumi/runtime/closure/serializeClosure'));
  return {
    pulumi: require('@pulumi/pulumi'),
    settings: sdk('@pulumi/pulumi/runtime/settings'),
    registrations: sdk('@pulumi/pulumi/runtime/resource'),
    Resource: sdk('@pulumi/pulumi/resource').Resource,
    resourceProto: sdk('@pulumi/pulumi/proto/resource_pb'),
    Struct: sdk('google-protobuf/google/protobuf/struct_pb').Struct,
  };
}

/**
 * The SDK writes out a stack for every promise it makes, in this one function; that is most of the time of a large
 * program, and nobody reads them. Traces stay on everywhere else: errors show them, and tsx reads its callers from them.
 */
function takeNoTraces(debuggable: Record<string, unknown>): void {
  const original = debuggable.debuggablePromise as (promise: Promise<unknown>, context: unknown) => Promise<unknown>;
  debuggable.debuggablePromise = (promise: Promise<unknown>, context: unknown) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return original(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/**
 * Functions that become Lambda code or dynamic providers are not packed up: what they do is not read, walking node_modules
 * for them takes seconds, and the SDK cannot take apart what tsx compiled.
 */
function packNoFunctions(runtime: Record<string, unknown>): void {
  runtime.serializeFunction = async () => ({
    text: 'exports.handler = undefined;',
    exportName: 'handler',
    isFactoryFunction: false,
    containsSecrets: false,
  });
  if ('computeCodePaths' in runtime) runtime.computeCodePaths = async () => new Map();
}
