import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mean, mul, ready, square, sum } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { normalized, trainedNorm } from './normalized.test.kit.ts';
import { trace } from '../trace.ts';
import { withBatchNorms } from './with-batch-norms.ts';

const SPECS = [
  { shape: [2, 3, 4, 5], dtype: 'float32' },
  { shape: [5], dtype: 'float32' },
  { shape: [5], dtype: 'float32' },
] as const;

type Fn = (x: Tensor4D, gamma: Tensor1D, beta: Tensor1D) => Tensor[];

const kernelsOf = async (fn: Fn) => {
  await ready();
  const graph = trace(SPECS, ([x, gamma, beta]) => fn(x as Tensor4D, gamma as Tensor1D, beta as Tensor1D));
  return withBatchNorms(graph).nodes.map(({ kernel }) => kernel);
};

test('a normalisation and its three gradients are one operation each', async () => {
  const kernels = await kernelsOf((x, gamma, beta) => trainedNorm(x, gamma, beta));
  expect(kernels.filter((kernel) => kernel.startsWith('FusedBatchNorm'))).toEqual([
    'FusedBatchNormV3',
    'FusedBatchNormGradV3',
  ]);
  expect(kernels).not.toContain('Mean');
  expect(kernels).not.toContain('Rsqrt');
});

test('what follows reads the statistics of the operation', async () => {
  const kernels = await kernelsOf((x, gamma, beta) => {
    const { output, mean, variance } = normalized(x, gamma, beta);
    return [output, mul(mean, 0.1), mul(variance, 0.1)];
  });
  expect(kernels.sort()).toEqual(['FusedBatchNormV3', 'Multiply', 'Multiply']);
});

test('what came before goes on reading what it read', async () => {
  const kernels = await kernelsOf((x, gamma) => {
    const beta = mean(x, [0, 1, 2]) as Tensor1D;
    return [normalized(x, gamma, beta).output];
  });
  expect(kernels).toEqual(['Mean', 'FusedBatchNormV3']);
});

test.each<[string, Fn]>([
  ['over other axes', (x, gamma, beta) => [normalized(x, gamma, beta, { axes: [1, 2, 3] }).output]],
  ['by the statistics of another image', (x, gamma, beta) => [normalized(x, gamma, beta, { of: square(x) }).output]],
  [
    'without a gamma for each channel',
    (x, _gamma, beta) => [normalized(x, sum(x) as unknown as Tensor1D, beta).output],
  ],
  ['without a number to add', (x, gamma, beta) => [normalized(x, gamma, beta, { epsilon: beta }).output]],
])('a normalisation %s is left as it is', async (_what, fn) => {
  expect(await kernelsOf(fn)).not.toContain('FusedBatchNormV3');
});

test('a gradient that looks alike is left as it is', async () => {
  const kernels = await kernelsOf((x, gamma, beta) => {
    const [output, dx, dGamma] = trainedNorm(x, gamma, beta, { share: 0.5 });
    return [output, dx, dGamma];
  });
  expect(kernels).toContain('FusedBatchNormV3');
  expect(kernels).not.toContain('FusedBatchNormGradV3');
});
