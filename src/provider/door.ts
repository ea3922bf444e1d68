/** The door of a simulated AWS for provider processes: a loopback HTTP server beside the world, open to whoever has the token. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf } from '../model/errors.ts';
import { bodyOf } from '../simulator/wire/body.ts';
import type { SimulatedAws } from '../simulator/world/invoke.ts';
import { openClerk } from './answer.ts';
import type { Home } from './configure.ts';
import { DOOR_TOKEN, DOOR_URL, type Question } from './questions.ts';

export interface Door {
  /** What the engine's environment needs, so that provider processes find the world. */
  readonly environment: Readonly<Record<string, string>>;
  /** URNs of resources that simulated AWS has no notion of; they are kept as they are declared. */
  opaque(): readonly string[];
  /** One line for each thing that went otherwise than in AWS. */
  notes(): readonly string[];
  /** Lets the world come to rest after an update, as it does by itself before anything is read. */
  settle(): Promise<void>;
  /**
   * Does in another world, of the same beginning and seed, all that was done so far; from then on the door is there. Throws where
   * it goes otherwise.
   */
  repeatIn(other: SimulatedAws): Promise<void>;
  close(): Promise<void>;
}

/** A stack of thousands of resources has no request near this. */
const LARGEST = 32 * 1024 * 1024;

/** `home`: the account and Region of resources whose provider does not say. */
export function openDoor(first: SimulatedAws, home: Home): Promise<Door> {
  let aws = first;
  const token = randomBytes(24).toString('base64url');
  const clerk = openClerk(aws, home);
  const server = createServer((incoming, outgoing) => {
    const reply = (status: number, body: object): void => {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(body));
    };
    if (!holds(incoming, token)) {
      reply(401, { error: 'the token is missing or wrong' });
      return;
    }
    bodyOf(incoming, LARGEST)
      .then((body) =>
        body === undefined
          ? reply(413, { error: `the request is larger than ${LARGEST} bytes` })
          : aws.world.clock.real(clerk.answer(JSON.parse(body.toString('utf8')) as Question)).then(
              (answered) => reply(200, answered),
              (error: unknown) => reply(200, { error: messageOf(error) }),
            ),
      )
      .catch((error: unknown) => reply(400, { error: messageOf(error) }));
  });
  // A provider process asks again after any pause, on the connection that it has.
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        environment: { [DOOR_URL]: `http://127.0.0.1:${port}`, [DOOR_TOKEN]: token },
        opaque: () => clerk.opaque(),
        notes: () => clerk.notes(),
        settle: () => clerk.settle(),
        repeatIn: async (other) => {
          await clerk.repeatIn(other);
          aws = other;
        },
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function holds({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const right = Buffer.from(`Bearer ${token}`);
  return given.length === right.length && timingSafeEqual(given, right);
}

/** This module's own extension tells whether Holdfast runs from source or built. */
const EXTENSION = extname(import.meta.url);
const mainOf = (name: string): string => fileURLToPath(new URL(`./child/${name}${EXTENSION}`, import.meta.url));

/** Puts an executable `pulumi-resource-aws` into the folder, for the engine to find on PATH before any other. */
export const writeProvider = (folder: string): Promise<void> => written(folder, 'pulumi-resource-aws', mainOf('provider'));

/** The same for `pulumi-resource-random`, for where that is not installed. */
export const writeRandom = (folder: string): Promise<void> => written(folder, 'pulumi-resource-random', mainOf('random'));

async function written(folder: string, name: string, main: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tsx = EXTENSION === '.ts' ? `--import ${quoted(pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href)} ` : '';
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\nexec ${quoted(process.execPath)} ${tsx}${quoted(main)} "$@"\n`);
  await chmod(file, 0o755);
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
