import { describe, expect, it } from 'vitest';
import { chainCheck } from '../../src/catalog/chain.ts';
import { agreedAt } from '../../src/catalog/in-force.ts';
import { parse } from './support.ts';

interface Case {
  readonly metric: string;
  /** Metrics of the OLA by service. */
  readonly ola?: string;
  readonly olaApproved?: boolean;
  readonly slaExtra?: string;
  readonly underpinned?: string;
  readonly psp?: string;
  readonly needsPsp?: 'hard' | 'soft';
}

/** shop → cart → db (hard), shop → search (soft), and shop → psp when asked. */
function catalogueOf(c: Case) {
  const psp = c.needsPsp === undefined ? '' : `, { supplier: psp, strength: ${c.needsPsp} }`;
  const approved = c.olaApproved === false ? '' : 'approvedBy: A, ';
  return parse(`services:
  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: cart }, { service: search, strength: soft }${psp}] }
  cart: { tier: 1, resources: [{ name: b }], dependsOn: [{ service: db }] }
  db: { tier: 1, resources: [{ name: c }] }
  search: { tier: 3, resources: [{ name: d }] }
suppliers: { psp: ${c.psp ?? '{}'} }
agreements:
  sla:
    kind: SLA
    parties: { provider: P, customer: C }
    approvedBy: A
    from: 2026-01-01
    version: '1'
    underpinnedBy: [${c.underpinned ?? 'middle'}]
    metrics: { shop: { ${c.metric} }${c.slaExtra ?? ''} }
  middle: { kind: OLA, parties: { provider: P, customer: C }, approvedBy: A, from: 2026-01-01, version: '1', underpinnedBy: [ola], metrics: {} }
  ola: { kind: OLA, parties: { provider: P, customer: C }, ${approved}from: 2026-01-01, version: '1', metrics: { ${c.ola ?? ''} } }
`);
}

/** Flags as `code: services and suppliers named`. */
function flags(c: Case): readonly string[] {
  return chainCheck(catalogueOf(c)).map(
    (f) => `${f.code}: ${[...f.message.matchAll(/(?:service|supplier) (\w+)/g)].map((m) => m[1]).join(' ')}`,
  );
}

describe('the chain below an SLA', () => {
  const rows: readonly (readonly [string, Case, readonly string[]])[] = [
    [
      'recovery times that fit in a row',
      { metric: 'RTO: { az: 10m }', ola: 'cart: { RTO: { az: 4m } }, db: { RTO: { az: 6m } }' },
      [],
    ],
    [
      'recovery times that fit alone but not in a row',
      { metric: 'RTO: { az: 10m }', ola: 'cart: { RTO: { az: 5m } }, db: { RTO: { az: 6m } }' },
      ['does-not-fit: cart db'],
    ],
    [
      'a recovery time that is too long alone',
      { metric: 'RTO: { az: 10m }', ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 20m } }' },
      ['does-not-fit: cart db'],
    ],
    [
      'the own share of the service counts in the row',
      { metric: 'RTO: { az: 10m }', ola: 'shop: { RTO: { az: 5m } }, cart: { RTO: { az: 3m } }, db: { RTO: { az: 3m } }' },
      ['does-not-fit: shop cart db'],
    ],
    [
      'another scope does not count',
      { metric: 'RTO: { az: 10m }', ola: 'cart: { RTO: { region: 1m } }, db: { RTO: { az: 1m } }' },
      ['unsupported: cart'],
    ],
    [
      'a soft dependency is not asked',
      { metric: 'RTO: { az: 10m }', ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 1m } }, search: { RTO: { az: 9h } }' },
      [],
    ],
    ['nothing underneath', { metric: 'RTO: { az: 10m }' }, ['unsupported: cart db']],
    [
      'a draft promises nothing',
      { metric: 'RTO: { az: 10m }', olaApproved: false, ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 1m } }' },
      ['unsupported: cart db'],
    ],
    [
      'the SLA itself may promise for a dependency',
      { metric: 'RTO: { az: 10m }', slaExtra: ', cart: { RTO: { az: 1m } }', ola: 'db: { RTO: { az: 1m } }' },
      [],
    ],
    [
      'recovery points: the worst decides, not the sum',
      { metric: 'RPO: { az: 5m }', ola: 'cart: { RPO: { az: 4m } }, db: { RPO: { az: 5m } }' },
      [],
    ],
    [
      'a recovery point that is too far back',
      { metric: 'RPO: { az: 5m }', ola: 'cart: { RPO: { az: 4m } }, db: { RPO: { az: 6m } }' },
      ['does-not-fit: db'],
    ],
    [
      'capacity: the least decides',
      { metric: 'MBCO: { az: 60% }', ola: 'cart: { MBCO: { az: 60% } }, db: { MBCO: { az: 50% } }' },
      ['does-not-fit: db'],
    ],
    [
      'availability that is enough',
      {
        metric: 'AVAILABILITY: { az: 99.9% }',
        ola: 'cart: { AVAILABILITY: { az: 99.9% } }, db: { AVAILABILITY: { az: 99.99% } }',
      },
      [],
    ],
    ['types without a chain', { metric: 'DETECT: { az: 1m }' }, []],
    [
      'a supplier without promise',
      { metric: 'RTO: { az: 10m }', needsPsp: 'hard', ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 1m } }' },
      ['unsupported: psp'],
    ],
    [
      'a supplier without evidence',
      {
        metric: 'RTO: { az: 10m }',
        needsPsp: 'hard',
        psp: '{ promises: { RTO: { az: 1m } } }',
        ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 1m } }',
      },
      ['unsupported: psp'],
    ],
    [
      'a supplier that is too slow',
      {
        metric: 'RTO: { az: 10m }',
        needsPsp: 'hard',
        psp: '{ evidence: e, promises: { RTO: { az: 11m } } }',
        ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 1m } }',
      },
      ['does-not-fit: psp'],
    ],
    [
      'a supplier is not asked for capacity',
      { metric: 'MBCO: { az: 60% }', needsPsp: 'hard', ola: 'cart: { MBCO: { az: 60% } }, db: { MBCO: { az: 60% } }' },
      [],
    ],
    [
      'a soft supplier',
      { metric: 'RTO: { az: 10m }', needsPsp: 'soft', ola: 'cart: { RTO: { az: 1m } }, db: { RTO: { az: 1m } }' },
      [],
    ],
  ];
  for (const [name, c, expected] of rows) {
    it(name, () => {
      expect(flags(c)).toEqual(expected);
    });
  }

  it('names both places, and is among the warnings of the catalogue', () => {
    const catalogue = catalogueOf({ metric: 'RPO: { az: 5m }', ola: 'cart: { RPO: { az: 1h } }, db: { RPO: { az: 1m } }' });
    const [flag] = chainCheck(catalogue);
    const metric = (id: string) => catalogue.agreements.flatMap((a) => a.metrics).find((m) => m.id === id);
    expect(flag?.place).toEqual(metric('sla/shop/RPO-az')?.place);
    expect(flag?.underlying).toEqual([metric('ola/cart/RPO-az')?.place]);
    expect(catalogue.warnings.map((w) => w.message)).toContain(flag?.message);
  });
});

describe('agreements in force', () => {
  const catalogue = parse(`services: { shop: { tier: 1, resources: [{ name: a }] } }
agreements:
  open: { kind: SLA, parties: { provider: P, customer: C }, approvedBy: A, from: 2026-02-01, version: '1', metrics: {} }
  closed: { kind: SLA, parties: { provider: P, customer: C }, approvedBy: A, from: 2026-01-01, to: 2026-02-01, version: '1', metrics: {} }
  draft: { kind: SLA, parties: { provider: P, customer: C }, from: 2026-01-01, version: '1', metrics: {} }
`);
  const rows = [
    ['2025-12-31', []],
    ['2026-01-01', ['closed']],
    ['2026-02-01', ['open', 'closed']],
    ['2026-02-02', ['open']],
  ] as const;
  for (const [day, ids] of rows) {
    it(`on ${day}: ${ids.join(', ') || 'none'}`, () => {
      expect(agreedAt(catalogue, day).map((a) => a.id)).toEqual(ids);
    });
  }
});
