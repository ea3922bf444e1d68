/** Generated two-Region estates with agreements: services of an entry, compute and stores, all parameters drawn from a seed. */
import { parseCatalogue } from '../src/catalog/parse.ts';
import type { Catalogue } from '../src/model/agreement.ts';
import type { SourceReading } from '../src/model/resource.ts';
import { front } from './truth-fronts.ts';
import { type Chance, chance, type Made, network, program, type Site } from './truth-parts.ts';
import { roleFor, STORES } from './truth-stores.ts';

export interface TruthEstate {
  readonly reading: SourceReading;
  readonly catalogue: Catalogue;
}

const PAIRS = [
  ['eu-west-1', 'eu-central-1'],
  ['us-east-1', 'us-west-2'],
  ['eu-north-1', 'eu-west-3'],
  ['ap-northeast-1', 'ap-southeast-2'],
] as const;

/** Targets around what such services can keep. */
const TARGETS = {
  RTO: {
    az: ['1m', '2m', '3m', '5m', '10m', '15m'],
    region: ['3m', '5m', '10m', '20m', '45m', '1h', '2h'],
    data: ['1h', '4h', '8h', '24h'],
  },
  RPO: { az: ['0s', '5s', '1m'], region: ['2s', '5s', '1m', '15m', '1h'], data: ['10m', '30m', '1h', '26h'] },
} as const;

/** The same seed gives the same estate. */
export function truthEstate(seed: number): TruthEstate {
  const draw = chance(seed);
  const p = program();
  const [home, away] = draw.pick(PAIRS);
  const primary = network(p, 'primary', home, 10);
  const standby = network(p, 'standby', away, 20);
  const zone = p.add('aws:route53/zone:Zone', 'truth', home, { name: 'truth.example' });
  const backed = draw.often(0.5);
  const services = Array.from({ length: draw.pick([1, 1, 2]) }, (_, i) => {
    const name = `s${seed}-${i}`;
    const tags = { service: name, ...(backed && draw.often(0.7) ? { backup: 'yes' } : {}) };
    const site: Site = { p, draw, name, tags, primary, standby };
    const stores = Array.from({ length: draw.pick([1, 1, 2]) }, (__, n) => draw.pick(STORES)({ ...site, name: `${name}-${n}` }));
    const entry = draw.often(0.9) ? front(site, zone, stores).entry : undefined;
    return { name, entry };
  });
  if (backed) backups({ p, draw, name: 'backups', tags: {}, primary, standby });
  return { reading: p.reading(), catalogue: parseCatalogue(catalogueOf(services, draw), 'holdfast.yaml', {}) };
}

function backups({ p, draw, primary, standby }: Site): void {
  const vault = p.add('aws:backup/vault:Vault', 'primary', primary.region, { name: 'primary' });
  const copies = draw.often(0.6) ? [p.add('aws:backup/vault:Vault', 'standby', standby.region, { name: 'standby' })] : [];
  const role = roleFor(p, 'backup', primary.region, 'backup.amazonaws.com', {});
  const plan = p.add('aws:backup/plan:Plan', 'backups', primary.region, {
    name: 'backups',
    rules: [
      {
        ruleName: 'all',
        targetVaultName: vault.of('name'),
        schedule: draw.pick(['cron(0 * * * ? *)', 'cron(0 0/6 * * ? *)', 'cron(0 3 * * ? *)']),
        startWindow: 60,
        completionWindow: 120,
        lifecycle: { deleteAfter: 35 },
        copyActions: copies.map((c) => ({ destinationVaultArn: c.of('arn'), lifecycle: { deleteAfter: 35 } })),
      },
    ],
  });
  p.add('aws:backup/selection:Selection', 'backups', primary.region, {
    name: 'backups',
    planId: plan.of('id'),
    iamRoleArn: role.of('arn'),
    selectionTags: [{ type: 'STRINGEQUALS', key: 'backup', value: 'yes' }],
  });
}

function catalogueOf(services: readonly { readonly name: string; readonly entry: Made | undefined }[], draw: Chance): string {
  const target = (type: 'RTO' | 'RPO'): string =>
    (['az', 'region', 'data'] as const)
      .filter((scope) => scope !== 'data' || draw.often(0.5))
      .map((scope) => `${scope}: ${draw.pick<string>(TARGETS[type][scope])}`)
      .join(', ');
  return [
    'services:',
    ...services.flatMap(({ name, entry }) => [
      `  ${name}:`,
      '    tier: 1',
      '    resources:',
      `      - tag: { service: ${name} }`,
      `      - name: "${name}-*"`,
      ...(entry === undefined
        ? [`    entry: [{ name: "${name}-*" }]`]
        : [`    entry: [{ type: "${entry.type}", name: "${entry.name}" }]`]),
    ]),
    'agreements:',
    '  sla:',
    '    kind: SLA',
    '    parties: { provider: P, customer: C }',
    '    approvedBy: Head of P',
    '    from: 2026-01-01',
    "    version: '1'",
    '    metrics:',
    ...services.flatMap(({ name }) => [
      `      ${name}:`,
      `        RTO: { ${target('RTO')} }`,
      `        RPO: { ${target('RPO')} }`,
    ]),
    '',
  ].join('\n');
}
