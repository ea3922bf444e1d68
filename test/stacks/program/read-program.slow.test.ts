import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { readProgram } from '../../../src/stacks/program/read-program.ts';
import { standInZone } from '../../../src/stacks/zones.ts';
import { codeOf, errorOf, named, OPTIONS, project, read } from './temp-project.ts';

const IMPORTS = `import * as pulumi from '@pulumi/pulumi';\nimport * as ec2 from '@pulumi/aws/ec2/index.js';\nimport * as s3 from '@pulumi/aws/s3/index.js';\n`;
const ts = (body: string) => ({ 'index.ts': IMPORTS + body, 'package.json': '{}' });
const esm = (body: string) => ({ 'index.ts': IMPORTS + body, 'package.json': '{"type":"module"}' });

describe('readProgram: references', () => {
  it('keeps what unknown values are made from, and takes nothing made from one for a fact', async () => {
    const reading = await read(
      ts(`
const vpc = new ec2.Vpc('v', { cidrBlock: '10.0.0.0/16' });
const b = new s3.Bucket('b', { bucket: 'my-name' });
const nets = [0, 1].map((i) => new ec2.Subnet('n' + i, { vpcId: vpc.id, cidrBlock: '10.0.' + i + '.0/24' }));
new ec2.Instance('vm', {
  subnetId: nets[0].id,
  vpcSecurityGroupIds: nets.map((n) => n.id),
  instanceType: vpc.id.apply(() => 't3.micro'),
  monitoring: vpc.arn.apply((a) => a.startsWith('arn')),
  keyName: pulumi.interpolate\`x-\${b.bucket}\`,
  userData: pulumi.jsonStringify({ a: [b.arn, vpc.arn] }),
  hostId: pulumi.secret('s'),
});
vpc.id.apply((id) => new s3.Bucket('later', { bucket: 'fixed', tags: { id } }));
`),
    );
    const urn = named(reading, 'n0').urn;
    const vm = named(reading, 'vm').inputs;
    expect(vm.subnetId).toMatchObject({ reason: 'unresolved-at-preview', mentions: [{ urn, property: 'id' }] });
    expect(vm.vpcSecurityGroupIds).toMatchObject([{ mentions: [{ urn }] }, { mentions: [{ urn: named(reading, 'n1').urn }] }]);
    expect(vm.instanceType).toBeInstanceOf(Hole);
    expect(vm.monitoring).toBeInstanceOf(Hole);
    expect(vm.keyName).toBe('x-my-name');
    expect(vm.userData).toMatchObject({ template: '{"a":["${0}","${1}"]}' });
    expect(vm.hostId).toMatchObject({ reason: 'secret' });
    expect(named(reading, 'later').inputs.bucket).toBeInstanceOf(Hole);
    expect(named(reading, 'vm').propertyDependencies.subnetId).toContain(urn);
    expect(named(reading, 'vm').position).toEqual({ file: 'index.ts', line: 8, column: 1 });
  });

  it('keeps the URNs that a resource went by, and those that its parent hands down', async () => {
    const reading = await read(
      ts(`
class Shop extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) { super('shop:Shop', name, {}, opts); new s3.Bucket(name + '-carts', {}, { parent: this }); }
}
new Shop('new', { aliases: [{ name: 'old' }] });
new s3.Bucket('in', {}, { aliases: [{ parent: pulumi.rootStackResource }, 'urn:pulumi:dev::shop::aws:s3/bucket:Bucket::before'] });
new s3.Bucket('plain');
`),
    );
    expect(named(reading, 'new').aliases).toEqual([named(reading, 'new').urn.replace(/new$/, 'old')]);
    expect(named(reading, 'new-carts').aliases).toContain(named(reading, 'new-carts').urn.replace(/new-carts$/, 'old-carts'));
    expect(named(reading, 'in').aliases).toContain('urn:pulumi:dev::shop::aws:s3/bucket:Bucket::before');
    expect(named(reading, 'plain').aliases).toEqual([named(reading, 'plain').urn.replace('bucket:Bucket', 'bucketV2:BucketV2')]);
  });

  it('runs the program although an apply() fails on stand-in text', async () => {
    const reading = await read(
      ts(`
const b = new s3.Bucket('b');
new s3.Bucket('c', { bucket: b.id.apply((id) => id.split('/')[3].toUpperCase()) });
new s3.BucketPolicy('p', { bucket: b.id, policy: '{}' });
`),
    );
    expect(named(reading, 'c').inputs.bucket).toBeInstanceOf(Hole);
    expect(named(reading, 'p').inputs.bucket).toMatchObject({ mentions: [{ urn: named(reading, 'b').urn, property: 'id' }] });
    expect(reading.notes.join()).toContain('stand-in text');
  });

  it('keeps which stack and output a stack reference names', async () => {
    const reading = await read(
      ts(
        `const ref = new pulumi.StackReference('acme/net/prod');\nnew ec2.Subnet('n', { vpcId: ref.requireOutput('vpcId') });\nexport const out = ref.getOutput('x');\n`,
      ),
    );
    const urn = named(reading, 'acme/net/prod').urn;
    expect(named(reading, 'n').inputs.vpcId).toMatchObject({ mentions: [{ urn, property: 'outputs.vpcId' }] });
    expect(reading.resources[0]?.outputs.out).toMatchObject({ mentions: [{ urn, property: 'outputs.x' }] });
  });
});

describe('readProgram: data sources', () => {
  it('tells zones apart and keeps everything else from AWS out of the facts', async () => {
    const reading = await read({
      ...ts(`
import { getAvailabilityZonesOutput, getRegionOutput, getCallerIdentityOutput, Provider } from '@pulumi/aws';
const zones = getAvailabilityZonesOutput().names;
zones.apply((names) => names.slice(0, 2).map((z) => new ec2.Subnet('n-' + z, { vpcId: 'vpc-1', availabilityZone: z })));
const west = new Provider('west', { region: 'us-west-2' });
const ids = ec2.getSubnetsOutput({ filters: [{ name: 'vpc-id', values: ['vpc-1'] }] }).ids;
new ec2.Instance('vm', { ami: ec2.getAmiOutput({ owners: ['self'] }).id, availabilityZone: getRegionOutput({}, { provider: west }).region, vpcSecurityGroupIds: ids,
  userData: pulumi.interpolate\`\${getCallerIdentityOutput().accountId}-x\` });
`),
      'Pulumi.prod.yaml': 'config:\n  aws:region: eu-west-1\n',
    });
    const zones = reading.resources
      .filter((r) => r.type === 'aws:ec2/subnet:Subnet')
      .map((r) => standInZone(r.inputs.availabilityZone));
    expect(zones).toEqual([
      { region: 'eu-west-1', index: 1 },
      { region: 'eu-west-1', index: 2 },
    ]);
    const vm = named(reading, 'vm').inputs;
    expect(vm.ami).toMatchObject({ reason: 'stand-in' });
    expect(vm.availabilityZone).toBe('us-west-2');
    expect(vm.vpcSecurityGroupIds).toMatchObject({ reason: 'stand-in' });
    expect(vm.userData).toMatchObject({ reason: 'stand-in', template: '${?}-x' });
    expect(JSON.stringify(reading)).not.toContain('qxzj');
  });
});

describe('readProgram: programs', () => {
  it('runs an ES module with top-level await and named imports', async () => {
    const reading = await read(
      esm(
        `import { Config } from '@pulumi/pulumi';\nawait new Promise((r) => setTimeout(r, 5));\nnew s3.Bucket(new Config().get('n') ?? 'top');\n`,
      ),
    );
    expect(named(reading, 'top').position).toEqual({ file: 'index.ts', line: 6, column: 1 });
  });

  it('calls an exported function, and keeps its result as stack outputs', async () => {
    const js = `const s3 = require('@pulumi/aws/s3');\nmodule.exports = async () => ({ n: 3, name: new s3.Bucket('b').bucket });\n`;
    const reading = await read({ 'index.js': js, 'package.json': '{}' });
    expect(reading.resources[0]?.outputs).toMatchObject({ n: 3, name: { mentions: [{ property: 'bucket' }] } });
  });

  it('runs a default-exported function of an ES module', async () => {
    const reading = await read(esm(`export default async function () { new s3.Bucket('b'); }\n`));
    expect(named(reading, 'b').type).toBe('aws:s3/bucket:Bucket');
  });

  it('gives secret configuration a place but no value', async () => {
    const reading = await read({
      ...ts(
        `const c = new pulumi.Config();\nnew s3.Bucket('b', { bucket: c.require('plain'), tags: { a: c.requireSecret('s'), b: c.require('s') } });\n`,
      ),
      'Pulumi.dev.yaml': 'config:\n  shop:plain: p\n  shop:s:\n    secure: v1:x\n',
    });
    expect(named(reading, 'b').inputs).toMatchObject({ bucket: 'p', tags: { a: { reason: 'secret' }, b: { reason: 'secret' } } });
  });

  it('applies transformations and transforms, options, parents and providers', async () => {
    const reading = await read(
      ts(`
import { Provider } from '@pulumi/aws';
class Site extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super('acme:Site', name, {}, opts);
    new s3.Bucket(name + '-b', {}, { parent: this, retainOnDelete: true, ignoreChanges: ['tags'] });
  }
}
pulumi.runtime.registerStackTransformation((a) => ({ props: { ...a.props, ...(a.type === 'aws:s3/bucket:Bucket' ? { forceDestroy: true } : {}) }, opts: a.opts }));
pulumi.runtime.registerResourceTransform((a) => (a.type === 'aws:s3/bucket:Bucket' ? { props: { ...a.props, bucket: 'new' }, opts: { ...a.opts, protect: true } } : undefined));
const west = new Provider('west', { region: 'us-west-2' });
new Site('site', { providers: [west] });
`),
    );
    const bucket = named(reading, 'site-b');
    expect(bucket.inputs).toEqual({ forceDestroy: true, bucket: 'new' });
    expect(bucket).toMatchObject({ protect: true, retainOnDelete: true, ignoreChanges: ['tags'] });
    expect(bucket.parent).toBe(named(reading, 'site').urn);
    expect(bucket.urn).toContain('acme:Site$aws:s3/bucket:Bucket');
    expect(bucket.provider).toContain(`${named(reading, 'west').urn}::`);
    expect(named(reading, 'site').position?.line).toBe(15);
  });

  it('says that remote components need an export', async () => {
    const reading = await read(ts(`new pulumi.ComponentResource('awsx:ec2:Vpc', 'vpc', { a: 1 }, {}, true);\n`));
    expect(named(reading, 'vpc').remote).toBe(true);
    expect(reading.notes.join()).toContain('pulumi stack export');
  });

  it('gives the same answer twice', async () => {
    const folder = await project(ts(`new s3.Bucket('b-' + Math.random().toString(36).slice(2));\n`));
    expect(await readProgram(folder, OPTIONS)).toEqual(await readProgram(folder, OPTIONS));
  });

  it('runs beside a tsconfig that it cannot use', async () => {
    const files = { ...ts(`new s3.Bucket('b');\n`), 'tsconfig.json': '{"compilerOptions":{"paths":{"@lib/*":["./nowhere/*"]}}}' };
    expect((await read(files)).resources).toHaveLength(2);
  });
});

describe('readProgram: runs that give no answer', () => {
  it.each([
    ['process.exit', ts(`new s3.Bucket('b');\nprocess.exit(0);\n`), 'program-exited'],
    ['a throw', ts(`throw new Error('no');\n`), 'program-failed'],
    ['a rejection', ts(`Promise.reject(new Error('no'));\nnew s3.Bucket('b');\n`), 'program-failed'],
    ['a syntax error', ts(`const = 3;\n`), 'program-failed'],
    ['the same name twice', ts(`new s3.Bucket('b');\nnew s3.Bucket('b');\n`), 'program-failed'],
    ['a module that is not there', ts(`require('./none');\n`), 'program-failed'],
    ['a registration that waits', ts(`new s3.Bucket('b', { bucket: new Promise<string>(() => {}) });\n`), 'program-waiting'],
    ['a program that waits', esm(`new s3.Bucket('b');\nawait new Promise(() => {});\n`), 'program-waiting'],
    ['no registration', ts(''), 'program-empty'],
    ['no Pulumi at all', { 'index.js': 'console.log(1);\n' }, 'program-empty'],
    ['a missing value', ts(`new pulumi.Config().require('x');\n`), 'program-config-missing'],
    ['a connection', ts(`new s3.Bucket('b');\nrequire('http').get('http://203.0.113.1/', () => {});\n`), 'program-failed'],
  ])('%s', async (_, files, code) => {
    expect(await codeOf(read(files))).toBe(code);
  });

  it('names the place of an error', async () => {
    expect((await errorOf(read(ts(`\nfunction f() {\n  throw new Error('boom');\n}\nf();\n`)))).message).toMatch(
      /index\.ts:6:9.*boom/,
    );
  });

  it('stops a program that hangs, and one that eats memory', async () => {
    expect(await codeOf(read(ts(`setInterval(() => {}, 100);\nnew s3.Bucket('b');\n`), { seconds: 6 }))).toBe('program-hung');
    expect(await codeOf(read({ 'index.js': 'const a = []; for (;;) a.push(new Array(1000).fill({}));' }, { memory: 100 }))).toBe(
      'program-out-of-memory',
    );
  });

  it('says when the SDK is not installed', async () => {
    expect(await codeOf(readProgram(await project(ts(''), false), OPTIONS))).toBe('program-not-installed');
  });
});
