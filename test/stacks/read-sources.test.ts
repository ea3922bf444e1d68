import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSources, type SourceOptions } from '../../src/stacks/read-sources.ts';
import { exported, stackState, state, urnOf } from './sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, document: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
};
const options = (more: Partial<SourceOptions> = {}): SourceOptions => ({
  region: undefined,
  config: [],
  states: [],
  stdin: () => Promise.resolve(Buffer.from(JSON.stringify(prod))),
  ...more,
});

const Q = 'aws:sqs/queue:Queue';
const prod = exported([stackState, state(Q, 'q')]);
const dev = exported([{ ...state(Q, 'q'), urn: urnOf(Q, 'q', 'dev') }]);
const prodFile = file('prod.json', prod);
const devFile = file('dev.json', dev);
const previewFile = file('preview.json', {
  steps: [{ op: 'create', urn: urnOf(Q, 'new'), newState: state(Q, 'new') }],
  changeSummary: { create: 1 },
});
const huge = file('huge.json', '');
truncateSync(huge, 300 * 1024 * 1024);

describe('sources', () => {
  it('reads files and standard input in order', async () => {
    const readings = await readSources([devFile, '-'], options());
    expect(readings.map((r) => [r.source, r.stack])).toEqual([
      [devFile, 'dev'],
      ['standard input', 'prod'],
    ]);
  });

  it('reads a preview over its state, among other sources', async () => {
    const readings = await readSources([devFile, previewFile], options({ states: [prodFile] }));
    expect(readings.map((r) => [r.kind, r.resources.length, r.partial])).toEqual([
      ['export', 1, false],
      ['preview', 3, false],
    ]);
  });

  const bad: readonly (readonly [string, readonly string[], Partial<SourceOptions>, string])[] = [
    ['no source', [], {}, 'source-missing'],
    ['no such file', [join(folder, 'none.json')], {}, 'source-missing'],
    ['a file taken for a folder', [join(prodFile, 'x')], {}, 'source-missing'],
    ['a folder without Pulumi.yaml', [folder], {}, 'project-missing'],
    ['a folder without Pulumi.yaml, and a stack', [`${folder}@prod`], {}, 'project-missing'],
    ['standard input twice', ['-', '-'], {}, 'stdin-twice'],
    ['standard input twice, once as state', ['-'], { states: ['-'] }, 'stdin-twice'],
    ['the same stack twice', [prodFile, file('copy.json', prod)], {}, 'same-stack-twice'],
    ['a stack and its preview side by side', [prodFile, previewFile], {}, 'same-stack-twice'],
    ['a state without a difference', [devFile], { states: [prodFile] }, 'not-a-difference'],
    ['the state of another stack', [previewFile], { states: [devFile] }, 'state-mismatch'],
    ['a folder as state', [previewFile], { states: [folder] }, 'not-a-state'],
    ['300 MiB', [huge], {}, 'too-large'],
    ['the first error of several', [file('cut.json', '{"version": 3'), join(folder, 'none.json')], {}, 'truncated'],
  ];
  it.each(bad)('%s', async (_name, paths, more, code) => {
    await expect(readSources(paths, options(more))).rejects.toMatchObject({ name: 'UsageError', code });
  });
});
