import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { staleFiles } from '../../scripts/generate.ts';
import { parseDrillFile } from '../../src/catalog/drills.ts';
import { catalogueJsonSchema, DRILL_SCHEMA_LINE, drillFileJsonSchema, SCHEMA_LINE } from '../../src/catalog/json-schema.ts';
import { UsageError } from '../../src/model/errors.ts';
import { parseDuration, parsePercent } from '../../src/model/quantity.ts';
import { AGREEMENT_LINES, agreementWith, parse, SERVICE, withAgreement, withMetrics } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(catalogueJsonSchema());

function parserReads(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** Faults of shape and nothing else: what the schema can see. */
const GOOD: readonly string[] = [
  SERVICE,
  'services: {}',
  withAgreement(AGREEMENT_LINES),
  agreementWith('approvedBy', undefined),
  agreementWith('x', 'to: 2028-02-29'),
  withMetrics('{ RTO: { az: 0, region: 1h30m } }'),
  withMetrics('{ RPO: { region: { target: 5s, percentile: 99.9 } }, RETENTION: 35d }'),
  withMetrics('{ MBCO: { region: 60 % }, AVAILABILITY: { az: 100% } }'),
  withMetrics('{ RTO: { az: { target: 250ms, clock: declaration } } }'),
  withMetrics('{ RTO: 5m }', 'defaults: { scopes: { 1: [az] }, mandatory: { 1: { RTO: [az] } } }'),
  `${SERVICE}waivers: [{ rule: r, reason: x, approvedBy: a, until: 2026-01-01 }]`,
  `${SERVICE}times: { 'any row': { min: 0, typ: 1s, max: 1m, source: s } }\nfailureRates: { az: 0 }`,
  `${SERVICE}plans: [{ id: p, services: [shop], a: [1, null] }]\ndrills: []\nsources: []`,
];
const BAD: readonly string[] = [
  '{}',
  '[]',
  'services: []',
  `${SERVICE}extra: 1`,
  "services: { 'a b': { tier: 1, resources: [{ name: a }] } }",
  'services: { a: { resources: [{ name: a }] } }',
  "services: { a: { tier: '1', resources: [{ name: a }] } }",
  'services: { a: { tier: 1, resources: [] } }',
  'services: { a: { tier: 1, resources: [{}] } }',
  'services: { a: { tier: 1, resources: [{ tag: {} }] } }',
  'services: { a: { tier: 1, resources: [{ tag: { a: 1 } }] } }',
  "services: { a: { tier: 1, resources: [{ name: ' ' }] } }",
  'services: { a: { tier: 1, resources: [{ name: a }], dependsOn: [{ strength: soft }] } }',
  agreementWith('kind', 'kind: SLO'),
  agreementWith('from', 'from: 2026-02-30'),
  agreementWith('version', 'version: 3'),
  withMetrics('{}'),
  withMetrics('{ RTO: {} }'),
  withMetrics('{ RTO: { az: 15 } }'),
  withMetrics("{ RTO: { az: '' } }"),
  withMetrics('{ RTO: { az: 1m2h } }'),
  withMetrics('{ MBCO: { az: 101% } }'),
  withMetrics('{ MBCO: { az: 5m } }'),
  withMetrics('{ RTO: { az: { target: 5m, percentile: 100 } } }'),
  withMetrics('{ RPO: { az: { target: 5m, clock: onset } } }'),
  withMetrics('{ RTO: { az: 5m, target: 5m } }'),
  `${SERVICE}waivers: [{ rule: r, reason: x }]`,
  `${SERVICE}defaults: { scopes: { 1: [az, az] } }`,
  `${SERVICE}defaults: { scopes: {} }`,
  `${SERVICE}failureRates: { az: -1 }`,
  `${SERVICE}drills: [a]`,
];

describe('schema and parser', () => {
  for (const text of GOOD) {
    it(`both take ${JSON.stringify(text.slice(-60))}`, () => {
      expect(validate(parseYaml(text))).toBe(true);
      expect(parserReads(text)).toBe(true);
    });
  }
  for (const text of BAD) {
    it(`both refuse ${JSON.stringify(text.slice(-60))}`, () => {
      expect(validate(parseYaml(text))).toBe(false);
      expect(parserReads(text)).toBe(false);
    });
  }
});

describe('patterns of the schema', () => {
  const accepts = (metric: string, value: string): boolean =>
    validate({
      services: {},
      agreements: {
        a: {
          kind: 'SLA',
          parties: { provider: 'p', customer: 'c' },
          from: '2026-01-01',
          version: '1',
          metrics: { s: { [metric]: value } },
        },
      },
    });
  const number = fc.constantFrom('0', '1', '15', '007', '1.5', '100', '100.0', '99.95', '101', '1000000000000', '.5', '');
  const unit = fc.constantFrom('ms', 's', 'm', 'min', 'h', 'd', 'w', 'y', '%', '', ' s', ' %', ' ');

  it('accept exactly the durations that the model reads', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, unit), { maxLength: 4 }), (parts) => {
        const text = parts.map((p) => p.join('')).join('');
        fc.pre(text === text.trim());
        expect(accepts('RPO', text)).toBe(parseDuration(text) !== undefined);
      }),
      { numRuns: 3000 },
    );
  });

  it('accept only percentages that the model reads', () => {
    fc.assert(
      fc.property(number, unit, (n, u) => {
        if (accepts('MBCO', n + u)) expect(parsePercent(n + u)).toBeDefined();
        else expect(parsePercent(n + u) === undefined || n.startsWith('00')).toBe(true);
      }),
    );
  });
});

describe('what is published', () => {
  it('is current: npx tsx scripts/generate.ts', () => {
    expect(staleFiles(ROOT).map((f) => f.path)).toEqual([]);
  });

  it('describes every field', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, child] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, field] of Object.entries(child as Record<string, { description?: string; $ref?: string }>)) {
            if (field.description === undefined && field.$ref === undefined) bare.push(`${path}.${name}`);
          }
        }
        walk(child, `${path}.${key}`);
      }
    };
    walk(catalogueJsonSchema(), '');
    walk(drillFileJsonSchema(), '');
    expect(bare).toEqual([]);
  });

  it('takes the examples of the guide, and so does the parser, without warnings', () => {
    const guide = readFileSync(join(ROOT, 'docs/catalogue.md'), 'utf8');
    const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map((m) => m[1] ?? '');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example.split('\n')[0]).toBe(SCHEMA_LINE);
      expect(validate(parseYaml(example))).toBe(true);
      expect(parse(example).warnings).toEqual([]);
    }
  });

  it('takes the examples of the guide to drill files, and so does the parser beside the catalogue of the other guide', () => {
    const example = (page: string): string =>
      /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs', page), 'utf8'))?.[1] ?? '';
    const drills = example('drill-files.md');
    expect(drills.split('\n')[0]).toBe(DRILL_SCHEMA_LINE);
    expect(new Ajv2020({ strict: false, validateFormats: false }).compile(drillFileJsonSchema())(parseYaml(drills))).toBe(true);
    const catalogue = parse(example('catalogue.md'));
    expect(parseDrillFile(drills, 'f', { ...catalogue, drills: [] }).map((d) => d.kind)).toEqual([
      'az-loss',
      'region-loss',
      'table-top',
    ]);
  });
});
