/** Unknown values, levels, settings and metadata of the pack, through the SDK's own handlers. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnforcementLevel } from '@pulumi/policy';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';
import { obligationsSchema } from '../../src/verdicts/obligations.ts';
import { promising } from '../verdicts/estates.ts';
import { type Preview, type Registration, secret, served, UNKNOWN, urnOf } from './served.ts';

const INSTANCE = 'aws:rds/instance:Instance';
const BUCKET = 'aws:s3/bucket:Bucket';
const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const orders = (inputs: Registration['inputs'] = {}): Registration => ({
  type: INSTANCE,
  name: 'orders',
  inputs: { engine: 'postgres', instanceClass: 'db.t4g.small', backupRetentionPeriod: 7, ...inputs },
  providerInputs: { region: 'us-east-1' },
});

/** A service that owns the stack, and where wanted another that owns nothing of it. */
const promised = ({ tier = 1, scopes = ['az', 'data'], elsewhere = false, more = '' } = {}): string =>
  promising(
    `{ RTO: { ${scopes.includes('az') ? 'az: 5m' : 'data: 4h'} }, RPO: { data: 15m, region: 15m } }`,
    more,
    `services:
  shop:
    tier: ${tier}
    resources: [{ stack: prod }]${elsewhere ? '\n  reports:\n    tier: 3\n    resources: [{ name: reports }]' : ''}`,
  );
const said = (p: Preview, policy: string) => p.said.filter((s) => s.policy === policy);
const owed = (p: Preview) =>
  said(p, 'obligations')
    .map((s) => s.message)
    .join('\n');

describe('what the engine tells of a policy', () => {
  const { policies } = served();

  it('has one for each rule, each with its metadata', () => {
    const names = policies.map((p) => p.name);
    expect(new Set(names).size).toBe(names.length);
    for (const rule of RULES) {
      const policy = policies.find((p) => p.name === rule.id);
      expect(policy).toMatchObject({ severity: rule.severity, remediationSteps: rule.fix, displayName: rule.title });
      expect(policy?.tags).toContain(rule.family);
      expect(policy?.framework?.reference).toBe(rule.id);
      if (rule.source !== 'derived') expect(policy?.url).toBe(rule.source);
    }
  });

  it('blocks by default what verify fails on by default', () => {
    const level = (name: string) => policies.find((p) => p.name === name)?.enforcementLevel;
    expect(RULES.map((r) => [r.id, level(r.id)])).toEqual(
      RULES.map((r) => [r.id, r.severity === 'critical' ? 'mandatory' : 'advisory']),
    );
    expect([1, 2, 3, 4].map((tier) => level(`agreed-metrics-tier-${tier}`))).toEqual([
      'mandatory',
      'advisory',
      'advisory',
      'advisory',
    ]);
  });
});

describe('a value that is not known before the update', () => {
  it.each([
    ['multiAz', UNKNOWN],
    ['multiAz', '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7'],
    ['engine', UNKNOWN],
  ])('of %s neither passes nor fires: it is owed', async (property, value) => {
    const p = await served().preview([orders({ multiAz: true, [property]: value, deletionProtection: false })]);
    const rule = 'rds-not-multi-az';
    expect(said(p, rule)).toEqual([]);
    if (property === 'multiAz') expect(owed(p)).toMatch(/rds-not-multi-az \(multiAz\).*\[unresolved-at-preview\]/);
    // Nor does it keep the rest of the pack from speaking.
    expect(said(p, 'db-deletion-protection-off')).toHaveLength(1);
  });

  it('inside a list is owed too', async () => {
    const table = (enabled: unknown): Registration => ({
      type: 'aws:dynamodb/table:Table',
      name: 'carts',
      inputs: { pointInTimeRecovery: { enabled }, replicas: [{ regionName: UNKNOWN, pointInTimeRecovery: true }] },
      providerInputs: { region: 'us-east-1' },
    });
    const open = await served().preview([table(UNKNOWN)]);
    expect(said(open, 'dynamodb-no-pitr')).toEqual([]);
    expect(owed(open)).toContain('dynamodb-no-pitr');
    expect(said(await served().preview([table(false)]), 'dynamodb-no-pitr')).toHaveLength(1);
  });

  it('of the provider is owed', async () => {
    const p = await served().preview([{ ...orders({ multiAz: true }), providerInputs: { region: UNKNOWN } }]);
    expect(p.said.filter((s) => s.level === 'mandatory' && s.message.includes('us-east-1'))).toEqual([]);
  });

  it('of an output, which is absent, is not taken for unset', async () => {
    const listed = {
      type: BUCKET,
      name: 'files',
      inputs: {},
      outputs: { arn: UNKNOWN },
      providerInputs: { region: 'us-east-1' },
    };
    const versioning = {
      type: 'aws:s3/bucketVersioning:BucketVersioning',
      name: 'versions',
      inputs: { bucket: UNKNOWN, versioningConfiguration: { status: 'Enabled' } },
      providerInputs: { region: 'us-east-1' },
      dependencies: [urnOf(BUCKET, 'files')],
      propertyDependencies: { bucket: [urnOf(BUCKET, 'files')] },
    };
    const p = await served().preview([listed, versioning]);
    // The engine tells which bucket the unknown name is of.
    expect(
      said(p, 's3-no-immutability')
        .map((s) => s.message)
        .join(),
    ).not.toContain('is not versioned');
  });

  it('never makes a decided answer different (law)', async () => {
    const flags = ['multiAz', 'deletionProtection', 'skipFinalSnapshot', 'publiclyAccessible'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          multiAz: fc.boolean(),
          deletionProtection: fc.boolean(),
          skipFinalSnapshot: fc.boolean(),
          publiclyAccessible: fc.boolean(),
        }),
        fc.constantFrom(...flags),
        async (inputs, hidden) => {
          const whole = new Set(
            (await served().preview([orders(inputs)])).said.filter((s) => s.policy !== 'obligations').map((s) => s.policy),
          );
          const part = await served().preview([orders({ ...inputs, [hidden]: UNKNOWN })]);
          for (const { policy } of part.said) if (policy !== 'obligations') expect(whole).toContain(policy);
          for (const policy of whole)
            expect(part.said.some((s) => s.policy === policy) || owed(part).includes(policy), policy).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });
});

it('tells a finding once: of the resource where that is enough, else of the stack', async () => {
  const p = await served().preview([
    orders({ multiAz: false }),
    { type: BUCKET, name: 'files', inputs: {}, providerInputs: { region: 'us-east-1' } },
  ]);
  expect(said(p, 'rds-not-multi-az').map((s) => [s.phase, s.urn])).toEqual([['resource', urnOf(INSTANCE, 'orders')]]);
  expect(said(p, 's3-no-crr').map((s) => [s.phase, s.urn])).toEqual([['stack', urnOf(BUCKET, 'files')]]);
});

it('starts anew with the next analysis of the same process', async () => {
  const pack = served();
  expect(said(await pack.preview([orders({ multiAz: false })]), 'rds-not-multi-az')).toHaveLength(1);
  expect(said(await pack.preview([orders({ multiAz: true })]), 'rds-not-multi-az')).toHaveLength(0);
  expect(said(await pack.preview([orders({ multiAz: false })]), 'rds-not-multi-az')).toHaveLength(1);
});

it('says nothing of a secret', async () => {
  const p = await served().preview([orders({ multiAz: false, identifier: secret('hidden-name'), password: secret('hunter2') })]);
  expect(JSON.stringify(p.said)).not.toMatch(/hidden-name|hunter2/);
});

describe('agreed metrics', () => {
  const catalogue = file('holdfast.yaml', promised());

  it('block where a service of tier 1 does not get what was promised, with the resource that decides', async () => {
    const p = await served({ settings: { catalogue } }).preview([orders({ multiAz: false })]);
    const [broken] = said(p, 'agreed-metrics-tier-1').filter((s) => s.message.includes('RTO-az'));
    expect(broken).toMatchObject({ phase: 'stack', level: 'mandatory', urn: urnOf(INSTANCE, 'orders') });
  });

  it('are owed where nobody can tell yet', async () => {
    const p = await served({ settings: { catalogue } }).preview([orders({ multiAz: UNKNOWN })]);
    expect(said(p, 'agreed-metrics-tier-1').filter((s) => s.message.includes('RTO-az'))).toEqual([]);
    expect(owed(p)).toContain('metric sla/shop/RTO-az');
  });

  it.each([
    ['of services that are elsewhere', file('both.yaml', promised({ elsewhere: true }))],
    ['of a service with more sources', file('sources.yaml', promised({ more: 'sources: [primary, standby]\n' }))],
  ])('%s are owed, and nothing is concluded from what is not there', async (_what, elsewhere) => {
    const p = await served({ settings: { catalogue: elsewhere } }).preview([orders({ multiAz: false })]);
    // One AZ is one AZ, whatever else there is; a copy in another Region may be in another stack.
    expect(said(p, 'rds-not-multi-az')).toHaveLength(1);
    expect(owed(p)).toContain('metric sla/shop/RPO-region');
    const whole = await served({ settings: { catalogue } }).preview([orders({ multiAz: false })]);
    expect(said(whole, 'agreed-metrics-tier-1').some((s) => s.message.includes('RPO-region'))).toBe(true);
  });

  it('are said to be missing where there is no catalogue', async () => {
    const p = await served().preview([orders()]);
    // A rule with nothing to say of a resource is applicable, and passes.
    expect(p.notApplicable).toEqual([1, 2, 3, 4].map((tier) => `agreed-metrics-tier-${tier}`));
    expect(owed(p)).toContain('there is no catalogue');
  });

  it('rules only ask for what was promised', async () => {
    const none = file('none.yaml', promised({ scopes: [] }));
    const p = await served({ settings: { catalogue: none } }).preview([orders({ multiAz: false })]);
    expect(said(p, 'rds-not-multi-az')).toEqual([]);
  });
});

describe('levels', () => {
  const single = [orders({ multiAz: false })];
  const level = async (settings: object, policy: EnforcementLevel = 'mandatory') =>
    said(await served({ settings, 'rds-not-multi-az': policy }).preview(single), 'rds-not-multi-az').map((s) => s.level);
  const catalogue = file('tiers.yaml', promised({ tier: 3 }));

  it.each<readonly [string, object, EnforcementLevel, readonly EnforcementLevel[]]>([
    ['the policy', {}, 'advisory', ['advisory']],
    ['the policy, off', {}, 'disabled', []],
    ['a severity', { severities: { critical: 'advisory' } }, 'mandatory', ['advisory']],
    ['a severity, off', { severities: { critical: 'disabled' } }, 'mandatory', []],
    ['another severity', { severities: { high: 'disabled' } }, 'mandatory', ['mandatory']],
    [
      'a rule over its severity',
      { severities: { critical: 'disabled' }, rules: { 'rds-not-multi-az': 'mandatory' } },
      'mandatory',
      ['mandatory'],
    ],
    ['a tier', { catalogue, tiers: { 3: 'advisory' } }, 'mandatory', ['advisory']],
    ['a tier, off', { catalogue, tiers: { 3: 'disabled' } }, 'mandatory', []],
    ['another tier', { catalogue, tiers: { 4: 'disabled' } }, 'mandatory', ['mandatory']],
    ['a tier does not make stricter', { catalogue, tiers: { 3: 'mandatory' } }, 'advisory', ['advisory']],
  ])('of %s', async (_what, settings, policy, expected) => {
    expect(await level(settings, policy)).toEqual(expected);
  });

  it('are mild for what is accepted or was known before', async () => {
    const waived = file(
      'waived.yaml',
      promised({
        more: 'waivers:\n  - { rule: rds-not-multi-az, reason: moved in spring, approvedBy: head of platform, until: 2026-12-31 }\n',
      }),
    );
    expect(await level({ catalogue: waived })).toEqual(['advisory']);
    const { fingerprint } = JSON.parse(await listed('multiAz')).obligations.find(
      (o: { id: string }) => o.id === 'rds-not-multi-az',
    );
    const baseline = file(
      'baseline.json',
      JSON.stringify({ metrics: [], findings: [{ rule: 'rds-not-multi-az', fingerprint, state: 'fires' }] }),
    );
    expect(await level({ baseline })).toEqual(['advisory']);
  });
});

/** The list of what is owed when one property of the database is not known. */
async function listed(property: string): Promise<string> {
  let written = '';
  const around = {
    write: (_file: string, text: string) => {
      written = text;
    },
  };
  await served({ settings: { obligations: 'owed.json' } }, around).preview([orders({ [property]: UNKNOWN })]);
  return written;
}

it('writes what is owed as a document with a schema', async () => {
  const list = obligationsSchema.parse(JSON.parse(await listed('multiAz')));
  expect(list).toMatchObject({ project: 'shop', stack: 'prod', date: '2026-11-23' });
  expect(list.obligations).toContainEqual(
    expect.objectContaining({
      kind: 'rule',
      id: 'rds-not-multi-az',
      resource: urnOf(INSTANCE, 'orders'),
      property: 'multiAz',
      reason: 'unresolved-at-preview',
    }),
  );
});

describe('other stacks of the estate', () => {
  const standby = {
    version: 3,
    deployment: {
      resources: [
        { urn: 'urn:pulumi:standby::shop::pulumi:pulumi:Stack::shop-standby', custom: false, type: 'pulumi:pulumi:Stack' },
        {
          urn: `urn:pulumi:standby::shop::${INSTANCE}::replica`,
          custom: true,
          id: 'replica',
          type: INSTANCE,
          inputs: { replicateSourceDb: 'arn:aws:rds:us-east-1:111122223333:db:orders', region: 'us-west-2' },
          outputs: { arn: 'arn:aws:rds:us-west-2:111122223333:db:replica', identifier: 'replica' },
        },
      ],
    },
  };
  const primary = {
    ...orders({ multiAz: true, identifier: 'orders' }),
    outputs: { id: 'orders', identifier: 'orders', arn: 'arn:aws:rds:us-east-1:111122223333:db:orders' },
  };
  const alone = (p: Preview) => said(p, 'rds-multi-az-counted-for-region').length;

  it('are judged with it, by the path of an export or by name, and told by their own previews', async () => {
    expect(alone(await served().preview([primary]))).toBe(1);
    const path = file('standby.json', JSON.stringify(standby));
    const byPath = await served({ settings: { stacks: [path] } }, { read: async (f) => readFileSync(f) }).preview([primary]);
    expect(alone(byPath)).toBe(0);
    expect(byPath.said.filter((s) => s.urn.includes(':standby::'))).toEqual([]);
    const asked: string[] = [];
    const exportStack = async (name: string) => {
      asked.push(name);
      return JSON.stringify(standby);
    };
    expect(alone(await served({ settings: { stacks: ['organization/shop/standby'] } }, { exportStack }).preview([primary]))).toBe(
      0,
    );
    expect(asked).toEqual(['organization/shop/standby']);
  });
});

describe('configuration that is wrong', () => {
  it.each([
    [{ catalogue: 3 }, /catalogue: expected string, found 3/],
    [{ catalog: 'holdfast.yaml' }, /catalog: expected one of catalogue, .*, found catalog/],
    [{ severities: { fatal: 'advisory' } }, /severities\.fatal: expected one of critical, high, medium, low, found fatal/],
    [{ severities: { high: 'remediate' } }, /severities\.high: expected one of .*, found "remediate"/],
    [{ tiers: { 5: 'advisory' } }, /tiers\.5: expected one of 1, 2, 3, 4, found 5/],
    [{ rules: { 'rds-multiaz': 'advisory' } }, /rules\.rds-multiaz: expected the id of a rule, found rds-multiaz/],
    [{ stacks: 'prod' }, /stacks: expected array, found "prod"/],
    [{ date: '23.11.2026' }, /date: .*found "23\.11\.2026"/],
    [{ catalogue: '/nowhere/holdfast.yaml' }, /\/nowhere\/holdfast\.yaml: expected a catalogue file/],
    [{ baseline: '/nowhere/before.json' }, /before\.json: expected what `holdfast verify --format json` wrote/],
    [{ stacks: ['/dev/null'] }, /\/dev\/null/],
  ])('%j is refused', async (settings, message) => {
    await expect(served({ settings: settings as never }).preview([orders()])).rejects.toThrow(message);
  });

  it('is not read when settings are off, and then nothing passes', async () => {
    await expect(served({ settings: 'disabled' }).preview([orders()])).rejects.toThrow(
      /policy settings: expected it to be enabled/,
    );
  });

  it('has a schema that CrossGuard takes', () => {
    const schema = served().policies.find((p) => p.name === 'settings')?.configSchema;
    expect(schema?.properties.catalogue).toMatchObject({ type: 'string' });
    expect(schema?.properties).not.toHaveProperty('enforcementLevel');
  });
});
