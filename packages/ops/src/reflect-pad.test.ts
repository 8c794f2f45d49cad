import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { ones, squeeze, tensor4d } from '@tensorflow/tfjs-core';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';
import { reflectPad } from './reflect-pad.ts';

test('mirrors without repeating the edge', () => {
  const row = reflectPad(tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]));
  expect(squeeze(row).arraySync()).toEqual([
    [5, 4, 5, 6, 5],
    [2, 1, 2, 3, 2],
    [5, 4, 5, 6, 5],
    [2, 1, 2, 3, 2],
  ]);
});

test.each([
  [2, 2, 1],
  [3, 4, 1],
  [3, 5, 2],
  [6, 4, 3],
])('its gradient folds the borders back: %ix%i pixels padded by %i', (h, w, amount) => {
  expectGradients((x) => reflectPad(x, amount), [tensor4d(signedNoise(2 * h * w * 2), [2, h, w, 2])]);
});

test('refuses to mirror more than there is', () => {
  expect(() => reflectPad(ones([1, 4, 2, 1]), 2)).toThrow('4x2 pixels cannot be mirrored by 2');
});
