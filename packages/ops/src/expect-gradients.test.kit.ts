import { expect } from '@jest/globals';
import { grads, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Fixed numbers in 0..1 that look like noise. */
export const noise = (count: number, seed = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return x - Math.floor(x);
  });

/** Fixed numbers in −1..1 that look like noise. */
export const signedNoise = (count: number, seed = 1): Float32Array => noise(count, seed).map((value) => 2 * value - 1);

/**
 * A function of tensors, and the weighted sum of its output as a function of the tensors' values.
 */
function weightedSum<I extends Tensor[]>(f: (...inputs: I) => Tensor, inputs: [...I]) {
  const weights = tidy(() => {
    const { shape, size } = f(...(inputs as I));
    return tensor(size === 1 ? [1] : signedNoise(size, 7), shape);
  });
  const weightValues = weights.dataSync<'float32'>();
  return {
    gradients: () => grads((...at) => sum(mul(f(...(at as I)), weights)))(inputs),
    at: (which: number, values: Float32Array) =>
      tidy(() => {
        const moved = inputs.map((input, i) => (i === which ? tensor(values, input.shape) : input)) as I;
        const output = f(...moved).dataSync<'float32'>();
        return output.reduce((total, value, i) => total + value * weightValues[i], 0);
      }),
  };
}

/**
 * Expects the gradients of a weighted sum of `f`'s output, or of `f` itself where it gives one
 * number, to be what central differences give, for every element of every input.
 *
 * @param opts `step` of the differences (0.01); `tolerance` relative to the largest derivative of
 *   each input (0.002), which must not be 0
 */
export function expectGradients<I extends Tensor[]>(
  f: (...inputs: I) => Tensor,
  inputs: [...I],
  { step = 0.01, tolerance = 0.002 }: { step?: number; tolerance?: number } = {},
): void {
  tidy(() => {
    const total = weightedSum(f, inputs);
    const found = total.gradients();
    inputs.forEach((input, which) => {
      const values = input.dataSync<'float32'>();
      const moved = (element: number, distance: number) => {
        const changed = values.slice();
        changed[element] += distance;
        return [total.at(which, changed), changed[element]];
      };
      const expected = Array.from(values, (_, element) => {
        const [above, to] = moved(element, step);
        const [below, from] = moved(element, -step);
        return (above - below) / (to - from);
      });
      const largest = Math.max(...expected.map(Math.abs));
      const actual = found[which].dataSync();
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
      expect(found[which].shape).toEqual(input.shape);
      expect(largest).toBeGreaterThan(0);
      if (!(worst <= tolerance * largest)) {
        expect({ input: which, gradient: Array.from(actual) }).toEqual({ input: which, gradient: expected });
      }
    });
  });
}

/**
 * Expects the slope of `f` along two noisy directions to be what its gradient says: for functions
 * that are slow to evaluate.
 *
 * @param opts `step` along directions whose elements are in −1..1 (1e-4); `tolerance` relative to
 *   the lengths of gradient and direction (0.005)
 */
export function expectSlopes<T extends Tensor>(
  f: (x: T) => Tensor,
  at: T,
  { step = 1e-4, tolerance = 0.005 }: { step?: number; tolerance?: number } = {},
): void {
  tidy(() => {
    const total = weightedSum<[T]>(f, [at]);
    const values = at.dataSync<'float32'>();
    const gradient = total.gradients()[0].dataSync<'float32'>();
    for (const seed of [11, 12]) {
      const direction = signedNoise(values.length, seed);
      const along = (distance: number) =>
        total.at(
          0,
          values.map((value, i) => value + distance * direction[i]),
        );
      const expected = (along(step) - along(-step)) / (2 * step);
      const slope = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      const length = Math.hypot(...gradient) * Math.hypot(...direction);
      expect(length).toBeGreaterThan(0);
      expect(Math.abs(slope - expected) / length).toBeLessThan(tolerance);
    }
  });
}
