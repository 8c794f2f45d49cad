import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { fill, grad, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { edgeAwareSmoothness } from './edge-aware-smoothness.ts';
import { expectGradients, noise } from '@segsde/ops/expect-gradients.test.kit';

const cost = (disparity: Tensor4D, image: Tensor4D) => edgeAwareSmoothness(disparity, image).dataSync()[0];
const halves = (left: number, right: number, channels: number) =>
  tensor4d(
    Array.from({ length: 4 * 6 * channels }, (_, i) => (Math.floor(i / channels) % 6 < 3 ? left : right)),
    [1, 4, 6, channels],
  );
const image = tensor4d(noise(2 * 4 * 5 * 3, 2), [2, 4, 5, 3]);

test('a constant disparity costs nothing and gets no gradient', () => {
  const constant = fill([2, 4, 5, 1], 0.3) as Tensor4D;
  expect(cost(constant, image)).toBe(0);
  grad((x) => edgeAwareSmoothness(x as Tensor4D, image))(constant)
    .dataSync()
    .forEach((value) => expect(value).toBe(0));
});

test('a jump in disparity is forgiven where the image jumps', () => {
  const jump = halves(1, 2, 1);
  expect(cost(jump, halves(0.5, 0.5, 3))).toBeCloseTo(1 / 5, 6);
  expect(cost(jump, halves(0, 1, 3))).toBeCloseTo(Math.exp(-1) / 5, 6);
});

test('its gradient is what finite differences give', () => {
  const disparity = tensor4d(noise(2 * 4 * 5), [2, 4, 5, 1]);
  expectGradients((x) => edgeAwareSmoothness(x, image), [disparity], { step: 5e-4, tolerance: 0.01 });
});
