import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BUILT_VERSION } from '../../src/engine/build-cli.ts';
import { findPulumi } from '../../src/engine/cli.ts';
import { UsageError } from '../../src/model/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'holdfast-test-cli-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function script(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

let n = 0;
/** An environment with nothing in it but these scripts on PATH, and a home of its own. */
function environment(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  n += 1;
  const bin = join(root, String(n), 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, body] of Object.entries(scripts)) script(join(bin, name), body);
  return { PATH: bin, HOME: join(root, String(n), 'home') };
}

const problem = async (env: NodeJS.ProcessEnv): Promise<UsageError> => {
  const thrown: unknown = await findPulumi(env).catch((e: unknown) => e);
  if (thrown instanceof UsageError) return thrown;
  throw new Error('expected a UsageError');
};

describe('findPulumi', () => {
  it('takes the one on PATH when it is recent', async () => {
    const env = environment({ pulumi: 'echo v3.214.1' });
    expect(await findPulumi(env)).toMatchObject({ path: join(env.PATH ?? '', 'pulumi'), version: '3.214.1', origin: 'path' });
  });

  it('takes the one that was built earlier when the one on PATH is old', async () => {
    const env = environment({ pulumi: 'echo v3.100.0' });
    const built = script(
      join(env.HOME ?? '', '.cache', 'holdfast', `pulumi-${BUILT_VERSION}`, 'bin', 'pulumi'),
      'echo never asked',
    );
    expect(await findPulumi(env)).toMatchObject({ path: built, version: BUILT_VERSION, origin: 'cache' });
    const other = { ...env, XDG_CACHE_HOME: join(root, 'elsewhere') };
    expect((await problem(other)).code).toBe('engine-missing');
  });

  it.each([
    ['nothing', {}, 'no `pulumi` on PATH', 'no `go` on PATH'],
    ['an old CLI', { pulumi: 'echo v3.199.9' }, 'version 3.199.9', 'no `go` on PATH'],
    ['a CLI that does not start', { pulumi: 'exit 1' }, 'which does not tell its version', 'no `go`'],
    ['an old Go', { go: 'echo go1.22.4' }, 'no `pulumi`', 'Go 1.22.4'],
  ])('says what is missing and what was found: %s', async (_, scripts, ...found) => {
    const { code, message } = await problem(environment(scripts));
    expect(code).toBe('engine-missing');
    for (const part of found) expect(message).toContain(part);
  });

  it('builds with Go once, however many ask, and leaves nothing half built', async () => {
    const log = join(root, 'builds');
    // `go build … -o FOLDER/ MODULE` writes a program there, as the real one does.
    const go = [
      'case "$1" in',
      '  env) echo go1.25.1 ;;',
      `  build) echo "$6" >> ${log}; made="$5\${6##*/}"; /bin/mkdir -p "$5"; echo '#!/bin/sh' > "$made"; /bin/chmod +x "$made" ;;`,
      'esac',
    ].join('\n');
    const env = environment({ go });
    const told: string[] = [];
    const found = await Promise.all([1, 2, 3].map(() => findPulumi(env, (line) => told.push(line))));
    expect(found.map((f) => f.origin)).toEqual(['built', 'built', 'built']);
    expect(told).toHaveLength(1);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(2);
    expect(readdirSync(join(env.HOME ?? '', '.cache', 'holdfast'))).toEqual([`pulumi-${BUILT_VERSION}`]);
  });

  it('says why a build failed', async () => {
    const env = environment({ go: '[ "$1" = env ] && echo go1.26 || { echo "no such proxy" >&2; exit 1; }' });
    const { code, message } = await problem(env);
    expect(code).toBe('engine-build-failed');
    expect(message).toContain('no such proxy');
  });
});
