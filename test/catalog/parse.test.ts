import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_TYPES, unitOf } from '../../src/model/agreement.ts';
import { formatDuration } from '../../src/model/quantity.ts';
import { SCOPES } from '../../src/model/scope.ts';
import { parse, refusal, SERVICE, unmark, withMetrics } from './support.ts';

const FULL = `services:
  ▶checkout:
    title: Checkout
    tier: 1
    owner: payments
    bia: BIA-2026-014
    resources: [▶{ tag: { service: checkout } }, { component: 'shop:checkout:*' }, { urn: '**checkout**' }, { stack: shop/prod }]
    entry: [{ name: edge }]
    exclude: [{ type: 'aws:cloudwatch/*' }]
    dependsOn: [{ service: ▶identity }, { supplier: psp, strength: soft }]
  identity: { tier: 2, lifecycle: deprecated, resources: [{ name: id* }] }
suppliers:
  ▶psp: { title: PSP Ltd, evidence: contract 7, promises: { RTO: { supplier: 30m } } }
agreements:
  ▶checkout-sla:
    kind: SLA
    parties: { provider: Platform, customer: Retail }
    approvedBy: A. Approver
    from: 2026-01-01
    to: 2026-12-31
    version: '3'
    underpinnedBy: [identity-ola]
    changeReference: CAB
    metrics:
      checkout:
        RTO: { az: ▶2m, region: 15m }
        RPO: { region: { percentile: 99.9, target: ▶5s }, data: 0 }
        MTPD: { region: { target: 4h, clock: declaration } }
        MBCO: { region: 60% }
        RETENTION: ▶35d
  identity-ola:
    kind: OLA
    parties: { provider: IAM team, customer: Platform }
    from: 2026-01-01
    version: '1'
    metrics: { identity: { RTO: { az: 1m } } }
waivers: [▶{ rule: r, resource: '**logs**', reason: x, approvedBy: y, until: 2026-06-30 }]
roles: { ▶db: { service: checkout, members: [{ name: db }, { name: replica }] } }
times: { ▶row: { min: 1s, typ: 2s, max: 3s, source: drill 4 } }
inert: { 'aws:x/y:Z': ▶holds nothing }
failureRates: { az: 0.5 }
sources: [infra]
plans:
  - id: shop-region
    services: [checkout]
    owner: team-orders
    reviewed: 2026-05-04
    contacts: [{ role: lead, name: On-call, reach: '+46 8 000' }]
    roster: { url: 'https://roster.example', reviewed: 2026-05-01 }
    steps: [{ do: call }]
drills: [{ id: az, kind: az-loss, service: checkout }]
defaults: { mandatory: { 2: { RTO: [az], RPO: [data] } } }
`;

describe('a whole catalogue', () => {
  const { text, places } = unmark(FULL);
  const catalogue = parse(text);
  const at = (place: { readonly line: number; readonly column: number }) => `${place.line}:${place.column}`;

  it('gives services, suppliers and the rest as written', () => {
    expect(catalogue).toMatchObject({
      services: [
        {
          id: 'checkout',
          title: 'Checkout',
          tier: 1,
          owner: 'payments',
          lifecycle: 'production',
          bia: 'BIA-2026-014',
          selectors: [
            { tags: { service: 'checkout' } },
            { component: 'shop:checkout:*' },
            { urn: '**checkout**' },
            { stack: 'shop/prod' },
          ],
          entry: [{ name: 'edge' }],
          exclude: [{ type: 'aws:cloudwatch/*' }],
          dependsOn: [
            { on: { kind: 'service', id: 'identity' }, strength: 'hard' },
            { on: { kind: 'supplier', id: 'psp' }, strength: 'soft' },
          ],
        },
        { id: 'identity', title: 'identity', tier: 2, owner: undefined, lifecycle: 'deprecated' },
      ],
      suppliers: [
        { id: 'psp', title: 'PSP Ltd', evidence: 'contract 7', promises: [{ type: 'RTO', scope: 'supplier', seconds: 1800 }] },
      ],
      waivers: [{ rule: 'r', resource: '**logs**', approvedBy: 'y', until: '2026-06-30' }],
      roles: [{ id: 'db', service: 'checkout', members: [{ name: 'db' }, { name: 'replica' }] }],
      times: [{ row: 'row', min: 1, typ: 2, max: 3, source: 'drill 4' }],
      inert: [{ type: 'aws:x/y:Z', reason: 'holds nothing' }],
      failureRates: { az: 0.5 },
      sources: ['infra'],
      plans: [
        {
          id: 'shop-region',
          services: ['checkout'],
          owner: 'team-orders',
          reviewed: '2026-05-04',
          contacts: [{ role: 'lead', name: 'On-call', reach: '+46 8 000' }],
          roster: { url: 'https://roster.example', reviewed: '2026-05-01' },
          more: { steps: [{ do: 'call' }] },
        },
      ],
      drills: [{ id: 'az', kind: 'az-loss', service: 'checkout' }],
    });
  });

  it('gives agreements and their metrics', () => {
    const [sla, ola] = catalogue.agreements;
    expect(sla).toMatchObject({
      id: 'checkout-sla',
      provider: 'Platform',
      customer: 'Retail',
      version: '3',
      to: '2026-12-31',
      underpinnedBy: ['identity-ola'],
    });
    expect(ola).toMatchObject({ kind: 'OLA', approvedBy: undefined, to: undefined });
    expect(sla?.metrics.map((m) => [m.id, m.target, m.percentile, m.clock, m.scopeDefaulted])).toEqual([
      ['checkout-sla/checkout/RTO-az', 120, 99, 'onset', false],
      ['checkout-sla/checkout/RTO-region', 900, 99, 'onset', false],
      ['checkout-sla/checkout/RPO-region', 5, 99.9, 'onset', false],
      ['checkout-sla/checkout/RPO-data', 0, 99, 'onset', false],
      ['checkout-sla/checkout/MTPD-region', 14_400, 99.9, 'declaration', false],
      ['checkout-sla/checkout/MBCO-region', 60, 99, 'onset', false],
      ['checkout-sla/checkout/RETENTION-data', 3_024_000, 99, 'onset', true],
    ]);
  });

  it('points at the value itself, and at the key of what is named by its key', () => {
    const [checkout] = catalogue.services;
    const metrics = catalogue.agreements[0]?.metrics ?? [];
    const metricPlace = (id: string) => metrics.find((m) => m.id.endsWith(id))?.place;
    const found = [
      checkout?.place,
      checkout?.selectors[0]?.place,
      checkout?.dependsOn[0]?.place,
      catalogue.suppliers[0]?.place,
      catalogue.agreements[0]?.place,
      metricPlace('RTO-az'),
      metricPlace('RPO-region'),
      metricPlace('RETENTION-data'),
      catalogue.waivers[0]?.place,
      catalogue.roles[0]?.place,
      catalogue.times[0]?.place,
      catalogue.inert[0]?.place,
    ];
    expect(found.map((place) => place && at(place))).toEqual(places);
    expect(checkout?.place.file).toBe('holdfast.yaml');
  });

  it('says for every tier how old evidence may be, its own where it states it', () => {
    const days = (text: string) => Object.values(parse(text).evidenceAge).map((seconds) => seconds / 86_400);
    expect(days(SERVICE)).toEqual([180, 365, 365, 365]);
    expect(days(`${SERVICE}\ndefaults: { evidence: { maxAge: { 1: 90d, 3: 36h } } }`)).toEqual([90, 365, 1.5, 365]);
  });

  it('has mandatory metrics for every tier, its own where it states them', () => {
    const pairs = (tier: 1 | 2 | 3 | 4) => catalogue.mandatory[tier].map((m) => `${m.type} ${m.scope}`);
    expect(pairs(1)).toEqual(['RTO az', 'RTO region', 'RTO data', 'RPO az', 'RPO region', 'RPO data']);
    expect(pairs(2)).toEqual(['RTO az', 'RPO data']);
    expect(pairs(3)).toEqual(['RTO data', 'RPO data']);
    expect(pairs(4)).toEqual([]);
    expect(parse(SERVICE).mandatory[2].map((m) => `${m.type} ${m.scope}`)).toEqual(['RTO az', 'RTO data', 'RPO az', 'RPO data']);
  });

  it('warns of the draft', () => {
    expect(catalogue.warnings.filter((w) => w.message.includes('identity-ola is a draft'))).toHaveLength(1);
  });
});

describe('what YAML offers', () => {
  it('reads aliases, and gives the place of the anchored value', () => {
    const { text, places } = unmark(withMetrics('{ RTO: { az: &short ▶5m, region: *short } }'));
    const metrics = parse(text).agreements[0]?.metrics ?? [];
    expect(metrics.map((m) => [m.target, `${m.place.line}:${m.place.column}`])).toEqual([
      [300, places[0]],
      [300, places[0]],
    ]);
  });

  it('takes a byte order mark, comments and CRLF', () => {
    expect(parse(`\ufeff# note\n${SERVICE}`.replaceAll('\n', '\r\n')).services).toHaveLength(1);
  });

  it('reads keys as they are written', () => {
    expect(parse('services:\n  007: { tier: 1, resources: [{ name: a }] }').services[0]?.id).toBe('007');
  });

  it('lets soft dependencies form a circle', () => {
    const text =
      'services:\n  a: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: b, strength: soft }] }\n  b: { tier: 1, resources: [{ name: b }], dependsOn: [{ service: a }] }';
    expect(parse(text).services).toHaveLength(2);
  });
});

describe('limits', () => {
  const bombs: readonly (readonly [string, string])[] = [
    ['size', `${SERVICE}#${'x'.repeat(1_048_576)}`],
    ['nested lists on one line', '- '.repeat(100_000)],
    ['nested flow lists', '['.repeat(100_000)],
    ['nested flow mappings', '{a: '.repeat(100_000)],
    ['nested keys', '? '.repeat(100_000)],
    ['nested block mappings', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['a structure just over the limit', `${SERVICE}plans: [{ a: ${'['.repeat(40)}${']'.repeat(40)} }]`],
    ['an alias inside its own anchor', `${SERVICE}plans: &p [{ a: *p }]`],
    [
      'aliases of aliases',
      `${SERVICE}plans:\n  - a: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `    b${i}: &a${i + 1} [${`*a${i},`.repeat(10)}]\n`).join('')}`,
    ],
  ];
  for (const [name, text] of bombs) {
    it(`refuses ${name}`, () => {
      const error = refusal(text);
      expect(error.code).toBe('catalogue-invalid');
      expect(error.message).toMatch(/at most/);
    });
  }

  it('reads what is just inside them', () => {
    const deep = `${'['.repeat(25)}${']'.repeat(25)}`;
    expect(parse(`${SERVICE}plans: [{ id: p, services: [shop], a: ${deep} }]`).plans).toHaveLength(1);
  });

  it('reads a thousand services in a row', () => {
    const many = Array.from(
      { length: 1000 },
      (_, i) => `  s${i}: { tier: 4, resources: [{ name: s${i} }], dependsOn: [${i > 0 ? `{ service: s${i - 1} }` : ''}] }\n`,
    ).join('');
    expect(parse(`services:\n${many}`).services).toHaveLength(1000);
  });
});

describe('metrics without a scope', () => {
  const scopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 });
  const types = fc.uniqueArray(fc.constantFrom(...METRIC_TYPES.filter((t) => t !== 'RETENTION' && t !== 'RESTORE_GRANULARITY')), {
    minLength: 1,
  });

  it('become one for each default scope of the tier, marked as defaulted', () => {
    fc.assert(
      fc.property(scopes, types, (defaults, written) => {
        const lines = written.map((t) => `${t}: ${unitOf(t) === 'percent' ? '50%' : '5m'}`).join(', ');
        const metrics =
          parse(withMetrics(`{ ${lines} }`, `defaults: { scopes: { 1: [${defaults.join(', ')}] } }\n`)).agreements[0]?.metrics ??
          [];
        expect(metrics).toHaveLength(defaults.length * written.length);
        expect(new Set(metrics.map((m) => m.id)).size).toBe(metrics.length);
        expect(metrics.every((m) => m.scopeDefaulted && defaults.includes(m.scope))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('keep their percentile and clock in the long form', () => {
    const text = withMetrics(
      '{ RTO: { target: 5m, percentile: 95, clock: declaration } }',
      'defaults: { scopes: { 1: [az, region] } }\n',
    );
    expect(parse(text).agreements[0]?.metrics).toMatchObject([
      { scope: 'az', target: 300, percentile: 95, clock: 'declaration' },
      { scope: 'region', target: 300, percentile: 95, clock: 'declaration' },
    ]);
  });

  it('are warned of when their percentile says little', () => {
    const warnings = parse(withMetrics('{ RTO: { az: { target: 5m, percentile: 50 } } }')).warnings;
    expect(warnings.map((w) => w.message)).toEqual([expect.stringContaining('50%')]);
  });
});

describe('targets', () => {
  it('read back what the model prints, for every whole number of milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        const seconds = ms / 1000;
        const metrics = parse(withMetrics(`{ RTO: { az: ${formatDuration(seconds)} } }`)).agreements[0]?.metrics;
        expect(metrics?.[0]?.target).toBe(seconds);
      }),
      { numRuns: 60 },
    );
  });
});
