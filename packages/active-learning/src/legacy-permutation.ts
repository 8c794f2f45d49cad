import { mersenne } from 'pure-rand/generator/mersenne';

/**
 * `numpy.random.RandomState(seed).permutation(count)`, which fixes the reference's random subsets
 * (docs/method.md, section 12.1): MT19937, and a Fisher-Yates shuffle from the end whose draws are
 * masked to the next power of two and rejected when too large.
 *
 * @param seed 0 to 2^32 - 1
 */
export function legacyPermutation(count: number, seed: number): number[] {
  const random = mersenne(seed | 0);
  const order = Array.from({ length: count }, (_, position) => position);
  for (let last = count - 1; last > 0; last--) {
    const mask = 0xffffffff >>> Math.clz32(last);
    let chosen;
    do chosen = (random.next() & mask) >>> 0;
    while (chosen > last);
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
