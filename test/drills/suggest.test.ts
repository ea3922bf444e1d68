import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { suggest } from '../../src/drills/suggest.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import type { DrillKind, DrillSpec } from '../../src/model/drill.ts';
import { known } from '../../src/model/known.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { judge } from '../../src/verdicts/judge.ts';
import { out, type Spec } from '../services/support-traffic.ts';
import { DAY, judgeSpecs, MULTI_AZ, promising, reading, SINGLE_AZ, TABLE } from '../verdicts/estates.ts';

const kindsOf = (specs: readonly Spec[], metrics: string, rest = ''): readonly DrillKind[] =>
  suggest(judgeSpecs(specs, promising(metrics, rest))).map((d) => d.kind);

const VAULT: Spec = { type: 'aws:backup/vault:Vault', name: 'kept', inputs: { name: 'kept' } };
const LOCK: Spec = {
  type: 'aws:backup/vaultLockConfiguration:VaultLockConfiguration',
  name: 'lock',
  inputs: { backupVaultName: 'kept', changeableForDays: 3, minRetentionDays: 30 },
};
const CACHE = (automatic: boolean): Spec => ({
  type: 'aws:elasticache/replicationGroup:ReplicationGroup',
  name: 'cache',
  inputs: {
    replicationGroupId: 'cache',
    description: 'cache',
    engine: 'redis',
    numCacheClusters: 2,
    automaticFailoverEnabled: automatic,
    multiAzEnabled: automatic,
    preferredCacheClusterAzs: ['us-east-1a', 'us-east-1b'],
  },
});
const KEY: Spec = { type: 'aws:kms/key:Key', name: 'key', inputs: {} };
const keyed = (database: Spec): Spec => ({
  ...database,
  inputs: { ...database.inputs, storageEncrypted: true, kmsKeyId: out(KEY.type, KEY.name, 'arn') },
});
const REGION_RTO = '{ RTO: { region: 1h } }';

describe('drills of what was agreed', () => {
  const rows: readonly (readonly [name: string, specs: readonly Spec[], metrics: string, kinds: readonly DrillKind[]])[] = [
    ['an AZ', [TABLE], '{ RTO: { az: 5m } }', ['az-loss']],
    ['a Region, with nowhere to go', [TABLE], REGION_RTO, ['region-loss']],
    ['data', [TABLE], '{ RPO: { data: 5m } }', ['backup-restore']],
    ['a control plane', [TABLE], '{ RTO: { control-plane: 5m } }', ['control-plane-loss']],
    ['an account, without a vault', [TABLE], '{ RTO: { account: 5m } }', []],
    ['an account, with a vault that nobody locked', [TABLE, VAULT], '{ RTO: { account: 5m } }', []],
    ['an account, with a locked vault', [TABLE, VAULT, LOCK], '{ RTO: { account: 5m } }', ['ransomware-recovery']],
    ['software, which no drill shows', [TABLE], '{ RTO: { software: 5m } }', []],
    ['an availability, which takes a year', [TABLE], '{ AVAILABILITY: { az: 99% } }', []],
    ['several', [TABLE], '{ RTO: { az: 5m, data: 5m } }', ['az-loss', 'backup-restore']],
  ];
  it.each(rows)('%s', (_, specs, metrics, kinds) => {
    // People are on the way back of data and of Regions.
    expect(kindsOf(specs, metrics).filter((k) => k !== 'table-top')).toEqual(kinds);
  });

  it('asks for an evacuation where there are two Regions', () => {
    const two = [TABLE, { ...TABLE, name: 'other', region: 'eu-west-1', inputs: { name: 'other', region: 'eu-west-1' } }];
    expect(kindsOf(two, REGION_RTO)).toContain('region-evacuation');
  });

  it('names the metrics, the limit and the tags that the catalogue gives', () => {
    const catalogue = promising('{ RTO: { az: 5m }, MTPD: { az: 20m }, RPO: { az: 1m }, AVAILABILITY: { az: 99% } }').replace(
      "resources: [{ urn: '**' }]",
      'resources: [{ tag: { service: shop, env: prod } }, { tag: { service: shop, env: "p*" } }]',
    );
    const read = reading([TABLE]);
    const resources = read.resources.map((r) => ({ ...r, tags: known({ service: 'shop', env: 'prod' }) }));
    const estate = buildEstate([{ ...read, resources }], SERVICES);
    const [drill] = suggest(judge(estate, parseCatalogue(catalogue, 'f', {}), { today: DAY, seed: 1, world: 'live' }));
    expect(drill).toMatchObject({
      id: 'shop-az-loss',
      service: 'shop',
      member: undefined,
      hypothesis: { metrics: ['sla/shop/RTO-az', 'sla/shop/RPO-az', 'sla/shop/MTPD-az'] },
      preconditions: [{ kind: 'no-other-drill' }],
      limit: 20 * 60 + 600,
      blastRadius: { tags: { service: 'shop' } },
      every: 180,
      approvals: { by: [], count: 1 },
      afterCrash: 'roll-back',
    });
    expect(drill?.controls).toContain('ISO 22301 8.5');
    // Away for exactly as long as promised is not yet away for too long.
    const over = drill?.stops.find((s) => s.kind === 'availability-below');
    expect(over === undefined ? 0 : over.over * (1 - over.share)).toBeGreaterThan(5 * 60);
  });

  it('restores the newest and the oldest point, from backups as fresh as the RPO', () => {
    const [drill] = suggest(judgeSpecs([TABLE], promising('{ RPO: { data: 10m } }')));
    expect(drill).toMatchObject({
      kind: 'backup-restore',
      points: ['newest', 'oldest'],
      preconditions: [{ kind: 'no-other-drill' }, { kind: 'fresh-backups', within: 600 }],
    });
  });
});

describe('drills of mechanisms', () => {
  const rows: readonly (readonly [name: string, specs: readonly Spec[], kind: DrillKind, asked: boolean])[] = [
    ['a Multi-AZ database', [MULTI_AZ], 'database-failover', true],
    ['a database in one zone', [SINGLE_AZ], 'database-failover', false],
    ['a cache that fails over', [CACHE(true)], 'cache-failover', true],
    ['a cache that does not', [CACHE(false)], 'cache-failover', false],
    ['a key that the database needs', [KEY, keyed(SINGLE_AZ)], 'key-loss', true],
    ['a key that nothing needs', [KEY, SINGLE_AZ], 'key-loss', false],
  ];
  it.each(rows)('%s', (_, specs, kind, asked) => {
    const services = "services:\n  shop: { tier: 1, resources: [{ urn: '**' }], entry: [{ type: 'aws:*/*:Instance' }] }";
    const own = specs.some((s) => s.type.endsWith(':Instance')) ? services : undefined;
    const drills = suggest(judgeSpecs(specs, promising('{ RTO: { az: 5m } }', '', own)));
    expect(drills.some((d) => d.kind === kind)).toBe(asked);
  });

  it('says the instance metrics where a failover shows them', () => {
    const drills = suggest(judgeSpecs([MULTI_AZ], promising('{ RTO: { az: 5m, instance: 2m } }')));
    expect(drills.find((d) => d.kind === 'database-failover')).toMatchObject({
      hypothesis: { metrics: ['sla/shop/RTO-instance'] },
      limit: 120 + 600,
    });
  });
});

describe('drills of people and others', () => {
  const services = `services:
  shop:
    tier: 2
    resources: [{ name: carts }]
    entry: [{ name: carts }]
    dependsOn: [{ supplier: psp, strength: soft }, { service: login }, { service: help, strength: soft }]
  login: { tier: 3, resources: [{ name: orders }] }
  help: { tier: 3, resources: [{ name: orders }] }
suppliers: { psp: {} }`;

  it('loses each supplier and each service that is needed, and promises of suppliers are for suppliers', () => {
    const catalogue = promising('{ RTO: { az: 5m, supplier: 1h } }', '', services);
    const lost = suggest(judgeSpecs([TABLE, SINGLE_AZ], catalogue)).filter((d) => d.kind === 'dependency-loss');
    expect(lost.map((d) => [d.id, d.member, d.hypothesis.metrics, d.every])).toEqual([
      ['shop-dependency-loss-psp', 'psp', ['sla/shop/RTO-supplier'], 365],
      ['shop-dependency-loss-login', 'login', [], 365],
    ]);
  });

  it('brings people together in tier 1, where they are on the way back, by the roles of the plan', () => {
    const metrics = '{ RTO: { data: 5m } }';
    const plan = `plans:
  - id: p
    services: [shop]
    contacts: [{ role: lead, name: n, reach: r }, { role: lead, name: m, reach: r }, { role: database, name: n, reach: r }]
`;
    const tops = (catalogue: string): readonly DrillSpec[] =>
      suggest(judgeSpecs([SINGLE_AZ], catalogue)).filter((d) => d.kind === 'table-top');
    expect(tops(promising(metrics, plan))).toMatchObject([{ participants: ['lead', 'database'], hypothesis: { metrics: [] } }]);
    expect(tops(promising(metrics))[0]?.participants.length).toBeGreaterThan(0);
    expect(tops(promising(metrics).replace('tier: 1', 'tier: 2'))).toEqual([]);
    expect(suggest(judgeSpecs([TABLE], promising('{ RTO: { az: 5m } }'))).map((d) => d.kind)).toEqual(['az-loss']);
  });

  it('suggests nothing where nothing is agreed, or no catalogue is', () => {
    expect(suggest(judgeSpecs([TABLE], undefined))).toEqual([]);
    expect(suggest(judgeSpecs([TABLE], promising('{ RTO: { az: 5m } }').replace('approvedBy: Head of Retail', '')))).toEqual([]);
  });
});
