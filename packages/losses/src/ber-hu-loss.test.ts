import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grad, tensor4d, zeros, type Tensor4D } from '@tensorflow/tfjs-core';
import { berHuLoss, berHuThreshold } from './ber-hu-loss.ts';
import { noise } from '@segsde/ops/expect-gradients.test.kit';

const prediction = tensor4d(noise(2 * 10 * 3), [2, 10, 3, 1]);
const target = tensor4d(noise(2 * 10 * 3, 2), [2, 10, 3, 1]);
const errors = Array.from(prediction.dataSync(), (value, i) => value - target.dataSync()[i]);
const isVisible = (i: number, rows: number) => Math.floor(i / 3) % 10 < rows;

test.each([
  [0, 10],
  [0.1, 9],
  [0.25, 7],
])(
  'with %f of the bottom masked it is linear up to C and quadratic beyond, the mean over all pixels',
  (maskBottom, rows) => {
    const visible = errors.filter((_, i) => isVisible(i, rows));
    const c = 0.2 * Math.max(...visible.map(Math.abs));
    const cost = (e: number) => (e <= c ? e : (e * e + c * c) / (2 * c));
    const expected = visible.reduce((total, e) => total + cost(Math.abs(e)), 0) / errors.length;
    expect(berHuThreshold(prediction, target, { maskBottom }).dataSync()[0]).toBeCloseTo(c, 6);
    expect(berHuLoss(prediction, target, { maskBottom }).dataSync()[0]).toBeCloseTo(expected, 5);

    const gradient = grad((x) => berHuLoss(x as Tensor4D, target, { maskBottom }))(prediction).dataSync();
    errors.forEach((e, i) => {
      const slope = isVisible(i, rows) ? Math.sign(e) * Math.max(1, Math.abs(e) / c) : 0;
      expect(gradient[i]).toBeCloseTo(slope / errors.length, 5);
    });
  },
);

test('a perfect prediction costs nothing and gets no gradient', () => {
  expect(berHuLoss(target, target).dataSync()[0]).toBe(0);
  grad((x) => berHuLoss(x as Tensor4D, target))(target)
    .dataSync()
    .forEach((value) => expect(value).toBe(0));
  expect(berHuLoss(zeros([1, 2, 2, 1]), zeros([1, 2, 2, 1])).dataSync()[0]).toBe(0);
});
