/** The provider as the engine meets it: over gRPC, with the world in the same process. */
import { credentials, Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import provider from '@pulumi/pulumi/proto/provider_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { type Clerk, openClerk } from '../../src/provider/answer.ts';
import { addProvider } from '../../src/provider/child/service.ts';
import type { Ask, Line } from '../../src/provider/questions.ts';
import type { Props } from '../../src/provider/values.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

export interface Ground {
  readonly aws: SimulatedAws;
  readonly clerk: Clerk;
  readonly ask: Ask;
  readonly log: Line[];
}

export function ground(consistency = 0): Ground {
  const aws = freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency });
  const clerk = openClerk(aws, { account: ACCOUNT, region: REGION });
  const log: Line[] = [];
  const ask = (async (question: unknown) => {
    // What crosses the wire is JSON.
    const { answer, log: lines } = await clerk.answer(JSON.parse(JSON.stringify(question)));
    log.push(...lines);
    return JSON.parse(JSON.stringify(answer));
  }) as Ask;
  return { aws, clerk, ask, log };
}

export interface Resource {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Props;
  readonly state: Props;
}

export interface Engine extends Ground {
  configure(configuration: Props): Promise<void>;
  /** Check, then create. Rejects with the provider's words. */
  up(type: string, name: string, inputs: Props): Promise<Resource>;
  check(urn: string, news: Props, olds?: Props): Promise<{ readonly inputs: Props; readonly failures: readonly string[] }>;
  create(urn: string, inputs: Props, preview?: boolean): Promise<Resource>;
  diff(
    resource: Resource,
    news: Props,
    ignoreChanges?: readonly string[],
  ): Promise<{
    readonly paths: Readonly<Record<string, string>>;
    readonly replaces: readonly string[];
    readonly deleteFirst: boolean;
  }>;
  update(resource: Resource, news: Props, preview?: boolean): Promise<Resource>;
  read(resource: Resource): Promise<Resource>;
  remove(resource: Resource): Promise<void>;
  invoke(token: string, args?: Props): Promise<Props>;
  /** The raw client, for what the others hide. */
  readonly client: InstanceType<typeof providerGrpc.ResourceProviderClient>;
  close(): void;
}

export const urnOf = (type: string, name: string): string => `urn:pulumi:test::provider::${type}::${name}`;

const structOf = (props: Props) => struct.Struct.fromJavaScript(props);
const plain = (from: InstanceType<typeof struct.Struct> | undefined): Props => from?.toJavaScript() ?? {};
const KINDS = ['add', 'add-replace', 'delete', 'delete-replace', 'update', 'update-replace'];

export async function engine(on = ground()): Promise<Engine> {
  const server = new Server();
  addProvider(server, on.ask, {});
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new providerGrpc.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const unary = <I, O>(call: (request: I, done: (error: ServiceError | null, reply: O) => void) => unknown, request: I) =>
    new Promise<O>((resolve, reject) => {
      call.call(client, request, (error, reply) => (error === null ? resolve(reply) : reject(new Error(error.details))));
    });

  const self: Engine = {
    ...on,
    client,
    async configure(configuration) {
      const request = new provider.ConfigureRequest().setArgs(structOf(configuration)).setAcceptsecrets(true);
      await unary(client.configure, request as never);
    },
    async check(urn, news, olds = {}) {
      const request = new provider.CheckRequest().setUrn(urn).setNews(structOf(news)).setOlds(structOf(olds));
      const reply = await unary<unknown, InstanceType<typeof provider.CheckResponse>>(client.check as never, request);
      return { inputs: plain(reply.getInputs()), failures: reply.getFailuresList().map((f) => f.getProperty()) };
    },
    async create(urn, inputs, preview = false) {
      const request = new provider.CreateRequest().setUrn(urn).setProperties(structOf(inputs)).setPreview(preview);
      const reply = await unary<unknown, InstanceType<typeof provider.CreateResponse>>(client.create as never, request);
      return { urn, id: reply.getId(), inputs, state: plain(reply.getProperties()) };
    },
    async up(type, name, inputs) {
      const urn = urnOf(type, name);
      const checked = await self.check(urn, inputs);
      if (checked.failures.length > 0) throw new Error(`check failed: ${checked.failures.join()}`);
      return self.create(urn, checked.inputs);
    },
    async diff({ urn, id, inputs, state }, news, ignoreChanges = []) {
      const request = new provider.DiffRequest()
        .setUrn(urn)
        .setId(id)
        .setOlds(structOf(state))
        .setOldInputs(structOf(inputs))
        .setNews(structOf(news))
        .setIgnorechangesList([...ignoreChanges]);
      const reply = await unary<unknown, InstanceType<typeof provider.DiffResponse>>(client.diff as never, request);
      const entries = reply.getDetaileddiffMap().toArray() as unknown as [string, [kind: number, inputDiff: boolean]][];
      return {
        paths: Object.fromEntries(entries.map(([path, [kind]]) => [path, KINDS[kind ?? 0] ?? 'add'])),
        replaces: reply.getReplacesList(),
        deleteFirst: reply.getDeletebeforereplace(),
      };
    },
    async update(resource, news, preview = false) {
      const request = new provider.UpdateRequest()
        .setUrn(resource.urn)
        .setId(resource.id)
        .setOlds(structOf(resource.state))
        .setOldInputs(structOf(resource.inputs))
        .setNews(structOf(news))
        .setPreview(preview);
      const reply = await unary<unknown, InstanceType<typeof provider.UpdateResponse>>(client.update as never, request);
      return { ...resource, inputs: news, state: plain(reply.getProperties()) };
    },
    async read({ urn, id, inputs, state }) {
      const request = new provider.ReadRequest().setUrn(urn).setId(id).setInputs(structOf(inputs)).setProperties(structOf(state));
      const reply = await unary<unknown, InstanceType<typeof provider.ReadResponse>>(client.read as never, request);
      return { urn, id: reply.getId(), inputs: plain(reply.getInputs()), state: plain(reply.getProperties()) };
    },
    async remove({ urn, id, inputs, state }) {
      const request = new provider.DeleteRequest()
        .setUrn(urn)
        .setId(id)
        .setProperties(structOf(state))
        .setOldInputs(structOf(inputs));
      await unary(client.delete as never, request);
    },
    async invoke(token, args = {}) {
      const request = new provider.InvokeRequest().setTok(token).setArgs(structOf(args));
      const reply = await unary<unknown, InstanceType<typeof provider.InvokeResponse>>(client.invoke as never, request);
      return plain(reply.getReturn());
    },
    close() {
      client.close();
      server.forceShutdown();
    },
  };
  await self.configure({ region: REGION });
  return self;
}
