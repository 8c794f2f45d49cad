import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { globalNorm } from './global-norm.ts';

const grads = { a: tensor1d([3, 0]), b: tensor2d([[4]]) };

test('the norm is over all gradients together', () => {
  expect(globalNorm(grads).dataSync()[0]).toBe(5);
});

test('gradients that are too long keep their direction', () => {
  const { a, b } = clipByGlobalNorm(grads, 1);
  expect(a.dataSync()[0]).toBeCloseTo(3 / 5.000001, 6);
  expect(b.dataSync()[0]).toBeCloseTo(4 / 5.000001, 6);
});

test('short ones stay as they are', () => {
  const { a, b } = clipByGlobalNorm(grads, 5.1);
  expect([...a.dataSync(), ...b.dataSync()]).toEqual([3, 0, 4]);
});
