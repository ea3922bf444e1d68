import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMarkers, markerBook, markerText, withoutMarkers } from '../../../src/stacks/program/markers.ts';

const plain = fc.string().filter((s) => findMarkers(s) === undefined);

describe('findMarkers', () => {
  it('finds a marker in any text around it, in upper and lower case', () => {
    fc.assert(
      fc.property(plain, plain, fc.nat(999_999), fc.boolean(), (before, after, n, upper) => {
        const text = upper ? markerText(n).toUpperCase() : markerText(n);
        const parts = findMarkers(before + text + after)?.parts ?? [];
        expect(parts).toContain(n);
      }),
    );
  });

  it('survives JSON and URL encoding', () => {
    const text = encodeURIComponent(JSON.stringify({ Resource: [markerText(42)] }));
    expect(findMarkers(text)?.parts).toContain(42);
  });

  it.each([
    ['slice(0, 8)', (s: string) => s.slice(0, 8)],
    ['slice(8)', (s: string) => s.slice(8)],
    ['slice(1, -1)', (s: string) => s.slice(1, -1)],
  ])('does not take a marker cut by %s for plain text', (_, cut) => {
    expect(findMarkers(`a-${cut(markerText(7))}-b`)).toMatchObject({ damaged: true });
  });

  it('leaves ordinary text alone', () => {
    expect(findMarkers('arn:aws:s3:::bucket/qxz')).toBeUndefined();
  });
});

describe('markerBook', () => {
  it('gives the same marker for the same thing, and a new one for another', () => {
    const book = markerBook([]);
    const id = { kind: 'output', urn: 'u', property: 'id' } as const;
    expect(book.mark(id)).toBe(book.mark({ ...id }));
    expect(book.mark({ ...id, property: 'name' })).not.toBe(book.mark(id));
  });

  it('puts the marker of an ARN where an ARN ends, and reads it back whole', () => {
    const book = markerBook([]);
    const arn = book.mark({ kind: 'output', urn: 'u', property: 'arn' });
    expect(arn.split(':')).toHaveLength(6);
    expect(findMarkers(`${arn}/*`)).toEqual({ parts: [0, '/*'], damaged: false });
  });
});

describe('withoutMarkers', () => {
  it('names different zones differently', () => {
    const book = markerBook([]);
    const zone = (index: number) =>
      book.mark({ kind: 'stand-in', from: 'f', field: 'names', list: false, zone: { region: undefined, index } });
    expect(withoutMarkers(`subnet-${zone(1)}`, book.entries)).not.toBe(withoutMarkers(`subnet-${zone(2)}`, book.entries));
  });
});
