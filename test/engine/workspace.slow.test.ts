/** Programs under the real engine, away from everything of the user's. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PulumiCli } from '../../src/engine/cli.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../src/engine/workspace.ts';
import { UsageError } from '../../src/model/errors.ts';
import { openDoor, writeProvider } from '../../src/provider/door.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { describeEngine, PROGRAMS, scratch } from './support.ts';

const here = scratch();

/** A JavaScript program of one file. */
const program = (name: string, code: string, settings = ''): string =>
  here.folder(name, {
    'Pulumi.yaml': `name: ${name}\nruntime: { name: nodejs, options: { typescript: false } }\n`,
    'package.json': '{}',
    'index.js': code,
    ...(settings === '' ? {} : { 'Pulumi.dev.yaml': settings }),
  });

async function inWorkspace<T>(options: WorkspaceOptions, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await openWorkspace(options);
  try {
    return await use(workspace);
  } finally {
    await workspace.close();
  }
}

const optionsFor = (cli: PulumiCli, folder: string): WorkspaceOptions => ({
  cli,
  program: folder,
  config: [],
  environment: process.env,
});

describeEngine('a workspace', (cli) => {
  it('gives a program its own settings, stand-ins for secrets, and nothing else of the environment', async () => {
    const code = [
      'const pulumi = require("@pulumi/pulumi");',
      'const config = new pulumi.Config();',
      'exports.seen = Object.entries(process.env).filter(([k, v]) => /CANARY/.test(k + v)).map(([k]) => k);',
      'exports.home = require("node:fs").readdirSync(require("node:os").homedir());',
      'exports.size = config.require("size");',
      'exports.length = config.requireSecret("password").apply((p) => p.length > 8);',
    ].join('\n');
    const folder = program('settings', code, 'config:\n  settings:size: 3\n  settings:password: { secure: AAABAxyz }\n');
    const before = readdirSync(folder);
    const environment = { ...process.env, AWS_SECRET_ACCESS_KEY: 'CANARY', CANARY_TOKEN: 'x' };
    const state = await inWorkspace({ ...optionsFor(cli, folder), environment, config: ['size=4'] }, async (workspace) => {
      expect(workspace).toMatchObject({ project: 'settings', stack: 'dev' });
      expect(await workspace.up()).toMatchObject({ ok: true, changes: { create: 1 }, exitCode: 0 });
      return JSON.parse(await workspace.exportState());
    });
    const { outputs } = state.deployment.resources[0];
    expect(outputs).toMatchObject({ seen: [], home: [], size: '4' });
    // What was made from a secret is a secret: only its ciphertext is in the state.
    expect(outputs.length).toHaveProperty('ciphertext');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('names providers that are not installed, and programs that fail', async () => {
    const code =
      'const p = require("@pulumi/pulumi"); new p.CustomResource("random:index/randomId:RandomId", "id", {}, { version: "4.16.0" });';
    const missing = await inWorkspace(optionsFor(cli, program('missing', code)), (w) => w.preview());
    expect(missing).toMatchObject({ ok: false, missingPlugins: ['random'] });
    const failing = await inWorkspace(
      optionsFor(cli, program('failing', 'throw new (require("@pulumi/pulumi").RunError)("no such luck")')),
      (w) => w.preview(),
    );
    expect(failing.ok).toBe(false);
    expect(
      failing.diagnostics
        .filter((d) => d.severity === 'error')
        .map((d) => d.message)
        .join(),
    ).toContain('no such luck');
  });

  it('ends a program that does not end, and whatever it started', async () => {
    const marker = `holdfast-test-${process.pid}-hangs`;
    const code = [
      `require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "${marker}"], { stdio: "ignore" });`,
      'module.exports = new Promise(() => setInterval(() => {}, 1000));',
    ].join('\n');
    const folder = program('hangs', code);
    const hung = await inWorkspace({ ...optionsFor(cli, folder), seconds: 8 }, (w) => w.preview());
    expect(hung).toMatchObject({ ok: false, end: 'out-of-time' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 4000);
    const aborted = await inWorkspace({ ...optionsFor(cli, folder), signal: abort.signal }, (w) => w.preview());
    expect(aborted).toMatchObject({ ok: false, end: 'aborted' });
    const left = execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).split('\n');
    expect(left.filter((line) => line.includes(folder))).toEqual([]);
    for (const line of left.filter((l) => l.includes(marker))) expect(line).toBe('');
  });

  it('refuses a language that nothing here runs', async () => {
    const folder = program('cobol', '');
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: cobol\nruntime: cobol\n');
    await expect(openWorkspace(optionsFor(cli, folder))).rejects.toSatisfy(
      (e) => e instanceof UsageError && e.code === 'engine-host-missing',
    );
  });

  it('deploys a YAML program into simulated AWS, leaves it at rest, and takes it away', async () => {
    const aws = freshAws({ start: Date.parse('2026-11-22T00:00:00Z'), seed: 1, consistency: 0 });
    const door = await openDoor(aws, { account: '123456789012', region: 'us-east-1' });
    const plugins = join(here.root, 'plugins');
    await writeProvider(plugins);
    const options = { ...optionsFor(cli, join(PROGRAMS, 'yaml')), plugins: [plugins], variables: door.environment };
    try {
      await inWorkspace(options, async (workspace) => {
        const up = await workspace.up();
        expect(up.diagnostics).toEqual([]);
        expect(up).toMatchObject({ ok: true, changes: { create: 6 } });
        const atRest = await workspace.preview({ refresh: true });
        expect(atRest.changes).toEqual({ same: 6 });
        expect((await workspace.destroy()).changes).toEqual({ delete: 6 });
      });
    } finally {
      await door.close();
    }
  });
});
