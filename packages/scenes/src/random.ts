import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded stream of draws; the same seed always gives the same stream. */
export interface Random {
  /** Uniform in `[low, high)`. */
  between(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Index drawn in proportion to the weights. */
  weighted(weights: readonly number[]): number;
  /** Bell-shaped around 0 with standard deviation 1, never beyond ±3.5. */
  normal(): number;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  const draw = () => uniformFloat64(generator);
  return {
    between: (low, high) => low + (high - low) * draw(),
    chance: (probability) => draw() < probability,
    pick: (items) => items[Math.floor(draw() * items.length)],
    weighted(weights) {
      let left = draw() * weights.reduce((sum, weight) => sum + weight, 0);
      for (let index = 0; index < weights.length; index++) {
        left -= weights[index];
        if (left < 0) return index;
      }
      return weights.length - 1;
    },
    normal: () => (draw() + draw() + draw() + draw() - 2) * Math.sqrt(3),
  };
}
