import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftCatalogue } from '../../src/catalog/draft.ts';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { compileSelector } from '../../src/catalog/selector.ts';
import { UsageError } from '../../src/model/errors.ts';
import { fold } from '../../src/model/known.ts';
import { reading, resource } from './readings.ts';
import { SERVICE, withMetrics } from './support.ts';

const LINE = /^ {2}(?:f:\d+:\d+: expected .+, found .+; .+|… and \d+ more)$/u;

/** Reads or refuses, and a refusal is one of ours in the form we promise. */
function readsOrRefuses(text: string): void {
  try {
    parseCatalogue(text, 'f');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.code).toBe('catalogue-invalid');
    for (const line of error.message.split('\n').slice(1)) expect(line).toMatch(LINE);
  }
}

const GOOD = [
  `${SERVICE}  cart:
    tier: 2
    resources: [{ tag: { a: b } }, { component: c }]
    dependsOn: [{ service: shop }, { supplier: psp, strength: soft }]
suppliers: { psp: { evidence: e, promises: { RTO: { az: 5m }, RPO: { data: 1h } } } }
waivers: [{ rule: r, reason: x, approvedBy: a, until: 2026-01-01 }]
roles: { db: { service: shop, members: [{ name: a }] } }
times: { row: { min: 1s, typ: 2s, max: 3s, source: s } }
`,
  withMetrics(
    '{ RTO: { az: 2m, region: { target: 15m, percentile: 99.9 } }, RPO: 5m, MBCO: { region: 60% } }',
    'defaults: { scopes: { 1: [az] } }\n',
  ),
] as const;

describe('whatever the file holds', () => {
  const token = fc.constantFrom(
    '\n',
    '  ',
    '\t',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '"',
    "'",
    '#',
    '|',
    '>',
    '!!x ',
    '%',
    '---\n',
    '15',
    '5m',
    '60%',
    '\u0000',
    '\ud800',
    '🙂',
    '<<: *a',
    'null',
    '.nan',
    '__proto__',
    'constructor',
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(12),
    insert: fc.oneof(token, fc.string({ maxLength: 6, unit: 'binary' })),
  });

  it('a damaged catalogue is read or refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...GOOD), fc.array(edit, { minLength: 1, maxLength: 4 }), (good, edits) => {
        const text = edits.reduce((t, { at, length, insert }) => {
          const i = Math.floor(at * t.length);
          return t.slice(0, i) + insert + t.slice(i + length);
        }, good);
        readsOrRefuses(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('a pile of YAML is read or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ maxLength: 8 })), { maxLength: 60 }), (parts) =>
        readsOrRefuses(parts.join('')),
      ),
      { numRuns: 2000 },
    );
  });

  it('any data under the keys of a catalogue is read or refused', () => {
    const key = fc.constantFrom(
      'services',
      'agreements',
      'suppliers',
      'metrics',
      'shop',
      'sla',
      'RTO',
      'az',
      'target',
      'tier',
      'resources',
      'tag',
      'dependsOn',
      'service',
      'parties',
      'kind',
      'from',
      'to',
      'defaults',
      'scopes',
      'mandatory',
      '1',
      'underpinnedBy',
      'waivers',
      'times',
      'min',
    );
    const leaf = fc.constantFrom<unknown>(
      '5m',
      '60%',
      'shop',
      'sla',
      'SLA',
      'x',
      '',
      1,
      0,
      -1,
      1.5,
      null,
      true,
      '2026-01-01',
      '2025-01-01',
      [],
      {},
      'az',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        leaf,
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value), (data) => readsOrRefuses(JSON.stringify(data))),
      { numRuns: 2000 },
    );
  });

  it('large files of one repeated thing are read or refused', () => {
    const pieces = [
      '- a\n',
      'a: ',
      '"',
      '{a: 1}, ',
      '*a ',
      '&a ',
      '!!a ',
      '#\n',
      '%a\n',
      '---\n',
      '? ',
      ': ',
      '- ',
      '\n',
      '[',
      '"a": 1\n',
      'é',
    ];
    for (const piece of pieces) {
      for (const before of ['', SERVICE, `${SERVICE}plans: [`])
        readsOrRefuses(before + piece.repeat(Math.floor(150_000 / piece.length)));
      readsOrRefuses(`x: [\n${piece.repeat(20_000 / piece.length)}]`);
    }
    readsOrRefuses(`services:\n${Array.from({ length: 10_000 }, (_, i) => `  s${i}: 1\n`).join('')}`);
    const chain = Array.from(
      { length: 2000 },
      (_, i) => `  s${i}: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: s${(i + 1) % 2000} }] }\n`,
    );
    readsOrRefuses(`services:\n${chain.join('')}`);
    readsOrRefuses(
      withMetrics('{ RTO: { az: 1m } }').replace(
        SERVICE,
        `services:\n  shop: { tier: 1, resources: [{ name: a }], dependsOn: [{ service: s0 }] }\n${chain.slice(0, -1).join('').replace('{ service: s1999 }', '')}`,
      ),
    );
  });
});

describe('a drafted catalogue', () => {
  const nasty = fc.oneof(
    fc.string({ maxLength: 20, unit: 'binary' }),
    fc.string({ maxLength: 12 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          '\n',
          '\r',
          '#',
          ': ',
          '- ',
          '*',
          '&',
          '!',
          '%',
          '@',
          '`',
          '{',
          '[',
          '\t',
          ' ',
          '\u2028',
          '\u0000',
          '\ud800',
          '🙂',
          'é',
          'null',
          '~',
          '1',
          '::',
          '\\',
        ),
        { maxLength: 8 },
      )
      .map((p) => p.join('')),
    fc.constantFrom('null', 'true', '1', '1e3', '0x1f', '2026-01-01', '', ' ', '__proto__', 'constructor', '<<', '---', '...'),
  );
  const made = fc.record({
    name: nasty,
    type: fc.oneof(fc.constantFrom('aws:rds/instance:Instance', 'aws:sqs/queue:Queue', 'shop:Component'), nasty),
    custom: fc.boolean(),
    parent: fc.option(fc.nat(5), { nil: undefined }),
    tags: fc.option(fc.dictionary(fc.oneof(fc.constantFrom('service', 'App', 'acme:project'), nasty), nasty, { maxKeys: 3 }), {
      nil: undefined,
    }),
  });

  it('parses whatever the resources are called, and every service picks something', () => {
    fc.assert(
      fc.property(
        nasty,
        nasty,
        fc.array(made, { maxLength: 8 }),
        fc.constantFrom(true, false, undefined),
        (project, stack, parts, stateful) => {
          const bare = parts.map((p) => resource(p.name, p.type));
          const resources = parts.map((p, i) => ({
            ...resource(p.name, p.type, {
              tags: p.tags,
              custom: p.custom,
              ...(p.parent === undefined ? {} : { parent: bare[p.parent]?.urn ?? 'urn:none' }),
            }),
            urn: bare[i]?.urn ?? '',
          }));
          const text = draftCatalogue(
            [reading(project, stack, resources)],
            { isStateful: () => stateful, serves: () => true },
            '2026-01-01',
          );
          const catalogue = parseCatalogue(text, 'f');
          for (const service of catalogue.services) {
            const picks = service.selectors.map(compileSelector);
            const paths = new Map(resources.map((r) => [r.urn, { name: r.name, type: r.type }]));
            const picked = resources.some((r) => {
              const componentPath: { name: string; type: string }[] = [];
              const seen = new Set<string>();
              for (let urn = r.parent; urn !== undefined && !seen.has(urn); urn = resources.find((x) => x.urn === urn)?.parent) {
                seen.add(urn);
                componentPath.push(...[paths.get(urn)].flatMap((p) => p ?? []));
              }
              const facts = { urn: r.urn, type: r.type, name: r.name, project, stack, tags: r.tags, componentPath };
              return picks.some((pick) =>
                fold(
                  pick(facts),
                  (v) => v,
                  () => false,
                ),
              );
            });
            expect(picked).toBe(true);
          }
        },
      ),
      {
        numRuns: 1000,
        // A long quoted text with a line break, once folded into the next line in the middle of a flow mapping.
        examples: [
          [
            '',
            'null',
            [
              { name: '::\n"', type: 'aws:rds/instance:Instance', custom: false, parent: undefined, tags: undefined },
              { name: '', type: 'aws:rds/instance:Instance', custom: true, parent: 0, tags: undefined },
            ],
            true,
          ],
        ],
      },
    );
  });
});
