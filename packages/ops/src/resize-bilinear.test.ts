import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { tensor4d } from '@tensorflow/tfjs-core';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';
import { resizeBilinear } from './resize-bilinear.ts';

const row = (values: number[]) => tensor4d(values, [1, 1, values.length, 1]);

test('half-pixel centres: edges stay, outside the first and last centre the value is constant', () => {
  const wide = resizeBilinear(row([0, 4]), [1, 4]).dataSync();
  expect(Array.from(wide)).toEqual([0, 1, 3, 4]);
});

test('aligned corners: first and last value stay', () => {
  const wide = resizeBilinear(row([0, 3]), [1, 4], { alignCorners: true }).dataSync();
  expect(Array.from(wide)).toEqual([0, 1, 2, 3]);
});

test.each([
  [3, 4, 6, 8],
  [3, 5, 7, 5],
  [6, 8, 3, 3],
  [1, 1, 4, 3],
  [5, 3, 1, 1],
])('its gradient is what finite differences give: %ix%i to %ix%i', (h, w, newH, newW) => {
  for (const alignCorners of [false, true]) {
    expectGradients(
      (x) => resizeBilinear(x, [newH, newW], { alignCorners }),
      [tensor4d(signedNoise(2 * h * w * 2), [2, h, w, 2])],
    );
  }
});
