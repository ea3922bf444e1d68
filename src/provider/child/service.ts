/** The Pulumi provider protocol (https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto), put as questions. */
import {
  type handleUnaryCall,
  type Server,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import provider from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { messageOf } from '../../model/errors.ts';
import type { Setting } from '../configure.ts';
import type { DiffAnswer, DiffKind } from '../diff.ts';
import type { Ask, Question } from '../questions.ts';
import type { Props } from '../values.ts';
import { VERSION } from '../version.ts';
import { markSecrets, propsOf, structOf } from './struct.ts';

/** The engine's own limit. */
export const LARGEST = {
  'grpc.max_receive_message_length': 400 * 1024 * 1024,
  'grpc.max_send_message_length': 400 * 1024 * 1024,
};

type Environment = Extract<Question, { what: 'configure' }>['environment'];
type Unary<I, O> = (request: I) => Promise<O>;

interface Named {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** Older engines send the URN alone. */
export function subjectOf(request: Named): { readonly urn: string; readonly type: string; readonly name: string } {
  const urn = request.getUrn();
  const [, , types = '', ...names] = urn.split('::');
  return {
    urn,
    type: request.getType() || (types.split('$').at(-1) ?? ''),
    name: request.getName() || names.join('::'),
  };
}

export function addProvider(server: Server, ask: Ask, environment: Environment): void {
  let configured: Setting | undefined;
  let keepsSecrets = false;
  const setting = (): Setting => {
    if (configured === undefined)
      throw new Error('the provider is not configured yet: its configuration is not known before the update');
    return configured;
  };
  const stateStruct = (type: string, state: Props) => structOf(keepsSecrets ? markSecrets(type, state) : state);

  const handlers: UntypedServiceImplementation = {
    getPluginInfo: unary(async () => new plugin.PluginInfo().setVersion(VERSION)),
    getSchema: unary(async () => new provider.GetSchemaResponse().setSchema((await ask({ what: 'schema' })).schema)),
    checkConfig: unary(async (request: InstanceType<typeof provider.CheckRequest>) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(async (request: InstanceType<typeof provider.DiffRequest>) => {
      const before = propsOf(request.getOldInputs() ?? request.getOlds());
      const { replaces } = await ask({ what: 'diff-config', before, inputs: propsOf(request.getNews()) });
      const { DIFF_SOME, DIFF_UNKNOWN } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setReplacesList([...replaces])
        .setChanges(replaces.length > 0 ? DIFF_SOME : DIFF_UNKNOWN);
    }),
    configure: unary(async (request: InstanceType<typeof provider.ConfigureRequest>) => {
      keepsSecrets = request.getAcceptsecrets();
      const variables = request.getVariablesMap().toObject(false, undefined as never) as readonly (readonly [string, string])[];
      const configuration: Props = {
        ...Object.fromEntries(variables.map(([name, value]) => [name.split(':').at(-1) ?? name, value])),
        ...propsOf(request.getArgs()),
      };
      configured = await ask({ what: 'configure', configuration, environment });
      // The engine takes secrets out of what it sends, and marks them again in what comes back.
      return new provider.ConfigureResponse().setSupportspreview(true).setSupportsAutonamingConfiguration(true);
    }),
    check: unary(async (request: InstanceType<typeof provider.CheckRequest>) => {
      const { type, name } = subjectOf(request);
      const naming = request.getAutonaming();
      const { inputs, failures } = await ask({
        what: 'check',
        setting: setting(),
        type,
        name,
        before: propsOf(request.getOlds()),
        inputs: propsOf(request.getNews()),
        autonaming: naming === undefined ? null : { mode: modeOf(naming.getMode()), proposed: naming.getProposedName() },
      });
      return new provider.CheckResponse()
        .setInputs(structOf(inputs))
        .setFailuresList(failures.map((f) => new provider.CheckFailure().setProperty(f.property).setReason(f.reason)));
    }),
    diff: unary(async (request: InstanceType<typeof provider.DiffRequest>) =>
      diffResponse(
        await ask({
          what: 'diff',
          type: subjectOf(request).type,
          state: propsOf(request.getOlds()),
          before: propsOf(request.getOldInputs()),
          inputs: propsOf(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
        }),
      ),
    ),
    create: unary(async (request: InstanceType<typeof provider.CreateRequest>) => {
      const subject = subjectOf(request);
      const inputs = propsOf(request.getProperties());
      const { id, state } = await ask({ what: 'create', setting: setting(), subject, inputs, preview: request.getPreview() });
      return new provider.CreateResponse().setId(id).setProperties(stateStruct(subject.type, state));
    }),
    read: unary(async (request: InstanceType<typeof provider.ReadRequest>) => {
      const subject = subjectOf(request);
      const { id, state, inputs } = await ask({
        what: 'read',
        setting: setting(),
        subject,
        kept: { id: request.getId(), state: propsOf(request.getProperties()) },
        inputs: propsOf(request.getInputs()),
      });
      return new provider.ReadResponse().setId(id).setProperties(stateStruct(subject.type, state)).setInputs(structOf(inputs));
    }),
    update: unary(async (request: InstanceType<typeof provider.UpdateRequest>) => {
      const subject = subjectOf(request);
      const { state } = await ask({
        what: 'update',
        setting: setting(),
        subject,
        kept: { id: request.getId(), state: propsOf(request.getOlds()) },
        before: propsOf(request.getOldInputs()),
        inputs: propsOf(request.getNews()),
        preview: request.getPreview(),
      });
      return new provider.UpdateResponse().setProperties(stateStruct(subject.type, state));
    }),
    delete: unary(async (request: InstanceType<typeof provider.DeleteRequest>) => {
      const kept = { id: request.getId(), state: propsOf(request.getProperties()) };
      const inputs = request.hasOldInputs() ? propsOf(request.getOldInputs()) : kept.state;
      await ask({ what: 'delete', setting: setting(), subject: subjectOf(request), kept, inputs });
      return new empty.Empty();
    }),
    invoke: unary(async (request: InstanceType<typeof provider.InvokeRequest>) => {
      const { outputs } = await ask({
        what: 'invoke',
        setting: setting(),
        token: request.getTok(),
        args: propsOf(request.getArgs()),
      });
      return new provider.InvokeResponse().setReturn(structOf(outputs));
    }),
    cancel: unary(async () => new empty.Empty()),
    attach: unary(async () => new empty.Empty()),
  };
  server.addService(providerGrpc.ResourceProviderService, handlers);
}

export function unary<I, O>(answer: Unary<I, O>): handleUnaryCall<I, O> {
  return ({ request }: ServerUnaryCall<I, O>, callback) => {
    answer(request).then(
      (response) => callback(null, response),
      (error: unknown) => callback({ code: status.UNKNOWN, details: messageOf(error) }),
    );
  };
}

function modeOf(
  mode: ReturnType<InstanceType<typeof provider.CheckRequest.AutonamingOptions>['getMode']>,
): 'propose' | 'enforce' | 'disable' {
  const { DISABLE, ENFORCE } = provider.CheckRequest.AutonamingOptions.Mode;
  return mode === ENFORCE ? 'enforce' : mode === DISABLE ? 'disable' : 'propose';
}

function diffResponse({ detailed, properties, replaces, deleteBeforeReplace }: DiffAnswer) {
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  const response = new provider.DiffResponse()
    .setChanges(properties.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList([...properties])
    .setReplacesList([...replaces])
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const [path, { kind, inputDiff }] of Object.entries(detailed))
    response.getDetaileddiffMap().set(path, new provider.PropertyDiff().setKind(kindOf(kind)).setInputdiff(inputDiff));
  return response;
}

function kindOf(kind: DiffKind): number {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = provider.PropertyDiff.Kind;
  const kinds: Readonly<Record<DiffKind, number>> = {
    add: ADD,
    'add-replace': ADD_REPLACE,
    delete: DELETE,
    'delete-replace': DELETE_REPLACE,
    update: UPDATE,
    'update-replace': UPDATE_REPLACE,
  };
  return kinds[kind];
}
