/**
 * Executes the `run` steps of action.yml as GitHub's runner does: the same shell, files, variables and expressions, on a repository
 * and an API of this machine. Steps of other actions are noted with what they were given.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { parse } from 'yaml';
import { ROOT, run } from '../cli/holdfast.ts';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export const ACTION = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;

export interface Job {
  readonly workspace: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly eventName?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly api: string;
}

export interface Ended {
  /** Exit code of the step that failed; 0 when none did. */
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  /** By step id. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Steps of other actions that would have run. */
  readonly used: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
}

export async function runAction({ workspace, event, eventName = 'pull_request', inputs = {}, api }: Job): Promise<Ended> {
  const temp = mkdtempSync(join(tmpdir(), 'holdfast-runner-'));
  const file = (name: string, text = ''): string => {
    writeFileSync(join(temp, name), text);
    return join(temp, name);
  };
  const outputs: Record<string, Record<string, string>> = {};
  const given: Record<string, string> = {
    ...Object.fromEntries(Object.entries(ACTION.inputs).map(([name, { default: text }]) => [name, text])),
    ...inputs,
  };
  const lookUp = (path: string): string => {
    const [of, name = '', , output = ''] = path.trim().split('.');
    if (of === 'inputs' && name in given) return evaluated(given[name] ?? '');
    if (of === 'steps') return outputs[name]?.[output] ?? '';
    if (of === 'github' && name === 'token') return 'ghs_secret';
    throw new Error(`an expression that this runner does not know: ${path}`);
  };
  const evaluated = (text: string): string => text.replace(/\$\{\{(.*?)\}\}/g, (_, path: string) => lookUp(path));
  const holds = (condition: string): boolean => {
    const match = /^(\S+) (==|!=) '([^']*)'$/.exec(condition);
    if (match === null) throw new Error(`a condition that this runner does not know: ${condition}`);
    return (lookUp(match[1] ?? '') === match[3]) === (match[2] === '==');
  };
  const used: { uses: string; with: Record<string, string> }[] = [];
  const summary = file('summary.md');
  let log = '';
  let code = 0;
  for (const [i, step] of ACTION.runs.steps.entries()) {
    if (step.if !== undefined && !holds(step.if)) continue;
    if (step.uses !== undefined) {
      const args = Object.entries(step.with ?? {}).map(([k, v]) => [k, evaluated(String(v))] as const);
      used.push({ uses: step.uses, with: Object.fromEntries(args) });
      continue;
    }
    const output = file(`output-${i}`);
    const ran = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file(`step-${i}.sh`, step.run)], {
      cwd: workspace,
      env: {
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([k, v]) => [k, evaluated(v)])),
        CI: 'true',
        GITHUB_ACTION_PATH: ROOT.replace(/\/$/, ''),
        GITHUB_WORKSPACE: workspace,
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_ACTOR: 'somebody',
        GITHUB_EVENT_NAME: eventName,
        GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event)),
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_API_URL: api,
        RUNNER_TEMP: temp,
      },
    });
    log += `${ran.out}${ran.err}`;
    const lines = readFileSync(output, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    if (step.id !== undefined)
      outputs[step.id] = Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));
    if (ran.code !== 0) {
      code = ran.code ?? -1;
      break;
    }
  }
  const ended = { code, log, summary: readFileSync(summary, 'utf8'), outputs, used };
  rmSync(temp, { recursive: true, force: true });
  return ended;
}

export interface Repository {
  readonly path: string;
  /** Commits these files over what is there; gives the hash. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

export async function repository(): Promise<Repository> {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-repository-'));
  const git = async (...args: readonly string[]): Promise<string> => {
    const ran = await run('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], {
      cwd: path,
    });
    if (ran.code !== 0) throw new Error(ran.err);
    return ran.out.trim();
  };
  await git('init', '--quiet');
  return {
    path,
    commit: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
      }
      await git('add', '--all');
      await git('commit', '--quiet', '--message', 'change');
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export interface Comment {
  readonly id: number;
  readonly user: { readonly type: 'Bot' | 'User' };
  body: string;
}

export interface Artifact {
  readonly id: number;
  readonly expired: boolean;
  readonly created_at: string;
  readonly workflow_run: { readonly head_branch: string; readonly head_repository_id: number; readonly repository_id: number };
  readonly text: string;
}

/** What of GitHub's REST API the action calls. */
export interface Api {
  readonly url: string;
  readonly comments: Comment[];
  artifacts: readonly Artifact[];
  /** The token of a fork may read, and nothing else. */
  readOnly: boolean;
  /** Method and path of each call. */
  readonly calls: string[];
  close(): void;
}

export async function fakeApi(): Promise<Api> {
  const comments: Comment[] = [];
  const calls: string[] = [];
  const state = { readOnly: false, artifacts: [] as readonly Artifact[] };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      calls.push(`${method} ${url.split('?')[0]}`);
      const reply = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
      };
      if (headers.authorization !== 'Bearer ghs_secret') return reply(401, {});
      if (method !== 'GET' && state.readOnly) return reply(403, { message: 'Resource not accessible by integration' });
      const text = Buffer.concat(chunks).toString('utf8');
      const body = text === '' ? '' : (JSON.parse(text) as { body: string }).body;
      if (url.startsWith('/repos/acme/shop/issues/7/comments')) {
        if (method === 'GET') return reply(200, Number(/page=(\d+)$/.exec(url)?.[1]) === 1 ? comments : []);
        comments.push({ id: comments.length + 1, user: { type: 'Bot' }, body });
        return reply(201, {});
      }
      const edited = comments.find((c) => url === `/repos/acme/shop/issues/comments/${c.id}`);
      if (method === 'PATCH' && edited !== undefined) {
        edited.body = body;
        return reply(200, {});
      }
      if (url.startsWith('/repos/acme/shop/actions/artifacts?'))
        return reply(200, {
          artifacts: state.artifacts.map((a) => ({ ...a, archive_download_url: `${address()}/zip/${a.id}` })),
        });
      const artifact = state.artifacts.find((a) => url === `/zip/${a.id}`);
      return artifact === undefined ? reply(404, {}) : reply(200, zip('result.json', artifact.text));
    });
  });
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, { url: address(), comments, calls, close: () => server.close() });
}

/** A zip archive with one file, stored as it is (APPNOTE.TXT 4.3). */
function zip(name: string, text: string): Buffer {
  const data = Buffer.from(text);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), data]);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002'),
    Buffer.from([20, 0]),
    common,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\u0005\u0006'), end]);
}
