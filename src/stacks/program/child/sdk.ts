/**
 * The parts of the project's own @pulumi/pulumi that the run uses, described once. Every SDK 3.x has them; what only
 * newer ones have is optional here.
 */
import { createRequire, Module } from 'node:module';
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
  getAliasurnsList(): string[];
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

/** What a module exports, or a class with its statics: some of it is called, some of it replaced. */
type Members = Record<string, unknown>;

interface StackReferenceClass {
  readonly prototype: Members;
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
  readonly registrations: Members;
  /** The Resource class, with whichever static the SDK takes positions with. */
  readonly Resource: Members;
  /** `proto/resource_pb` and the Struct class, for transforms. */
  readonly resourceProto: Members;
  readonly Struct: { fromJavaScript(value: JsonRecord): StructLike };
}

/**
 * Loads the SDK that the program itself would load, without two things that a read program has no use for and that
 * cost more than the rest of it: see `PACKING` and `trackNoPromises`.
 */
export function loadSdk(entry: string): Sdk {
  const require = createRequire(entry);
  const sdk = createRequire(require.resolve('@pulumi/pulumi'));
  const load = (module: string): Members => expected(sdk(module), isMembers, module);
  for (const [module, exports] of Object.entries(PACKING)) standInFor(sdk, module, exports);
  trackNoPromises(load('@pulumi/pulumi/runtime/debuggable'));
  return {
    pulumi: expected(require('@pulumi/pulumi'), isPulumi, '@pulumi/pulumi'),
    settings: expected(sdk('@pulumi/pulumi/runtime/settings'), isSettings, '@pulumi/pulumi/runtime/settings'),
    registrations: load('@pulumi/pulumi/runtime/resource'),
    Resource: expected(load('@pulumi/pulumi/resource').Resource, isMembers, 'the class Resource'),
    resourceProto: load('@pulumi/pulumi/proto/resource_pb'),
    Struct: expected(load('google-protobuf/google/protobuf/struct_pb').Struct, isStruct, 'the class Struct'),
  };
}

function expected<T>(found: unknown, is: (found: unknown) => found is T, what: string): T {
  if (!is(found)) throw new TypeError(`${what} of the project's Pulumi SDK is not as in every SDK 3.x`);
  return found;
}

function isMembers(value: unknown): value is Members {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A module or class with functions of these names. */
function calls(value: unknown, ...names: readonly string[]): boolean {
  return isMembers(value) && names.every((name) => typeof value[name] === 'function');
}

function isPulumi(module: unknown): module is Sdk['pulumi'] {
  return isMembers(module) && calls(module, 'output', 'all', 'StackReference') && calls(module.runtime, 'runInPulumiStack');
}

function isSettings(module: unknown): module is Sdk['settings'] {
  return calls(module, 'setMockOptions');
}

function isStruct(value: unknown): value is Sdk['Struct'] {
  return calls(value, 'fromJavaScript');
}

/**
 * The SDK wraps every promise it makes and writes out a stack for it, to tell at the exit which ones nothing resolved;
 * that is most of the time of a large program. Which registrations still wait is told by `Positions.open`.
 */
function trackNoPromises(debuggable: Members): void {
  debuggable.debuggablePromise = (promise: Promise<unknown>) => promise;
}

const packed = async () => ({
  text: 'exports.handler = undefined;',
  exportName: 'handler',
  isFactoryFunction: false,
  containsSecrets: false,
});

/**
 * Functions that become Lambda code or dynamic providers are not packed up: what they do is not read, walking
 * node_modules for them takes seconds, the SDK cannot take apart what tsx compiled, and the modules that do it load
 * the TypeScript compiler and npm's own tree of packages.
 */
const PACKING: Readonly<Record<string, Members>> = {
  '@pulumi/pulumi/runtime/closure/serializeClosure': {
    serializeFunction: packed,
    serializeFunctionAsync: async () => (await packed()).text,
  },
  '@pulumi/pulumi/runtime/closure/codePaths': { computeCodePaths: async () => new Map() },
};

/** Puts `exports` where the module would be loaded to. An SDK that lacks the module loads nothing there. */
function standInFor(require: NodeJS.Require, name: string, exports: Members): void {
  const file = resolved(require, name);
  if (file === undefined) return;
  const module = new Module(file);
  module.exports = exports;
  module.loaded = true;
  require.cache[file] = module;
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
