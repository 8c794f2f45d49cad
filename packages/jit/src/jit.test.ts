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
  grads,
  relu,
  maxPool,
  mean,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
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

test('gradients of a convolution with many pixels, which stays in a layout of its own, come out right', async () => {
  const inputs = {
    x: tensor4d(numbers(8 * 8 * 16, 3), [1, 8, 8, 16]),
    filter: tensor4d(numbers(16 * 16, 4), [1, 1, 16, 16]),
    dy: tensor4d(numbers(8 * 8 * 16, 5), [1, 8, 8, 16]),
  };
  const convolve = (x: Tensor, filter: Tensor) => conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same');
  const gradients = ({ x, filter, dy }: typeof inputs) => grads(convolve)([x, filter], dy);
  const onnx = await jit(gradients)(inputs);
  const eager = await jit(gradients, { engine: 'eager' })(inputs);
  for (const [i, tolerance] of [1e-4, 1e-4].entries()) {
    const expected = eager[i].dataSync();
    onnx[i].dataSync().forEach((value, at) => expect(Math.abs(value - expected[at])).toBeLessThan(tolerance));
  }
});

test('a compiled function explains itself, an eager one cannot', async () => {
  const f = ({ x }: { x: Tensor }) => mean(square(x));
  const explanation = await jit(f).explain({ x: tensor1d([1, 2, 3]) });
  expect(explanation.parts.map(({ kernel }) => kernel)).toEqual(expect.arrayContaining(['Square', 'Mean']));
  await expect(jit(f, { engine: 'eager' }).explain({ x: tensor1d([1]) })).rejects.toThrow(
    /explain measures what engine 'onnx' runs; f has engine 'eager'/,
  );
});
