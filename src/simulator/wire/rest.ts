/** HTTP bindings of restJson1 and restXml (smithy.io/2.0/spec/http-bindings). */
import {
  fieldsOf,
  type Json,
  parseJson,
  REST_JSON,
  readMembers,
  readOthers,
  readTree,
  writeMembers,
  writeOthers,
  writeTree,
} from './json.ts';
import { Malformed, textOf, type WireRequest } from './message.ts';
import type { HttpBinding } from './model.ts';
import { bytesOf, isScalar, readText, writeText } from './scalars.ts';
import type { Binding, Member, Shape, Structure } from './shapes.ts';
import { parseXml } from './xml.ts';
import { readXml, readXmlMembers, writeXml, writeXmlMembers } from './xml-shapes.ts';

/** How a document is read and written in a body. */
export interface BodyFormat {
  readonly type: string;
  read(shape: Structure, members: readonly Member[], body: Uint8Array): Json;
  readPayload(shape: Shape, body: Uint8Array): unknown;
  write(shape: Structure, members: readonly Member[], value: unknown): string;
  writePayload(member: Member, value: unknown): string;
}

export const JSON_BODY: BodyFormat = {
  type: 'application/json',
  read: (shape, members, body) => {
    const tree = parseJson(body);
    return { ...readOthers(shape, tree, REST_JSON), ...readMembers(members, tree, REST_JSON) };
  },
  readPayload: (shape, body) => readTree(shape, parseJson(body), REST_JSON),
  write: (shape, members, value) =>
    JSON.stringify({ ...writeOthers(shape, value, REST_JSON), ...writeMembers(members, value, REST_JSON) }),
  writePayload: ({ shape }, value) => JSON.stringify(writeTree(shape, value, REST_JSON)),
};

export const xmlBody = (xmlNamespace: string | undefined): BodyFormat => ({
  type: 'application/xml',
  read: (_shape, members, body) => readXmlMembers(members, parseXml(textOf(body))),
  readPayload: (shape, body) => readXml(shape, parseXml(textOf(body))),
  write: (shape, members, value) => {
    const name = shape.xmlName ?? shape.name;
    const space = xmlNamespace === undefined ? '' : ` xmlns="${xmlNamespace}"`;
    return `${DECLARATION}<${name}${space}>${writeXmlMembers(members, value)}</${name}>`;
  },
  writePayload: ({ name, shape, traits }, value) => {
    const root = traits.xmlName ?? (shape.kind === 'structure' ? (shape.xmlName ?? shape.name) : name);
    return DECLARATION + writeXml(root, shape, value, traits, xmlNamespace);
  },
});

export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Throws `Malformed`. `labels` are decoded. */
export function readRest(
  input: Structure,
  http: HttpBinding,
  labels: Readonly<Record<string, string>>,
  request: WireRequest,
  format: BodyFormat,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  const inBody: Member[] = [];
  for (const member of input.members) {
    if (member.traits.at === undefined) {
      inBody.push(member);
      continue;
    }
    const value =
      member.traits.at.place === 'payload'
        ? readPayload(member.shape, request.body, format)
        : readBound(member, input, http, labels, request);
    if (value !== undefined) read[member.name] = value;
  }
  if ((inBody.length > 0 || input.open) && request.body.length > 0) Object.assign(read, format.read(input, inBody, request.body));
  return read;
}

function readPayload(shape: Shape, body: Uint8Array, format: BodyFormat): unknown {
  // A stream of no bytes is a stream; anything else of no bytes is not there.
  if (shape.kind === 'blob') return body.length > 0 || shape.streaming ? body : undefined;
  if (body.length === 0) return undefined;
  return shape.kind === 'string' ? textOf(body) : format.readPayload(shape, body);
}

function readBound(
  { name, shape, traits }: Member,
  input: Structure,
  http: HttpBinding,
  labels: Readonly<Record<string, string>>,
  { query, headers }: WireRequest,
): unknown {
  const { at } = traits;
  switch (at?.place) {
    case 'label': {
      const text = labels[name];
      return text === undefined || !isScalar(shape) ? undefined : readText(shape, text, 'date-time');
    }
    case 'query': {
      const values = query.get(at.name);
      if (values === undefined) return undefined;
      if (shape.kind === 'list') return values.map((text) => readItem(shape.value, text));
      return readItem(shape, values[0] ?? '');
    }
    case 'query-params': {
      const taken = new Set([
        ...input.members.flatMap((member) => (member.traits.at?.place === 'query' ? [member.traits.at.name] : [])),
        ...literalsOf(http.uri).map(([literal]) => literal),
      ]);
      const rest = [...query].filter(([key]) => !taken.has(key));
      const many = shape.kind === 'map' && shape.value.kind === 'list';
      return rest.length === 0 ? undefined : Object.fromEntries(rest.map(([key, values]) => [key, many ? values : values[0]]));
    }
    case 'header': {
      const text = headers[at.name];
      if (text === undefined) return undefined;
      if (shape.kind === 'list') return itemsOf(text, shape.value).map((item) => readHeader(shape.value, item, undefined));
      return readHeader(shape, text, traits.mediaType);
    }
    case 'prefix-headers': {
      const found = Object.entries(headers).filter(([key]) => key.startsWith(at.name));
      return found.length === 0 ? undefined : Object.fromEntries(found.map(([key, text]) => [key.slice(at.name.length), text]));
    }
    default:
      return undefined;
  }
}

function readItem(shape: Shape, text: string): unknown {
  if (!isScalar(shape)) throw new Malformed('expected one value');
  return readText(shape, text, 'date-time');
}

function readHeader(shape: Shape, text: string, mediaType: string | undefined): unknown {
  if (!isScalar(shape)) throw new Malformed('expected one value');
  if (shape.kind === 'string' && mediaType !== undefined) return Buffer.from(text, 'base64').toString('utf8');
  return readText(shape, text, 'http-date');
}

/** Items of a list in one header: commas divide them, but not inside of quotes, and every date has one of its own. */
function itemsOf(text: string, shape: Shape): readonly string[] {
  if (shape.kind === 'timestamp') return [...text.matchAll(/[^,]+,[^,]+/g)].map(([date]) => date.trim());
  return [...text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/g)]
    .filter(([whole]) => whole !== '')
    .map(([, quoted, plain = '']) => (quoted === undefined ? plain.trim() : quoted.replace(/\\(.)/g, '$1')));
}

/** Query literals of a URI: `?uploads`, `?list-type=2`. */
export function literalsOf(uri: string): readonly (readonly [name: string, value: string | undefined])[] {
  const [, query = ''] = uri.split('?');
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value] = part.split('=');
      return [name, value === '' ? undefined : value] as const;
    });
}

const FOR_INPUTS: ReadonlySet<Binding['place']> = new Set(['label', 'query', 'query-params']);

export interface RestReply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** Throws a TypeError when the value is not one of the shape. */
export function writeRest(output: Structure, http: HttpBinding, value: unknown, format: BodyFormat): RestReply {
  const from = fieldsOf(value);
  const headers: Record<string, string> = {};
  const inBody: Member[] = [];
  let { status } = http;
  let body: string | Uint8Array | undefined;
  for (const member of output.members) {
    const { shape, traits } = member;
    const item = from[member.name];
    // Shapes that serve as input too keep their labels and query names, which mean nothing in a reply.
    if (traits.at === undefined || FOR_INPUTS.has(traits.at.place)) inBody.push(member);
    else if (item == null) continue;
    else if (traits.at.place === 'status') status = Number(item);
    else if (traits.at.place === 'header') headers[traits.at.name] = writeHeader(shape, item, traits.mediaType);
    else if (traits.at.place === 'prefix-headers') {
      for (const [key, text] of Object.entries(fieldsOf(item))) headers[traits.at.name + key.toLowerCase()] = String(text);
    } else if (traits.at.place === 'payload') {
      if (shape.kind === 'blob') body = bytesOf(item);
      else {
        body = typeof item === 'string' && shape.kind === 'string' ? item : format.writePayload(member, item);
        headers['content-type'] ??= shape.kind === 'string' ? 'text/plain' : format.type;
      }
    }
  }
  if (body === undefined && (inBody.length > 0 || output.open)) {
    body = format.write(output, inBody, value);
    headers['content-type'] ??= format.type;
  }
  return { status, headers, body: body ?? '' };
}

function writeHeader(shape: Shape, value: unknown, mediaType: string | undefined): string {
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) throw new TypeError('expected a list');
    return value.map((item) => writeHeader(shape.value, item, undefined)).join(', ');
  }
  if (!isScalar(shape)) throw new TypeError(`a ${shape.kind} does not fit into a header`);
  const text = writeText(shape, value, 'http-date');
  return shape.kind === 'string' && mediaType !== undefined ? Buffer.from(text, 'utf8').toString('base64') : text;
}
