/**
 * Resource transforms: functions of the program that the engine calls back with each registration
 * (https://www.pulumi.com/docs/iac/concepts/resources/options/transforms/). Their order is the engine's: the resource's
 * own, then its parents' from the inside out, then the stack's.
 */
import type { JsonRecord } from '../protocol.ts';
import type { CallbackRef, RegisterRequest, Sdk, StructLike } from './sdk.ts';

/** What transforms may change about a registration. */
export interface Transformed {
  readonly inputs: JsonRecord;
  readonly provider: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly dependencies: readonly string[];
}

interface Options {
  getProvider(): string;
  getProtect(): boolean | undefined;
  getRetainOnDelete(): boolean | undefined;
  getIgnoreChangesList(): string[];
  getDependsOnList(): string[];
  setProvider(v: string): void;
  setProtect(v: boolean): void;
  setRetainOnDelete(v: boolean): void;
  setIgnoreChangesList(v: string[]): void;
  setDependsOnList(v: string[]): void;
}

interface Request {
  setType(v: string): void;
  setName(v: string): void;
  setCustom(v: boolean): void;
  setParent(v: string): void;
  setProperties(v: StructLike): void;
  setOptions(v: Options): void;
  serializeBinary(): Uint8Array;
}

interface Response {
  getProperties(): StructLike | undefined;
  getOptions(): Options | undefined;
}

interface Proto {
  readonly TransformRequest: new () => Request;
  readonly TransformResourceOptions: new () => Options;
  readonly TransformResponse: { deserializeBinary(bytes: Uint8Array): Response };
}

/** Calls each transform in turn and answers what the last one left. */
export async function transform(
  sdk: Sdk,
  req: RegisterRequest,
  start: Transformed,
  callbacks: readonly CallbackRef[],
): Promise<Transformed> {
  const proto = sdk.resourceProto as unknown as Proto;
  let now = start;
  for (const callback of callbacks) {
    const request = new proto.TransformRequest();
    request.setType(req.getType());
    request.setName(req.getName());
    request.setCustom(req.getCustom());
    request.setParent(req.getParent());
    request.setProperties(sdk.Struct.fromJavaScript(now.inputs));
    const options = new proto.TransformResourceOptions();
    options.setProvider(now.provider);
    options.setProtect(now.protect);
    options.setRetainOnDelete(now.retainOnDelete);
    options.setIgnoreChangesList([...now.ignoreChanges]);
    options.setDependsOnList([...now.dependencies]);
    request.setOptions(options);
    const response = proto.TransformResponse.deserializeBinary(await call(sdk, callback, request.serializeBinary()));
    const given = response.getOptions() ?? options;
    now = {
      inputs: response.getProperties()?.toJavaScript() ?? now.inputs,
      provider: given.getProvider() || now.provider,
      protect: given.getProtect() ?? now.protect,
      retainOnDelete: given.getRetainOnDelete() ?? now.retainOnDelete,
      ignoreChanges: given.getIgnoreChangesList(),
      dependencies: given.getDependsOnList(),
    };
  }
  return now;
}

/** The SDK's callback server, asked in the same process instead of over its port. */
function call(sdk: Sdk, callback: CallbackRef, bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const server = sdk.settings.getCallbacks?.();
    if (server === undefined) return reject(new Error('a transform is registered, and the SDK offers no way to call it'));
    const request = { getToken: () => callback.getToken(), getRequest_asU8: () => bytes };
    server.invoke({ request }, (error, response) => {
      if (error) {
        return reject(new Error(`a resource transform failed: ${String(detailsOf(error))}`));
      }
      resolve((response as { getResponse_asU8(): Uint8Array }).getResponse_asU8());
    });
  });
}

/** What an error of gRPC says without its status. */
function detailsOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'details' in error ? error.details : error;
}
