/** Real programs under the real engine, deployed into simulated AWS. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { PulumiCli } from '../../src/engine/cli.ts';
import type { EngineStep } from '../../src/engine/events.ts';
import { type EngineRun, openWorkspace, type Workspace } from '../../src/engine/workspace.ts';
import { type Door, openDoor, writeProvider, writeRandom } from '../../src/provider/door.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { describeEngine, scratch } from '../engine/support.ts';
import { ACCOUNT, REGION } from './support.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { root, folder } = scratch();

interface Stage {
  readonly aws: SimulatedAws;
  readonly door: Door;
  readonly workspace: Workspace;
}

async function onStage(cli: PulumiCli, program: string, play: (stage: Stage) => Promise<void>): Promise<void> {
  const aws = freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 });
  const door = await openDoor(aws, { account: ACCOUNT, region: REGION });
  const plugins = join(root, 'plugins');
  await writeProvider(plugins);
  await writeRandom(plugins);
  const workspace = await openWorkspace({
    cli,
    program,
    config: [],
    environment: process.env,
    variables: door.environment,
    plugins: [plugins],
  });
  try {
    await play({ aws, door, workspace });
  } finally {
    await workspace.close();
    await door.close();
  }
}

/** What is not as it was, by operation and name, with the properties that differ. */
function changed({ ok, steps, diagnostics }: EngineRun): readonly string[] {
  const failures = diagnostics.filter((d) => d.severity === 'error').map((d) => d.message);
  expect({ ok, failures }).toEqual({ ok: true, failures: [] });
  const said = ({ op, urn, diffs }: EngineStep): string => [op, urn.split('::').at(-1), ...diffs.map((d) => d.path)].join(' ');
  return steps
    .filter((s) => !['same', 'refresh', 'read'].includes(s.op))
    .map(said)
    .sort();
}

/** What costs money, in both Regions of the workload and in its second account. */
const LISTS = [
  ['rds', 'DescribeDBInstances', 'DBInstances'],
  ['rds', 'DescribeDBClusters', 'DBClusters'],
  ['dynamodb', 'ListTables', 'TableNames'],
  ['elasticache', 'DescribeReplicationGroups', 'ReplicationGroups'],
  ['ec2', 'DescribeVpcs', 'Vpcs'],
  ['elastic-load-balancing-v2', 'DescribeLoadBalancers', 'LoadBalancers'],
  ['s3', 'ListBuckets', 'Buckets'],
  ['ecs', 'ListClusters', 'clusterArns'],
  ['sqs', 'ListQueues', 'QueueUrls'],
  ['lambda', 'ListFunctions', 'Functions'],
  ['backup', 'ListBackupVaults', 'BackupVaultList'],
] as const;

async function leftIn(aws: SimulatedAws): Promise<readonly string[]> {
  const left: string[] = [];
  for (const account of [ACCOUNT, '444455556666'])
    for (const region of ['eu-west-1', 'eu-central-1'])
      for (const [client, operation, member] of LISTS) {
        const reply = await invoke(aws, client, operation, {}, { account, region, principal: administrator(account) });
        const items = (reply as Readonly<Record<string, readonly unknown[] | undefined>>)[member] ?? [];
        left.push(...items.map((item) => `${client} ${account} ${region}: ${JSON.stringify(item).slice(0, 120)}`));
      }
  return left;
}

const PROGRAM = `
const fs = require('node:fs'), path = require('node:path');
// By module: the whole package takes seconds to load, and is loaded for every operation.
const part = (name) => require('@pulumi/aws/' + name + '.js');
const aws = {
  ...part('provider'), ...part('getAvailabilityZones'), ...part('getCallerIdentity'), ...part('getRegion'),
  ec2: { ...part('ec2/vpc'), ...part('ec2/subnet'), ...part('ec2/getVpc') }, rds: { ...part('rds/subnetGroup'), ...part('rds/instance') },
  sqs: part('sqs/queue'), s3: part('s3/bucket'), cloudtrail: part('cloudtrail/trail'),
};
const stage = fs.readFileSync(path.join(__dirname, 'stage'), 'utf8');
module.exports = async () => {
  const away = new aws.Provider('away', { region: 'us-west-2', defaultTags: { tags: { application: 'shop' } } });
  const zones = await aws.getAvailabilityZones({ state: 'available' });
  const me = await aws.getCallerIdentity();
  const there = await aws.getRegion({}, { provider: away });
  const vpc = new aws.ec2.Vpc('net', { cidrBlock: '10.0.0.0/16' });
  const subnets = zones.names.slice(0, 2).map((availabilityZone, i) =>
    new aws.ec2.Subnet('net-' + i, { vpcId: vpc.id, cidrBlock: '10.0.' + i + '.0/24', availabilityZone }));
  const group = new aws.rds.SubnetGroup('orders', { subnetIds: subnets.map((s) => s.id) });
  const db = new aws.rds.Instance('orders', {
    engine: 'postgres', instanceClass: stage === '1' ? 'db.r6g.large' : 'db.r6g.xlarge', allocatedStorage: 20, multiAz: true,
    dbSubnetGroupName: group.name, username: 'shop', password: 'a-password', skipFinalSnapshot: true,
  });
  new aws.sqs.Queue('events', { region: 'eu-central-1', fifoQueue: stage === '2' });
  const media = new aws.s3.Bucket('media', {}, { provider: away });
  new aws.cloudtrail.Trail('trail', { s3BucketName: media.bucket });
  const found = aws.ec2.getVpcOutput({ id: vpc.id });
  return { zones: zones.names, account: me.accountId, there: there.name, endpoint: db.endpoint, cidr: found.cidrBlock, media: media.tagsAll };
};`;

describeEngine('the stand-in provider', (cli) => {
  it('draws random values once, and replaces them with their inputs', async () => {
    const lines = (length: number) => `name: drawn
runtime: yaml
resources:
  secret:
    type: random:RandomPassword
    properties: { length: ${length}, special: false }
  queue:
    type: aws:sqs:Queue
    properties: { name: "orders-\${secret.result}" }
`;
    const program = folder('drawn', { 'Pulumi.yaml': lines(12) });
    await onStage(cli, program, async ({ workspace }) => {
      expect(changed(await workspace.preview())).toContain('create queue');
      expect(changed(await workspace.up())).toContain('create secret');
      expect(changed(await workspace.preview({ refresh: true }))).toEqual([]);
      expect(await workspace.exportState()).toMatch(/orders-[a-zA-Z0-9]{12}"/);
      writeFileSync(join(program, 'Pulumi.yaml'), lines(14));
      expect(changed(await workspace.up())).toContain('replace secret length');
      expect(changed(await workspace.destroy())).toContain('delete secret');
    });
  });

  it('previews, deploys, refreshes, mends drift, updates, replaces and destroys', async () => {
    const program = folder('life', {
      'Pulumi.yaml': 'name: life\nruntime: { name: nodejs, options: { typescript: false } }\n',
      'Pulumi.dev.yaml': 'config:\n  aws:region: eu-west-1\n',
      'package.json': '{}',
      'index.js': PROGRAM,
      stage: '1',
    });
    await onStage(cli, program, async ({ aws, door, workspace }) => {
      const call = (client: string, operation: string, input: object, region = REGION) =>
        invoke(aws, client, operation, input, { account: ACCOUNT, region, principal: administrator(ACCOUNT) });

      const planned = await workspace.preview();
      expect(planned).toMatchObject({ ok: true, changes: { create: 10 } });
      expect(await call('rds', 'DescribeDBInstances', {})).toMatchObject({ DBInstances: [] });

      expect(await workspace.up()).toMatchObject({ ok: true, changes: { create: 10 } });
      expect(door.opaque()).toEqual(['urn:pulumi:dev::life::aws:cloudtrail/trail:Trail::trail']);
      const state = JSON.parse(await workspace.exportState()).deployment.resources;
      const { outputs } = state.find((r: { readonly type: string }) => r.type === 'pulumi:pulumi:Stack');
      expect(outputs).toMatchObject({
        zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
        account: ACCOUNT,
        there: 'us-west-2',
        cidr: '10.0.0.0/16',
        media: { application: 'shop' },
      });
      const { QueueUrls } = (await call('sqs', 'ListQueues', {}, 'eu-central-1')) as { readonly QueueUrls: readonly string[] };
      expect(QueueUrls).toHaveLength(1);

      expect(changed(await workspace.preview())).toEqual([]);
      expect(changed(await workspace.refresh())).toEqual([]);

      const { DBInstances } = (await call('rds', 'DescribeDBInstances', {})) as {
        readonly DBInstances: readonly { DBInstanceIdentifier: string }[];
      };
      const [{ DBInstanceIdentifier = '' } = {}] = DBInstances;
      await call('rds', 'ModifyDBInstance', { DBInstanceIdentifier, MultiAZ: false, ApplyImmediately: true });
      await call('sqs', 'DeleteQueue', { QueueUrl: QueueUrls[0] }, 'eu-central-1');
      aws.world.clock.advance(3_600_000);
      const drift = changed(await workspace.preview({ refresh: true }));
      expect(drift.filter((line) => line.startsWith('create') || line.startsWith('update'))).toEqual([
        'create events',
        'update orders multiAz',
      ]);

      writeFileSync(join(program, 'stage'), '2');
      await workspace.refresh();
      expect(changed(await workspace.up())).toEqual(['create events', 'update orders instanceClass multiAz']);
      expect(await call('rds', 'DescribeDBInstances', {})).toMatchObject({
        DBInstances: [{ DBInstanceIdentifier, DBInstanceClass: 'db.r6g.xlarge', MultiAZ: true }],
      });
      writeFileSync(join(program, 'stage'), '1');
      const replaced = changed(await workspace.up());
      expect(replaced.filter((line) => line.includes('events')).map((line) => line.split(' ')[0])).toEqual(
        expect.arrayContaining(['create-replacement', 'delete-replaced', 'replace']),
      );

      expect((await workspace.destroy()).ok).toBe(true);
      expect(await call('rds', 'DescribeDBInstances', {})).toMatchObject({ DBInstances: [] });
      expect(door.notes()).toEqual([]);
    });
  });

  it('deploys the reference workload, which is clean afterwards, and takes it away', async () => {
    const infra = pathToFileURL(join(ROOT, 'infra/index.ts')).href;
    const program = folder('reference', {
      'Pulumi.yaml':
        'name: shop\nruntime: { name: nodejs, options: { typescript: false, nodeargs: --import tsx } }\nmain: index.mjs\n',
      'Pulumi.prod.yaml': readFileSync(join(ROOT, 'Pulumi.prod.yaml'), 'utf8'),
      'package.json': '{"type":"module"}',
      // Nothing that holds data could be taken away else.
      'index.mjs': `
import { runtime } from '@pulumi/pulumi';
const open = (props) => Object.fromEntries(Object.entries(props).map(([name, value]) => [
  name,
  /^(enableD|d)eletionProtection(Enabled)?$/.test(name) ? false
    : name === 'replicas' && Array.isArray(value) ? value.map(open)
    : name === 'skipFinalSnapshot' ? true : value,
]));
const FORCED = { 'aws:backup/vault:Vault': 'forceDestroy', 'aws:s3/bucket:Bucket': 'forceDestroy', 'aws:ecr/repository:Repository': 'forceDelete' };
runtime.registerResourceTransform(({ type, props, opts }) => ({
  props: { ...open(props), ...(type in FORCED ? { [FORCED[type]]: true } : {}) },
  opts: { ...opts, protect: false },
}));
await import(${JSON.stringify(infra)});
`,
    });
    await onStage(cli, program, async ({ aws, door, workspace }) => {
      expect(changed(await workspace.up()).filter((line) => !line.startsWith('create '))).toEqual([]);
      expect(changed(await workspace.preview())).toEqual([]);
      expect(changed(await workspace.refresh())).toEqual([]);
      expect(changed(await workspace.preview())).toEqual([]);
      // A backup that is being copied keeps its vault: AWS refuses, and whoever destroys tries again later.
      const first = await workspace.destroy();
      if (!first.ok) {
        expect(
          first.diagnostics
            .filter((d) => d.severity === 'error')
            .map((d) => d.message)
            .join(),
        ).toMatch(/backup Vault/);
        aws.world.clock.advance(12 * 3_600_000);
        expect(changed(await workspace.destroy()).filter((line) => !line.startsWith('delete '))).toEqual([]);
      }
      expect(door.notes()).toEqual([]);
      expect(await leftIn(aws)).toEqual([]);
      expect(new Set(door.opaque().map((urn) => urn.split('$').at(-1)?.split('::')[0]))).toEqual(
        new Set(['aws:cloudwatch/logGroup:LogGroup']),
      );
    });
  }, 600_000);
});
