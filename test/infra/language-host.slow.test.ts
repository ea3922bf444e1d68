import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Monitor, startMonitor } from './monitor.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const project = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8'));
const stack = parse(readFileSync(join(root, 'Pulumi.prod.yaml'), 'utf8'));

/** Runs the program as `pulumi preview` does: the settings of Pulumi.yaml, the folder of `main`, Pulumi's own runner. */
async function runUnderLanguageHost(address: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  expect(project.runtime).toMatchObject({ name: 'nodejs', options: { typescript: false } });
  const runner = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run');
  const flags = [`--monitor=${address}`, `--engine=${address}`, `--project=${project.name}`, '--stack=prod', '--dry-run'];
  const main = join(root, project.main);
  const child = spawn(
    process.execPath,
    [...project.runtime.options.nodeargs.split(' '), runner, ...flags, `--pwd=${dirname(main)}`, basename(main)],
    {
      cwd: dirname(main),
      env: {
        PATH: process.env.PATH ?? '',
        PULUMI_NODEJS_TYPESCRIPT: String(project.runtime.options.typescript),
        PULUMI_CONFIG: JSON.stringify(stack.config),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stderr };
}

describe('the reference workload under the language host of Pulumi', () => {
  let monitor: Monitor;
  let result: Awaited<ReturnType<typeof runUnderLanguageHost>>;

  beforeAll(async () => {
    monitor = await startMonitor('shop', 'prod');
    result = await runUnderLanguageHost(monitor.address);
  });
  afterAll(() => monitor.stop());

  it('ends well', () => {
    expect({ ...result, errors: monitor.errors }).toEqual({ code: 0, stderr: '', errors: [] });
  });

  it('registers the stack, its components and its resources', () => {
    const custom = monitor.registered.filter((r) => r.type.startsWith('aws:'));
    expect(custom.length).toBeGreaterThanOrEqual(120);
    expect(monitor.registered.filter((r) => r.type === 'pulumi:pulumi:Stack')).toHaveLength(1);
    expect(
      monitor.registered
        .filter((r) => r.type === 'pulumi:providers:aws')
        .map((r) => r.name)
        .sort(),
    ).toEqual(['backup-account', 'primary', 'standby']);
  });

  it('puts each resource under its component and on its provider', () => {
    const standby = monitor.registered.find((r) => r.type === 'aws:rds/cluster:Cluster' && r.name === 'orders-standby');
    expect(standby?.parent).toMatch(/shop:database:GlobalDatabase::orders$/);
    expect(standby?.provider).toMatch(/pulumi:providers:aws::standby::/);
    expect(standby?.protect).toBe(true);
    // The secondary waits for the instances of the primary, as Aurora asks.
    expect(standby?.dependencies.filter((urn) => urn.includes('aws:rds/clusterInstance:ClusterInstance'))).toHaveLength(2);
  });

  it('asks AWS for a password and never writes one down', () => {
    expect(monitor.invoked).toEqual(['aws:secretsmanager/getRandomPassword:getRandomPassword']);
  });

  it('hands over the outputs of the stack', () => {
    const [, outputs] = [...monitor.outputs].find(([urn]) => urn.includes('pulumi:pulumi:Stack')) ?? [];
    expect(Object.keys(outputs ?? {})).toEqual(expect.arrayContaining(['checkoutUrl', 'switchPlans', 'auditorRoleArn']));
  });
});
