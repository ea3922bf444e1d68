/**
 * Shapes of inputs and outputs with the traits that wires look at (smithy.io/2.0/spec), made from the schemas that come with
 * the SDK's clients or, for clients without schemas, from tables.
 */
import { NormalizedSchema } from '@smithy/core/schema';

/** A schema as the SDK's clients export it, or a number or function that stands for one. */
export type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

export interface Traits {
  readonly jsonName?: string;
  readonly xmlName?: string;
  readonly xmlFlattened?: boolean;
  readonly xmlAttribute?: boolean;
  /** Namespace, and its prefix when it has one. */
  readonly xmlNamespace?: readonly [prefix: string | undefined, uri: string];
  readonly ec2QueryName?: string;
  readonly mediaType?: string;
  /** Where an HTTP binding protocol puts the member; undefined: into the body's document. */
  readonly at?: Binding;
}

export type Binding =
  | { readonly place: 'label' | 'payload' | 'status' | 'query-params' }
  | { readonly place: 'query' | 'header' | 'prefix-headers'; readonly name: string };

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly traits: Traits;
}

export interface Structure {
  readonly kind: 'structure';
  /** Without its namespace. */
  readonly name: string;
  readonly xmlName: string | undefined;
  readonly members: readonly Member[];
  /** Exactly one member is set. */
  readonly union: boolean;
  /** Further members are documents: the shape comes from a table, not from a schema. */
  readonly open: boolean;
}

export type Shape =
  | Structure
  | { readonly kind: 'list'; readonly value: Shape; readonly traits: Traits }
  | { readonly kind: 'map'; readonly key: Traits; readonly value: Shape; readonly traits: Traits }
  | { readonly kind: 'timestamp'; readonly format: TimestampFormat | undefined }
  | { readonly kind: 'blob'; readonly streaming: boolean }
  /** A stream of events; the simulated services send none. */
  | { readonly kind: 'events' }
  | { readonly kind: 'string' | 'boolean' | 'number' | 'document' };

export const STRING: Shape = { kind: 'string' };
export const DOCUMENT: Shape = { kind: 'document' };
export const UNIT: Structure = { kind: 'structure', name: 'Unit', xmlName: undefined, members: [], union: false, open: false };

/** Shapes refer to one another in circles: each is entered here before its members are looked at. */
const known = new Map<unknown, Shape>();

/** The structure of an operation's input, of its output or of an error. */
export function structureOf(ref: SchemaRef): Structure {
  const schema = NormalizedSchema.of(ref);
  if (schema.isUnitSchema()) return UNIT;
  const shape = shapeOfSchema(schema);
  if (shape.kind !== 'structure') throw new Error(`expected a structure, found ${schema.getName()}, which is a ${shape.kind}`);
  return shape;
}

function shapeOfSchema(schema: NormalizedSchema): Shape {
  const key = schema.getSchema();
  // Lists and maps of simple things are numbers, not objects: nothing can refer back to them.
  const entered = typeof key === 'object' ? known.get(key) : undefined;
  if (entered !== undefined) return entered;
  const enter = <T extends Shape>(shape: T): T => {
    if (typeof key === 'object') known.set(key, shape);
    return shape;
  };
  if (schema.isStructSchema()) {
    if (schema.isStreaming()) return enter({ kind: 'events' });
    const members: Member[] = [];
    const shape = enter<Structure>({
      kind: 'structure',
      name: schema.getName() ?? '',
      xmlName: schema.getOwnTraits().xmlName,
      members,
      union: schema.isUnionSchema(),
      open: false,
    });
    // A structure's schema ends with the number of its required members, which come first.
    const required = Array.isArray(key) && typeof key[6] === 'number' ? key[6] : 0;
    for (const [name, member] of schema.structIterator())
      members.push({
        name,
        shape: shapeOfSchema(member),
        required: members.length < required,
        traits: traitsOf(member),
      });
    return shape;
  }
  if (schema.isListSchema() || schema.isMapSchema()) {
    const value = schema.getValueSchema();
    const map = schema.isMapSchema();
    const shape = map
      ? { kind: 'map' as const, key: traitsOf(schema.getKeySchema()), value: STRING, traits: traitsOf(value) }
      : { kind: 'list' as const, value: STRING, traits: traitsOf(value) };
    enter(shape);
    shape.value = shapeOfSchema(value);
    return shape;
  }
  return simple(schema);
}

function simple(schema: NormalizedSchema): Shape {
  if (schema.isTimestampSchema()) return { kind: 'timestamp', format: FORMATS[Number(schema.getSchema())] };
  if (schema.isBlobSchema()) return { kind: 'blob', streaming: schema.isStreaming() };
  if (schema.isBooleanSchema()) return { kind: 'boolean' };
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) return { kind: 'number' };
  if (schema.isDocumentSchema()) return DOCUMENT;
  return STRING;
}

/** As @smithy/types numbers the timestamp schemas; 4 is without a format of its own. */
const FORMATS: Readonly<Record<number, TimestampFormat>> = { 5: 'date-time', 6: 'http-date', 7: 'epoch-seconds' };

function traitsOf(schema: NormalizedSchema): Traits {
  const given = schema.getMergedTraits();
  const own = schema.isMemberSchema() ? schema.getMemberTraits() : given;
  return {
    ...text('jsonName', given.jsonName),
    // The target's own name is the name of a document's root, not of the member.
    ...text('xmlName', own.xmlName),
    ...text('ec2QueryName', given.ec2QueryName),
    ...text('mediaType', given.mediaType),
    ...(given.xmlFlattened ? { xmlFlattened: true } : {}),
    ...(given.xmlAttribute ? { xmlAttribute: true } : {}),
    ...namespace(given.xmlNamespace),
    ...binding(given),
  };
}

const text = (key: string, value: unknown): Record<string, string> => (typeof value === 'string' ? { [key]: value } : {});

/** Either the URI, or the prefix and the URI. */
function namespace(value: unknown): Pick<Traits, 'xmlNamespace'> {
  if (typeof value === 'string') return { xmlNamespace: [undefined, value] };
  if (Array.isArray(value)) return { xmlNamespace: [String(value[0]), String(value[1])] };
  return {};
}

function binding(given: Readonly<Record<string, unknown>>): Pick<Traits, 'at'> {
  if (given.httpLabel) return { at: { place: 'label' } };
  if (given.httpPayload) return { at: { place: 'payload' } };
  if (given.httpResponseCode) return { at: { place: 'status' } };
  if (given.httpQueryParams) return { at: { place: 'query-params' } };
  if (typeof given.httpQuery === 'string') return { at: { place: 'query', name: given.httpQuery } };
  if (typeof given.httpHeader === 'string') return { at: { place: 'header', name: given.httpHeader.toLowerCase() } };
  if (typeof given.httpPrefixHeaders === 'string')
    return { at: { place: 'prefix-headers', name: given.httpPrefixHeaders.toLowerCase() } };
  return {};
}
