/** Inputs of awsQuery and ec2Query: `Filter.1.Value.2=x`. */
import { Malformed } from './message.ts';
import { readText } from './scalars.ts';
import type { Member, Shape, Structure } from './shapes.ts';

/** Parameters by the parts of their names. */
interface Node {
  text: string | undefined;
  readonly children: Map<string, Node>;
}

export type FormStyle = 'awsQuery' | 'ec2Query';

/** Throws `Malformed`. Parameters that the shape does not know are left out. */
export function readForm(
  input: Structure,
  parameters: ReadonlyMap<string, readonly string[]>,
  style: FormStyle,
): Record<string, unknown> {
  const root = empty();
  for (const [name, [value = '']] of parameters) {
    let node = root;
    for (const part of name.split('.')) {
      let child = node.children.get(part);
      if (child === undefined) {
        child = empty();
        node.children.set(part, child);
      }
      node = child;
    }
    node.text = value;
  }
  return readStructure(input, root, style);
}

const empty = (): Node => ({ text: undefined, children: new Map() });

function readStructure(shape: Structure, node: Node, style: FormStyle): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const member of shape.members) {
    const child = node.children.get(parameterName(member, style));
    if (child === undefined) continue;
    const flat = style === 'ec2Query' || member.traits.xmlFlattened === true;
    read[member.name] = readNode(member.shape, child, flat, style);
  }
  return read;
}

function readNode(shape: Shape, node: Node, flat: boolean, style: FormStyle): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, node, style);
    case 'list': {
      const items = flat ? node : (node.children.get(shape.traits.xmlName ?? 'member') ?? node.children.get('member'));
      return numbered(items).map((item) => readNode(shape.value, item, style === 'ec2Query', style));
    }
    case 'map':
      return Object.fromEntries(
        numbered(flat ? node : node.children.get('entry')).map((entry) => {
          const key = entry.children.get(shape.key.xmlName ?? 'key')?.text;
          const value = entry.children.get(shape.traits.xmlName ?? 'value');
          if (key === undefined || value === undefined) throw new Malformed('an entry without a key or a value');
          return [key, readNode(shape.value, value, style === 'ec2Query', style)];
        }),
      );
    case 'events':
      throw new Malformed('streams of events are not read here');
    default:
      if (node.text === undefined) throw new Malformed('expected a value, found a structure');
      return readText(shape, node.text, 'date-time');
  }
}

/** Items `.1`, `.2` … in their order. An empty list is its name with no value. */
function numbered(node: Node | undefined): readonly Node[] {
  return [...(node?.children ?? [])]
    .filter(([index]) => /^\d{1,9}$/.test(index))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}

/** ec2Query writes names with a capital first (smithy.io/2.0/aws/protocols/aws-ec2-query-protocol). */
function parameterName({ name, traits }: Member, style: FormStyle): string {
  if (style === 'awsQuery') return traits.xmlName ?? name;
  if (traits.ec2QueryName !== undefined) return traits.ec2QueryName;
  const wire = traits.xmlName ?? name;
  return wire.charAt(0).toUpperCase() + wire.slice(1);
}
