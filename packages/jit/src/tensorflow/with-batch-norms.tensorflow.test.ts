import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, ready, tensor, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import { normalized, trainedNorm } from './normalized.test.kit.ts';

const noise = (count: number, pace: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * (i + 1)));

test.each([
  [2, 3, 4, 5],
  [1, 9, 7, 16],
  [1, 1, 1, 3],
])('a batch norm of %i x %i x %i x %i gives what its parts give, statistics and gradients', async (...shape) => {
  await ready();
  const [batch, height, width, channels] = shape;
  const fn = ({ x, gamma, beta }: { x: Tensor4D; gamma: Tensor1D; beta: Tensor1D }) => {
    const { mean, variance } = normalized(x, gamma, beta);
    const [output, dx, dGamma, dBeta] = trainedNorm(x, gamma, beta);
    return { mean: add(mean, 1), variance: add(variance, 1), output, dx, dGamma, dBeta };
  };
  const inputs = {
    x: tensor4d(noise(batch * height * width * channels, 0.7), [batch, height, width, channels]),
    gamma: tensor1d(noise(channels, 1.1)),
    beta: tensor1d(noise(channels, 1.9)),
  };
  const [seen, expected] = [await jit(fn, { engine: 'tensorflow' })(inputs), fn(inputs)];
  for (const [name, value] of Object.entries(expected) as [keyof typeof expected, Tensor][]) {
    const scale = Math.max(1, ...value.dataSync().map(Math.abs));
    const near = Array.from(value.dataSync(), (number) => expect.closeTo(number / scale, 4));
    expect([name, Array.from(seen[name].dataSync(), (number) => number / scale)]).toEqual([name, near]);
  }
});

test('a mean far from zero costs no accuracy', async () => {
  const fn = (x: Tensor4D) => add(normalized(x, tensor1d([1]), tensor1d([0])).variance, 0);
  const variance = await jit(fn, { engine: 'tensorflow' })(tensor([1000, 1001, 1002, 1003], [1, 2, 2, 1]));
  expect(variance.dataSync()[0]).toBeCloseTo(1.25, 4);
});
