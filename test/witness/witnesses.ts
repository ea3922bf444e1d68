/** The witnesses: programs by others that simulate AWS, and our own simulator behind the same kind of door. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { freshAws } from '../../src/simulator/fresh.ts';
import { openHttpDoor } from '../../src/simulator/http.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import { type Tools, tools } from '../contract/python.ts';

/** ministack takes an access key of twelve digits for the account; moto has this account by default. */
export const ACCOUNT = '123456789012';
export const KEY = { accessKeyId: ACCOUNT, secretAccessKey: 'test' };

export interface Door {
  readonly url: string;
  stop(): Promise<void>;
}

/** Versions that the table of differences was made with. */
export const MOTO: readonly string[] = ['moto[server]==5.2.5'];
export const MINISTACK: readonly string[] = ['ministack==1.5.33'];

export const moto = (): Tools => tools('moto', MOTO);
export const ministack = (): Tools => tools('ministack', MINISTACK);

export async function openSimulator(): Promise<Door> {
  const aws = freshAws({ start: Date.now(), seed: 1, consistency: 0 });
  addAdministratorKey(aws.world, KEY.accessKeyId, KEY.secretAccessKey, ACCOUNT);
  const { url, close } = await openHttpDoor(aws, { port: 0, host: '127.0.0.1', clock: false, onMistake: console.error });
  // Virtual time runs a thousand times as fast as real time: what is being created becomes available while we wait.
  const timer = setInterval(() => aws.world.clock.advance(20_000), 20);
  return {
    url,
    async stop() {
      clearInterval(timer);
      await close();
    },
  };
}

export async function openMoto(bin: string): Promise<Door> {
  const port = await freePort();
  return started(`${bin}/moto_server`, ['-H', '127.0.0.1', '-p', String(port)], port, '/moto-api/', {});
}

export async function openMinistack(bin: string): Promise<Door> {
  const port = await freePort();
  // Left to itself it listens on every interface, and looks for Docker.
  const settings = { BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), DOCKER_HOST: 'unix:///nonexistent', LOG_LEVEL: 'ERROR' };
  return started(`${bin}/ministack`, [], port, '/_ministack/health', settings);
}

async function started(
  command: string,
  args: readonly string[],
  port: number,
  probe: string,
  settings: Readonly<Record<string, string>>,
): Promise<Door> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir(), AWS_DEFAULT_REGION: 'us-east-1', ...settings };
  const child = spawn(command, args, { env, cwd: tmpdir(), stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let left = 240; ; left -= 1) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    if (await answers(`${url}${probe}`)) break;
    if (left === 0) throw new Error(`${command} does not answer on ${url}`);
    await new Promise((done) => setTimeout(done, 250));
  }
  return { url, stop: () => ended(child) };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status < 500;
  } catch {
    return false;
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGKILL');
  });
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? failed(new Error('no port')) : done(address.port)));
    });
  });
}
