import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDrillFile } from '../../src/catalog/drills.ts';
import { writeDrillFile } from '../../src/catalog/write-drills.ts';
import { DRILL_KINDS } from '../../src/model/drill.ts';
import { UsageError } from '../../src/model/errors.ts';
import { catalogue, drillSpecs } from './drill-specs.ts';

const LINE = /^ {2}(?:f:\d+:\d+: expected .+, found .+; .+|… and \d+ more)$/u;
/** Milliseconds for one file of 150 kB, with room for a busy machine. */
const PATIENCE = 20_000;

/** Reads or refuses in bounded time, and a refusal is one of ours in the form we promise. */
function readsOrRefuses(text: string): void {
  const start = performance.now();
  try {
    parseDrillFile(text, 'f', catalogue);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.code).toBe('drill-file-invalid');
    for (const line of error.message.split('\n').slice(1)) expect(line).toMatch(LINE);
  }
  expect(performance.now() - start).toBeLessThan(PATIENCE);
}

describe('whatever a drill file holds', () => {
  const token = fc.constantFrom(
    ...['\n', '  ', '\t', ': ', '- ', '? ', '[', ']', '{', '}', ',', '&a ', '*a', '"', "'", '#', '|', '!!x ', '---\n', '<<: *a'],
    ...['15', '5m', '60%', '0', '-1', 'null', '.nan', '\u0000', '\ud800', '🙂', '__proto__', 'constructor', 'mon-fri', '25:00'],
  );
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(12),
    insert: fc.oneof(token, fc.string({ maxLength: 6, unit: 'binary' })),
  });

  it('a damaged file is read or refused', () => {
    fc.assert(
      fc.property(drillSpecs, fc.array(edit, { minLength: 1, maxLength: 4 }), (specs, edits) => {
        const text = edits.reduce((t, { at, length, insert }) => {
          const i = Math.floor(at * t.length);
          return t.slice(0, i) + insert + t.slice(i + length);
        }, writeDrillFile(specs));
        readsOrRefuses(text);
      }),
      { numRuns: 500 },
    );
  });

  it('any text is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.array(token, { maxLength: 60 }).map((p) => p.join('')),
        ),
        readsOrRefuses,
      ),
      { numRuns: 2000 },
    );
  });

  it('any data under the keys of a drill is read or refused', () => {
    const key = fc.constantFrom(
      ...[
        'drills',
        'id',
        'kind',
        'service',
        'member',
        'hypothesis',
        'metrics',
        'steady',
        'preconditions',
        'fresh-backups',
        'recover',
      ],
      ...[
        'probes',
        'entry',
        'dns',
        'stops',
        'alarm',
        'over',
        'availability-below',
        'points',
        'limit',
        'blastRadius',
        'tags',
        'most',
      ],
      ...['approvals', 'by', 'count', 'window', 'days', 'from', 'to', 'zone', 'every', 'controls', 'participants'],
    );
    const leaf = fc.constantFrom<unknown>(
      ...[
        ...DRILL_KINDS,
        'shop',
        'psp',
        'sla/shop/RTO-az',
        '5m',
        '365d',
        '60%',
        'mon',
        '22:00',
        'UTC',
        'entry',
        'no-other-drill',
      ],
      ...['newest', 'x', '', 0, 1, -1, 1.5, null, true, [], {}],
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        leaf,
        fc.dictionary(key, tie('value'), { maxKeys: 6 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    const drill = fc
      .tuple(fc.constantFrom(...DRILL_KINDS), fc.dictionary(key, value))
      .map(([kind, rest]) => ({ id: 'd', kind, service: 'shop', ...rest }));
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(key, value), drill, fc.record({ drills: fc.array(drill, { maxLength: 3 }) })), (data) =>
        readsOrRefuses(JSON.stringify(data)),
      ),
      { numRuns: 2000 },
    );
  });

  it('large files of one repeated thing are read or refused', () => {
    const drill = '{ id: d, kind: az-loss, service: shop, hypothesis: { metrics: [sla/shop/RTO-ax] } }, ';
    for (const piece of ['- ', 'a: ', '{a: 1}, ', '*a ', '[', '? ', '- { id: d }\n', 'newest, ', drill])
      for (const before of ['', 'drills: [', 'drills:\n', 'id: d\nkind: backup-restore\nservice: shop\npoints: ['])
        readsOrRefuses(before + piece.repeat(Math.floor(150_000 / piece.length)) + (before.endsWith('[') ? ']' : ''));
  });
});
