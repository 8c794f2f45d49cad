import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, grad, mul, ready, relu, square, step, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { trace } from '../trace.ts';
import { withReluGradients } from './with-relu-gradients.ts';

const kernelsOf = async (fn: (x: Tensor) => Tensor) => {
  await ready();
  const graph = trace([{ shape: [3, 4], dtype: 'float32' }], ([x]) => [fn(x)]);
  return withReluGradients(graph).nodes.map(({ kernel }) => kernel);
};

test('the gradient of relu is one operation', async () => {
  const kernels = await kernelsOf(grad((x) => sum(square(relu(x)))));
  expect(kernels).toContain('ReluGrad');
  expect(kernels).not.toContain('Step');
});

test('a mask stays where something else needs it', async () => {
  const kernels = await kernelsOf((x) => add(mul(x, step(x)), step(x)));
  expect(kernels.sort()).toEqual(['Add', 'ReluGrad', 'Step']);
});

test('masks with another slope, or spread over a larger tensor, are left alone', async () => {
  expect(await kernelsOf((x) => mul(x, step(x, 0.5)))).not.toContain('ReluGrad');
  expect(await kernelsOf((x) => mul(x, step(sum(x, 0, true))))).not.toContain('ReluGrad');
});
