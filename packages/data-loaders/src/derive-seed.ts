/**
 * A 32-bit seed that depends on every one of the numbers and on their order, so that each item of
 * each epoch has draws of its own, whatever is loaded before it. The mixing is MurmurHash3's.
 *
 * @param parts integers; only their lower 32 bits count
 */
export function deriveSeed(...parts: number[]): number {
  let hash = 0;
  for (const part of parts) {
    let block = Math.imul(part, 0xcc9e2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    hash ^= block;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= parts.length * 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
