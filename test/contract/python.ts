/** Tools from PyPI, each installed once into a virtual environment of its own in the user's cache folder, and run as children. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Tools = { readonly installed: true; readonly bin: string } | { readonly installed: false; readonly why: string };

/** Installs `packages` where they are not there yet. Without Python or network it says why; in CI it throws instead. */
export function tools(name: string, packages: readonly string[]): Tools {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'holdfast');
  const folder = join(cache, name);
  const bin = join(folder, 'bin');
  // Written last: what is half installed has none.
  const done = join(folder, `holdfast-${packages.join('-').replace(/[^\w.-]/g, '_')}`);
  if (existsSync(done)) return { installed: true, bin };
  mkdirSync(cache, { recursive: true });
  for (const [command, args] of [
    ['python3', ['-m', 'venv', folder]],
    [join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]],
  ] as const) {
    const ran = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    if (ran.status === 0) continue;
    rmSync(folder, { recursive: true, force: true });
    const why = `${packages.join(', ')}: ${command} ${args[0]} failed: ${(ran.error?.message ?? ran.stderr).trim().split('\n').at(-1)}`;
    if (process.env.CI === 'true') throw new Error(why);
    console.warn(`skipped: ${why}`);
    return { installed: false, why };
  }
  writeFileSync(done, '');
  return { installed: true, bin };
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** AWS's environment of the simulator, and nothing of the user's own. */
const environmentOf = (endpoint: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
});

export interface Conversation {
  /** One line to the program, and its answer; throws what it complains of. */
  ask(line: string): Promise<string>;
  end(): Promise<void>;
}

/** A program that answers line by line: to start Python, with all that it imports, takes longer than most of what it is asked. */
export function converse(command: string, args: readonly string[], endpoint: string): Conversation {
  const child = spawn(command, args, { env: environmentOf(endpoint), stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = new Promise<void>((done) => child.on('close', () => done()));
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await answers.next();
      if (done === true || complaint !== '') throw new Error(`${command} complains: ${complaint}`);
      return value;
    },
    async end() {
      child.stdin.end();
      await closed;
      if (complaint !== '') throw new Error(`${command} complains: ${complaint}`);
    },
  };
}

/** Runs a program in AWS's environment of the simulator. */
export function runWith(command: string, args: readonly string[], endpoint: string, input = '', cwd?: string): Promise<Ran> {
  const child = spawn(command, args, { cwd, env: environmentOf(endpoint) });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Names under which boto3 and the AWS CLI know a client, where they differ from the SDK for JavaScript. */
const BOTO3: Readonly<Record<string, string>> = {
  'api-gateway': 'apigateway',
  'application-auto-scaling': 'application-autoscaling',
  'auto-scaling': 'autoscaling',
  'elastic-load-balancing': 'elb',
  'elastic-load-balancing-v2': 'elbv2',
  eventbridge: 'events',
  'route-53': 'route53',
  'secrets-manager': 'secretsmanager',
  sfn: 'stepfunctions',
};

export const boto3Name = (client: string): string => BOTO3[client] ?? client;
