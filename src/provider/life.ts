/** Makes, changes, reads and takes away resources in the world. */
import { messageOf } from '../model/errors.ts';
import type { Created, Given } from '../simulator/deploy/deployer.ts';
import { changeOne, isSimulated, makeOne, removeOne } from '../simulator/deploy/one.ts';
import { ServiceFault } from '../simulator/service.ts';
import { canonicalType } from '../stacks/aws-types.ts';
import { asBucket } from '../stacks/bucket-v2.ts';
import { UNKNOWN } from '../stacks/signatures.ts';
import { diff } from './diff.ts';
import { shapeOf } from './facts/shape.ts';
import { isGone } from './gone.ts';
import type { Ground } from './ground.ts';
import { isShown, type Looks, look, type Shown } from './look.ts';
import { importedState, refreshedState, wasShown, writtenState } from './state.ts';
import { holdsUnknown, ownProps, type Props, tagTexts, textOf } from './values.ts';

export interface Subject {
  readonly urn: string;
  /** As the program spells it. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
}

export interface Kept {
  readonly id: string;
  readonly state: Props;
}

/** Throws in the provider's words what AWS refuses. */
export async function create(subject: Subject, inputs: Props, preview: boolean, ground: Ground): Promise<Kept> {
  const type = canonicalType(subject.type);
  const region = regionOf(inputs, ground);
  if (preview) return { id: '', state: plannedState(type, region, inputs, {}) };
  if (!isSimulated(ground.aws, type)) ground.opaque(subject.urn);
  const given = givenOf(subject, inputs, undefined, {}, ground);
  const made = await saying('creating', subject, given, () => makeOne(ground.aws, given));
  return written(inputs, given, {}, made, ground);
}

export async function update(
  subject: Subject,
  kept: Kept,
  before: Props,
  inputs: Props,
  preview: boolean,
  ground: Ground,
): Promise<Props> {
  const type = canonicalType(subject.type);
  if (preview) return plannedState(type, regionOf(inputs, ground), inputs, kept.state);
  const { id, state } = kept;
  const given = givenOf(subject, inputs, id, state, ground);
  const was = givenOf(subject, standing(type, before, state), id, state, ground);
  const changed = await saying('updating', subject, given, () => changeOne(ground.aws, given, was));
  const after = (await written(inputs, given, state, changed, ground)).state;
  for (const name of diff({ type, state: after, before: inputs, inputs, ignoreChanges: [] }).properties)
    ground.note(subject.urn, `${name} was to be changed, and simulated AWS still shows it as it was`);
  return after;
}

export async function remove(subject: Subject, kept: Kept, inputs: Props, ground: Ground): Promise<void> {
  const given = givenOf(subject, inputs, kept.id, kept.state, ground);
  await saying('deleting', subject, given, () => removeOne(ground.aws, given));
}

/** Undefined: it is gone. Without state it is an import. */
export async function read(
  subject: Subject,
  kept: Kept,
  inputs: Props,
  ground: Ground,
  looks: Looks,
): Promise<(Kept & { readonly inputs: Props }) | undefined> {
  const type = canonicalType(subject.type);
  const imported = Object.keys(kept.state).length === 0;
  // `pulumi import` may name the Region behind the id.
  const [, own = kept.id, told] = /^(.*)@([a-z]{2}(?:-[a-z]+){1,3}-\d)$/.exec(kept.id) ?? [];
  const id = imported ? own : kept.id;
  const region = (imported ? told : undefined) ?? textOf(kept.state.region) ?? regionOf(inputs, ground);
  const place = { account: ground.setting.account, region };
  if (!isShown(type)) {
    if (imported)
      throw new Error(`${subject.type} cannot be imported from simulated AWS, which does not show resources of this type`);
    return (await isGone(ground.aws, type, id, kept.state, place)) ? undefined : { ...kept, inputs };
  }
  const shown = await look(ground.aws, type, id, place, looks);
  if (shown === undefined) return imported || wasShown(kept.state) ? undefined : { ...kept, inputs };
  const now = imported ? importedState(type, id, region, shown) : refreshedState(type, inputs, kept.state, shown);
  return { id, ...now };
}

/** What the engine shows before anything is done: what AWS would fill in is unknown. */
function plannedState(type: string, region: string, inputs: Props, state: Props): Props {
  const shape = shapeOf(type);
  const own = ownProps(inputs);
  if (shape === undefined) return Object.keys(state).length === 0 ? { arn: UNKNOWN, ...own } : { ...state, ...own };
  const planned: Record<string, Props[string]> = {};
  for (const name of [...shape.computed, ...shape.settled]) planned[name] = state[name] === undefined ? UNKNOWN : state[name];
  Object.assign(planned, own);
  if (shape.inputs.has('region')) planned.region = region;
  if (shape.taggable) planned.tagsAll = own.tags ?? {};
  return planned;
}

/** The inputs that would have made what is there now: the last ones, and what has moved since. */
function standing(type: string, before: Props, state: Props): Props {
  const shape = shapeOf(type);
  const moved = Object.entries(state).filter(
    ([name, value]) => value !== null && (name in before || (shape?.inputs.has(name) === true && !shape.settled.has(name))),
  );
  return { ...before, ...Object.fromEntries(moved) };
}

async function written(
  inputs: Props,
  given: Given,
  before: Props,
  { id, outputs }: Created,
  { aws, setting }: Ground,
): Promise<Kept> {
  const { type, region } = given;
  let shown: Shown | undefined;
  if (isShown(type)) {
    aws.world.clock.advance(aws.world.settings.consistency);
    shown = await look(aws, type, id, { account: setting.account, region });
  }
  return { id, state: writtenState({ type, id, region, inputs, outputs, shown, before }) };
}

const regionOf = (inputs: Props, { setting }: Ground): string => textOf(inputs.region) ?? setting.region;

function givenOf(subject: Subject, inputs: Props, id: string | undefined, state: Props, ground: Ground): Given {
  const own = ownProps(inputs);
  if (holdsUnknown(own)) throw new Error(`${subject.urn} has inputs that are not known yet`);
  return {
    urn: subject.urn,
    type: canonicalType(subject.type),
    name: subject.name,
    inputs: subject.type === 'aws:s3/bucketV2:BucketV2' ? (asBucket(own) as Props) : own,
    tags: tagTexts(own.tags),
    account: ground.setting.account,
    region: regionOf(inputs, ground),
    id,
    outputs: ownProps(state),
  };
}

/** AWS's own words, behind what was being done: `creating rds Instance (orders): DBInstanceAlreadyExists: DB instance already exists`. */
async function saying<T>(doing: string, { type, name }: Subject, { inputs, id }: Given, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [, module = '', kind = ''] = /^aws:([^/:]+)[/:].*?([^:]+)$/.exec(type) ?? [];
    const called = id ?? textOf(inputs.name) ?? name;
    const said = error instanceof ServiceFault ? `${error.code}: ${error.message}` : messageOf(error);
    throw new Error(`${doing} ${module} ${kind} (${called}): ${said}`);
  }
}
