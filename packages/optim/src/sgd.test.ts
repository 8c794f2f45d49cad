import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { memory, scalar, tensor1d, variable } from '@tensorflow/tfjs-core';
import { sgd } from './sgd.ts';

const parameter = (name: string, values: number[]) => variable(tensor1d(values), true, name);

test('takes the steps of the formula, for each group at its own rate', () => {
  const [a, b] = [parameter('sgd/a', [1, -2]), parameter('sgd/b', [0.5])];
  const optimizer = sgd(
    [
      { name: 'encoder', variables: [a] },
      { name: 'rest', variables: [b] },
    ],
    { momentum: 0.9, weightDecay: 0.01 },
  );
  const steps = [
    { a: [0.3, -0.1], b: [1] },
    { a: [-0.2, 0.4], b: [2] },
    { a: [0.1, 0.1], b: [-3] },
  ];
  const rates = { encoder: 0.1, rest: 0.01 };
  const expected = { a: [1, -2], b: [0.5] };
  const velocity = { a: [0, 0], b: [0] };
  for (const grads of steps) {
    optimizer.apply(
      { 'sgd/a': tensor1d(grads.a), 'sgd/b': tensor1d(grads.b) },
      { encoder: scalar(rates.encoder), rest: scalar(rates.rest) },
    );
    for (const [name, rate] of [
      ['a', 0.1],
      ['b', 0.01],
    ] as const) {
      grads[name].forEach((gradient, i) => {
        velocity[name][i] = 0.9 * velocity[name][i] + gradient + 0.01 * expected[name][i];
        expected[name][i] -= rate * velocity[name][i];
      });
    }
    a.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected.a[i], 6));
    b.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected.b[i], 6));
  }
  expect(optimizer.state.map(({ name }) => name)).toEqual(['sgd/a/momentum', 'sgd/b/momentum']);
  optimizer.state[0].dataSync().forEach((value, i) => expect(value).toBeCloseTo(velocity.a[i], 6));
});

test('without momentum it remembers nothing', () => {
  const a = parameter('plain', [1]);
  const optimizer = sgd([{ name: 'all', variables: [a] }]);
  expect(optimizer.state).toEqual([]);
  optimizer.apply({ plain: tensor1d([2]) }, { all: scalar(0.25) });
  expect(a.dataSync()[0]).toBe(0.5);
});

test('a variable without a gradient is not decayed and its momentum rests', () => {
  const [a, b] = [parameter('moving', [1]), parameter('resting', [1])];
  const optimizer = sgd([{ name: 'all', variables: [a, b] }], { momentum: 0.9, weightDecay: 0.5 });
  optimizer.apply({ moving: tensor1d([1]) }, { all: scalar(0.1) });
  expect(b.dataSync()[0]).toBe(1);
  expect(optimizer.state[1].dataSync()[0]).toBe(0);
});

test('a step leaves no tensors behind', () => {
  const optimizer = sgd([{ name: 'all', variables: [parameter('tidy', [1])] }], { momentum: 0.9, weightDecay: 0.1 });
  const [grads, rates] = [{ tidy: tensor1d([1]) }, { all: scalar(0.1) }];
  const before = memory().numTensors;
  optimizer.apply(grads, rates);
  expect(memory().numTensors).toBe(before);
});

test('names the group that has no learning rate, and the variable that is in two groups', () => {
  const a = parameter('twice', [1]);
  const optimizer = sgd([{ name: 'encoder', variables: [a] }]);
  expect(() => optimizer.apply({}, { decoder: scalar(1) })).toThrow(
    'sgd: no learning rate for the group "encoder"; there are some for: decoder',
  );
  const groups = ['one', 'two'].map((name) => ({ name, variables: [a] }));
  expect(() => sgd(groups)).toThrow('sgd: twice is in group "two" and in one before it');
});
