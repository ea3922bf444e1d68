/** Values of shapes as XML elements: bodies of restXml, and replies of awsQuery and ec2Query. */
import { fieldsOf } from './json.ts';
import { Malformed } from './message.ts';
import { describe, isScalar, readText, writeText } from './scalars.ts';
import type { Member, Shape, Structure, Traits } from './shapes.ts';
import { type Element, escapeXml } from './xml.ts';

/** Elements for the members, in their order. Throws a TypeError when the value is not one of the shape. */
export function writeXmlMembers(members: readonly Member[], value: unknown): string {
  const from = fieldsOf(value);
  let xml = '';
  for (const { name, shape, traits } of members) {
    const item = from[name];
    if (item != null && traits.xmlAttribute !== true) xml += writeXml(traits.xmlName ?? name, shape, item, traits);
  }
  return xml;
}

/** The value as the element `name`; a flattened list is several of them. */
export function writeXml(name: string, shape: Shape, value: unknown, traits: Traits = {}, xmlns?: string): string {
  const space = xmlns === undefined ? namespaceOf(traits) : ` xmlns="${escapeXml(xmlns)}"`;
  switch (shape.kind) {
    case 'structure':
      return `<${name}${space}${attributesOf(shape, value)}>${writeXmlMembers(shape.members, value)}</${name}>`;
    case 'list': {
      if (!Array.isArray(value)) throw new TypeError(`${name}: expected a list, found ${describe(value)}`);
      const flat = traits.xmlFlattened === true;
      const item = flat ? name : (shape.traits.xmlName ?? 'member');
      const items = value.map((one) => writeXml(item, shape.value, one, shape.traits)).join('');
      return flat ? items : `<${name}${space}>${items}</${name}>`;
    }
    case 'map': {
      const flat = traits.xmlFlattened === true;
      const entry = flat ? name : 'entry';
      const entries = Object.entries(fieldsOf(value)).map(([key, one]) => {
        const pair = `<${shape.key.xmlName ?? 'key'}>${escapeXml(key)}</${shape.key.xmlName ?? 'key'}>${writeXml(shape.traits.xmlName ?? 'value', shape.value, one, shape.traits)}`;
        return `<${entry}>${pair}</${entry}>`;
      });
      return flat ? entries.join('') : `<${name}${space}>${entries.join('')}</${name}>`;
    }
    case 'events':
      throw new TypeError('streams of events are not written here');
    default:
      return `<${name}${space}>${escapeXml(writeText(shape, value, 'date-time'))}</${name}>`;
  }
}

function attributesOf(shape: Structure, value: unknown): string {
  const from = fieldsOf(value);
  let text = '';
  for (const { name, shape: of, traits } of shape.members) {
    const item = from[name];
    if (traits.xmlAttribute !== true || item == null || !isScalar(of)) continue;
    text += ` ${traits.xmlName ?? name}="${escapeXml(writeText(of, item, 'date-time'))}"`;
  }
  return text;
}

function namespaceOf({ xmlNamespace }: Traits): string {
  if (xmlNamespace === undefined) return '';
  const [prefix, uri] = xmlNamespace;
  return ` xmlns${prefix === undefined ? '' : `:${prefix}`}="${escapeXml(uri)}"`;
}

/** Throws `Malformed`. */
export function readXml(shape: Shape, element: Element): unknown {
  switch (shape.kind) {
    case 'structure':
      return readXmlMembers(shape.members, element);
    case 'list':
      return element.children.map((child) => readXml(shape.value, child));
    case 'map':
      return Object.fromEntries(element.children.map((entry) => readEntry(shape, entry)));
    case 'events':
      throw new Malformed('streams of events are not read here');
    case 'string':
      return element.text;
    default:
      return readText(shape, element.text.trim(), 'date-time');
  }
}

export function readXmlMembers(members: readonly Member[], element: Element): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const { name, shape, traits } of members) {
    const tag = traits.xmlName ?? name;
    if (traits.xmlAttribute === true) {
      const text = element.attributes.get(tag);
      if (text !== undefined && isScalar(shape)) read[name] = readText(shape, text, 'date-time');
      continue;
    }
    const children = element.children.filter((child) => child.name === tag);
    const [first] = children;
    if (first === undefined) continue;
    if (traits.xmlFlattened === true && shape.kind === 'list') read[name] = children.map((child) => readXml(shape.value, child));
    else if (traits.xmlFlattened === true && shape.kind === 'map')
      read[name] = Object.fromEntries(children.map((entry) => readEntry(shape, entry)));
    else read[name] = readXml(shape, first);
  }
  return read;
}

function readEntry(shape: Extract<Shape, { kind: 'map' }>, entry: Element): [string, unknown] {
  const key = entry.children.find((child) => child.name === (shape.key.xmlName ?? 'key'));
  const value = entry.children.find((child) => child.name === (shape.traits.xmlName ?? 'value'));
  if (key === undefined || value === undefined) throw new Malformed(`<${entry.name}> is an entry without a key or a value`);
  return [key.text, readXml(shape.value, value)];
}
