/** FNV-1a, 32 bit, of the UTF-8 bytes of a name. */
export function fnv1a(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The 32 bits that the golden numbers' generator gives for element `index` of the tensor whose name
 * hashes to `seed`.
 */
export function hashBits(seed: number, index: number): number {
  let x = (seed + Math.imul(index, 0x9e3779b9)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * `count` values `low + (high - low) * u`, u in 0..1 from the name and the flat index, rounded to
 * float32 once.
 */
export function hashUniform(name: string, count: number, low: number, high: number): Float32Array {
  const seed = fnv1a(name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = low + (high - low) * (hashBits(seed, i) / 2 ** 32);
  return values;
}
