import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsAt, deriveStream, hashText } from '../../src/recovery/stream.ts';

const uniform = (key: { a: number; b: number }, i: number) => (bitsAt(key, i) >>> 0) / 2 ** 32;

describe('stream', () => {
  it('is a function of the key and the position', () => {
    const key = deriveStream(hashText('node'), 1, 42);
    expect([0, 1, 2].map((i) => bitsAt(key, i))).toEqual([0, 1, 2].map((i) => bitsAt(deriveStream(hashText('node'), 1, 42), i)));
  });

  it('differs by place, by part and by all bits of the seed', () => {
    const keys = [
      deriveStream(hashText('a'), 1, 1),
      deriveStream(hashText('b'), 1, 1),
      deriveStream(hashText('a'), 2, 1),
      deriveStream(hashText('a'), 1, 2),
      deriveStream(hashText('a'), 1, 1 + 2 ** 32),
    ];
    expect(new Set(keys.map((k) => `${k.a} ${k.b}`)).size).toBe(keys.length);
  });

  it('is uniform: 256 cells of 100,000 draws pass a chi-square test', () => {
    for (const place of ['a', 'b', 'c', 'd']) {
      const key = deriveStream(hashText(place), 1, 3);
      for (const shift of [24, 16, 8, 0]) {
        const cells = new Float64Array(256);
        for (let i = 0; i < 100_000; i += 1) {
          const cell = (bitsAt(key, i) >>> shift) & 255;
          cells[cell] = (cells[cell] ?? 0) + 1;
        }
        const expected = 100_000 / 256;
        const chi = cells.reduce((total, n) => total + (n - expected) ** 2 / expected, 0);
        // 255 degrees of freedom: mean 255, standard deviation 22.6; five of them either way.
        expect(chi).toBeGreaterThan(142);
        expect(chi).toBeLessThan(368);
      }
    }
  });

  it('is uncorrelated between neighbouring places, parts, seeds and positions', () => {
    const base = deriveStream(hashText('shape#0'), 1, 1);
    const others = [
      { key: deriveStream(hashText('shape#1'), 1, 1), lag: 0 },
      { key: deriveStream(hashText('shape#0'), 2, 1), lag: 0 },
      { key: deriveStream(hashText('shape#0'), 1, 2), lag: 0 },
      { key: base, lag: 1 },
      { key: base, lag: 512 },
    ];
    const n = 50_000;
    for (const { key, lag } of others) {
      let total = 0;
      for (let i = 0; i < n; i += 1) total += (uniform(base, i) - 0.5) * (uniform(key, i + lag) - 0.5);
      // Standard error 1/√n; five of them.
      expect(Math.abs((total / n) * 12)).toBeLessThan(5 / Math.sqrt(n));
    }
  });

  it('gives different texts different fingerprints', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 50 }), (texts) => {
        const seen = new Set(texts.map((t) => `${hashText(t).a} ${hashText(t).b}`));
        return seen.size === texts.length;
      }),
    );
  });
});
