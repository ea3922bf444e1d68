import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../src/simulator/wire/body.ts';

describe('bodyOf', () => {
  const request = (...chunks: readonly string[]): Readable => Readable.from(chunks.map((c) => Buffer.from(c)));

  it.each([
    ['nothing', [], ''],
    ['one chunk', ['abc'], 'abc'],
    ['as much as it may', ['abc', 'de'], 'abcde'],
    ['a byte too many', ['abc', 'def'], undefined],
    ['one chunk that is too large', ['abcdef'], undefined],
  ])('%s', async (_what, chunks, expected) => {
    expect((await bodyOf(request(...chunks), 5))?.toString('utf8')).toBe(expected);
  });

  it('reads no further than it must', async () => {
    const incoming = request('abcdef', 'g');
    await bodyOf(incoming, 5);
    expect(incoming.destroyed).toBe(true);
  });
});
