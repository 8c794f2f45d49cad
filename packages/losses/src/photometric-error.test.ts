import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grad, sum, tensor4d, type Scalar, type Tensor4D } from '@tensorflow/tfjs-core';
import { expectGradient, noise } from './expect-gradient.test.kit.ts';
import { photometricError } from './photometric-error.ts';
import { ssimLoss } from './ssim-loss.ts';

const image = (seed: number) => tensor4d(noise(2 * 4 * 5 * 3, seed), [2, 4, 5, 3]);
const channelMean = (values: ArrayLike<number>, pixel: number) =>
  (values[3 * pixel] + values[3 * pixel + 1] + values[3 * pixel + 2]) / 3;

test('without SSIM it is the mean absolute difference of the channels', () => {
  const [a, b] = [image(1), image(2)];
  const difference = b.dataSync().map((value, i) => Math.abs(value - a.dataSync()[i]));
  const error = photometricError(a, b, { ssim: false });
  expect(error.shape).toEqual([2, 4, 5]);
  error.dataSync().forEach((value, i) => expect(value).toBeCloseTo(channelMean(difference, i), 6));
});

test('is 85 % SSIM loss and 15 % absolute difference', () => {
  const [a, b] = [image(1), image(2)];
  const [structure, l1] = [ssimLoss(a, b).dataSync(), photometricError(a, b, { ssim: false }).dataSync()];
  photometricError(a, b)
    .dataSync()
    .forEach((value, i) => expect(value).toBeCloseTo(0.85 * channelMean(structure, i) + 0.15 * l1[i], 6));
});

test('an image costs nothing against itself and gets no gradient', () => {
  const x = image(3);
  expect(Math.max(...photometricError(x, x).dataSync())).toBeLessThan(1e-6);
  grad((y) => sum(photometricError(y as Tensor4D, x)))(x)
    .dataSync()
    .forEach((value) => expect(value).toBeCloseTo(0, 6));
});

test('its gradient is what finite differences give', () => {
  const target = image(5);
  for (const ssim of [true, false])
    expectGradient((x) => sum(photometricError(x, target, { ssim })) as Scalar, image(4), { step: 5e-4 });
});
