/** Finds the real Pulumi CLI: the one on PATH, else one built from Go modules and kept in the user's cache. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../model/errors.ts';
import { BUILT_VERSION, buildCli, cachedBuild, command, goVersion, isNewEnough } from './build-cli.ts';

export interface PulumiCli {
  /** Absolute. */
  readonly path: string;
  /** Without a leading v. */
  readonly version: string;
  readonly origin: 'path' | 'cache' | 'built';
  /** One line for people: which CLI this is and where it came from. */
  readonly says: string;
}

/** Event logs and policy events are read as this release and later ones write them. */
const MINIMUM: readonly [number, number] = [3, 200];

/**
 * `environment`: PATH, HOME and XDG_CACHE_HOME are read, and a build gets all of it (Go's own settings are there).
 * `tell` hears of a build before it begins.
 * @throws UsageError `engine-missing`, `engine-build-failed`, `engine-platform`.
 */
export async function findPulumi(
  environment: NodeJS.ProcessEnv,
  tell: (line: string) => void = () => undefined,
): Promise<PulumiCli> {
  if (process.platform === 'win32') {
    throw new UsageError('engine-platform', 'the Pulumi engine is run on Linux and macOS; on Windows, use WSL');
  }
  const found = onPath('pulumi', environment);
  const version = found === undefined ? undefined : await versionOf(found, environment);
  if (found !== undefined && version !== undefined && isRecent(version)) {
    return { path: found, version, origin: 'path', says: `Pulumi CLI ${version}, ${found}` };
  }
  const cached = cachedBuild(environment);
  const built = (folder: string, origin: 'cache' | 'built'): PulumiCli => {
    const path = join(folder, 'bin', 'pulumi');
    const how = origin === 'built' ? 'built from Go modules just now' : 'built from Go modules earlier';
    return { path, version: BUILT_VERSION, origin, says: `Pulumi CLI ${BUILT_VERSION}, ${how}, ${path}` };
  };
  if (cached !== undefined && existsSync(join(cached, 'bin', 'pulumi'))) return built(cached, 'cache');
  const go = await goVersion(environment);
  if (cached === undefined || go === undefined || !isNewEnough(go)) {
    throw new UsageError(
      'engine-missing',
      `the Pulumi CLI ${MINIMUM.join('.')} or newer is needed, or Go 1.25 or newer to build it. Found: ` +
        `${found === undefined ? 'no `pulumi` on PATH' : `${found}, ${version === undefined ? 'which does not tell its version' : `version ${version}`}`}; ` +
        `${go === undefined ? 'no `go` on PATH' : `Go ${go}`}${cached === undefined ? '; neither HOME nor XDG_CACHE_HOME for a cache' : ''}. ` +
        'Install the CLI (https://www.pulumi.com/docs/iac/download-install/) or Go (https://go.dev/dl/), and run again',
    );
  }
  await buildCli(cached, environment, tell);
  return built(cached, 'built');
}

/** The first executable file of this name on PATH. */
export function onPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

async function versionOf(path: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const said = await command(path, ['version'], '/', { ...environment, PULUMI_SKIP_UPDATE_CHECK: 'true' }, 60);
    return /^v?(\d+\.\d+\.\d+\S*)/m.exec(said.trim())?.[1];
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}
