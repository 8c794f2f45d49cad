import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { squeeze, tensor4d } from '@tensorflow/tfjs-core';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';
import { upsampleNearest2x } from './upsample-nearest-2x.ts';

test('repeats every pixel in both directions', () => {
  const y = upsampleNearest2x(tensor4d([1, 2], [1, 1, 2, 1]));
  expect(squeeze(y).arraySync()).toEqual([
    [1, 1, 2, 2],
    [1, 1, 2, 2],
  ]);
});

test('its gradient is the sum over the copies', () => {
  expectGradients((x) => upsampleNearest2x(x), [tensor4d(signedNoise(2 * 3 * 4 * 3), [2, 3, 4, 3])]);
});
