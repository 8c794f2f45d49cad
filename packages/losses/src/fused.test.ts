import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { fill, mul, sum, tensor, tensor4d, valueAndGrad, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { noise } from '@segsde/ops/expect-gradients.test.kit';
import { photometricErrorFused } from './photometric-error-fused.ts';
import { photometricError } from './photometric-error.ts';
import { ssimLossFused } from './ssim-loss-fused.ts';
import { ssimLoss } from './ssim-loss.ts';

const shape: [number, number, number, number] = [2, 6, 7, 3];
const random = (seed: number) => tensor4d(noise(2 * 6 * 7 * 3, seed), shape);
const flat = (value: number) => fill(shape, value) as Tensor4D;
const grainy = (value: number, seed: number) =>
  tensor4d(
    noise(2 * 6 * 7 * 3, seed).map((x) => value + x / 50),
    shape,
  );

const inputs: [string, Tensor4D, Tensor4D][] = [
  ['random images', random(1), random(2)],
  ['almost flat images', grainy(0.5, 1), grainy(0.6, 2)],
  ['an image and zeros', random(1), flat(0)],
  ['an image and ones', random(1), flat(1)],
  ['zeros and an image', flat(0), random(1)],
  ['ones and an image', flat(1), random(1)],
  ['zeros and ones', flat(0), flat(1)],
  ['two shades of grey', flat(0.3), flat(0.4)],
  ['zeros and zeros', flat(0), flat(0)],
];

/** Value and gradient of a weighted sum of all pixels' errors. */
function measured(f: (image: Tensor4D, target: Tensor4D) => Tensor, image: Tensor4D, target: Tensor4D) {
  const values = f(image, target);
  const weights = tensor(noise(values.size, 5), values.shape);
  const { grad } = valueAndGrad((x) => sum(mul(f(x as Tensor4D, target), weights)))(image);
  return { values: values.dataSync(), gradient: grad.dataSync() };
}

/**
 * The plain form takes differences of means of squares of up to 1, which single precision knows to
 * 6e-8, and divides them by C2 = 9e-4 or more: both agree to 1e-3 of the largest number.
 */
describe.each(inputs)('%s', (_, image, target) => {
  test.each<[string, (a: Tensor4D, b: Tensor4D) => Tensor, (a: Tensor4D, b: Tensor4D) => Tensor]>([
    ['ssimLoss', ssimLoss, ssimLossFused],
    ['photometricError', photometricError, photometricErrorFused],
    [
      'photometricError without SSIM',
      (a, b) => photometricError(a, b, { ssim: false }),
      (a, b) => photometricErrorFused(a, b, { ssim: false }),
    ],
  ])('%s and its fused form agree in value and gradient', (_name, plain, fused) => {
    const [expected, actual] = [measured(plain, image, target), measured(fused, image, target)];
    const largest = Math.max(...expected.gradient.map(Math.abs));
    actual.values.forEach((value, i) => expect(Math.abs(value - expected.values[i])).toBeLessThan(1e-4));
    actual.gradient.forEach((value, i) =>
      expect(Math.abs(value - expected.gradient[i])).toBeLessThanOrEqual(1e-3 * Math.max(1, largest)),
    );
  });
});
