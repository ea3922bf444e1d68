/** The door in process: an SDK client's `requestHandler` that answers out of a simulated world, bytes and all. */
import { Readable } from 'node:stream';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { NoAnswer, type SimulatedAws } from '../world/invoke.ts';
import { answerer } from './answer.ts';
import type { WireRequest } from './message.ts';

export interface SimulatedRequestHandler {
  readonly metadata: { readonly handlerProtocol: 'http/1.1' };
  handle(request: HttpRequest): Promise<{ readonly response: HttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): object;
  destroy(): void;
}

/**
 * For any number of clients of any service. Account and principal are those of the access key that signs (world/keys.ts), the
 * Region is that of the signature. Throws an error with the `code` ECONNREFUSED or the name TimeoutError when AWS would not
 * answer. Signatures are not computed again.
 */
export function requestHandler(aws: SimulatedAws): SimulatedRequestHandler {
  const answer = answerer(aws, { signatures: false, clock: false });
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request) {
      try {
        const { status, headers, body } = await answer(await wireRequest(request));
        const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
        return { response: new HttpResponse({ statusCode: status, headers: { ...headers }, body: Readable.from([bytes]) }) };
      } catch (error) {
        throw error instanceof NoAnswer ? networkError(error) : error;
      }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

/** As Node's sockets and the SDK's own handler name it. */
const networkError = ({ kind, message }: NoAnswer): Error =>
  kind === 'refused'
    ? Object.assign(new Error(message), { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' })
    : Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' });

async function wireRequest(request: HttpRequest): Promise<WireRequest> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  const query = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(request.query ?? {})) query.set(name, [value ?? ''].flat());
  return {
    method: request.method,
    host: headers.host ?? request.hostname,
    path: request.path,
    query,
    headers,
    body: await collect(request.body),
  };
}

async function collect(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks);
  }
  throw new TypeError('expected a body of bytes, text or a stream');
}
