/** The recipes of docs/pull-requests.md, run as they stand. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BUILT, catalogue, ROOT, run } from '../cli/holdfast.ts';
import { type Repository, repository } from './runner.ts';

const page = readFileSync(join(ROOT, 'docs/pull-requests.md'), 'utf8');
const block = (heading: string): string => {
  const found = new RegExp(`\n## ${heading}\n\n\`\`\`\\w+\n(.*?)\n\`\`\`\n`, 's').exec(page)?.[1];
  if (found === undefined) throw new Error(`no recipe under ${heading}`);
  return found;
};

const program = (multiAz: boolean): string =>
  `import * as rds from '@pulumi/aws/rds/index.js';\nnew rds.Instance('orders', { engine: 'postgres', instanceClass: 'db.m6g.large', allocatedStorage: 20, multiAz: ${multiAz}, region: 'eu-west-1' });\n`;

let repo: Repository;
let base: string;
let path: string;

beforeAll(async () => {
  repo = await repository();
  base = await repo.commit({
    '.gitignore': 'node_modules\n.base\n',
    'infra/Pulumi.yaml': 'name: shop\nruntime: nodejs\n',
    'infra/Pulumi.prod.yaml': 'config: {}\n',
    'infra/package.json': '{"type":"module"}',
    'infra/index.ts': program(true),
    'holdfast.yaml': catalogue({ metrics: '{ RTO: { az: 15m } }' }),
  });
  await repo.commit({ 'infra/index.ts': program(false) });
  symlinkSync(join(ROOT, 'node_modules'), join(repo.path, 'node_modules'), 'dir');
  const bin = mkdtempSync(join(tmpdir(), 'holdfast-bin-'));
  writeFileSync(join(bin, 'holdfast'), `#!/bin/sh\nexec "${process.execPath}" "${BUILT}" "$@"\n`);
  chmodSync(join(bin, 'holdfast'), 0o755);
  path = `${bin}${delimiter}${process.env.PATH}`;
  return () => rmSync(bin, { recursive: true, force: true });
});
afterAll(() => repo.remove());

it('any shell', async () => {
  const ran = await run('sh', ['-c', block('Any shell')], { cwd: repo.path, env: { PATH: path, TARGET: base } });
  expect(ran.code, ran.err).toBe(1);
  expect(ran.out).toMatch(/lost +sla\/shop\/RTO-az: met → not-met/);
});

it('GitLab', async () => {
  const { holdfast } = parse(block('GitLab')) as {
    readonly holdfast: { readonly script: readonly string[]; readonly artifacts: object };
  };
  const ran = await run('bash', ['-eo', 'pipefail', '-c', holdfast.script.join('\n')], {
    cwd: repo.path,
    env: { PATH: path, CI_PROJECT_DIR: repo.path, CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
  });
  expect(ran.code, ran.err).toBe(1);
  const quality = JSON.parse(readFileSync(join(repo.path, 'code-quality.json'), 'utf8'));
  expect(quality).toContainEqual({
    description: expect.stringContaining('orders'),
    check_name: 'rds-not-multi-az',
    severity: 'critical',
    fingerprint: expect.stringMatching(/^rds-not-multi-az [0-9a-f]{16}:1$/),
    location: { path: 'infra/index.ts', lines: { begin: 2 } },
  });
  expect(readFileSync(join(repo.path, 'junit.xml'), 'utf8')).toContain('name="RTO az"');
  expect(readFileSync(join(repo.path, 'comment.md'), 'utf8')).toContain('1 agreed metric lost');
  await run('git', ['worktree', 'remove', '--force', '.base'], { cwd: repo.path });
});
