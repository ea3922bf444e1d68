import { describe, expect, it } from 'vitest';
import { requireInstalled } from '../../../src/stacks/program/installed.ts';
import { findEntry, isProjectFolder, listStacks, readProject, splitSource } from '../../../src/stacks/program/project.ts';
import { codeOf, errorOf, project } from './temp-project.ts';

describe('readProject', () => {
  it.each([
    ['broken YAML', 'name: [shop\n', 'project-malformed'],
    ['a list', '- name\n', 'project-malformed'],
    ['an empty file', '', 'project-malformed'],
    ['no name', 'runtime: nodejs\n', 'project-malformed'],
    ['no runtime', 'name: shop\n', 'project-malformed'],
    ['a runtime that is a list', 'name: shop\nruntime: [nodejs]\n', 'project-malformed'],
    ['main that is a mapping', 'name: shop\nruntime: nodejs\nmain: {a: 1}\n', 'project-malformed'],
    ['config that is a list', 'name: shop\nruntime: nodejs\nconfig: [a]\n', 'project-malformed'],
    ['another language', 'name: shop\nruntime: python\n', 'runtime-unsupported'],
    ['another language, long form', 'name: shop\nruntime:\n  name: yaml\n', 'runtime-unsupported'],
  ])('refuses %s', async (_, text, code) => {
    const error = await errorOf(readProject(await project({ 'Pulumi.yaml': text }, false)));
    expect(error.code).toBe(code);
    expect(error.message).toContain('Pulumi.yaml');
  });

  it('names line and column', async () => {
    const error = await errorOf(readProject(await project({ 'Pulumi.yaml': 'name: shop\nruntime: nodejs\nmain: [a]\n' }, false)));
    expect(error.message).toContain('Pulumi.yaml:3:7');
  });

  it('refuses a folder without Pulumi.yaml', async () => {
    expect(await codeOf(readProject('no/such/folder'))).toBe('project-missing');
  });

  it('reads main and nodeargs', async () => {
    const text =
      'name: shop\nruntime:\n  name: nodejs\n  options:\n    nodeargs: "--import tsx  --trace-warnings"\nmain: infra\n';
    const found = await readProject(await project({ 'Pulumi.yaml': text }, false));
    expect(found).toMatchObject({ name: 'shop', main: 'infra', nodeArgs: ['--import', 'tsx', '--trace-warnings'] });
  });
});

describe('sources', () => {
  it('splits a stack off, and lists those that have settings', async () => {
    const folder = await project({ 'Pulumi.prod.yaml': '', 'Pulumi.dev.yaml': '', 'Pulumi.a.b.yml': '' }, false);
    expect(splitSource(`${folder}@prod`)).toEqual({ folder, stack: 'prod' });
    expect(isProjectFolder(`${folder}@prod`)).toBe(true);
    expect(isProjectFolder(`${folder}/none`)).toBe(false);
    expect(await listStacks(folder)).toEqual(['a.b', 'dev', 'prod']);
  });

  it('reads stack settings from stackConfigDir', async () => {
    const text = 'name: shop\nruntime: nodejs\nstackConfigDir: stacks\n';
    expect(await listStacks(await project({ 'Pulumi.yaml': text, 'stacks/Pulumi.eu.yaml': '' }, false))).toEqual(['eu']);
  });
});

describe('findEntry', () => {
  it.each([
    ['index.ts', {}, 'index.ts', '', false],
    ['index.js before index.ts', { 'index.js': '' }, 'index.js', '', false],
    ['main of package.json', { 'package.json': '{"main":"src/main.ts"}', 'src/main.ts': '' }, 'src/main.ts', '', false],
    ['index when the built main is missing', { 'package.json': '{"main":"bin/index.js"}' }, 'index.ts', '', false],
    ['exports of package.json', { 'package.json': '{"exports":{".":{"import":"./m.mjs"}}}', 'm.mjs': '' }, 'm.mjs', '', true],
    ['an ES module package', { 'package.json': '{"type":"module"}' }, 'index.ts', '', true],
    [
      'main of Pulumi.yaml, a folder',
      { 'Pulumi.yaml': 'name: a\nruntime: nodejs\nmain: infra\n', 'infra/index.mts': '' },
      'infra/index.mts',
      'infra',
      true,
    ],
    [
      'main of Pulumi.yaml, a file',
      { 'Pulumi.yaml': 'name: a\nruntime: nodejs\nmain: infra/go.cts\n', 'infra/go.cts': '' },
      'infra/go.cts',
      'infra',
      false,
    ],
    [
      'main of Pulumi.yaml, not built',
      { 'Pulumi.yaml': 'name: a\nruntime: nodejs\nmain: infra/go.js\n', 'infra/go.ts': '' },
      'infra/go.ts',
      'infra',
      false,
    ],
  ])('takes %s', async (_, files, path, cwd, esm) => {
    const folder = await project({ 'index.ts': '', 'package.json': '{}', ...files }, false);
    const entry = findEntry(await readProject(folder));
    expect(entry.path).toBe(`${folder}/${path}`);
    expect(entry.cwd).toBe(cwd === '' ? folder : `${folder}/${cwd}`);
    expect(entry.esm).toBe(esm);
  });

  it('says when there is no program', async () => {
    const found = await readProject(await project({}, false));
    expect(() => findEntry(found)).toThrowError(expect.objectContaining({ code: 'program-missing' }));
  });
});

describe('requireInstalled', () => {
  it.each([
    ['package-lock.json', 'npm ci'],
    ['yarn.lock', 'yarn install'],
    ['pnpm-lock.yaml', 'pnpm install'],
    ['bun.lock', 'bun install'],
    ['README.md', 'npm install'],
  ])('names the command for %s', async (lock, command) => {
    const folder = await project({ [lock]: '' }, false);
    expect(() => requireInstalled(`${folder}/index.ts`, folder)).toThrowError(
      expect.objectContaining({ code: 'program-not-installed', message: expect.stringContaining(`\`${command}\``) }),
    );
  });
});
