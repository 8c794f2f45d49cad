import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { tensor4d } from '@tensorflow/tfjs-core';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';
import { forwardDifference } from './forward-difference.ts';

test('next minus this, along height or width', () => {
  const x = tensor4d([1, 2, 4, 8, 16, 32], [1, 2, 3, 1]);
  expect(forwardDifference(x, 2).arraySync()).toEqual([
    [
      [[1], [2]],
      [[8], [16]],
    ],
  ]);
  expect(forwardDifference(x, 1).arraySync()).toEqual([[[[7], [14], [28]]]]);
});

test('its gradients are what finite differences give', () => {
  for (const axis of [1, 2] as const) {
    expectGradients((x) => forwardDifference(x, axis), [tensor4d(signedNoise(2 * 3 * 4 * 2), [2, 3, 4, 2])]);
  }
});
