import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mean, mul, sum, tensor, tensor4d, zeros, type Scalar } from '@tensorflow/tfjs-core';
import { expectGradient, noise } from './expect-gradient.test.kit.ts';
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
  const weights = tensor(noise(24, 2), [2, 3, 4, 1]);
  expectGradient((x) => sum(mul(meanNormalized(x), weights)) as Scalar, disparity);
});
