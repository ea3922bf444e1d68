/** The door over HTTP: an endpoint for any AWS client, on a loopback address. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlDoor } from './control.ts';
import { answerer } from './wire/answer.ts';
import { LARGEST, type Strictness } from './wire/authenticate.ts';
import { bodyOf } from './wire/body.ts';
import { Malformed, parametersOf, type WireRequest, type WireResponse } from './wire/message.ts';
import { NoAnswer, type SimulatedAws } from './world/invoke.ts';

export interface HttpDoorSettings {
  /** 0: any port that is free. */
  readonly port: number;
  /** `127.0.0.1`, `::1` or `localhost`. */
  readonly host: string;
  /** Whether signatures must be of virtual time, within 15 minutes. */
  readonly clock: boolean;
  /** Beside the endpoint, for controllers of drills. */
  readonly control?: ControlDoor;
  /** Hears of mistakes of the simulator itself; the client sees a 500. */
  readonly onMistake: (error: unknown) => unknown;
}

export interface HttpDoor {
  /** `http://127.0.0.1:4599`. */
  readonly url: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Rejects when the address is not of this machine alone, or cannot be listened on. */
export function openHttpDoor(aws: SimulatedAws, settings: HttpDoorSettings): Promise<HttpDoor> {
  const { host, port } = settings;
  if (!LOOPBACK.includes(host))
    return Promise.reject(new Error(`${host} is not a loopback address: expected ${LOOPBACK.join(', ')}`));
  const strict: Strictness = { signatures: true, clock: settings.clock };
  const answer = answerer(aws, strict);
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, async (request) => {
      try {
        return await aws.world.clock.real(answer(request));
      } catch (error) {
        if (!(error instanceof NoAnswer)) settings.onMistake(error);
        throw error;
      }
    }).catch(() => outgoing.destroy());
  });
  const { control } = settings;
  if (control !== undefined) server.on('upgrade', (request, socket) => control.upgrade(request, socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve({
        url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            control?.close();
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: (request: WireRequest) => Promise<WireResponse>,
): Promise<void> {
  let reply: WireResponse;
  try {
    const body = await bodyOf(incoming, LARGEST);
    reply = body === undefined ? plain(413, 'the request is larger than 64 MiB') : await answer(requestOf(incoming, body));
  } catch (error) {
    if (error instanceof Malformed) reply = plain(400, error.message);
    else if (error instanceof NoAnswer) {
      // A refused connection ends; a call that nobody answers stays open until the client has had enough.
      if (error.kind === 'refused') outgoing.destroy();
      return;
    } else reply = plain(500, 'a mistake of simulated AWS');
  }
  const bytes = typeof reply.body === 'string' ? Buffer.from(reply.body, 'utf8') : reply.body;
  const head = incoming.method === 'HEAD';
  // The length of an object is told to HEAD too; 204 and 304 have none.
  const length = head || reply.status === 204 || reply.status === 304 ? {} : { 'content-length': String(bytes.length) };
  outgoing.writeHead(reply.status, { ...length, ...reply.headers });
  outgoing.end(head ? undefined : bytes);
}

const plain = (status: number, text: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${text}\n`,
});

function requestOf(incoming: IncomingMessage, body: Uint8Array): WireRequest {
  const url = incoming.url ?? '/';
  const at = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  return {
    method: incoming.method ?? 'GET',
    host: incoming.headers.host ?? '',
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? new Map() : parametersOf(url.slice(at + 1)),
    headers,
    body,
  };
}
