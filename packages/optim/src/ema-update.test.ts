import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { memory, scalar, tensor1d, tensor2d, variable } from '@tensorflow/tfjs-core';
import { emaDecay } from './ema-decay.ts';
import { emaUpdate } from './ema-update.ts';

test('keeps as much of itself as the decay says', () => {
  const [teacher, student] = [
    variable(tensor1d([1, 2]), false, 'teacher'),
    variable(tensor1d([5, 10]), true, 'student'),
  ];
  emaUpdate([teacher], [student], scalar(0.75));
  expect(Array.from(teacher.dataSync())).toEqual([2, 4]);
  expect(Array.from(student.dataSync())).toEqual([5, 10]);
});

test('moves variables of any shape, and leaves no tensors behind', () => {
  const teacher = [variable(scalar(1), false), variable(tensor2d([[2, 4]]), false)];
  const student = [variable(scalar(3)), variable(tensor2d([[0, 8]]))];
  const decay = scalar(0.5);
  const before = memory().numTensors;
  emaUpdate(teacher, student, decay);
  expect(memory().numTensors).toBe(before);
  expect(teacher.map((target) => Array.from(target.dataSync()))).toEqual([[2], [1, 6]]);
  expect(teacher[1].shape).toEqual([1, 2]);
});

test('the first update is half the way, and from the 99th on a hundredth', () => {
  expect([1, 2, 98, 99, 5000].map((k) => emaDecay(k))).toEqual([1 / 2, 1 - 1 / 3, 1 - 1 / 99, 0.99, 0.99]);
  expect(emaDecay(5000, 0.999)).toBe(0.999);
});

test('says which variables do not fit', () => {
  const [a, b] = [variable(tensor1d([1]), false, 'short'), variable(tensor1d([1, 2]), false, 'long')];
  expect(() => emaUpdate([a], [b], scalar(0.5))).toThrow('emaUpdate: short [1] cannot follow long [2]');
  expect(() => emaUpdate([a], [], scalar(0.5))).toThrow('1 variables of the teacher cannot follow 0 of the student');
});
