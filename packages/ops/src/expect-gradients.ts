import { expect } from '@jest/globals';
import { grads, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Fixed numbers in −1..1 that look like noise. */
export const noise = (count: number, seed = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });

/**
 * Expects the gradients of a weighted sum of `f`'s output to be what central differences give, for every element of every input.
 *
 * @param opts `step` of the differences (0.01); `tolerance` relative to the largest derivative (0.002)
 */
export function expectGradients(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  { step = 0.01, tolerance = 0.002 }: { step?: number; tolerance?: number } = {},
): void {
  tidy(() => {
    const weights = tidy(() => {
      const { shape, size } = f(...inputs);
      return tensor(noise(size, 7), shape);
    });
    const weighted = (...at: Tensor[]) =>
      tidy(() =>
        f(...at)
          .dataSync<'float32'>()
          .reduce((total, value, i) => total + value * weightValues[i], 0),
      );
    const weightValues = weights.dataSync<'float32'>();
    const found = grads((...at) => sum(mul(f(...at), weights)))(inputs);
    inputs.forEach((input, which) => {
      const values = input.dataSync<'float32'>();
      const moved = (element: number, distance: number) =>
        tidy(() => {
          const changed = values.slice();
          changed[element] += distance;
          const at = [...inputs];
          at[which] = tensor(changed, input.shape);
          return [weighted(...at), changed[element]];
        });
      const expected = Array.from(values, (_, element) => {
        const [above, to] = moved(element, step);
        const [below, from] = moved(element, -step);
        return (above - below) / (to - from);
      });
      const scale = Math.max(1, ...expected.map(Math.abs));
      const actual = found[which].dataSync();
      const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[i])), 0);
      expect(found[which].shape).toEqual(input.shape);
      expect(Number.isNaN(worst)).toBe(false);
      if (worst > tolerance * scale) {
        expect({ input: which, gradient: Array.from(actual) }).toEqual({ input: which, gradient: expected });
      }
    });
  });
}
