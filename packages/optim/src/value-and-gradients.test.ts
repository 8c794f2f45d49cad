import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { memory, mul, scalar, square, sub, sum, tensor1d, tidy, variable, type Scalar } from '@tensorflow/tfjs-core';
import { valueAndGradients } from './value-and-gradients.ts';

test('gives every term, their total, and the gradients of the total', () => {
  const [a, b] = [variable(tensor1d([1, 2]), true, 'a'), variable(scalar(3), true, 'b')];
  const { losses, grads } = valueAndGradients([a, b], () => ({
    squares: sum(square(a)) as Scalar,
    weighted: mul(sum(a), b) as Scalar,
  }));
  expect([losses.squares, losses.weighted, losses.total].map((loss) => loss.dataSync()[0])).toEqual([5, 9, 14]);
  expect(Array.from(grads.a.dataSync())).toEqual([2 * 1 + 3, 2 * 2 + 3]);
  expect(Array.from(grads.b.dataSync())).toEqual([3]);
});

test('variables that no term depends on, and frozen ones, are absent', () => {
  const [used, unused, frozen] = [
    variable(scalar(2), true, 'used'),
    variable(scalar(2), true, 'unused'),
    variable(scalar(2), false, 'frozen'),
  ];
  const { grads } = valueAndGradients([used, unused, frozen], () => ({ loss: square(sub(used, frozen)) as Scalar }));
  expect(Object.keys(grads)).toEqual(['used']);
});

test('a scale changes neither the losses nor the gradients', () => {
  const a = variable(tensor1d([1, 2]), true, 'scaled');
  const { losses, grads } = valueAndGradients(
    [a],
    () => ({ squares: sum(square(a)) as Scalar, sum: sum(a) as Scalar }),
    {
      scale: scalar(1024),
    },
  );
  expect([losses.squares, losses.sum, losses.total].map((loss) => loss.dataSync()[0])).toEqual([5, 3, 8]);
  expect(Array.from(grads.scaled.dataSync())).toEqual([3, 5]);
});

test('keeps nothing but what it returns', () => {
  const a = variable(scalar(1), true, 'kept');
  const before = memory().numTensors;
  tidy(() => {
    valueAndGradients([a], () => ({ loss: square(a) as Scalar }));
  });
  expect(memory().numTensors).toBe(before);
});

test('refuses a loss without terms', () => {
  expect(() => valueAndGradients([variable(scalar(1), true, 'lonely')], () => ({}))).toThrow('there is no loss term');
});
