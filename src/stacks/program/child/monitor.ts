/**
 * Stands where Pulumi's engine stands: takes every registration of the program and answers as a preview of a first
 * deployment does. Inputs come back as outputs; what only exists after deployment stays unknown or, in a marked run,
 * becomes marker text.
 */
import { UNKNOWN } from '../../signatures.ts';
import type { MarkerBook } from '../markers.ts';
import type { Json, JsonRecord, RunRequest, WireResource } from '../protocol.ts';
import { answer } from '../stand-ins.ts';
import type { Declarations } from './declared.ts';
import type { Positions } from './positions.ts';
import type { CallbackRef, InvokeRequest, ReadRequest, RegisterRequest, Sdk } from './sdk.ts';
import { transform } from './transforms.ts';

type Answer = (error: unknown, response: unknown) => void;

/** What the monitor has seen so far. */
export interface Monitor {
  /** Handed to the SDK in place of the engine's client. */
  readonly client: object;
  readonly resources: readonly WireResource[];
  readonly reads: readonly string[];
  readonly standIns: ReadonlySet<string>;
}

const STACK_TYPE = 'pulumi:pulumi:Stack';
const STACK_REFERENCE = 'pulumi:pulumi:StackReference';
/**
 * `resourceReferences` off: a resource given as an input arrives as its id. `outputValues` off: an output arrives as
 * its value or as unknown. `aliasSpecs` off: aliases arrive as URNs, those that a parent hands down included.
 */
const NOT_SUPPORTED = new Set(['resourceReferences', 'outputValues', 'aliasSpecs']);

export function monitorOf(run: RunRequest, sdk: Sdk, book: MarkerBook, declared: Declarations, positions: Positions): Monitor {
  const resources: (WireResource & { outputs: JsonRecord })[] = [];
  const byUrn = new Map<string, WireResource & { outputs: JsonRecord }>();
  const transforms = new Map<string, readonly CallbackRef[]>();
  const stackTransforms: CallbackRef[] = [];
  const reads: string[] = [];
  const standIns = new Set<string>();

  const urnOf = (parent: string, type: string, name: string) => {
    const parentType = parent.split('::')[2] ?? '';
    const qualified = parentType === '' || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${run.stack}::${run.project}::${qualified}::${name}`;
  };

  const marked = (urn: string, type: string, inputs: JsonRecord): JsonRecord => {
    const state: Record<string, Json> = { ...inputs };
    const shapes = declared.outputs(type);
    for (const property of positions.properties(type)) {
      const shape = shapes[property];
      if (property in inputs || shape === undefined || shape === 'other') continue;
      const marker = book.mark({ kind: 'output', urn, property });
      state[property] = shape === 'text' ? marker : [marker];
    }
    return state;
  };

  const regionOf = (provider: string): string | undefined => {
    if (provider === '') return run.region;
    const region = byUrn.get(provider.slice(0, provider.lastIndexOf('::')))?.inputs.region;
    return typeof region === 'string' && region !== UNKNOWN ? region : undefined;
  };

  const parentsTransforms = (parent: string): readonly CallbackRef[] => {
    const found: CallbackRef[] = [];
    for (let at: string | undefined = parent; at !== undefined && at !== ''; at = byUrn.get(at)?.parent) {
      found.push(...(transforms.get(at) ?? []));
    }
    return found;
  };

  const register = async (req: RegisterRequest): Promise<unknown> => {
    const [type, name, parent] = [req.getType(), req.getName(), req.getParent()];
    const urn = urnOf(parent, type, name);
    if (byUrn.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    const own = req.getTransformsList?.() ?? [];
    const given = {
      inputs: req.getObject()?.toJavaScript() ?? {},
      provider: req.getProvider(),
      protect: req.getProtect() ?? false,
      retainOnDelete: req.getRetainondelete?.() ?? false,
      ignoreChanges: req.getIgnorechangesList(),
      dependencies: req.getDependenciesList(),
    };
    const callbacks = [...own, ...parentsTransforms(parent), ...(type === STACK_TYPE ? [] : stackTransforms)];
    const final = callbacks.length === 0 ? given : await transform(sdk, req, given, callbacks);
    const imported = req.getImportid();
    const resource = {
      urn,
      type,
      custom: req.getCustom(),
      remote: req.getRemote(),
      id: imported === '' ? undefined : imported,
      inputs: final.inputs,
      outputs: {},
      parent: parent === '' ? undefined : parent,
      aliases: req.getAliasurnsList(),
      dependencies: final.dependencies,
      propertyDependencies: Object.fromEntries(
        [...req.getPropertydependenciesMap().entries()].map(([k, v]) => [k, v.getUrnsList()]),
      ),
      provider: final.provider === '' ? undefined : final.provider,
      protect: final.protect,
      retainOnDelete: final.retainOnDelete,
      ignoreChanges: final.ignoreChanges,
      position: undefined,
    };
    resources.push(resource);
    byUrn.set(urn, resource);
    if (own.length > 0) transforms.set(urn, own);
    const answered = run.marked && (resource.custom || resource.remote);
    // A provider's id stays unknown: it is part of provider references, which are not values.
    const id =
      imported || (answered && !type.startsWith('pulumi:providers:') ? book.mark({ kind: 'output', urn, property: 'id' }) : '');
    const state = answered ? marked(urn, type, final.inputs) : final.inputs;
    return {
      getUrn: () => urn,
      getId: () => id,
      getObject: () => ({ toJavaScript: () => state }),
      getPropertydependenciesMap: () => undefined,
      getResult: () => 0,
    };
  };

  const read = (req: ReadRequest): unknown => {
    const [type, parent] = [req.getType(), req.getParent()];
    const urn = urnOf(parent, type, req.getName());
    const inputs = req.getProperties()?.toJavaScript() ?? {};
    if (type === STACK_REFERENCE) {
      const provider = req.getProvider();
      const resource = {
        urn,
        type,
        custom: true,
        remote: false,
        id: req.getId(),
        inputs,
        outputs: {},
        parent: parent === '' ? undefined : parent,
        aliases: [],
        dependencies: req.getDependenciesList(),
        propertyDependencies: {},
        provider: provider === '' ? undefined : provider,
        protect: false,
        retainOnDelete: false,
        ignoreChanges: [],
        position: undefined,
      };
      resources.push(resource);
      byUrn.set(urn, resource);
    } else reads.push(urn);
    const state = run.marked && type !== STACK_REFERENCE ? marked(urn, type, inputs) : inputs;
    return { getUrn: () => urn, getProperties: () => ({ toJavaScript: () => state }) };
  };

  const invoke = (req: InvokeRequest): unknown => {
    const token = req.getTok();
    const args = req.getArgs()?.toJavaScript() ?? {};
    const region = typeof args.region === 'string' ? args.region : regionOf(req.getProvider());
    const reply = answer({ token, args, region }, declared.results(token), book, run.blank);
    if (reply.standIn) standIns.add(token);
    return returning(reply.result);
  };

  const client = {
    registerResource: (req: RegisterRequest, done: Answer) => settle(done, () => register(req)),
    readResource: (req: ReadRequest, done: Answer) => settle(done, () => read(req)),
    invoke: (req: InvokeRequest, done: Answer) => settle(done, () => invoke(req)),
    // A provider's method: nothing about its result is known.
    call: (_: unknown, done: Answer) =>
      done(null, { ...returning({ result: UNKNOWN }), getReturndependenciesMap: () => undefined }),
    registerResourceOutputs: (
      req: { getUrn(): string; getOutputs(): { toJavaScript(): JsonRecord } | undefined },
      done: Answer,
    ) =>
      settle(done, () => {
        const resource = byUrn.get(req.getUrn());
        if (resource !== undefined) resource.outputs = req.getOutputs()?.toJavaScript() ?? {};
        return {};
      }),
    supportsFeature: (req: { getId(): string }, done: Answer) => {
      const supported = !NOT_SUPPORTED.has(req.getId());
      done(null, { getHassupport: () => supported });
    },
    registerPackage: (_: unknown, done: Answer) => done(null, { getRef: () => 'package' }),
    registerStackTransform: (callback: CallbackRef, done: Answer) => {
      stackTransforms.push(callback);
      done(null, {});
    },
    registerStackInvokeTransform: (_: unknown, done: Answer) => done(null, {}),
    registerResourceHook: (_: unknown, done: Answer) => done(null, {}),
    registerErrorHook: (_: unknown, done: Answer) => done(null, {}),
    signalAndWaitForShutdown: (_: unknown, done: Answer) => done(null, {}),
    close: () => undefined,
  };
  return { client, resources, reads, standIns };
}

function returning(result: JsonRecord): object {
  return { getFailuresList: () => [], getReturn: () => ({ toJavaScript: () => result }) };
}

/** Node's callback convention; the SDK shows `message` of a failure and `details` of some. */
function settle(done: Answer, work: () => unknown): void {
  Promise.resolve()
    .then(work)
    .then(
      (response) => done(null, response),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        done(Object.assign(new Error(message), { code: 2, details: message }), undefined);
      },
    );
}
