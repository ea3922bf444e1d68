/**
 * The state of a resource as the engine keeps it: its inputs, what only AWS fills in, and what AWS showed when it was last written.
 * The last is what drift is measured against: AWS may spell a value otherwise than the program does, and only what it shows
 * otherwise than it did has moved.
 */
import { alike } from './alike.ts';
import { shapeOf } from './facts/shape.ts';
import type { Shown } from './look.ts';
import { ownProps, type Props, textOf } from './values.ts';

interface Meta {
  /** What AWS showed where that is spelled otherwise than the state, or is no part of it. */
  readonly seen: Props;
  /** Names of the inputs that AWS showed. */
  readonly shown: readonly string[];
  /** Tags that it showed: of some types it shows none, whatever they have. */
  readonly tags: Props;
}

/** What is kept between reads, under the name that the engine and its tools leave alone. */
const META = '__meta';

export interface Written {
  readonly type: string;
  readonly id: string;
  readonly region: string;
  readonly inputs: Props;
  /** Those of whoever made or changed it. */
  readonly outputs: Props;
  readonly shown: Shown | undefined;
  /** State before the change; empty for what was made. */
  readonly before: Props;
}

/** State after a resource was made or changed. */
export function writtenState({ type, id, region, inputs, outputs, shown, before }: Written): Props {
  const shape = shapeOf(type);
  const own = ownProps(inputs);
  // Of what the program leaves unset, only what AWS fills in is part of the state.
  const isUnset = (name: string): boolean => shape?.inputs.has(name) === true && !shape.settled.has(name);
  const changed = pick(ownProps(outputs), (name) => !alike(outputs[name], before[name], name));
  const filled = pick({ ...standingOf(type, before, shown), ...changed }, (name) => !isUnset(name));
  // What is filled in with nothing is known to be nothing.
  const empty = Object.fromEntries([...(shape?.computed ?? []), ...(shape?.settled ?? [])].map((name) => [name, null]));
  // What was to be changed, and AWS still shows as it was.
  const stuck = pick(before, (name) => {
    const now = shown?.properties[name];
    const stated = isUnset(name) || name in own;
    return stated && now !== undefined && alike(now, before[name], name) && !alike(now, own[name], name);
  });
  const state: Record<string, Props[string]> = { ...empty, ...filled, ...own, ...stuck, id };
  if (shape?.inputs.has('region') === true) state.region = region;
  if (shape?.taggable === true) {
    state.tags = own.tags ?? {};
    state.tagsAll = own.tags ?? {};
  }
  return shown === undefined ? state : { ...state, [META]: writtenMeta(state, shown) };
}

/** What AWS shows after the change, as far as it is part of a state. */
function standingOf(type: string, before: Props, shown: Shown | undefined): Props {
  if (shown === undefined) return ownProps(before);
  if (Object.keys(before).length > 0) return ownProps(refreshedState(type, {}, before, shown).state);
  const shape = shapeOf(type);
  const isOurs = (name: string): boolean => shape === undefined || shape.inputs.has(name) || shape.computed.has(name);
  return pick({ ...shown.properties, ...shown.outputs }, isOurs);
}

const pick = (props: Props, is: (name: string) => boolean): Props =>
  Object.fromEntries(Object.entries(props).filter(([name]) => is(name)));

function writtenMeta(state: Props, { properties, outputs, tags }: Shown): string {
  const all = { ...outputs, ...properties };
  const seen = Object.fromEntries(Object.entries(all).filter(([name, value]) => !alike(value, state[name], name)));
  return JSON.stringify({ seen, shown: Object.keys(properties), tags: ownTags(tags ?? {}) } satisfies Meta);
}

function metaOf(state: Props): Meta {
  try {
    const meta: unknown = JSON.parse(textOf(state[META]) ?? '{}');
    const { seen = {}, shown = [], tags = {} } = meta as Partial<Meta>;
    return { seen, shown, tags };
  } catch {
    return { seen: {}, shown: [], tags: {} };
  }
}

/** Whether AWS showed it at the last write or since. Only then does it mean something that it does not now. */
export const wasShown = (state: Props): boolean => state[META] !== undefined;

export interface Refreshed {
  readonly inputs: Props;
  readonly state: Props;
}

/** State and inputs with what has moved in AWS since they were written. */
export function refreshedState(type: string, inputs: Props, state: Props, shown: Shown): Refreshed {
  // Nothing to compare with: AWS showed it for the first time.
  if (state[META] === undefined) return { inputs, state: { ...state, [META]: writtenMeta(state, shown) } };
  const meta = metaOf(state);
  const now: Record<string, Props[string]> = { ...state };
  const declared: Record<string, Props[string]> = { ...inputs };
  const move = (name: string, value: Props[string] | undefined): void => {
    if (value === undefined) delete now[name];
    else now[name] = value;
    if (declared[name] === undefined) return;
    if (value === undefined) delete declared[name];
    else declared[name] = value;
  };
  const all = { ...shown.outputs, ...shown.properties };
  const shape = shapeOf(type);
  for (const [name, value] of Object.entries(all)) {
    const isOurs = shape === undefined || shape.inputs.has(name) || shape.computed.has(name);
    if (isOurs && !alike(value, meta.seen[name] ?? state[name], name)) move(name, value);
  }
  for (const name of meta.shown) if (all[name] === undefined) move(name, undefined);
  if (shape?.taggable === true && shown.tags !== undefined && !alike(ownTags(shown.tags), meta.tags)) {
    move('tags', ownTags(shown.tags));
    now.tagsAll = ownTags(shown.tags);
  }
  return { inputs: declared, state: { ...now, [META]: writtenMeta(now, shown) } };
}

/** What `pulumi import` takes up: nothing was written before. */
export function importedState(type: string, id: string, region: string, shown: Shown): Refreshed {
  const shape = shapeOf(type);
  const tags = ownTags(shown.tags ?? {});
  const inputs = Object.fromEntries(
    Object.entries(shown.properties).filter(([name]) => shape === undefined || shape.inputs.has(name)),
  );
  const declared: Props = shape?.taggable === true && !alike(tags, {}) ? { ...inputs, tags } : inputs;
  return { inputs: declared, state: writtenState({ type, id, region, inputs: declared, outputs: {}, shown, before: {} }) };
}

/** Tags that AWS sets itself are not the program's. */
const ownTags = (tags: Readonly<Record<string, string>>): Props =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:')));
