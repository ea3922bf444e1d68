/**
 * The least resource monitor and engine that Pulumi's language host talks to: gRPC on loopback, answering every registration
 * with its inputs and keeping what arrived. The gRPC library is the one that @pulumi/pulumi itself depends on.
 */
import { createRequire } from 'node:module';
import type { GetRootResourceRequest, LogRequest, SetRootResourceRequest } from '@pulumi/pulumi/proto/engine_pb.js';
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from '@pulumi/pulumi/proto/resource_pb.js';

const load = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));

type Handler<Request> = (call: { readonly request: Request }, reply: (error: Error | null, response: unknown) => void) => void;

export interface Arrived {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly provider: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly protect: boolean;
}

export interface Monitor {
  /** `127.0.0.1:<port>`, for both the monitor and the engine. */
  readonly address: string;
  readonly registered: readonly Arrived[];
  /** Outputs of each component and of the stack, by URN. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly invoked: readonly string[];
  /** What the program logged as an error. */
  readonly errors: readonly string[];
  stop(): void;
}

/** Listens on a free port. */
export async function startMonitor(project: string, stack: string): Promise<Monitor> {
  const grpc = load('@grpc/grpc-js');
  const resource = load('./proto/resource_pb.js');
  const provider = load('./proto/provider_pb.js');
  const engine = load('./proto/engine_pb.js');
  const { Struct } = load('google-protobuf/google/protobuf/struct_pb.js');
  const { Empty } = load('google-protobuf/google/protobuf/empty_pb.js');
  const { ResourceMonitorService } = load('./proto/resource_grpc_pb.js');
  const { EngineService } = load('./proto/engine_grpc_pb.js');

  const registered: Arrived[] = [];
  const outputs = new Map<string, Readonly<Record<string, unknown>>>();
  const invoked: string[] = [];
  const errors: string[] = [];
  let root = '';

  const plain = (struct: ReturnType<RegisterResourceRequest['getObject']>): Readonly<Record<string, unknown>> =>
    struct?.toJavaScript() ?? {};

  const monitor = {
    supportsFeature(call, reply) {
      const response = new resource.SupportsFeatureResponse();
      response.setHassupport(['secrets', 'resourceReferences'].includes(call.request.getId()));
      reply(null, response);
    },
    registerResource(call, reply) {
      const { request } = call;
      const arrived: Arrived = {
        type: request.getType(),
        name: request.getName(),
        custom: request.getCustom(),
        parent: request.getParent(),
        provider: request.getProvider(),
        inputs: plain(request.getObject()),
        dependencies: request.getDependenciesList(),
        protect: request.getProtect() ?? false,
      };
      registered.push(arrived);
      const response = new resource.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:${stack}::${project}::${arrived.type}::${arrived.name}`);
      response.setId(arrived.custom ? `${arrived.name}-id` : '');
      response.setObject(Struct.fromJavaScript(arrived.inputs));
      reply(null, response);
    },
    registerResourceOutputs(call, reply) {
      outputs.set(call.request.getUrn(), plain(call.request.getOutputs()));
      reply(null, new Empty());
    },
    invoke(call, reply) {
      invoked.push(call.request.getTok());
      const response = new provider.InvokeResponse();
      response.setReturn(Struct.fromJavaScript({}));
      reply(null, response);
    },
    signalAndWaitForShutdown(_, reply) {
      reply(null, new Empty());
    },
  } satisfies {
    readonly supportsFeature: Handler<SupportsFeatureRequest>;
    readonly registerResource: Handler<RegisterResourceRequest>;
    readonly registerResourceOutputs: Handler<RegisterResourceOutputsRequest>;
    readonly invoke: Handler<ResourceInvokeRequest>;
    readonly signalAndWaitForShutdown: Handler<unknown>;
  };
  const engineHandlers = {
    log(call, reply) {
      if (call.request.getSeverity() === engine.LogSeverity.ERROR) errors.push(call.request.getMessage());
      reply(null, new Empty());
    },
    setRootResource(call, reply) {
      root = call.request.getUrn();
      reply(null, new engine.SetRootResourceResponse());
    },
    getRootResource(_, reply) {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      reply(null, response);
    },
  } satisfies {
    readonly log: Handler<LogRequest>;
    readonly setRootResource: Handler<SetRootResourceRequest>;
    readonly getRootResource: Handler<GetRootResourceRequest>;
  };

  const server = new grpc.Server();
  server.addService(ResourceMonitorService, monitor);
  server.addService(EngineService, engineHandlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, registered, outputs, invoked, errors, stop: () => server.forceShutdown() };
}
