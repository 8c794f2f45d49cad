import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { deriveSeed } from './derive-seed.ts';

/** The numbers 0 to `count - 1` in an order that depends on the seed and the epoch only. */
export function seededOrder(count: number, { seed, epoch }: { seed: number; epoch: number }): number[] {
  const random = xoroshiro128plus(deriveSeed(seed, epoch));
  const order = Array.from({ length: count }, (_, position) => position);
  for (let last = count - 1; last > 0; last--) {
    const chosen = uniformInt(random, 0, last);
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
