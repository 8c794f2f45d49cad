import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grad, sum, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { expectGradients, noise } from '@segsde/ops/expect-gradients.test.kit';
import { photometricErrorFused } from './photometric-error-fused.ts';
import { photometricError } from './photometric-error.ts';
import { ssimLoss } from './ssim-loss.ts';

const image = (seed: number) => tensor4d(noise(2 * 4 * 5 * 3, seed), [2, 4, 5, 3]);
const channelMean = (values: ArrayLike<number>, pixel: number) =>
  (values[3 * pixel] + values[3 * pixel + 1] + values[3 * pixel + 2]) / 3;

describe.each([
  ['photometricError', photometricError],
  ['photometricErrorFused', photometricErrorFused],
])('%s', (_, errorOf) => {
  test('without SSIM it is the mean absolute difference of the channels', () => {
    const [a, b] = [image(1), image(2)];
    const difference = b.dataSync().map((value, i) => Math.abs(value - a.dataSync()[i]));
    const error = errorOf(a, b, { ssim: false });
    expect(error.shape).toEqual([2, 4, 5]);
    error.dataSync().forEach((value, i) => expect(value).toBeCloseTo(channelMean(difference, i), 6));
  });

  test('is 85 % SSIM loss and 15 % absolute difference', () => {
    const [a, b] = [image(1), image(2)];
    const [structure, l1] = [ssimLoss(a, b).dataSync(), errorOf(a, b, { ssim: false }).dataSync()];
    errorOf(a, b)
      .dataSync()
      .forEach((value, i) => expect(value).toBeCloseTo(0.85 * channelMean(structure, i) + 0.15 * l1[i], 6));
  });

  test('an image costs nothing against itself', () => {
    const x = image(3);
    expect(Math.max(...errorOf(x, x).dataSync())).toBeLessThan(1e-6);
  });

  test('its gradient is what finite differences give', () => {
    // No pixel so near to the target's that a step of the differences would cross the kink of |a −
    // b|.
    const target = image(11);
    for (const ssim of [true, false])
      expectGradients((x) => errorOf(x, target, { ssim }), [image(4)], { step: 5e-4, tolerance: 0.01 });
  });
});

test('the fused form gives an image no gradient against itself', () => {
  const x = image(3);
  grad((y) => sum(photometricErrorFused(y as Tensor4D, x)))(x)
    .dataSync()
    .forEach((value) => expect(value).toBeCloseTo(0, 6));
});
