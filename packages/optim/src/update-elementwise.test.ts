import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { add, memory, mul, tensor1d, tensor2d, variable, type Tensor } from '@tensorflow/tfjs-core';
import { updateElementwise } from './update-elementwise.ts';

const make = (name: string, values: number[]) => [
  variable(tensor1d(values), true, `${name}/a`),
  variable(tensor1d(values.map((value) => 10 * value)), true, `${name}/b`),
];
const sumAndDouble = ([a, b]: Tensor[]) => [add(a, b), mul(b, 2)];
const valuesOf = (variables: Tensor[]) => variables.map((tensor) => Array.from(tensor.dataSync()));

test('each variable gets what its own operands make, whatever its shape', () => {
  const [short, long] = [make('short', [1]), make('long', [2, 3])];
  const matrix = [tensor2d([[4, 5]]), tensor2d([[40, 50]])].map((value, i) => variable(value, true, `matrix/${i}`));
  const updates = [short, matrix, long].map((targets) => ({ targets, operands: targets }));
  updateElementwise(updates, sumAndDouble);
  expect(valuesOf(short)).toEqual([[11], [20]]);
  expect(valuesOf(long)).toEqual([
    [22, 33],
    [40, 60],
  ]);
  expect(valuesOf(matrix)).toEqual([
    [44, 55],
    [80, 100],
  ]);
  expect(matrix[0].shape).toEqual([1, 2]);
});

test('vectors are computed in one go', () => {
  const updates = ['x', 'y', 'z'].map((name) => make(`once/${name}`, [1, 2]));
  let calls = 0;
  updateElementwise(
    updates.map((targets) => ({ targets, operands: targets })),
    (operands) => {
      calls++;
      return operands;
    },
  );
  expect(calls).toBe(1);
});

test('leaves nothing behind but the variables, and does nothing without them', () => {
  const targets = make('tidy', [1]);
  const before = memory().numTensors;
  updateElementwise([{ targets, operands: targets }], sumAndDouble);
  updateElementwise([], sumAndDouble);
  expect(memory().numTensors).toBe(before);
});
