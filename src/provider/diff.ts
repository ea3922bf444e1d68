/** What an update would change, and what it would replace. */
import { isUnder, pathSteps, writtenPath } from '../model/property-path.ts';
import { alike, type Difference, differences } from './alike.ts';
import { defaultsOf } from './facts/defaults.ts';
import { namingOf } from './facts/names.ts';
import { forcedOf, shapeOf } from './facts/shape.ts';
import { isInternal, isNothing, type Props, textsOf } from './values.ts';

export interface DiffAsked {
  readonly type: string;
  /** What the engine's state says of it, after any refresh. */
  readonly state: Props;
  /** Inputs of the last update, after any refresh. */
  readonly before: Props;
  readonly inputs: Props;
  readonly ignoreChanges: readonly string[];
}

export type DiffKind = 'add' | 'delete' | 'update' | 'add-replace' | 'delete-replace' | 'update-replace';

export interface DiffAnswer {
  /** By path. `inputDiff`: the last inputs differ from the new ones; otherwise it is the world that moved. */
  readonly detailed: Readonly<Record<string, { readonly kind: DiffKind; readonly inputDiff: boolean }>>;
  /** Names of the properties that differ. */
  readonly properties: readonly string[];
  /** Paths that need a new resource. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

export function diff(asked: DiffAsked): DiffAnswer {
  const { type, before, inputs, ignoreChanges } = asked;
  const ignored = ignoreChanges.map(pathSteps);
  const found = comparedOf(asked)
    .flatMap(({ name, was }) => differences(was, inputs[name], [name]))
    .filter(({ path }) => !ignored.some((steps) => isUnder(path, steps)));
  const forced = forcedIn(type, inputs);
  const isForced = ({ path }: Difference): boolean => {
    const names = path.filter((step) => typeof step === 'string');
    return forced.some((steps) => isUnder(names, steps) || isUnder(steps, names));
  };
  const detailed: Record<string, { kind: DiffKind; inputDiff: boolean }> = {};
  for (const difference of found) {
    const { path, kind } = difference;
    const name = String(path[0]);
    detailed[writtenPath(path)] = {
      kind: isForced(difference) ? `${kind}-replace` : kind,
      inputDiff: !alike(before[name], inputs[name], name),
    };
  }
  const replaces = found.filter(isForced).map(({ path }) => writtenPath(path));
  return {
    detailed,
    properties: [...new Set(found.map(({ path }) => String(path[0])))],
    replaces,
    deleteBeforeReplace: replaces.length > 0 && keepsItsName(asked),
  };
}

/** The properties that can differ, each with what it was. */
function comparedOf({ type, state, before, inputs }: DiffAsked): readonly { name: string; was: Props[string] | undefined }[] {
  const shape = shapeOf(type);
  const defaults = defaultsOf(type);
  // What nobody set but somebody did in AWS. Of a type without a shape nothing but its inputs is known.
  const shown =
    shape === undefined ? [] : Object.keys(state).filter((name) => shape.inputs.has(name) && !shape.settled.has(name));
  const names = new Set([...Object.keys(inputs), ...Object.keys(before), ...shown]);
  return [...names].flatMap((name) => {
    if (isInternal(name) || shape?.computed.has(name) === true) return [];
    const was = state[name] ?? before[name];
    const now = inputs[name];
    if (now === undefined && (shape?.settled.has(name) === true || alike(was, defaults[name], name))) return [];
    // Nobody has written down the default yet: a state of an earlier version, or an import.
    if (now !== undefined && isNothing(was) && before[name] === undefined && alike(now, defaults[name], name)) return [];
    return [{ name, was }];
  });
}

function forcedIn(type: string, inputs: Props): readonly (readonly string[])[] {
  const forced = forcedOf(type).map((path) => path.split('.'));
  return type === 'aws:ec2/instance:Instance' && inputs.userDataReplaceOnChange === true
    ? [...forced, ['userData'], ['userDataBase64']]
    : forced;
}

/** Two resources cannot have one name: when the program fixes it, the old one must go first. */
function keepsItsName({ type, before, inputs }: DiffAsked): boolean {
  const property = namingOf(type, inputs)?.property;
  if (property === undefined || inputs[property] === undefined || textsOf(inputs.__defaults).includes(property)) return false;
  return alike(before[property], inputs[property]);
}
