/** The small plugins that releases of the CLI carry beside it, for a CLI that was built alone. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onPath, type PulumiCli } from './cli.ts';

/** This module's own extension tells whether Holdfast runs from source or built. */
const BUILT = extname(import.meta.url) !== '.ts';
const HOST = fileURLToPath(new URL(`./child/language-host${BUILT ? '.js' : '.ts'}`, import.meta.url));

/** Shell scripts by plugin name. Each starts a module of the SDK that it finds from where the engine starts it. */
const SCRIPTS: Readonly<Record<string, () => string>> = {
  'pulumi-language-nodejs': () => {
    const tsx = BUILT ? '' : ` --import ${quoted(pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href)}`;
    return `exec ${quoted(process.execPath)}${tsx} ${quoted(HOST)} "$@"`;
  },
  // Policy packs and dynamic providers run on the SDK of the pack or the program.
  'pulumi-analyzer-policy': () => ofSdk('@pulumi/pulumi/cmd/run-policy-pack'),
  'pulumi-resource-pulumi-nodejs': () => ofSdk('@pulumi/pulumi/cmd/dynamic-provider'),
};

function ofSdk(module: string): string {
  const node = quoted(process.execPath);
  return [
    // What node says of a missing module, the engine turns into "dependencies are not installed".
    `module=$(${node} -p 'require.resolve("${module}")') || exit 1`,
    `exec ${node} "$module" "$@"`,
  ].join('\n');
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Writes into `folder` the plugins that are neither on PATH nor beside the CLI. */
export async function writePlugins(folder: string, cli: PulumiCli, environment: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(SCRIPTS)) {
    if (hasPlugin(name, cli, environment)) continue;
    await writeFile(join(folder, name), `#!/bin/sh\n${script()}\n`, { mode: 0o755 });
  }
}

/** Is this plugin on PATH or beside the CLI? */
export function hasPlugin(name: string, cli: PulumiCli, environment: NodeJS.ProcessEnv): boolean {
  return onPath(name, environment) !== undefined || existsSync(join(dirname(cli.path), name));
}

/** The user's installed plugins: read, never added to. Undefined: there are none. */
export function installedPlugins(environment: NodeJS.ProcessEnv): string | undefined {
  const home = environment.PULUMI_HOME || (environment.HOME ? join(environment.HOME, '.pulumi') : undefined);
  const plugins = home === undefined ? undefined : join(home, 'plugins');
  return plugins !== undefined && existsSync(plugins) ? plugins : undefined;
}

/** Would the engine find the plugin of this provider (`random`) where the user has plugins? */
export function hasProvider(name: string, cli: PulumiCli, environment: NodeJS.ProcessEnv): boolean {
  const installed = installedPlugins(environment);
  return (
    hasPlugin(`pulumi-resource-${name}`, cli, environment) ||
    (installed !== undefined && readdirSync(installed).some((entry) => entry.startsWith(`resource-${name}-v`)))
  );
}
