/** Servers on this machine: a web server that does as it is told, and a name server that answers, denies or stays silent. */
import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Web {
  readonly port: number;
  /** `GET /path`, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export async function web(handle: Handler): Promise<Web> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => handle(request, response, body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await web(() => undefined);
  await server.close();
  return server.port;
}

export type Answer = readonly string[] | 'NXDOMAIN' | 'silent' | 'SERVFAIL';

export interface Names {
  /** As `Resolver.setServers` takes it. */
  readonly address: string;
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

/** RFC 1035, as far as questions for A and AAAA need it. */
export async function nameServer(given: Readonly<Record<string, Answer>>): Promise<Names> {
  const answers = new Map(Object.entries(given));
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    let at = 12;
    const labels: string[] = [];
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.subarray(at + 1, at + 1 + length).toString());
      at += length + 1;
    }
    const type = message.readUInt16BE(at + 1);
    const question = message.subarray(12, at + 5);
    const answer = answers.get(labels.join('.').toLowerCase()) ?? 'NXDOMAIN';
    if (answer === 'silent') return;
    const addresses = type === 1 && typeof answer !== 'string' ? answer : [];
    const code = answer === 'NXDOMAIN' ? 3 : answer === 'SERVFAIL' ? 2 : 0;
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(addresses.length, 6);
    const records = addresses.map((address) =>
      Buffer.concat([Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4]), Buffer.from(address.split('.').map(Number))]),
    );
    socket.send(Buffer.concat([head, question, ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    answers,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
