import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingsFor } from '../../src/engine/settings.ts';
import { readProject } from '../../src/stacks/program/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'Pulumi.yaml'), 'name: shop\nruntime: yaml\n');

const settings = async (text: string | undefined, choices: readonly string[] = []): Promise<unknown> => {
  const stack = text === undefined ? 'none' : 'dev';
  if (text !== undefined) writeFileSync(join(folder, 'Pulumi.dev.yaml'), text);
  return parse(await settingsFor(await readProject(folder, 'any'), stack, choices, 'salt'));
};

describe('settings of a run', () => {
  it('keeps what is written and puts stand-ins for secrets', async () => {
    const text = [
      'secretsprovider: awskms://alias/x',
      'encryptedkey: AAAA',
      'environment: [prod]',
      'config:',
      '  aws:region: eu-west-1',
      '  shop:size: 3',
      '  shop:password: { secure: AAABAxyz }',
      '  shop:parts:',
      '    - { name: a, key: { secure: AAAB } }',
    ].join('\n');
    const made = await settings(text, ['size=4', 'aws:profile=x']);
    expect(made).toEqual({
      encryptionsalt: 'salt',
      config: {
        'aws:region': 'eu-west-1',
        'shop:size': '4',
        'aws:profile': 'x',
        'shop:password': expect.stringContaining('stand-in'),
        'shop:parts': [{ name: 'a', key: expect.stringContaining('stand-in') }],
      },
    });
  });

  it.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['an empty configuration', 'config:\n'],
  ])('begins anew with %s', async (_, text) => {
    expect(await settings(text, ['a=b'])).toEqual({ encryptionsalt: 'salt', config: { 'shop:a': 'b' } });
  });
});
