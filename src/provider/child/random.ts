/** A provider process for the package random, where its own plugin is not installed. It needs no world. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import provider from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { draw, randomSchema } from '../random.ts';
import { holdsUnknown } from '../values.ts';
import { VERSION } from '../version.ts';
import { LARGEST, subjectOf, unary } from './service.ts';
import { propsOf, structOf } from './struct.ts';

type Check = InstanceType<typeof provider.CheckRequest>;

const checked = async (request: Check) => new provider.CheckResponse().setInputs(request.getNews());

const server = new Server(LARGEST);
server.addService(providerGrpc.ResourceProviderService, {
  getPluginInfo: unary(async () => new plugin.PluginInfo().setVersion(VERSION)),
  getSchema: unary(async () => new provider.GetSchemaResponse().setSchema(randomSchema(VERSION))),
  checkConfig: unary(checked),
  diffConfig: unary(async () => new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE)),
  configure: unary(async () => new provider.ConfigureResponse().setSupportspreview(false)),
  check: unary(checked),
  // Every value is drawn once: whatever changes replaces it.
  diff: unary(async (request: InstanceType<typeof provider.DiffRequest>) => {
    const [before, after] = [propsOf(request.getOldInputs()), propsOf(request.getNews())];
    const ignored = new Set(request.getIgnorechangesList());
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (name) => !ignored.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    );
    const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
    return new provider.DiffResponse()
      .setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME)
      .setDiffsList(changed)
      .setReplacesList(changed);
  }),
  create: unary(async (request: InstanceType<typeof provider.CreateRequest>) => {
    const { type, urn } = subjectOf(request);
    const inputs = propsOf(request.getProperties());
    if (holdsUnknown(inputs)) throw new Error('an input is not known yet');
    const drawn = draw(type, urn, inputs);
    if (drawn === undefined)
      throw new Error(
        `the plugin of random is not installed, and Holdfast draws no ${type}: run \`pulumi plugin install resource random\``,
      );
    return new provider.CreateResponse().setId(drawn.id).setProperties(structOf(drawn.outputs));
  }),
  read: unary(async (request: InstanceType<typeof provider.ReadRequest>) =>
    new provider.ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs()),
  ),
  delete: unary(async () => new empty.Empty()),
  cancel: unary(async () => new empty.Empty()),
  attach: unary(async () => new empty.Empty()),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});
