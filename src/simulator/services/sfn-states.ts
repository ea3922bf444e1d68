/** Amazon States Language, as far as failover automation uses it (https://states-language.net/spec.html, JSONPath states). */
import { messageOf } from '../../model/errors.ts';
import { deliver, sdkCall } from '../plane/targets.ts';
import { type CallContext, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string;
}
interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Parameters?: JsonObject;
  readonly Result?: Json;
  readonly ResultPath?: string | null;
  readonly InputPath?: string;
  readonly OutputPath?: string;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Choices?: readonly (JsonObject & { readonly Next: string })[];
  readonly Default?: string;
  readonly Branches?: readonly Definition[];
  readonly Error?: string;
  readonly Cause?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state failed, with the name by which Retry and Catch know it. */
export class StateFailure extends Error {
  readonly error: string;
  constructor(error: string, cause: string) {
    super(cause);
    this.name = 'StateFailure';
    this.error = error;
  }
}

export interface Run {
  readonly world: World;
  readonly call: CallContext['call'];
  readonly region: string;
  /** True once somebody has stopped the execution. */
  stopped(): boolean;
}

const KINDS = new Set(['Task', 'Wait', 'Choice', 'Parallel', 'Pass', 'Succeed', 'Fail']);

/** Throws `InvalidDefinition`, also for states that are not simulated: an execution must not seem to have done them. */
export function parse(text: string): Definition {
  const bad = (why: string): ServiceFault => new ServiceFault('InvalidDefinition', `Invalid State Machine Definition: '${why}'`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('INVALID_JSON_DESCRIPTION');
  }
  const definition = value as Definition;
  if (definition.States?.[definition.StartAt] === undefined) throw bad('MISSING_TRANSITION_TARGET');
  for (const [name, state] of Object.entries(definition.States)) {
    if (!KINDS.has(state.Type)) throw bad(`${name}: states of type ${state.Type} are not simulated`);
    for (const branch of state.Branches ?? []) parse(JSON.stringify(branch));
  }
  return definition;
}

export async function runStates(run: Run, definition: Definition, input: Json): Promise<Json> {
  let name: string | undefined = definition.StartAt;
  let data = input;
  while (name !== undefined) {
    if (run.stopped()) throw new StateFailure('States.Aborted', 'the execution was stopped');
    // A Region that is lost executes nothing until it is back.
    while (run.world.regionIsLost(run.region)) await run.world.clock.sleep(1000);
    const state: State | undefined = definition.States[name];
    if (state === undefined) throw new StateFailure('States.Runtime', `there is no state ${name}`);
    const done = await oneState(run, state, data);
    data = done.data;
    name = done.next;
  }
  return data;
}

interface Done {
  readonly data: Json;
  readonly next: string | undefined;
}

async function oneState(run: Run, state: State, data: Json): Promise<Done> {
  const input = state.InputPath === undefined ? data : at(data, state.InputPath);
  const passed = (result: Json): Done => {
    const merged = merge(data, result, state.ResultPath);
    return { data: state.OutputPath === undefined ? merged : at(merged, state.OutputPath), next: state.Next };
  };
  switch (state.Type) {
    case 'Pass':
      return passed(state.Result ?? (state.Parameters === undefined ? input : filled(state.Parameters, input)));
    case 'Succeed':
      return { data: input, next: undefined };
    case 'Fail':
      throw new StateFailure(state.Error ?? 'States.Failed', state.Cause ?? '');
    case 'Wait':
      await run.world.clock.sleep(1000 * (state.Seconds ?? Number(at(input, state.SecondsPath ?? '$.seconds'))));
      return passed(input);
    case 'Choice': {
      const chosen = state.Choices?.find((rule) => chooses(rule, input))?.Next ?? state.Default;
      if (chosen === undefined) throw new StateFailure('States.NoChoiceMatched', 'no choice matched');
      return { data: input, next: chosen };
    }
    case 'Parallel':
      return guarded(run, state, data, passed, () =>
        Promise.all((state.Branches ?? []).map((branch) => runStates(run, branch, input))),
      );
    default:
      return guarded(run, state, data, passed, () =>
        task(run, state.Resource ?? '', state.Parameters === undefined ? input : filled(state.Parameters, input)),
      );
  }
}

async function guarded(
  run: Run,
  state: State,
  data: Json,
  passed: (result: Json) => Done,
  work: () => Promise<Json>,
): Promise<Done> {
  const tries = new Map<Retrier, number>();
  for (;;) {
    try {
      return passed(await work());
    } catch (thrown) {
      const failure = failureOf(thrown);
      const retrier = state.Retry?.find((r) => catches(r.ErrorEquals, failure.error));
      const tried = retrier === undefined ? 0 : (tries.get(retrier) ?? 0);
      if (retrier !== undefined && tried < (retrier.MaxAttempts ?? 3)) {
        tries.set(retrier, tried + 1);
        await run.world.clock.sleep(1000 * (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** tried);
        continue;
      }
      const catcher = state.Catch?.find((c) => catches(c.ErrorEquals, failure.error));
      if (catcher === undefined) throw failure;
      return { data: merge(data, { Error: failure.error, Cause: failure.message }, catcher.ResultPath), next: catcher.Next };
    }
  }
}

const catches = (names: readonly string[], error: string): boolean =>
  names.some((name) => name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'));

function failureOf(thrown: unknown): StateFailure {
  if (thrown instanceof StateFailure) return thrown;
  if (thrown instanceof ServiceFault) return new StateFailure(thrown.code, thrown.message);
  return new StateFailure('States.TaskFailed', messageOf(thrown));
}

/** SDK integrations, functions, and targets by ARN; the optimised integrations of Lambda, SNS, SQS and Step Functions. */
const OPTIMISED: Readonly<Record<string, readonly [client: string, operation: string]>> = {
  'arn:aws:states:::lambda:invoke': ['lambda', 'Invoke'],
  'arn:aws:states:::sns:publish': ['sns', 'Publish'],
  'arn:aws:states:::sqs:sendMessage': ['sqs', 'SendMessage'],
  'arn:aws:states:::events:putEvents': ['eventbridge', 'PutEvents'],
  'arn:aws:states:::states:startExecution': ['sfn', 'StartExecution'],
  'arn:aws:states:::ecs:runTask': ['ecs', 'RunTask'],
};

async function task(run: Run, resource: string, input: Json): Promise<Json> {
  const payload = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { input };
  const sdk = sdkCall(resource);
  const [client, operation] = sdk === undefined ? (OPTIMISED[resource.replace(/\.\w+$/, '')] ?? []) : [sdk.client, sdk.operation];
  if (client !== undefined && operation !== undefined) return plain(await run.call(client, operation, payload, run.region));
  await deliver(run.call, resource, payload);
  return null;
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;

/** Reference paths: `$`, `$.a.b`, `$.a[0]`. */
function at(data: Json, path: string): Json {
  let found: Json = data;
  for (const step of path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]/)
    .filter((s) => s !== '')) {
    if (typeof found !== 'object' || found === null) throw new StateFailure('States.Runtime', `the path ${path} leads nowhere`);
    const next: Json | undefined = Array.isArray(found) ? (found as readonly Json[])[Number(step)] : (found as JsonObject)[step];
    if (next === undefined) throw new StateFailure('States.Runtime', `the path ${path} leads nowhere`);
    found = next;
  }
  return found;
}

/** Members whose name ends in `.$` take their value from the input. */
function filled(template: Json, input: Json): Json {
  if (Array.isArray(template)) return template.map((item: Json) => filled(item, input));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]: readonly [string, Json]) =>
      key.endsWith('.$') && typeof value === 'string' ? [key.slice(0, -2), at(input, value)] : [key, filled(value, input)],
    ),
  );
}

/** `$` (or none) replaces the data, null drops the result, `$.a` puts it there. */
function merge(data: Json, result: Json, path: string | null | undefined): Json {
  if (path === null) return data;
  const key = path?.replace(/^\$\.?/, '') ?? '';
  if (key === '') return result;
  return { ...(typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {}), [key]: result };
}

function chooses(rule: JsonObject, input: Json): boolean {
  const { And, Or, Not, Variable } = rule;
  const all = (list: Json | undefined): readonly JsonObject[] => (Array.isArray(list) ? (list as readonly JsonObject[]) : []);
  if (And !== undefined) return all(And).every((r) => chooses(r, input));
  if (Or !== undefined) return all(Or).some((r) => chooses(r, input));
  if (Not !== undefined) return !chooses(Not as JsonObject, input);
  const value = optional(input, typeof Variable === 'string' ? Variable : '$');
  const [test = '', expected = null] = Object.entries(rule).find(([k]) => !['Variable', 'Next', 'Comment'].includes(k)) ?? [];
  switch (test) {
    case 'IsPresent':
      return (value !== undefined) === expected;
    case 'IsNull':
      return (value === null) === expected;
    case 'StringEquals':
    case 'NumericEquals':
    case 'BooleanEquals':
      return value === expected;
    case 'NumericLessThan':
      return Number(value) < Number(expected);
    case 'NumericGreaterThan':
      return Number(value) > Number(expected);
    case 'NumericLessThanEquals':
      return Number(value) <= Number(expected);
    case 'NumericGreaterThanEquals':
      return Number(value) >= Number(expected);
    case 'StringMatches':
      return typeof value === 'string' && typeof expected === 'string' && wild(expected).test(value);
    default:
      throw new StateFailure('States.Runtime', `the comparison ${test} is not simulated`);
  }
}

const wild = (pattern: string): RegExp => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

function optional(data: Json, path: string): Json | undefined {
  try {
    return at(data, path);
  } catch {
    return undefined;
  }
}
