/** Outputs and errors on the wire, protocol by protocol. */
import type { ServiceFault } from '../service.ts';
import { CBOR, writeCbor } from './cbor.ts';
import { type FaultText, spell } from './faults.ts';
import { AWS_JSON, writeTree } from './json.ts';
import type { WireResponse } from './message.ts';
import type { ProtocolId, WireModel, WireOperation } from './model.ts';
import { DECLARATION, JSON_BODY, writeRest, xmlBody } from './rest.ts';
import { escapeXml } from './xml.ts';
import { writeXmlMembers } from './xml-shapes.ts';

/** Throws a TypeError when the output is not one of its shape: a mistake of the simulated service. */
export function writeReply(
  model: WireModel,
  protocol: ProtocolId,
  operation: WireOperation,
  output: unknown,
  requestId: string,
): WireResponse {
  const { name, output: shape } = operation;
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
      return {
        status: 200,
        headers: { 'content-type': contentType(protocol), 'x-amzn-requestid': requestId },
        body: JSON.stringify(writeTree(shape, output, AWS_JSON)),
      };
    case 'rpcv2Cbor':
      return cborResponse(200, writeTree(shape, output, CBOR), requestId);
    case 'awsQuery': {
      const result = shape.members.length === 0 ? '' : `<${name}Result>${writeXmlMembers(shape.members, output)}</${name}Result>`;
      const id = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xmlResponse(200, `<${name}Response${xmlns(model)}>${result}${id}</${name}Response>`, requestId);
    }
    case 'ec2Query': {
      const members = writeXmlMembers(shape.members, output);
      return xmlResponse(
        200,
        `${DECLARATION}<${name}Response${xmlns(model)}><requestId>${requestId}</requestId>${members}</${name}Response>`,
        requestId,
      );
    }
    case 'restJson1':
    case 'restXml': {
      if (operation.http === undefined) throw new TypeError(`${model.client} ${name} has no HTTP binding`);
      const format = protocol === 'restJson1' ? JSON_BODY : xmlBody(model.xmlNamespace);
      const reply = writeRest(shape, operation.http, output, format);
      const body = isLocation(model, operation) ? locationBody(output, model) : reply.body;
      return { status: reply.status, headers: { ...idHeaders(model, requestId), ...reply.headers }, body };
    }
  }
}

/** GetBucketLocation answers with its only member as the root ("s3UnwrappedXmlOutput" in its model). */
const isLocation = (model: WireModel, operation: WireOperation): boolean =>
  model.client === 's3' && operation.name === 'GetBucketLocation';

const locationBody = (output: unknown, model: WireModel): string => {
  const location =
    typeof output === 'object' && output !== null && 'LocationConstraint' in output ? output.LocationConstraint : '';
  return `${DECLARATION}<LocationConstraint${xmlns(model)}>${escapeXml(typeof location === 'string' ? location : '')}</LocationConstraint>`;
};

const xmlns = ({ xmlNamespace }: WireModel): string => (xmlNamespace === undefined ? '' : ` xmlns="${xmlNamespace}"`);

const contentType = (protocol: ProtocolId): string => `application/x-amz-json-1.${protocol === 'awsJson1_0' ? 0 : 1}`;

const idHeaders = (model: WireModel, requestId: string): Readonly<Record<string, string>> =>
  model.client === 's3'
    ? { 'x-amz-request-id': requestId, 'x-amz-id-2': Buffer.from(requestId).toString('base64') }
    : { 'x-amzn-requestid': requestId };

const xmlResponse = (status: number, body: string, requestId: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});

const cborResponse = (status: number, tree: unknown, requestId: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-requestid': requestId },
  body: writeCbor(tree),
});

export function writeFault(model: WireModel, protocol: ProtocolId, fault: ServiceFault, requestId: string): WireResponse {
  const text = spell(model, protocol, fault);
  const { status, name, code } = text;
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
    case 'restJson1':
      return {
        status,
        headers: {
          'content-type': protocol === 'restJson1' ? 'application/json' : contentType(protocol),
          'x-amzn-requestid': requestId,
          'x-amzn-errortype': name,
          ...queryError(model, text),
        },
        body: JSON.stringify({ __type: name, [text.messageName]: fault.message, ...membersOf(text, false) }),
      };
    case 'rpcv2Cbor': {
      const reply = cborResponse(
        status,
        { __type: name, [text.messageName]: fault.message, ...membersOf(text, true) },
        requestId,
      );
      return { ...reply, headers: { ...reply.headers, ...queryError(model, text) } };
    }
    case 'ec2Query': {
      const error = `<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(fault.message)}</Message></Error>`;
      return xmlResponse(
        status,
        `${DECLARATION}<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`,
        requestId,
      );
    }
    case 'awsQuery':
    case 'restXml': {
      const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(fault.message)}</Message>${xmlMembers(text)}`;
      if (model.client === 's3') {
        const ids = `<RequestId>${requestId}</RequestId><HostId>${Buffer.from(requestId).toString('base64')}</HostId>`;
        return {
          status,
          headers: { 'content-type': 'application/xml', ...idHeaders(model, requestId) },
          body: `${DECLARATION}<Error>${inner}${ids}</Error>`,
        };
      }
      const error = `<Error><Type>${senderOf(status)}</Type>${inner}</Error>`;
      return xmlResponse(
        status,
        `<ErrorResponse${xmlns(model)}>${error}<RequestId>${requestId}</RequestId></ErrorResponse>`,
        requestId,
      );
    }
  }
}

const senderOf = (status: number): string => (status >= 500 ? 'Receiver' : 'Sender');

const queryError = (model: WireModel, { code, status }: FaultText): Readonly<Record<string, string>> =>
  model.queryCompatible ? { 'x-amzn-query-error': `${code};${senderOf(status)}` } : {};

/** Members of the error's shape; those that no shape knows stay as they are. */
function membersOf({ shape, members }: FaultText, cbor: boolean): Readonly<Record<string, unknown>> {
  const written = shape === undefined ? {} : writeTree(shape, members, cbor ? CBOR : AWS_JSON);
  return { ...members, ...(typeof written === 'object' ? written : {}) };
}

function xmlMembers({ shape, members }: FaultText): string {
  const known = new Set(shape?.members.map((member) => member.name));
  const others = Object.entries(members).filter(([name]) => !known.has(name));
  const extra = others.map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`).join('');
  return (shape === undefined ? '' : writeXmlMembers(shape.members, members)) + extra;
}
