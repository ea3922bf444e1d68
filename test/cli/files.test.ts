import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { filesOf } from '../../scripts/commands/files.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { RESULTS } from '../reports/support.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

function layout(files: Readonly<Record<string, string>>, source: string, cwd: string, kind: 'program' | 'export' = 'export') {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-files-'));
  made.push(root);
  for (const [name, text] of Object.entries({ '.git/HEAD': '', ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const [first] = RESULTS.met?.sources ?? [];
  if (first === undefined) throw new Error('no source');
  const result = {
    ...RESULTS.met,
    catalogue: join(root, 'holdfast.yaml'),
    sources: [{ ...first, source, kind, project: 'shop' }],
  };
  return filesOf(result as VerifyResult, join(root, cwd));
}

const PROGRAM = { 'infra/shop/Pulumi.yaml': 'name: shop\n', 'infra/shop/index.ts': '', 'holdfast.yaml': '', 'prod.json': '{}' };

it('a program is where its source says, seen from the folder of the command', () => {
  expect(layout(PROGRAM, 'shop@prod', 'infra', 'program')).toMatchObject({
    projects: new Map([['shop', { folder: 'infra/shop', manifest: 'infra/shop/Pulumi.yaml' }]]),
    catalogue: 'holdfast.yaml',
    otherwise: 'infra/shop/Pulumi.yaml',
  });
});

it('the program of an export is looked for by its name, and not in what is installed', () => {
  const files = {
    ...PROGRAM,
    'node_modules/x/Pulumi.yaml': 'name: shop\n',
    'broken/Pulumi.yaml': ': {',
    'other/Pulumi.yaml': 'name: other\n',
  };
  expect(layout(files, 'prod.json', '').projects.get('shop')?.folder).toBe('infra/shop');
});

it.each([
  ['the catalogue', { 'holdfast.yaml': '', 'prod.json': '{}' }, 'holdfast.yaml'],
  ['the source', { 'prod.json': '{}' }, 'prod.json'],
  ['a Pulumi.yaml that should be there', {}, 'Pulumi.yaml'],
])('without a program, %s is pointed at', (_what, files, otherwise) => {
  expect(layout(files, 'prod.json', '')).toMatchObject({ projects: new Map(), otherwise });
});
