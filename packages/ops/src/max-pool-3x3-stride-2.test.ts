import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { fill, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { expectGradients } from './expect-gradients.test.kit.ts';
import { maxPool3x3Stride2 } from './max-pool-3x3-stride-2.ts';

test('nothing outside the image wins, not even over negative numbers', () => {
  const y = maxPool3x3Stride2(fill([1, 5, 6, 1], -7) as Tensor4D);
  expect(y.shape).toEqual([1, 3, 3, 1]);
  expect(Array.from(y.dataSync())).toEqual(Array(9).fill(-7));
});

test('windows lie around every second pixel, starting with the first', () => {
  const y = maxPool3x3Stride2(tensor4d([1, 2, 3, 9, 4, 5, 6, 7], [1, 1, 8, 1]));
  expect(Array.from(y.dataSync())).toEqual([2, 9, 9, 7]);
});

test('its gradient goes to the maxima', () => {
  // No two neighbours closer than the step of the differences.
  const values = Float32Array.from({ length: 5 * 6 * 2 }, (_, i) => ((i * 37) % 60) / 10);
  expectGradients((x) => maxPool3x3Stride2(x), [tensor4d(values, [1, 5, 6, 2])]);
});
