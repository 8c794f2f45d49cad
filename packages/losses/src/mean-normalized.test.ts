import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mean, mul, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { expectGradients, noise } from '@segsde/ops/expect-gradients.test.kit';
import { meanNormalized } from './mean-normalized.ts';

const disparity = tensor4d(noise(2 * 3 * 4), [2, 3, 4, 1]);

test('every image has mean 1 and does not depend on its scale', () => {
  const normalized = meanNormalized(disparity);
  mean(normalized, [1, 2, 3])
    .dataSync()
    .forEach((value) => expect(value).toBeCloseTo(1, 5));
  meanNormalized(mul(disparity, 0.1))
    .dataSync()
    .forEach((value, i) => expect(value).toBeCloseTo(normalized.dataSync()[i], 4));
});

test('no disparity at all stays zero', () => {
  expect(Math.max(...meanNormalized(zeros([1, 2, 2, 1])).dataSync())).toBe(0);
});

test('its gradient, through the mean too, is what finite differences give', () => {
  expectGradients((x) => meanNormalized(x), [disparity], { step: 2e-3, tolerance: 0.01 });
});
