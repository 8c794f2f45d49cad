import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { tensor4d } from '@tensorflow/tfjs-core';
import { averagePool3x3 } from './average-pool-3x3.ts';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';

test('is the mean of nine pixels', () => {
  const y = averagePool3x3(tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 18], [1, 3, 3, 1]));
  expect(Array.from(y.dataSync())).toEqual([6]);
});

test('its gradient is what finite differences give', () => {
  expectGradients((x) => averagePool3x3(x), [tensor4d(signedNoise(2 * 5 * 4 * 2), [2, 5, 4, 2])]);
});
