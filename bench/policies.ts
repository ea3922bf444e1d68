/**
 * `pulumi preview` with the policy pack beside the same preview with a pack that says nothing: the SDK's own start and messages are in
 * both. A YAML program and the stand-in provider, so that nothing but the pack differs. Beside them awsguard's last release, with
 * its own SDKs, where npm can install it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPulumi } from '../src/engine/cli.ts';
import { openWorkspace } from '../src/engine/workspace.ts';
import { messageOf } from '../src/model/errors.ts';
import { openDoor, writeProvider } from '../src/provider/door.ts';
import { freshAws } from '../src/simulator/fresh.ts';
import { type Check, median, ROOT, run } from './measure.ts';

const SIZES = [100, 1000] as const;
const ROUNDS = 5;
const LIMITS: Readonly<Record<(typeof SIZES)[number], number>> = { 100: 1.15, 1000: 1.3 };

const EMPTY = `import { PolicyPack } from '@pulumi/policy';\nnew PolicyPack('empty', { policies: [] });\n`;
const MANIFEST = JSON.stringify({ name: 'empty', version: '1.0.0', type: 'module', main: 'index.js' });
const PROJECT = 'runtime:\n  name: nodejs\n  options: { typescript: false }\n';
const GUARD = `new (require('@pulumi/awsguard').AwsGuard)({ all: 'advisory' });\n`;
const GUARD_MANIFEST = JSON.stringify({
  name: 'guard',
  version: '1.0.0',
  main: 'index.js',
  dependencies: { '@pulumi/awsguard': '0.3.1' },
});

/** Until the pack says on which port it listens: then it could be asked. */
const START = `console.log = () => process.exit(0);\nrequire(process.argv[1] + '/index.js');`;
const SDK = "require('@pulumi/policy');";

export async function benchPolicies(): Promise<readonly Check[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-policies-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(scratch, 'node_modules'));
    const empty = folder(scratch, 'empty', { 'index.js': EMPTY, 'package.json': MANIFEST, 'PulumiPolicy.yaml': PROJECT });
    const ours = join(ROOT, 'dist', 'policies');
    const guard = awsguard(scratch);
    return [...(await started(ours)), ...(await previewed(scratch, { empty, ours, ...(guard === undefined ? {} : { guard }) }))];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function folder(scratch: string, name: string, files: Readonly<Record<string, string>>): string {
  const made = join(scratch, name);
  mkdirSync(made);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(made, file), text);
  return made;
}

/** A pack of awsguard's rules; undefined where it cannot be installed. */
function awsguard(scratch: string): string | undefined {
  const made = folder(scratch, 'guard', { 'index.js': GUARD, 'package.json': GUARD_MANIFEST, 'PulumiPolicy.yaml': PROJECT });
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: made,
    encoding: 'utf8',
  });
  if (status === 0) return made;
  console.log(`  without awsguard: npm cannot install it here: ${stderr.trim().split('\n')[0] ?? ''}`);
  return undefined;
}

/** Beyond Node and the SDK, which every pack of Node has. */
async function started(pack: string): Promise<readonly Check[]> {
  const beyond: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await run(process.execPath, ['-e', SDK], pack);
    beyond.push((await run(process.execPath, ['-e', START, pack], pack)) - bare);
  }
  return [{ what: 'start of the pack, beyond Node and the SDK', value: median(beyond), unit: 's', limit: 0.5 }];
}

async function previewed(
  scratch: string,
  packs: Readonly<Record<'empty' | 'ours', string> & { guard?: string }>,
): Promise<readonly Check[]> {
  const cli = await findPulumi(process.env, console.log).catch((error: unknown) => {
    console.log(`  without the engine: ${messageOf(error)}`);
    return undefined;
  });
  if (cli === undefined) return [];
  const plugins = join(scratch, 'plugins');
  await writeProvider(plugins);
  const checks: Check[] = [];
  for (const size of SIZES) {
    const program = folder(scratch, `program-${size}`, {
      'Pulumi.yaml': programOf(size),
      'Pulumi.dev.yaml': 'config:\n  aws:region: us-east-1\n',
    });
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const milliseconds: Record<string, number> = {};
      for (const [name, policyPack] of Object.entries(packs)) {
        const door = await openDoor(freshAws({ start: 0, seed: 1, consistency: 0 }), {
          account: '111122223333',
          region: 'us-east-1',
        });
        const workspace = await openWorkspace({
          cli,
          program: `${program}@dev`,
          config: [],
          environment: process.env,
          variables: door.environment,
          plugins: [plugins],
          policyPack,
        });
        const { ms, changes } = await workspace.preview();
        if ((changes?.create ?? 0) < size) throw new Error(`the preview of ${size} resources ended early, with ${name}`);
        milliseconds[name] = ms;
        await workspace.close();
        await door.close();
      }
      const { empty = Number.NaN, ours = Number.NaN, guard } = milliseconds;
      const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
      const beside = guard === undefined ? '' : `, awsguard ${seconds(guard)}`;
      console.log(`  preview of ${size}: empty pack ${seconds(empty)}, ours ${seconds(ours)}${beside}`);
      ratios.push(ours / empty);
    }
    checks.push({
      what: `preview with the pack, ${size} resources`,
      value: median(ratios),
      unit: '× empty',
      limit: LIMITS[size],
    });
  }
  return checks;
}

/** Databases, tables, buckets, queues, functions' logs and alarms, in turn. */
function programOf(size: number): string {
  const kinds = [
    [
      'aws:rds:Instance',
      'engine: postgres, instanceClass: db.t4g.small, allocatedStorage: 20, username: app, password: bench-only-1, skipFinalSnapshot: true',
    ],
    ['aws:s3:Bucket', 'forceDestroy: true'],
    ['aws:dynamodb:Table', 'hashKey: id, billingMode: PAY_PER_REQUEST, attributes: [{ name: id, type: S }]'],
    ['aws:sqs:Queue', 'messageRetentionSeconds: 3600'],
    ['aws:sns:Topic', 'displayName: bench'],
  ] as const;
  const lines = Array.from({ length: size }, (_, i) => {
    const [type, properties] = kinds[i % kinds.length] ?? kinds[0];
    return `  r${i}:\n    type: ${type}\n    properties: { ${properties} }\n`;
  });
  return `name: bench\nruntime: yaml\nresources:\n${lines.join('')}`;
}
