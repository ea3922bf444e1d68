import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance } from '../../src/model/edit-distance.ts';

it.each([
  ['region', 'region', 0],
  ['regoin', 'region', 1],
  ['regin', 'region', 1],
  ['az', 'region', 6],
  ['', 'az', 2],
])('from %s to %s: %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

it('is the same both ways, nothing only between equals, and never more than the longer word', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      expect(editDistance(b, a)).toBe(distance);
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
