import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mul, tensor1d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { batchNormTraining } from './batch-norm-training.ts';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';

test('a channel of 1, 3, 5, 7 has mean 4 and biased variance 5', () => {
  const { output, mean, variance } = batchNormTraining(
    tensor4d([1, 3, 5, 7], [2, 1, 2, 1]),
    tensor1d([2]),
    tensor1d([1]),
    { epsilon: 0 },
  );
  expect(mean.dataSync()[0]).toBe(4);
  expect(variance.dataSync()[0]).toBe(5);
  [-3, -1, 1, 3].forEach((deviation, i) =>
    expect(output.dataSync()[i]).toBeCloseTo((2 * deviation) / Math.sqrt(5) + 1, 5),
  );
});

test('a mean far from zero costs no accuracy', () => {
  const { variance } = batchNormTraining(
    tensor4d([1000, 1001, 1002, 1003], [1, 2, 2, 1]),
    tensor1d([1]),
    tensor1d([0]),
  );
  expect(variance.dataSync()[0]).toBeCloseTo(1.25, 5);
});

test('its gradients flow through the statistics of the batch', () => {
  expectGradients(
    (x, gamma, beta) => batchNormTraining(x, gamma, beta).output,
    [tensor4d(signedNoise(36), [2, 3, 3, 2]), tensor1d([0.7, -1.2]), tensor1d([0.1, 0.2])],
  );
});

test('the statistics have gradients of their own', () => {
  const x = tensor4d(signedNoise(24), [2, 2, 3, 2]);
  const statistics = (image: Tensor4D) => batchNormTraining(image, tensor1d([1, 1]), tensor1d([0, 0]));
  expectGradients((image) => statistics(image).variance, [x]);
  expectGradients((image) => mul(statistics(image).output, statistics(image).mean), [x]);
});
