import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogue, holdfast, ROOT, SINGLE_AZ, stackExport, TABLE } from '../cli/holdfast.ts';
import { ACTION, type Api, fakeApi, type Repository, repository, runAction } from './runner.ts';

const MULTI_AZ = { ...SINGLE_AZ, inputs: { ...SINGLE_AZ.inputs, multiAz: true } };
const AGREED = catalogue({ metrics: '{ RTO: { az: 15m } }' }).replace('version: "1"', 'version: "1"\n    changeReference: CAB');
const program = (multiAz: boolean): string => `import * as rds from '@pulumi/aws/rds/index.js';

new rds.Instance('orders', {
  engine: 'postgres', instanceClass: 'db.m6g.large', allocatedStorage: 20, multiAz: ${multiAz}, backupRetentionPeriod: 7,
  deletionProtection: true, region: 'eu-west-1',
}, { protect: true });
`;

const MARKER = '<!-- holdfast:pull-request holdfast -->';
const commits = { base: '', head: '' };
/** What verify said before the change. */
let before: string;
let repo: Repository;
let api: Api;

beforeAll(async () => {
  repo = await repository();
  symlinkSync(join(ROOT, 'node_modules'), join(repo.path, 'node_modules'), 'dir');
  commits.base = await repo.commit({
    '.gitignore': 'node_modules\n',
    'infra/Pulumi.yaml': 'name: shop\nruntime: nodejs\n',
    'infra/Pulumi.prod.yaml': 'config: {}\n',
    'infra/index.ts': program(true),
    'infra/package.json': '{"type":"module"}',
    'holdfast.yaml': AGREED,
    'stacks/prod.json': stackExport([TABLE, MULTI_AZ]),
  });
  before = (
    await holdfast(['verify', join(repo.path, 'stacks/prod.json'), '--catalog', join(repo.path, 'holdfast.yaml'), '--json'])
  ).out;
  commits.head = await repo.commit({
    'infra/index.ts': program(false),
    'stacks/prod.json': stackExport([TABLE, SINGLE_AZ]),
    'before.json': before,
  });
});
afterAll(() => repo.remove());
beforeEach(async () => {
  api = await fakeApi();
  return () => api.close();
});

const pull = (more: object = {}) => ({
  pull_request: {
    number: 7,
    base: { sha: commits.base, ref: 'main' },
    head: { sha: commits.head, repo: { full_name: 'acme/shop' } },
    ...more,
  },
});
const FORK = { head: { repo: { full_name: 'stranger/shop' } } };
const act = (inputs: Readonly<Record<string, string>> = {}, event: object = pull(), eventName = 'pull_request') =>
  runAction({
    workspace: repo.path,
    event: event as Readonly<Record<string, unknown>>,
    eventName,
    api: api.url,
    inputs: { sources: 'stacks/prod.json', ...inputs },
  });

describe('action.yml', () => {
  it('gives inputs to scripts through the environment alone, and pins other actions to commits', () => {
    for (const step of ACTION.runs.steps) {
      if (step.run !== undefined) {
        expect(step.run).not.toContain('${{');
        expect(step.shell).toBe('bash');
      } else expect(step.uses).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
    }
  });

  it('says what every input and output is', () => {
    for (const input of Object.values(ACTION.inputs))
      expect([typeof input.description, typeof input.default]).toEqual(['string', 'string']);
    for (const output of Object.values(ACTION.outputs)) expect(output.value).toMatch(/^\$\{\{ steps\.\w+\.outputs\.[\w-]+ \}\}$/);
  });
});

describe('a pull request that loses a metric', () => {
  it('fails, comments once, annotates the line of the program, and uploads', async () => {
    api.comments.push({ id: 1, user: { type: 'User' }, body: `${MARKER}\nnot from us` });
    const ended = await act({ sources: 'infra@prod', change: 'CHG-42' });
    expect(ended.code, ended.log).toBe(1);
    expect(ended.outputs.verify).toMatchObject({ 'exit-code': '1', lost: '1' });
    expect(api.comments).toHaveLength(2);
    expect(api.comments[0]?.body).toContain('not from us');
    for (const said of ['1 agreed metric lost', 'sla/shop/RTO-az', 'CAB must approve', 'CHG-42', 'Exit 1'])
      expect(api.comments[1]?.body).toContain(said);
    expect(ended.summary).toContain('1 agreed metric lost');
    expect(ended.log).toMatch(/::error title=Holdfast%3A rds-not-multi-az,file=infra\/index\.ts,line=3,col=1::/);
    expect(ended.used.map((u) => u.uses.split('@')[0])).toEqual(['actions/upload-artifact', 'github/codeql-action/upload-sarif']);
    expect(ended.used[1]?.with.sarif_file).toBe(`${ended.outputs.verify?.folder}/result.sarif`);

    const again = await act({ baseline: 'before.json' });
    expect(again.code).toBe(1);
    expect(api.comments).toHaveLength(2);
    expect(api.comments[1]?.body).toContain('no change reference was given');
    expect(
      readdirSync(join(repo.path, '.git')).includes('worktrees') && readdirSync(join(repo.path, '.git/worktrees')).length > 0,
    ).toBe(false);
  });

  it('of a fork does the same without any permission: the summary stands for the comment', async () => {
    api.readOnly = true;
    const ended = await act({ baseline: 'before.json' }, pull(FORK));
    expect(ended.code, ended.log).toBe(1);
    expect(api.comments).toEqual([]);
    expect(ended.log).toContain('::notice title=Holdfast::The token may not comment here (403)');
    expect(ended.summary).toContain('1 agreed metric lost');
    expect(ended.used.map((u) => u.uses.split('@')[0])).toEqual(['actions/upload-artifact']);
  });

  it('is not run at all where a fork would have the secrets', async () => {
    const ended = await act({}, pull(FORK), 'pull_request_target');
    expect(ended.code).toBe(2);
    expect(ended.log).toContain('pull_request_target');
    expect(api.calls).toEqual([]);
  });
});

describe('the baseline', () => {
  const artifact = (id: number, head_repository_id: number, text: string) => ({
    id,
    expired: false,
    created_at: `2026-06-0${id}T00:00:00Z`,
    workflow_run: { head_branch: 'main', head_repository_id, repository_id: 1 },
    text,
  });

  it('is the artifact of the base branch, and never one that a fork named so', async () => {
    api.artifacts = [artifact(1, 1, before), artifact(2, 99, 'poison')];
    const ended = await act({ baseline: 'artifact' });
    expect(ended.code, ended.log).toBe(1);
    expect(ended.outputs.verify).toMatchObject({ lost: '1' });
    expect(api.calls).not.toContain('GET /zip/2');
  });

  it('that cannot be had leaves the stricter side: everything is judged, and says so', async () => {
    const gone = { base: { sha: '0'.repeat(40), ref: 'main' } };
    const ended = await act({ 'fail-on-new': 'true', comment: 'false', annotate: 'false' }, pull(gone));
    expect(ended.code, ended.log).toBe(1);
    expect(ended.log).toContain('::warning title=Holdfast::No baseline');
  });

  it('is none for a push, and the result is kept for later', async () => {
    const ended = await act({ 'fail-on': 'never', annotate: 'false' }, { ref: 'refs/heads/main' }, 'push');
    expect(ended.code, ended.log).toBe(1);
    expect(ended.used[0]?.with.name).toBe('holdfast');
    expect(api.calls).toEqual([]);
  });
});

it('a folder that is not there is bad usage, in words', async () => {
  const ended = await act({ 'working-directory': 'gone', comment: 'false' });
  expect(ended.code).toBe(2);
  expect(ended.summary).toContain('gone');
  expect(ended.log).not.toContain('at spawnSync');
});

describe('what somebody wrote', () => {
  it('in an input is never run, and never a command of the workflow', async () => {
    const evil = '"; touch pwned; $(touch pwned) `touch pwned` \' %0A::error::pwned';
    const ended = await act({
      baseline: 'none',
      change: evil,
      catalog: `${evil}.yaml`,
      prepare: '',
      sources: `--out=pwned\n${evil}`,
    });
    expect(ended.code).toBe(2);
    expect(existsSync(join(repo.path, 'pwned'))).toBe(false);
    expect(ended.log).not.toMatch(/^::error::pwned/m);
    expect(ended.summary).toContain('could not judge');
  });

  it('in the name of a resource is text in the log, the summary and the comment', async () => {
    const evil = 'x\n::error::pwned\n::stop-commands::y';
    await repo.commit({ 'stacks/evil.json': stackExport([{ ...SINGLE_AZ, name: evil }]), 'holdfast.yaml': AGREED });
    const ended = await act({ sources: 'stacks/evil.json', baseline: 'before.json', artifact: evil });
    expect(ended.code, ended.log).toBe(1);
    expect(ended.log).not.toMatch(/^::(error|stop-commands)::/m);
    expect(api.comments[0]?.body).not.toMatch(/^::/m);
  });
});

it('the scripts of the action name no variable that no step gives them', () => {
  const folder = join(ROOT, 'scripts/action');
  const used = readdirSync(folder).flatMap((f) =>
    [...readFileSync(join(folder, f), 'utf8').matchAll(/\bHOLDFAST_[A-Z_]+/g)].map((m) => m[0]),
  );
  const given = new Set(ACTION.runs.steps.flatMap((s) => Object.keys(s.env ?? {})));
  expect([...new Set(used)].filter((name) => !given.has(name))).toEqual([]);
});
