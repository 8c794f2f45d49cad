import '@tensorflow/tfjs-backend-cpu';
import { tensor1d, tensor4d, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { BatchNorm } from './batch-norm.ts';

// Two channels; values 1, 2, 3, 6 (mean 3, biased variance 3.5, unbiased 14/3) and 0, 0, 4, 4 (2,
// 4, 16/3).
const batch = () => tensor4d([1, 0, 2, 0, 3, 4, 6, 4], [2, 1, 2, 2]);
const values = (x: { dataSync(): ArrayLike<number> }) => Array.from(x.dataSync());
const expectClose = (actual: number[], expected: number[]) =>
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));

test('in training it normalises with the biased variance and stores the unbiased one, a tenth at a time', () => {
  const layer = new BatchNorm({ name: 'norm', channels: 2 });
  tidy(() => {
    const output = layer.apply(batch(), { training: true }) as Tensor4D;
    const scale = 1 / Math.sqrt(3.5 + 1e-5);
    expectClose(values(output), [-2 * scale, -1, -scale, -1, 0, 1, 3 * scale, 1]);
    expectClose(values(layer.runningMean), [0.3, 0.2]);
    expectClose(values(layer.runningVariance), [0.9 + (0.1 * 14) / 3, 0.9 + (0.1 * 16) / 3]);
    layer.apply(batch(), { training: true });
    expectClose(values(layer.runningMean), [0.9 * 0.3 + 0.3, 0.9 * 0.2 + 0.2]);
  });
});

test('otherwise it uses the running statistics and leaves them alone', () => {
  const layer = new BatchNorm({ name: 'norm', channels: 2 });
  tidy(() => {
    layer.runningMean.assign(tensor1d([1, 2]));
    layer.runningVariance.assign(tensor1d([4, 9]));
    layer.gamma.assign(tensor1d([2, 3]));
    const output = layer.apply(batch()) as Tensor4D;
    expectClose(values(output), [0, -2, 1, -2, 2, 2, 5, 2]);
    expect(values(layer.runningMean)).toEqual([1, 2]);
  });
});

test('in training one value per channel is an error that names the layer', () => {
  const layer = new BatchNorm({ name: 'convs.4.2', channels: 2 });
  expect(() => layer.call(tensor4d([1, 2], [1, 1, 1, 2]), { training: true })).toThrow(
    /convs\.4\.2.*batch of at least 2/,
  );
});
