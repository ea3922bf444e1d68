/**
 * Builds the Pulumi CLI and its YAML host from their Go modules into a folder of the user's cache: once per version, whole
 * or not at all. The npm package `@pulumi/pulumi` only downloads the CLI at first use, which a closed network refuses,
 * while a Go module proxy is often allowed.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, UsageError } from '../model/errors.ts';

/** The CLI that is built: the newest minor release that Pulumi's Go module was tried with here. */
export const BUILT_VERSION = '3.200.0';
const YAML_VERSION = '1.10.0';
/** `go get -tool` came with Go 1.24; builds were tried with 1.25 and newer. */
const GO_MINIMUM: readonly [number, number] = [1, 25];

const CLI_MODULE = 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi';
const YAML_MODULE = 'github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml';
/** A build takes three minutes on two cores; what takes longer than this hangs. */
const BUILD_SECONDS = 1800;
const WAIT_MS = 500;

/** The folder of a cached build: `bin/pulumi` and `bin/pulumi-language-yaml` are in it once it exists. */
export function cachedBuild(environment: NodeJS.ProcessEnv): string | undefined {
  const home = environment.XDG_CACHE_HOME || (environment.HOME ? join(environment.HOME, '.cache') : undefined);
  return home === undefined ? undefined : join(home, 'holdfast', `pulumi-${BUILT_VERSION}`);
}

/** The version of Go on PATH; undefined when there is none. */
export async function goVersion(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const said = await command('go', ['env', 'GOVERSION'], '/', environment, 60);
    return /^go(\d+\.\d+(\.\d+)?)/.exec(said.trim())?.[1];
  } catch {
    return undefined;
  }
}

export function isNewEnough(go: string): boolean {
  const [major = 0, minor = 0] = go.split('.').map(Number);
  return major > GO_MINIMUM[0] || (major === GO_MINIMUM[0] && minor >= GO_MINIMUM[1]);
}

/**
 * Builds into `folder`, unless it is there when the turn comes. Of several processes one builds and the others wait; the
 * folder appears under its name only when it is complete.
 * @throws UsageError `engine-build-failed`.
 */
export async function buildCli(folder: string, environment: NodeJS.ProcessEnv, tell: (line: string) => void): Promise<void> {
  const cache = dirname(folder);
  await mkdir(cache, { recursive: true });
  const release = await turn(`${folder}.lock`);
  try {
    if (existsSync(folder)) return;
    const scratch = await mkdtemp(join(cache, 'building-'));
    try {
      tell(
        `building the Pulumi CLI ${BUILT_VERSION} and its YAML host from Go modules, once, into ${folder}; this takes minutes`,
      );
      const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${BUILT_VERSION}`;
      await goBuild(
        join(scratch, 'cli'),
        `${CLI_MODULE}@v${BUILT_VERSION}`,
        `-X ${version}`,
        join(scratch, 'done', 'bin'),
        environment,
      );
      await goBuild(join(scratch, 'yaml'), `${YAML_MODULE}@v${YAML_VERSION}`, '', join(scratch, 'done', 'bin'), environment);
      await rename(join(scratch, 'done'), folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } finally {
    await release();
  }
}

async function goBuild(
  folder: string,
  module: string,
  flags: string,
  into: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const go = async (...args: string[]) => {
    try {
      await command('go', args, folder, { ...environment, GOFLAGS: '', CGO_ENABLED: '0' }, BUILD_SECONDS);
    } catch (e) {
      throw new UsageError(
        'engine-build-failed',
        `\`go ${args.join(' ')}\` failed: ${messageOf(e)}\n` +
          'Is a Go module proxy reachable (GOPROXY)? Or install the Pulumi CLI and put it on PATH: https://www.pulumi.com/docs/iac/download-install/',
      );
    }
  };
  await go('mod', 'init', 'tools');
  await go('get', '-tool', module);
  await go('build', '-ldflags', `-s -w ${flags}`.trim(), '-o', `${into}/`, module.slice(0, module.lastIndexOf('@')));
}

/** Waits for the lock, which holds the process id of its owner; one whose owner is gone is taken over. */
async function turn(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const lock = await open(file, 'wx');
      await lock.writeFile(String(process.pid));
      await lock.close();
      return () => rm(file, { force: true });
    } catch (e) {
      if (!(e instanceof Error && 'code' in e && e.code === 'EEXIST')) throw e;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) await rm(file, { force: true });
    await new Promise((done) => setTimeout(done, WAIT_MS));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return e instanceof Error && 'code' in e && e.code === 'EPERM';
  }
}

/** What a command prints; rejects with the end of what it said when it fails. */
export async function command(
  name: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
  seconds: number,
): Promise<string> {
  const child = spawn(name, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], timeout: seconds * 1000 });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4000);
  });
  const code = await new Promise<number | string>((done, failed) => {
    child.on('error', failed);
    child.on('close', (c, signal) => done(c ?? String(signal)));
  });
  if (code !== 0) throw new Error(`it ended with ${code}: ${(said || out.slice(-4000)).trim()}`);
  return out;
}
