/** Required members: what every AWS API checks before it does anything. */
import type { Shape, Structure } from './shapes.ts';

/** The first required member that is not there, as names from the outside in; undefined: all are there. */
export function missingMember(shape: Structure, input: unknown): readonly string[] | undefined {
  return shape.members.length === 0 ? undefined : missing(shape, input);
}

function missing(shape: Shape, value: unknown): readonly string[] | undefined {
  switch (shape.kind) {
    case 'structure': {
      const from: Readonly<Record<string, unknown>> = isRecord(value) ? value : {};
      for (const member of shape.members) {
        const item = from[member.name];
        if (item === undefined) {
          if (member.required && member.shape.kind !== 'events') return [member.name];
          continue;
        }
        const inner = missing(member.shape, item);
        if (inner !== undefined) return [member.name, ...inner];
      }
      return undefined;
    }
    case 'list':
      return Array.isArray(value) ? first(value.entries(), (item) => missing(shape.value, item)) : undefined;
    case 'map':
      return isRecord(value) ? first(Object.entries(value), (item) => missing(shape.value, item)) : undefined;
    default:
      return undefined;
  }
}

function first(
  items: Iterable<readonly [string | number, unknown]>,
  look: (item: unknown) => readonly string[] | undefined,
): readonly string[] | undefined {
  for (const [at, item] of items) {
    const inner = look(item);
    // AWS counts the items of a list from one.
    if (inner !== undefined) return [String(typeof at === 'number' ? at + 1 : at), ...inner];
  }
  return undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
