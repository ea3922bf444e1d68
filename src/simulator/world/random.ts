/** Seeded randomness: the same world, seed and calls give the same bytes. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** That many lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for ids and delays. */
export function random(seed: number): Random {
  // As a signed number: V8 keeps one of those without a place of its own on the heap.
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(''),
  };
}
