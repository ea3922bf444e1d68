/** `up`, the loss of a Region, and then `preview`, all on the real engine: does the program fight the failover? */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rehearse as rehearseCommand, textOf } from '../../scripts/commands/rehearse.ts';
import { rehearsedOnEngine } from '../../scripts/commands/rehearse-engine.ts';
import { around, flags } from '../golden/support.ts';
import { describeEngine, PROGRAMS } from './support.ts';

const run = (config: readonly string[], member?: string) =>
  rehearsedOnEngine(
    [join(PROGRAMS, 'replica-pair')],
    { ...flags, config, format: 'json', ...(member === undefined ? {} : { member }) },
    around,
  );

describeEngine('after the loss of a Region', () => {
  it('a program is caught that states who copies whom, and makes tables by who serves', async () => {
    const { engine, drills, world } = await run([], 'eu-west-1');
    expect(world).toBe('simulated');
    expect(drills.map((d) => d.result.status)).toEqual(['recovered']);
    expect(engine?.operations.slice(0, 3)).toEqual([
      // What is made in an `apply` comes at the update.
      { operation: 'preview', changes: { create: 14 } },
      { operation: 'up', changes: { create: 15 } },
      { operation: 'preview --refresh', changes: { same: 15 } },
    ]);
    const [after] = engine?.afterFailover ?? [];
    expect(after?.nobodyCanTell).toBeNull();
    expect(after?.findings.map((f) => [f.rule, f.severity, f.resource.split('::').at(-1), f.property])).toEqual([
      ['fights-failover-replace', 'critical', 'carts', 'name'],
      ['fights-failover-delete', 'critical', 'ledger-ireland', null],
      ['fights-failover-create', 'high', 'ledger-frankfurt', null],
      ['fights-failover-undo', 'high', 'orders-replica', 'replicateSourceDb'],
    ]);
    const [replaced, , created, undone] = after?.findings ?? [];
    expect(replaced).toMatchObject({ position: { file: 'index.ts' }, message: expect.stringContaining('"carts-frankfurt"') });
    expect(created?.resourceTitle).toBe('DynamoDB table ledger-frankfurt');
    expect(undone?.mend).toContain('ignoreChanges: ["replicateSourceDb"]');
  });

  it('one that leaves it to whoever operates it is clean, whichever Region is lost', async () => {
    const { engine, drills } = await run(['wellMade=true']);
    expect(drills.map((d) => [d.result.member, d.result.status])).toEqual([
      ['eu-central-1', 'recovered'],
      ['eu-west-1', 'recovered'],
    ]);
    expect(engine?.afterFailover.map((a) => [a.nobodyCanTell, a.findings])).toEqual([
      [null, []],
      [null, []],
    ]);
  });

  it('without a project folder, or with several, says what it needs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    writeFileSync(join(folder, 'stack.json'), '{"version":3}');
    const asked = rehearsedOnEngine([join(folder, 'stack.json')], { ...flags, format: 'json', catalog: false }, around);
    await expect(asked).rejects.toMatchObject({ code: 'engine-source' });
    rmSync(folder, { recursive: true });
  });
});

describeEngine('a program that AWS refuses', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const rehearse = async (name: string, resources: object) => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'Pulumi.yaml'), JSON.stringify({ name, runtime: 'yaml', resources }));
    const written: string[] = [];
    const listening = { ...around, write: (text: string) => void written.push(text) };
    const code = await rehearseCommand([folder], { ...flags, format: 'json', catalog: false, engine: true }, listening);
    return { code, text: written.join('') };
  };
  const network = { type: 'aws:ec2:Vpc', properties: { cidrBlock: '10.0.0.0/16' } };
  const subnet = { type: 'aws:ec2:Subnet', properties: { vpcId: `\${network.id}`, cidrBlock: '10.0.1.0/24' } };
  const group = { type: 'aws:rds:SubnetGroup', properties: { subnetIds: [`\${subnet.id}`] } };
  const base = { engine: 'postgres', instanceClass: 'db.m6g.large', allocatedStorage: 20, dbSubnetGroupName: `\${group.name}` };
  const orders = { type: 'aws:rds:Instance', properties: { ...base, username: 'shop', manageMasterUserPassword: true } };

  it('is a result that names the resource and why, what was made and what was not tried', async () => {
    const { code, text } = await rehearse('narrow', { network, subnet, group, orders });
    expect(code).toBe(1);
    const result = JSON.parse(text);
    const { engine, metrics, drills } = result;
    expect([metrics, drills]).toEqual([[], []]);
    expect(engine.operations).toEqual([
      { operation: 'preview', changes: { create: 5 } },
      { operation: 'up (failed)', changes: { create: 3 } },
      { operation: expect.stringMatching(/^destroy/), changes: { delete: 3 } },
    ]);
    expect(engine.notDeployed).toMatchObject({
      operation: 'up',
      resources: [{ type: 'aws:rds/subnetGroup:SubnetGroup', message: expect.stringContaining('DoesNotCoverEnoughAZs') }],
      says: '',
      made: [expect.stringMatching(/::network$/), expect.stringMatching(/::subnet$/)],
      notTried: [expect.stringMatching(/::orders$/)],
    });
    const told = textOf(result);
    expect(told).toMatch(
      /^not deployed: `pulumi up` fails.*\n {2}aws:rds\/subnetGroup:SubnetGroup group: creating rds SubnetGroup/m,
    );
    expect(told).toContain('made before that: 2 (network, subnet)');
  });

  it('is no program at all where nothing of it is blamed', async () => {
    await expect(rehearse('foreign', { pet: { type: 'tls:PrivateKey' } })).rejects.toMatchObject({ code: 'engine-refused' });
  });
});
