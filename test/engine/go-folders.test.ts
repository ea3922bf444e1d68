import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { goFolders } from '../../src/engine/go-folders.ts';

const root = mkdtempSync(join(tmpdir(), 'holdfast-go-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with a `go` that answers this. */
function saying(name: string, answer: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'go'), `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(join(folder, 'go'), 0o755);
  return folder;
}

describe('where Go keeps modules', () => {
  it('is told by Go, and nothing is fetched', async () => {
    const PATH = saying('go', '{"GOMODCACHE":"/home/me/go/pkg/mod","GOCACHE":"/home/me/.cache/go-build","GOROOT":"/go"}');
    expect(await goFolders({ PATH })).toEqual({
      GOMODCACHE: '/home/me/go/pkg/mod',
      GOCACHE: '/home/me/.cache/go-build',
      GOPROXY: 'off',
      GOTOOLCHAIN: 'local',
    });
  });

  it('is nowhere without Go', async () => {
    expect(await goFolders({ PATH: root })).toEqual({});
  });
});
