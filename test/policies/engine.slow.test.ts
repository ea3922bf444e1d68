/** The built pack under the real engine: what it blocks, what it lets pass, what it mends and what it leaves owed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PulumiCli } from '../../src/engine/cli.ts';
import { type EngineRun, openWorkspace, type Workspace } from '../../src/engine/workspace.ts';
import { type Door, openDoor, writeProvider } from '../../src/provider/door.ts';
import { freshAws } from '../../src/simulator/fresh.ts';
import { obligationsSchema } from '../../src/verdicts/obligations.ts';
import { describeEngine, scratch } from '../engine/support.ts';
import { promising } from '../verdicts/estates.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { root, folder } = scratch();

/** `wrong`: one AZ. `right`: two. `unknown`: only the update will tell. */
const TYPESCRIPT = {
  'Pulumi.yaml': 'name: shop\nruntime: nodejs\n',
  'Pulumi.dev.yaml': 'config:\n  aws:region: us-east-1\n',
  'package.json': '{}',
  'index.ts': `import * as pulumi from '@pulumi/pulumi';
import * as rds from '@pulumi/aws/rds';
import * as s3 from '@pulumi/aws/s3';
const scenario = new pulumi.Config().require('scenario');
const files = new s3.Bucket('files');
const multiAz = { wrong: false, right: true, unknown: files.arn.apply((arn) => arn.length > 0) }[scenario];
new rds.Instance('orders', {
  engine: 'postgres', instanceClass: 'db.t4g.small', allocatedStorage: 20, username: 'app', password: 'not-a-secret-1',
  multiAz, backupRetentionPeriod: 7, deletionProtection: true, skipFinalSnapshot: true,
}, { protect: false });
`,
};

const YAML = {
  'Pulumi.yaml': `name: shop-yaml
runtime: yaml
resources:
  orders:
    type: aws:rds:Instance
    properties: { engine: postgres, instanceClass: db.t4g.small, allocatedStorage: 20, username: app, password: not-a-secret-1, multiAz: false, backupRetentionPeriod: 7, skipFinalSnapshot: true }
`,
  'Pulumi.dev.yaml': 'config:\n  aws:region: us-east-1\n',
};

const CATALOGUE = promising('{ RTO: { az: 15m } }', '', 'services:\n  shop: { tier: 1, resources: [{ urn: "**" }] }');

describeEngine('the policy pack', (cli: PulumiCli) => {
  const pack = join(root, 'pack');
  let door: Door | undefined;

  beforeAll(async () => {
    const { bundlePack }: { bundlePack(root: string, folder: string): Promise<void> } = await import(`${ROOT}scripts/bundle.mjs`);
    await bundlePack(ROOT, pack);
    await writeProvider(join(root, 'plugins'));
    door = await openDoor(freshAws({ start: Date.UTC(2026, 10, 23), seed: 1, consistency: 0 }), {
      account: '111122223333',
      region: 'us-east-1',
    });
    folder('typescript', TYPESCRIPT);
    folder('yaml', YAML);
    writeFileSync(join(root, 'holdfast.yaml'), CATALOGUE);
  });
  afterAll(() => door?.close());

  const settings = { catalogue: 'holdfast.yaml', obligations: 'owed.json', date: '2026-11-23' };

  async function within(
    program: string,
    scenario: string,
    policies: object,
    work: (workspace: Workspace) => Promise<void>,
  ): Promise<void> {
    const policyConfig = join(root, `${program}-${scenario}.json`);
    writeFileSync(policyConfig, JSON.stringify({ settings, ...policies }));
    const workspace = await openWorkspace({
      cli,
      program: `${join(root, program)}@dev`,
      config: [`scenario=${scenario}`],
      environment: process.env,
      variables: { ...door?.environment, HOLDFAST_ROOT: root },
      plugins: [join(root, 'plugins')],
      policyPack: pack,
      policyConfig,
    });
    try {
      await work(workspace);
    } finally {
      await workspace.close();
    }
  }

  const said = ({ policies }: EngineRun): readonly string[] =>
    policies.map((p) => `${p.remediated === undefined ? p.enforcement : 'remediated'} ${p.policy} ${p.urn?.split('::').at(-1)}`);
  const errors = ({ diagnostics }: EngineRun) => diagnostics.filter((d) => d.severity === 'error').map((d) => d.message);

  it('blocks a TypeScript program whose database runs in one AZ', () =>
    within('typescript', 'wrong', {}, async (workspace) => {
      const run = await workspace.preview();
      expect(said(run)).toContain('mandatory rds-not-multi-az orders');
      expect(said(run)).toContain('mandatory agreed-metrics-tier-1 orders');
      // What only advises is said too.
      expect(said(run)).toContain('advisory db-skip-final-snapshot orders');
      expect(run.ok).toBe(false);
      // Before it is made: the update ends at the resource policy, and the database is not there.
      const update = await workspace.up();
      expect(update.ok).toBe(false);
      expect(update.steps.filter((s) => s.type === 'aws:rds/instance:Instance')).toEqual([]);
    }));

  it('lets the right one pass, and leaves owed what only the update will tell', () =>
    within('typescript', 'unknown', {}, async (workspace) => {
      const run = await workspace.preview();
      expect(errors(run)).toEqual([]);
      expect(said(run).filter((line) => line.startsWith('mandatory'))).toEqual([]);
      const owed = () => obligationsSchema.parse(JSON.parse(readFileSync(join(root, 'owed.json'), 'utf8'))).obligations;
      expect(owed().map((o) => [o.id, o.reason])).toContainEqual(['rds-not-multi-az', 'unresolved-at-preview']);
      expect(owed().map((o) => o.id)).toContain('sla/shop/RTO-az');
      expect(run.policies.find((p) => p.policy === 'obligations' && p.message.includes('rds-not-multi-az'))?.enforcement).toBe(
        'advisory',
      );
      const update = await workspace.up();
      expect(errors(update)).toEqual([]);
      expect(owed().map((o) => o.id)).not.toContain('rds-not-multi-az');
      expect(said(update).filter((line) => line.startsWith('mandatory'))).toEqual([]);
    }));

  it('blocks, advises and mends in a YAML program as it is configured', () =>
    within(
      'yaml',
      'wrong',
      { 'db-deletion-protection-off': 'remediate', 'rds-not-multi-az': 'advisory', 'agreed-metrics-tier-1': 'mandatory' },
      async (workspace) => {
        const run = await workspace.preview();
        expect(said(run)).toContain('remediated db-deletion-protection-off orders');
        expect(run.steps.find((s) => s.type === 'aws:rds/instance:Instance')?.after?.inputs.deletionProtection).toBe(true);
        expect(said(run)).not.toContain('mandatory db-deletion-protection-off orders');
        expect(said(run)).toContain('advisory rds-not-multi-az orders');
        expect(said(run)).toContain('mandatory agreed-metrics-tier-1 orders');
        expect(run.ok).toBe(false);
      },
    ));

  it('refuses configuration that it does not understand, by name', () =>
    within('yaml', 'misspelt', { settings: { ...settings, catalog: 'holdfast.yaml' } }, async (workspace) => {
      const run = await workspace.preview();
      expect(run.ok).toBe(false);
      expect(errors(run).join('\n')).toMatch(/catalog: expected one of catalogue, .*, found catalog/);
    }));
});
