import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, fill, max, memory, mul, scalar, sum, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import { testTarget } from '../target.test.kit.ts';
import { loadBinding } from './load-binding.ts';

const engine = 'tensorflow';

testTarget(engine);

test('2,000 calls leave no tensor behind, in TensorFlow.js and in TensorFlow', async () => {
  const binding = loadBinding();
  const weight = variable(tensor1d([1, 2])) as Variable & Tensor1D;
  const step = jit(
    ({ x }: { x: Tensor1D }) => {
      weight.assign(add(weight, x));
      return { sum: sum(weight) };
    },
    { engine },
  );
  const watch = jit(({ x }: { x: Tensor1D }) => mul(weight, x), { engine });
  const once = async (i: number) => {
    const x = tensor1d([1, 1]);
    (await step({ x })).sum.dispose();
    if (i % 10 === 0) (await watch({ x })).dispose();
    if (i % 100 === 0) weight.dataSync();
    if (i % 250 === 0) {
      const next = tensor1d([i, i]);
      weight.assign(next);
      next.dispose();
    }
    x.dispose();
  };
  /**
   * TensorFlow numbers its tensors in their order: what is left is found by deleting what may be
   * there.
   */
  const tensorsBetween = (first: number, last: number) => {
    let left = 0;
    for (let id = first; id < last; id++) {
      try {
        binding.tensorDataSync(id);
        left++;
      } catch {
        // It has been deleted.
      }
    }
    return left;
  };
  const nextId = () => {
    const id = binding.createTensor([], 1, new Float32Array(1));
    binding.deleteTensor(id);
    return id;
  };
  await once(0);
  const { numTensors, numBytes } = memory();
  const first = nextId();
  for (let i = 1; i <= 2001; i++) await once(i);
  expect([memory().numTensors, memory().numBytes]).toEqual([numTensors, numBytes]);
  expect(tensorsBetween(first, nextId())).toBe(0);
  expect(Array.from(weight.dataSync())).toEqual([2001, 2001]);
});

test('the arrays of large variables are freed as soon as TensorFlow has the numbers', async () => {
  const size = 10_000_000;
  const weight = variable(fill([size], 1));
  const step = jit(
    (x: Tensor) => {
      weight.assign(add(weight, x));
      return max(weight);
    },
    { engine },
  );
  const before = process.memoryUsage().arrayBuffers;
  expect((await step(scalar(1))).dataSync()).toEqual(Float32Array.of(2));
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(before - 0.9 * 4 * size);
  expect(weight.dataSync()[size - 1]).toBe(2);
  weight.dispose();
});
