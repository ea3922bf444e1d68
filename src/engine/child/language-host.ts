/**
 * A language host for Node: what `pulumi-language-nodejs` is to the engine, where none is on the machine (it ships with
 * the CLI's own releases and is not to be had as a Go module). It answers the LanguageRuntime service of
 * `pulumi/language.proto` and leaves the program to the runner of the program's own SDK, `@pulumi/pulumi/cmd/run`, so a
 * project folder runs here as it does under the real host.
 *
 * The engine starts it with its own address last on the command line, reads the port from the first line of its output,
 * and ends it when the operation ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { Server, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb.js';
import type { RunRequest, RunResponse } from '@pulumi/pulumi/proto/language_pb.js';
import language from '@pulumi/pulumi/proto/language_pb.js';
import type { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import { messageOf } from '../../model/errors.ts';

/** Node's runner ends with this code when it has already told the user what is wrong (`cmd/run/index.js`). */
const TOLD = 32;
/** How often it is looked whether the engine is still there, ms: a killed engine ends nobody. */
const ORPHAN_CHECK = 1000;

const engineAddress = process.argv.at(-1) ?? '';
const running = new Set<ChildProcess>();

/** Answers a call with what `answer` makes of its request. */
function unary<Q, A>(answer: (request: Q) => A | Promise<A>) {
  return (call: ServerUnaryCall<Q, A>, reply: sendUnaryData<A>): void => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (value) => reply(null, value),
        (thrown: unknown) => reply(thrown instanceof Error ? thrown : new Error(messageOf(thrown)), null),
      );
  };
}

/** Runs the program to its end. */
async function run(request: RunRequest): Promise<RunResponse> {
  const info = request.getInfo();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const response = new language.RunResponse();
  let runner: string;
  try {
    runner = createRequire(join(resolve(folder), 'program.js')).resolve('@pulumi/pulumi/cmd/run');
  } catch {
    response.setError(`@pulumi/pulumi is not installed in ${folder}; install the program's dependencies and run again`);
    return response;
  }
  const nodeArgs = typeof options.nodeargs === 'string' ? options.nodeargs.split(/\s+/).filter((a) => a !== '') : [];
  const args = [
    ...nodeArgs,
    runner,
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engineAddress}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--root-directory=${info?.getRootDirectory() ?? folder}`,
    `--stack=${request.getStack()}`,
    `--pwd=${request.getPwd()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ['--dry-run'] : []),
    info?.getEntryPoint() || request.getProgram() || '.',
    ...request.getArgsList(),
  ];
  const child = spawn(process.execPath, args, {
    cwd: request.getPwd(),
    env: { ...process.env, ...settings(request, options) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  running.add(child);
  const [code, signal] = await new Promise<[number | null, string | null]>((done, failed) => {
    child.on('error', failed);
    child.on('close', (c, s) => done([c, s]));
  });
  running.delete(child);
  if (code === TOLD) response.setBail(true);
  else if (code !== 0) {
    response.setError(`the program ended with ${code === null ? `signal ${signal}` : `exit code ${code}`}`);
  }
  return response;
}

/** The variables that the runner takes its settings from (`runtime/config.js`, `cmd/run/run.js`). */
function settings(request: RunRequest, options: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv {
  const config = Object.fromEntries(
    // `namespace:config:name` is the older spelling of `namespace:name`.
    request
      .getConfigMap()
      .toArray()
      .map(([key, value]) => [key.replace(/^([^:]+):config:/, '$1:'), value]),
  );
  const tsconfig = typeof options.tsconfig === 'string' ? options.tsconfig : undefined;
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: options.typescript === false || options.typescript === 'false' ? 'false' : 'true',
    // Types are the program's own affair and cost seconds a run.
    PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
    ...(tsconfig === undefined
      ? {}
      : { PULUMI_NODEJS_TSCONFIG_PATH: isAbsolute(tsconfig) ? tsconfig : resolve(request.getPwd(), tsconfig) }),
  };
}

function pluginInfo(): PluginInfo {
  const info = new plugin.PluginInfo();
  info.setVersion('1.0.0');
  return info;
}

function stop(): void {
  for (const child of running) child.kill('SIGKILL');
  process.exit(0);
}

const server = new Server();
server.addService(LanguageRuntimeService, {
  handshake: unary(() => new language.LanguageHandshakeResponse()),
  // Providers are found when the program first registers something of theirs.
  getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
  getPluginInfo: unary(pluginInfo),
  getProgramDependencies: unary(() => new language.GetProgramDependenciesResponse()),
  about: unary(() => new language.AboutResponse()),
  installDependencies: (call: ServerWritableStream<unknown, unknown>) => call.end(),
  run: unary(run),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop();
}, ORPHAN_CHECK).unref();
