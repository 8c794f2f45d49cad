import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, tensor1d, tensor4d, type Tensor1D } from '@tensorflow/tfjs-core';
import { batchNorm } from './batch-norm.ts';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';

test('subtracts the mean, divides by the deviation, scales and shifts', () => {
  const statistics = {
    mean: tensor1d([1, 2]),
    variance: tensor1d([4, 9]),
    gamma: tensor1d([10, 1]),
    beta: tensor1d([0, 5]),
  };
  const y = batchNorm(tensor4d([3, 2, 1, 5], [1, 1, 2, 2]), { ...statistics, epsilon: 0 });
  [10, 5, 0, 6].forEach((expected, i) => expect(y.dataSync()[i]).toBeCloseTo(expected, 5));
});

test('its gradients are what finite differences give, also to the statistics', () => {
  const channels = (seed: number) => tensor1d(signedNoise(2, seed));
  expectGradients(
    (x, mean, gamma, beta, variance) => batchNorm(x, { mean, variance: add<Tensor1D>(variance, 1), gamma, beta }),
    [tensor4d(signedNoise(24), [2, 2, 3, 2]), channels(1), channels(2), channels(3), tensor1d([0.5, 1.5])],
  );
});
