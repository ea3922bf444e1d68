/** The pack as the engine meets it, without the engine: the SDK's own handlers, fed with the engine's messages. */
import type { EnforcementLevel, PolicyPackConfig } from '@pulumi/policy';
import server from '@pulumi/policy/server.js';
import analyzer from '@pulumi/pulumi/proto/analyzer_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { type Edges, packPolicies } from '../../policies/pack.ts';
import type { BothPolicy } from '../../policies/rules.ts';
import { wrapDecoder } from '../../policies/sdk.ts';
import { Hole, isList, type Value, type Values } from '../../src/model/value.ts';
import type { RawResource } from '../../src/stacks/raw.ts';
import { parseUrn, STACK_TYPE } from '../../src/stacks/urn.ts';

wrapDecoder();

/** The engine's spelling of a value that is not known before the update (text, flag, list …). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
export const secret = (value: unknown) => ({ '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value });

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Default: the inputs. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly urn?: string;
  readonly parent?: string;
  /** Name of an AWS provider; null: a component. Default: `default`. */
  readonly provider?: string | null;
  readonly providerInputs?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly secretOutputs?: readonly string[];
}

export interface Said {
  readonly phase: 'resource' | 'stack';
  readonly policy: string;
  readonly urn: string;
  readonly level: EnforcementLevel;
  readonly message: string;
}

export interface Preview {
  readonly said: readonly Said[];
  /** Inputs after remediation, by URN, and the policies that changed them. */
  readonly remediated: ReadonlyMap<
    string,
    { readonly by: readonly string[]; readonly inputs: Readonly<Record<string, unknown>> }
  >;
  readonly notApplicable: readonly string[];
}

export const urnOf = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;

export const edges: Edges = {
  today: '2026-11-23',
  base: '/nowhere',
  region: undefined,
  version: '0.0.0',
  read: async () => new Uint8Array(),
  write: () => undefined,
  exportStack: async () => '',
};

/** One process of the pack. `config`: of policies, as `--policy-pack-config` has it. */
export function served(config: PolicyPackConfig = {}, around: Partial<Edges> = {}) {
  const policies = (packPolicies({ ...edges, ...around }) as readonly BothPolicy[]).map((p): BothPolicy => {
    const own = config[p.name] ?? {};
    const { enforcementLevel = p.enforcementLevel, ...properties } = typeof own === 'string' ? { enforcementLevel: own } : own;
    // Policies have functions only while they have something to say, so each is asked when the SDK asks.
    return new Proxy(p, {
      get(policy, key) {
        if (key === 'enforcementLevel') return enforcementLevel;
        const value: unknown = Reflect.get(policy, key);
        return typeof value === 'function'
          ? (args: object, tell: unknown) => value({ ...args, getConfig: () => properties }, tell)
          : value;
      },
    });
  });
  const handlers = server as unknown as Handlers;
  const analyze = handlers.makeAnalyzeRpcFun('holdfast', '0', 'advisory', policies);
  const analyzeStack = handlers.makeAnalyzeStackRpcFun('holdfast', '0', 'advisory', policies);
  const remediate = handlers.makeRemediateRpcFun('holdfast', '0', 'advisory', policies);
  return {
    policies,
    /** What `pulumi preview` asks: each resource as it is registered, then the stack. */
    async preview(given: readonly Registration[]): Promise<Preview> {
      const registrations = given.some((r) => r.type === STACK_TYPE) ? given : [STACK, ...given];
      const said: Said[] = [];
      const notApplicable: string[] = [];
      const remediated = new Map<string, { by: readonly string[]; inputs: Readonly<Record<string, unknown>> }>();
      const final: Registration[] = [];
      for (const given of registrations) {
        const mended = (await call(remediate, analyzeRequest(given))).getRemediationsList();
        const inputs = mended.at(-1)?.getProperties()?.toJavaScript() ?? given.inputs;
        const changed = { ...given, inputs };
        final.push(changed);
        if (mended.length > 0) remediated.set(urnIn(given), { by: mended.map((r) => r.getPolicyname()), inputs });
        const reply = await call(analyze, analyzeRequest(changed));
        notApplicable.push(...notApplicableIn(reply));
        said.push(...saidIn(reply, 'resource', urnIn(given)));
      }
      const reply = await call(analyzeStack, stackRequest(final));
      notApplicable.push(...notApplicableIn(reply));
      said.push(...saidIn(reply, 'stack', ''));
      return { said, remediated, notApplicable };
    },
  };
}

/** The engine registers it before everything else. */
const STACK: Registration = { type: STACK_TYPE, name: 'shop-prod', inputs: {}, provider: null };

type Handler<Q, A> = (call: { readonly request: Q }, done: (error: Error | null, reply: A) => void) => void;
interface Handlers {
  makeAnalyzeRpcFun(...of: readonly unknown[]): Handler<analyzer.AnalyzeRequest, analyzer.AnalyzeResponse>;
  makeAnalyzeStackRpcFun(...of: readonly unknown[]): Handler<analyzer.AnalyzeStackRequest, analyzer.AnalyzeResponse>;
  makeRemediateRpcFun(...of: readonly unknown[]): Handler<analyzer.AnalyzeRequest, analyzer.RemediateResponse>;
}

const call = <Q, A>(handler: Handler<Q, A>, request: Q): Promise<A> =>
  new Promise((done, failed) => handler({ request }, (error, reply) => (error ? failed(error) : done(reply))));

const LEVELS: Readonly<Record<number, EnforcementLevel>> = { 0: 'advisory', 1: 'mandatory', 2: 'disabled', 3: 'remediate' };

const saidIn = (reply: analyzer.AnalyzeResponse, phase: Said['phase'], urn: string): readonly Said[] =>
  reply.getDiagnosticsList().map((d) => ({
    phase,
    policy: d.getPolicyname(),
    urn: d.getUrn() === '' ? urn : d.getUrn(),
    level: LEVELS[d.getEnforcementlevel()] ?? 'advisory',
    message: d.getMessage(),
  }));

const notApplicableIn = (reply: analyzer.AnalyzeResponse): readonly string[] =>
  reply.getNotApplicableList().map((n) => n.getPolicyName());

const urnIn = ({ urn, type, name }: Registration): string => urn ?? urnOf(type, name);
const structOf = (values: object) => struct.Struct.fromJavaScript(values as Record<string, struct.JavaScriptValue>);

function optionsOf({ protect, parent, secretOutputs }: Registration): analyzer.AnalyzerResourceOptions {
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(protect === true);
  options.setAdditionalsecretoutputsList([...(secretOutputs ?? [])]);
  if (parent !== undefined) options.setParent(parent);
  return options;
}

function providerOf({ provider = 'default', providerInputs = {} }: Registration): analyzer.AnalyzerProviderResource | undefined {
  if (provider === null) return undefined;
  const message = new analyzer.AnalyzerProviderResource();
  message.setUrn(provider.startsWith('urn:') ? provider : urnOf('pulumi:providers:aws', provider));
  message.setType('pulumi:providers:aws');
  message.setName(provider);
  message.setProperties(structOf(providerInputs));
  return message;
}

function analyzeRequest(r: Registration): analyzer.AnalyzeRequest {
  const request = new analyzer.AnalyzeRequest();
  request.setUrn(urnIn(r));
  request.setType(r.type);
  request.setName(r.name);
  request.setProperties(structOf(r.inputs));
  request.setOptions(optionsOf(r));
  request.setProvider(providerOf(r));
  return request;
}

function stackRequest(registrations: readonly Registration[]): analyzer.AnalyzeStackRequest {
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(
    registrations.map((r) => {
      const message = new analyzer.AnalyzerResource();
      message.setUrn(urnIn(r));
      message.setType(r.type);
      message.setName(r.name);
      message.setProperties(structOf(r.outputs ?? r.inputs));
      message.setOptions(optionsOf(r));
      message.setProvider(providerOf(r));
      if (r.parent !== undefined) message.setParent(r.parent);
      message.setDependenciesList([...(r.dependencies ?? [])]);
      for (const [key, urns] of Object.entries(r.propertyDependencies ?? {})) {
        const on = new analyzer.AnalyzerPropertyDependencies();
        on.setUrnsList([...urns]);
        message.getPropertydependenciesMap().set(key, on);
      }
      return message;
    }),
  );
  return request;
}

/** Resources of any source, as an engine that knows them would register them. */
export function registrationsOf(resources: readonly RawResource[]): readonly Registration[] {
  const byUrn = new Map(resources.map((r) => [r.urn, r]));
  return resources.map((r): Registration => {
    const provider = r.provider?.slice(0, r.provider.lastIndexOf('::'));
    return {
      type: r.type,
      name: parseUrn(r.urn)?.name ?? r.urn,
      urn: r.urn,
      inputs: encoded(r.inputs),
      outputs: { ...encoded(r.outputs), ...(r.id === undefined ? {} : { id: r.id }) },
      provider: !r.custom || r.type.startsWith('pulumi:providers:') ? null : (provider ?? 'default'),
      providerInputs: encoded(byUrn.get(provider ?? '')?.inputs ?? {}),
      protect: r.protect,
      dependencies: r.dependencies,
      propertyDependencies: r.propertyDependencies,
      ...(r.parent === undefined ? {} : { parent: r.parent }),
    };
  });
}

const encoded = (values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encode(value)]));

function encode(value: Value): unknown {
  if (value instanceof Hole) return value.reason === 'secret' ? secret('hidden') : UNKNOWN;
  if (isList(value)) return value.map(encode);
  return typeof value === 'object' && value !== null ? encoded(value) : value;
}
