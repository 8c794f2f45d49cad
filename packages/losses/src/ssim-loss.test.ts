import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { fill, grad, memory, sum, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { expectGradients, noise } from '@segsde/ops/expect-gradients.test.kit';
import { ssimLossFused } from './ssim-loss-fused.ts';
import { ssimLoss } from './ssim-loss.ts';

const [HEIGHT, WIDTH] = [5, 6];
const image = (seed: number) => tensor4d(noise(2 * HEIGHT * WIDTH * 3, seed), [2, HEIGHT, WIDTH, 3]);
const flat = (value: number) => fill([1, 4, 4, 3], value) as Tensor4D;

/** The definition, pixel by pixel. */
function direct(a: Tensor4D, b: Tensor4D): number[] {
  const [x, y] = [a.arraySync(), b.arraySync()];
  const mirror = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
  const result: number[] = [];
  for (let n = 0; n < 2; n++)
    for (let row = 0; row < HEIGHT; row++)
      for (let column = 0; column < WIDTH; column++)
        for (let c = 0; c < 3; c++) {
          const mean = (value: (p: number, q: number) => number) => {
            let total = 0;
            for (const dy of [-1, 0, 1])
              for (const dx of [-1, 0, 1]) {
                const [r, s] = [mirror(row + dy, HEIGHT), mirror(column + dx, WIDTH)];
                total += value(x[n][r][s][c], y[n][r][s][c]) / 9;
              }
            return total;
          };
          const [mx, my] = [mean((p) => p), mean((_, q) => q)];
          const [vx, vy, vxy] = [
            mean((p) => p * p) - mx * mx,
            mean((_, q) => q * q) - my * my,
            mean((p, q) => p * q) - mx * my,
          ];
          const ssim = ((2 * mx * my + 1e-4) * (2 * vxy + 9e-4)) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4));
          result.push(Math.min(Math.max((1 - ssim) / 2, 0), 1));
        }
  return result;
}

describe.each([
  ['ssimLoss', ssimLoss],
  ['ssimLossFused', ssimLossFused],
])('%s', (_, lossOf) => {
  test('is SSIM over mirrored 3x3 windows, turned into a loss', () => {
    const [a, b] = [image(1), image(2)];
    const loss = lossOf(a, b);
    expect(loss.shape).toEqual(a.shape);
    const expected = direct(a, b);
    loss.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
  });

  test('an image costs nothing against itself', () => {
    for (const x of [image(3), flat(0.5), flat(0), flat(1)])
      expect(Math.max(...lossOf(x, x).dataSync())).toBeLessThan(1e-6);
  });

  test('two flat images differ by their brightness alone', () => {
    const value = lossOf(flat(0), flat(1)).dataSync();
    value.forEach((loss) => expect(loss).toBeCloseTo((1 - 1e-4 / (1 + 1e-4)) / 2, 4));
  });

  test('its gradient is what finite differences give', () => {
    const target = image(5);
    expectGradients((x) => lossOf(x, target), [image(4)], { step: 2e-3, tolerance: 0.01 });
  });

  test('leaves no tensors behind', () => {
    const [a, b] = [image(1), image(2)];
    const before = memory().numTensors;
    lossOf(a, b).dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('the fused form gives an image no gradient against itself', () => {
  for (const x of [image(3), flat(0.5), flat(0)]) {
    const gradient = grad((y) => sum(ssimLossFused(y as Tensor4D, x)))(x).dataSync();
    gradient.forEach((value) => expect(value).toBeCloseTo(0, 5));
  }
});
