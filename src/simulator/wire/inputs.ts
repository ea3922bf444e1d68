/** Inputs of operations as they arrive, protocol by protocol. */
import { CBOR, parseCbor } from './cbor.ts';
import { readForm } from './form.ts';
import { AWS_JSON, fieldsOf, parseJson, readTree } from './json.ts';
import { Malformed, type WireRequest } from './message.ts';
import type { WireModel, WireOperation } from './model.ts';
import { JSON_BODY, readRest, xmlBody } from './rest.ts';
import type { Routed } from './route.ts';

/** Throws `Malformed`: the bytes are not an input of the operation. */
export function readInput(model: WireModel, operation: WireOperation, routed: Routed, request: WireRequest): object {
  try {
    return read(model, operation, routed, request);
  } catch (error) {
    // Deeper than the stack: nothing that a client of AWS writes.
    if (error instanceof RangeError) throw new Malformed('the input is nested too deeply');
    throw error;
  }
}

function read(model: WireModel, operation: WireOperation, routed: Routed, request: WireRequest): object {
  const { input, http } = operation;
  switch (routed.protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
      return fieldsOf(readTree(input, parseJson(request.body), AWS_JSON));
    case 'rpcv2Cbor':
      return fieldsOf(readTree(input, parseCbor(request.body), CBOR));
    case 'awsQuery':
    case 'ec2Query':
      return readForm(input, routed.parameters, routed.protocol);
    case 'restJson1':
    case 'restXml': {
      if (http === undefined) throw new Malformed(`${operation.name} has no HTTP binding`);
      const format = routed.protocol === 'restJson1' ? JSON_BODY : xmlBody(model.xmlNamespace);
      return readRest(input, http, routed.labels, request, format);
    }
  }
}
