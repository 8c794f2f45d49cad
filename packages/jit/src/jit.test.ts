import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  mul,
  scalar,
  square,
  sub,
  tensor1d,
  variable,
  variableGrads,
  conv2d,
  relu,
  maxPool,
  mean,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from './jit.ts';

const numbers = (n: number, seed: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233));

test('a function of tensors gives what it gives eagerly', async () => {
  const f = jit(({ a, b }: { a: ReturnType<typeof tensor1d>; b: ReturnType<typeof tensor1d> }) => ({
    c: add(mul(a, b), 1),
  }));
  const { c } = await f({ a: tensor1d([1, 2, 3]), b: tensor1d([4, 5, 6]) });
  expect(Array.from(c.dataSync())).toEqual([5, 11, 19]);
});

test('a training step moves the variables as it does eagerly', async () => {
  const results = [];
  for (const engineName of ['eager', 'onnx'] as const) {
    const filter = variable(tensor4d(numbers(3 * 3 * 2 * 4, 1), [3, 3, 2, 4]));
    const step = jit(
      ({ x, rate }: { x: Tensor4D; rate: Scalar }) => {
        const { value, grads } = variableGrads(
          () => mean(square(maxPool(relu(conv2d(x, filter, 1, 'same')), 3, 2, 1))) as Scalar,
          [filter],
        );
        filter.assign(sub(filter, mul(grads[filter.name], rate)));
        return { loss: value };
      },
      { engine: engineName },
    );
    const x = tensor4d(numbers(2 * 8 * 6 * 2, 2), [2, 8, 6, 2]);
    const losses = [];
    for (let i = 0; i < 4; i++) losses.push((await step({ x, rate: scalar(0.1) })).loss.dataSync()[0]);
    results.push({ losses, filter: Array.from(filter.dataSync()) });
    filter.dispose();
  }
  const [eager, onnx] = results;
  expect(eager.losses[3]).toBeLessThan(eager.losses[0]);
  onnx.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i], 5));
  onnx.filter.forEach((weight, i) => expect(weight).toBeCloseTo(eager.filter[i], 5));
});
