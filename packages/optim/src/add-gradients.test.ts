import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { tensor1d } from '@tensorflow/tfjs-core';
import { addGradients } from './add-gradients.ts';

test('adds what both have and keeps what one has', () => {
  const sums = addGradients(
    { both: tensor1d([1, 2]), first: tensor1d([3]) },
    { second: tensor1d([4]), both: tensor1d([10, 20]) },
  );
  const values = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, Array.from(sum.dataSync())]));
  expect(values).toEqual({ both: [11, 22], first: [3], second: [4] });
});
