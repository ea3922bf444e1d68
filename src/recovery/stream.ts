/**
 * Random numbers as a pure function of (seed, place in the graph, sample number): any sample can be drawn
 * alone, in any order, and adding a node leaves the samples of the others as they were.
 */

/** Two 32-bit words that name one stream. */
export interface StreamKey {
  readonly a: number;
  readonly b: number;
}

/** Odd multiplier near 2³²/φ, the step of a Weyl sequence. */
const WEYL = 0x9e3779b9;

/** Bijective scrambler of 32 bits, with the constants of MurmurHash3's finaliser (A. Appleby, public domain). */
export function scramble(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 64-bit fingerprint of a text, as two independently seeded FNV-1a style lanes. */
export function hashText(text: string): StreamKey {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ c, 0xcc9e2d51);
  }
  return { a: scramble(a ^ text.length), b: scramble(b + Math.imul(a, WEYL)) };
}

/** The stream of the `index`-th random part of a place, under a seed. */
export function deriveStream(place: StreamKey, index: number, seed: number): StreamKey {
  const low = scramble(seed | 0);
  const high = scramble((Math.floor(seed / 2 ** 32) | 0) ^ WEYL);
  const turn = Math.imul(index + 1, WEYL);
  return { a: scramble(place.a ^ low) ^ scramble(turn), b: scramble((place.b ^ high) + turn) };
}

/**
 * 32 random bits of a stream at a position: a keyed bijection of the counter, in the manner of counter-based
 * generators (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 */
export function bitsAt(key: StreamKey, position: number): number {
  let h = Math.imul(position + 1, WEYL) + key.a;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) ^ key.b;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
  return h ^ (h >>> 15);
}
