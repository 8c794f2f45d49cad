/** A small seeded generator (mulberry32), so that these tests draw the same every time. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fixed numbers in 0..1 that look like noise. */
export function noise(count: number, seed = 1): Float32Array {
  const uniform = seeded(seed);
  return Float32Array.from({ length: count }, uniform);
}
