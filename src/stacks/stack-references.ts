/** Values that one stack takes from another, when both are among the sources. */
import type { Resource, SourceReading } from '../model/resource.ts';
import { Hole, isList, isRecord, type Value, type Values } from '../model/value.ts';
import { STACK_REFERENCE_TYPE } from './urn.ts';

/** References between stacks may chain; a circle ends here. */
const MAX_CHAIN = 8;

/** The output that a hole stands for, in the stack that its StackReference names; undefined: not among the sources. */
type Lookup = (hole: Hole) => Value | undefined;

/**
 * Puts the outputs of a stack where another source has holes for them (a mention of `outputs.<name>` of a
 * StackReference). A hole whose stack is not among the sources, or is there twice, stays.
 */
export function linkStackReferences(readings: readonly SourceReading[]): SourceReading[] {
  const references = new Map<string, SourceReading>();
  for (const reading of readings) {
    for (const resource of reading.resources) {
      const target = resource.type === STACK_REFERENCE_TYPE ? referenced(resource, readings) : undefined;
      if (target !== undefined) references.set(resource.urn, target);
    }
  }
  if (references.size === 0) return [...readings];
  const lookup: Lookup = (hole) => {
    const [mention, ...others] = hole.mentions;
    if (mention === undefined || others.length > 0 || hole.template !== undefined) return undefined;
    const target = references.get(mention.urn);
    return target === undefined ? undefined : outputOf(target.stackOutputs, mention.property);
  };
  return readings.map((reading) => ({
    ...reading,
    stackOutputs: linkedValues(reading.stackOutputs, lookup),
    resources: reading.resources.map((r) => {
      const inputs = linkedValues(r.inputs, lookup);
      const outputs = linkedValues(r.outputs, lookup);
      return inputs === r.inputs && outputs === r.outputs ? r : { ...r, inputs, outputs };
    }),
  }));
}

/** `name` is `organisation/project/stack`; in old self-managed backends the stack alone. */
function referenced(resource: Resource, readings: readonly SourceReading[]): SourceReading | undefined {
  const name = resource.inputs.name ?? resource.name;
  if (typeof name !== 'string') return undefined;
  const parts = name.split('/');
  const stack = parts.at(-1);
  const project = parts.length >= 3 ? parts.at(-2) : undefined;
  const matches = readings.filter((r) => r.stack === stack && (project === undefined || r.project === project));
  return matches.length === 1 ? matches[0] : undefined;
}

/** The output named by `outputs.<name>`, or by a path into it. Names may contain dots, so the longest name is tried first. */
function outputOf(outputs: Values, property: string): Value | undefined {
  if (!property.startsWith('outputs.')) return undefined;
  let name = property.slice('outputs.'.length);
  const path: string[] = [];
  while (!Object.hasOwn(outputs, name)) {
    const dot = name.lastIndexOf('.');
    if (dot < 0) return undefined;
    path.unshift(name.slice(dot + 1));
    name = name.slice(0, dot);
  }
  let value = outputs[name];
  for (const step of path) {
    if (value instanceof Hole) return value;
    value = isList(value) ? value[Number(step)] : isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

function linkedValues(values: Values, lookup: Lookup): Values {
  const linkedEntries = Object.entries(values).map(([key, value]) => [key, linked(value, lookup, 0)] as const);
  return linkedEntries.some(([key, value]) => value !== values[key]) ? Object.fromEntries(linkedEntries) : values;
}

function linked(value: Value, lookup: Lookup, chain: number): Value {
  if (value instanceof Hole) {
    const found = chain < MAX_CHAIN ? lookup(value) : undefined;
    return found === undefined ? value : linked(found, lookup, chain + 1);
  }
  if (isList(value)) {
    const items = value.map((item) => linked(item, lookup, chain));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  return isRecord(value) ? linkedValues(value, lookup) : value;
}
