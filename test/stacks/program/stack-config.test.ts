import { describe, expect, it } from 'vitest';
import { findMarkers } from '../../../src/stacks/program/markers.ts';
import { readProject } from '../../../src/stacks/program/project.ts';
import { readStackConfig } from '../../../src/stacks/program/stack-config.ts';
import { codeOf, errorOf, type Files, project } from './temp-project.ts';

async function config(files: Files, stack?: string, flags: readonly string[] = []) {
  return readStackConfig(await readProject(await project(files, false)), stack, flags);
}

describe('readStackConfig', () => {
  it('flattens values as the SDK reads them', async () => {
    const found = await config({
      'Pulumi.prod.yaml':
        'config:\n  aws:region: eu-west-1\n  shop:size: 007\n  bare: true\n  shop:list:\n    - 1\n    - a: b\n  old:config:key: x\n  shop:none:\n',
    });
    expect(found.stack).toBe('prod');
    expect(found.region).toBe('eu-west-1');
    expect(found.values).toEqual({
      'aws:region': 'eu-west-1',
      'shop:size': '007',
      'shop:bare': 'true',
      'shop:list': '[1,{"a":"b"}]',
      'old:key': 'x',
      'shop:none': '',
    });
  });

  it('puts a stand-in where a value is secret, at any depth', async () => {
    const found = await config({
      'Pulumi.prod.yaml': 'config:\n  shop:a:\n    secure: v1:x\n  shop:b:\n    c:\n      - secure: v1:y\n',
    });
    expect([...found.secretKeys].sort()).toEqual(['shop:a', 'shop:b']);
    expect(findMarkers(found.values['shop:a'] ?? '')).toBeDefined();
    expect(found.values['shop:b']).not.toContain('v1:');
    expect(found.markers.map((m) => m.kind === 'secret' && m.key)).toEqual(['shop:a', 'shop:b.c[0]']);
  });

  it('takes the project defaults under the stack, and flags over both', async () => {
    const yaml =
      'name: shop\nruntime: nodejs\nconfig:\n  aws:region: us-east-1\n  size: {type: integer, default: 3}\n  zone: {value: z}\n  pw: {secret: true, default: d}\n  typed: {type: string}\n';
    const found = await config({ 'Pulumi.yaml': yaml, 'Pulumi.prod.yaml': 'config:\n  shop:zone: stack\n' }, undefined, [
      'size=9',
      'aws:region=us-west-2',
    ]);
    expect(found.values).toMatchObject({ 'aws:region': 'us-west-2', 'shop:size': '9', 'shop:zone': 'stack' });
    expect(found.values['shop:typed']).toBeUndefined();
    expect(found.secretKeys).toEqual(['shop:pw']);
  });

  it('runs a project without stacks as dev, and says so', async () => {
    const found = await config({});
    expect(found).toMatchObject({ stack: 'dev', values: {} });
    expect(found.notes).toHaveLength(1);
  });

  it.each([
    ['several stacks and no choice', { 'Pulumi.a.yaml': '', 'Pulumi.b.yaml': '' }, undefined, [], 'stack-ambiguous'],
    ['a stack that is not there', { 'Pulumi.a.yaml': '' }, 'b', [], 'stack-missing'],
    ['broken YAML', { 'Pulumi.a.yaml': 'config: {\n' }, undefined, [], 'config-malformed'],
    ['config that is a list', { 'Pulumi.a.yaml': 'config: [a]\n' }, undefined, [], 'config-malformed'],
    ['config that is text', { 'Pulumi.a.yaml': 'config: a\n' }, undefined, [], 'config-malformed'],
    ['a secure value that is a list', { 'Pulumi.a.yaml': 'config:\n  a:\n    secure: [x]\n' }, undefined, [], 'config-malformed'],
    ['a flag without a value', {}, undefined, ['region'], 'config-flag'],
  ])('refuses %s', async (_, files: Files, stack, flags, code) => {
    expect(await codeOf(config(files, stack, flags))).toBe(code);
  });

  it('lists the stacks to choose from, and names line and column of a mistake', async () => {
    expect((await errorOf(config({ 'Pulumi.a.yaml': '', 'Pulumi.b.yaml': '' }))).message).toContain('a, b');
    expect((await errorOf(config({ 'Pulumi.a.yaml': 'x: 1\nconfig: [a]\n' }))).message).toContain('Pulumi.a.yaml:2:9');
  });
});
