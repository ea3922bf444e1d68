import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/journal.ts';
import { canonicalJson, parseJson, sha256 } from '../../src/store/canonical.ts';
import { breakAt, type EvidenceDraft, GENESIS, hashOf, lineOf, seal } from '../../src/store/record.ts';

const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }) as fc.Arbitrary<Json>;
const draft: fc.Arbitrary<EvidenceDraft> = fc.record({
  kind: fc.constantFrom('verdict', 'drill-result', 'decision', 'import'),
  world: fc.constantFrom('live', 'simulated'),
  at: fc.double({ noNaN: true, noDefaultInfinity: true }),
  subject: fc.string({ unit: 'grapheme' }).filter((s) => !/[\0\p{Cs}]/u.test(s)),
  body: json,
});

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]: [string, Json]) => [k, shuffled(v)]),
  );
}

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null] }, '{"a":[true,null],"b":1}'],
    // RFC 8785, 3.2.3: keys sort by UTF-16 code unit, so a surrogate comes before U+FB33.
    [{ '\ufb33': 1, '\u{1f600}': 2, '1': 3, '\r': 4 }, '{"\\r":4,"1":3,"\u{1f600}":2,"\ufb33":1}'],
    [[1e21, -0, 5e-324, 0.1 + 0.2], '[1e+21,0,5e-324,0.30000000000000004]'],
    ['nul \0 half \ud800', '"nul \\u0000 half \\ud800"'],
  ] as const)('%j', (value, text) => expect(canonicalJson(value)).toBe(text));

  it('does not depend on the order of keys, and is read back as it was', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled(value))).toBe(text);
        expect(canonicalJson(parseJson(text))).toBe(text);
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, [undefined], 1n])(
    'refuses what JSON cannot hold (%s)',
    (value) => {
      expect(() => canonicalJson(value as Json)).toThrow(TypeError);
    },
  );

  it('refuses what is too deep, without running out of stack', () => {
    expect(() => canonicalJson(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toThrow(TypeError);
  });
});

describe('a record', () => {
  it('has a hash over the canonical JSON of everything else in it', () => {
    fc.assert(
      fc.property(draft, (d) => {
        const { hash, ...record } = seal(d, { sequence: 41, hash: 'e'.repeat(64) });
        const whole = { ...record, body: parseJson(record.body) };
        expect(hash).toBe(sha256(canonicalJson(whole)));
        expect(lineOf({ ...record, hash })).toBe(canonicalJson({ ...whole, hash }));
      }),
    );
  });

  it('follows the one that it was sealed upon, and no other', () => {
    const first = seal({ kind: 'verdict', world: 'live', at: 1, subject: 's', body: 1 }, GENESIS);
    const second = seal({ kind: 'decision', world: 'live', at: 2, subject: 's', body: 2 }, first);
    expect(breakAt(first, GENESIS)).toBeUndefined();
    expect(breakAt(second, first)).toBeUndefined();
    expect(breakAt(second, GENESIS)).toMatchObject({ sequence: 1, differs: 'sequence' });
    expect(breakAt(second, { ...first, hash: 'a'.repeat(64) })).toMatchObject({ sequence: 2, differs: 'previous' });
    for (const change of [
      { at: 3 },
      { kind: 'verdict' as const },
      { world: 'simulated' as const },
      { subject: 't' },
      { body: '3' },
    ])
      expect(breakAt({ ...second, ...change }, first)).toMatchObject({ sequence: 2, differs: 'content' });
    // Somebody who also writes a new hash breaks the link to what follows.
    const forged = { ...first, body: '9' };
    expect(breakAt(second, { ...forged, hash: hashOf(forged) })).toMatchObject({ differs: 'previous' });
  });
});
