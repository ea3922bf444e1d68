/** One HTTP request to simulated AWS, answered: found, let in, read, carried out and written. Both wire doors end here. */
import { ServiceFault } from '../service.ts';
import { invoke, type SimulatedAws } from '../world/invoke.ts';
import { type Random, random } from '../world/random.ts';
import { authenticate, decompress, type Strictness, unpack } from './authenticate.ts';
import { clientsOf } from './clients.ts';
import { type Credential, readCredential } from './credential.ts';
import { missingFault } from './faults.ts';
import { readInput } from './inputs.ts';
import { Malformed, type WireRequest, type WireResponse } from './message.ts';
import { modelOf, stranger, type WireModel } from './model.ts';
import { writeFault, writeReply } from './replies.ts';
import { missingMember } from './required.ts';
import { formOf, protocolOf, type Routed, route } from './route.ts';

export type Answerer = (request: WireRequest) => Promise<WireResponse>;

/**
 * Throws `NoAnswer` when AWS would not answer at all. What a simulated service throws that is not a `ServiceFault` is a mistake
 * of ours and goes through as it is.
 */
export function answerer(aws: SimulatedAws, strict: Strictness): Answerer {
  // Ids of requests are not of the world: they must not move its randomness.
  const ids = random(1);
  return async (request) => {
    const requestId = uuid(ids);
    const credential = readCredential(request);
    const model = await modelFor(aws, credential, request);
    try {
      return await carryOut(aws, strict, model, request, credential, requestId);
    } catch (error) {
      const fault = error instanceof Malformed ? new ServiceFault('Malformed', error.message) : error;
      if (!(fault instanceof ServiceFault)) throw error;
      const reply = writeFault(model, protocolOf(model, request), fault, requestId);
      // A reply to HEAD has no body: only the status tells what is wrong.
      return request.method === 'HEAD' ? { ...reply, body: '' } : reply;
    }
  };
}

async function carryOut(
  aws: SimulatedAws,
  strict: Strictness,
  model: WireModel,
  request: WireRequest,
  credential: Credential | 'none' | 'broken',
  requestId: string,
): Promise<WireResponse> {
  if (credential === 'none') throw new ServiceFault('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  if (credential === 'broken')
    throw new ServiceFault('IncompleteSignature', 'The authorization mechanism is not supported. Please use AWS4-HMAC-SHA256.');
  const { key, signer } = authenticate(aws.world, request, credential, strict);
  const unpacked = unpack(request, signer);
  // S3 keeps an object's coding; every other service undoes it.
  const message = model.client === 's3' ? unpacked : decompress(unpacked);
  const routed = route(model, message);
  const { operation } = routed;
  if (operation === undefined)
    throw new ServiceFault('UnknownOperationException', `simulated AWS does not know ${nameOf(message, routed)}`, 404);
  const input = readInput(model, operation, routed, message);
  const missing = missingMember(operation.input, input);
  if (missing !== undefined) throw missingFault(model, routed.protocol, missing);
  const { account, principal } = key;
  const output = await invoke(aws, model.client, operation.name, input, { account, principal, region: credential.region });
  return writeReply(model, routed.protocol, operation, output, requestId);
}

/** What the caller calls the operation that is not there. */
const nameOf = ({ headers, method, path }: WireRequest, { parameters }: Routed): string =>
  headers['x-amz-target'] ?? parameters.get('Action')?.[0] ?? `${method} ${path}`;

/** APIs that share a signing name differ in their version (Elastic Load Balancing) or in their paths (API Gateway). */
async function modelFor(aws: SimulatedAws, credential: Credential | 'none' | 'broken', request: WireRequest): Promise<WireModel> {
  if (typeof credential === 'string') return stranger(undefined, request);
  // S3 Control signs as S3 does; only its calls name the account.
  if (credential.service === 's3' && request.headers['x-amz-account-id'] !== undefined) return stranger('s3-control', request);
  const candidates = clientsOf(credential.service, aws.services.keys());
  // Loading modules is real work: virtual time must not pass meanwhile.
  const models = await aws.world.clock.real(Promise.all(candidates.map(modelOf)));
  const [first, second] = models;
  if (first === undefined) return stranger(credential.service, request);
  if (second === undefined) return first;
  return models.find((model) => fits(model, request)) ?? first;
}

function fits(model: WireModel, request: WireRequest): boolean {
  try {
    if (model.version !== undefined && protocolOf(model, request) === 'awsQuery')
      return formOf(request).get('Version')?.[0] === model.version;
    return route(model, request).operation !== undefined;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

const uuid = (ids: Random): string => ids.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
