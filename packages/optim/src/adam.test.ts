import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { memory, scalar, tensor1d, tensor2d, variable } from '@tensorflow/tfjs-core';
import { adam } from './adam.ts';

/** The formula in double precision. */
function reference(start: number, grads: number[], rate: number, weightDecay: number) {
  let [theta, mean, square] = [start, 0, 0];
  return grads.map((gradient, i) => {
    const g = gradient + weightDecay * theta;
    mean = 0.9 * mean + 0.1 * g;
    square = 0.999 * square + 0.001 * g * g;
    const deviation = Math.sqrt(square) / Math.sqrt(1 - 0.999 ** (i + 1)) + 1e-8;
    return (theta -= ((rate / (1 - 0.9 ** (i + 1))) * mean) / deviation);
  });
}

test.each([0, 0.1])('takes the steps of the formula, weight decay %f', (weightDecay) => {
  const name = `adam/${weightDecay}`;
  const theta = variable(tensor1d([0]), true, name);
  const optimizer = adam([{ name: 'all', variables: [theta] }], { weightDecay });
  const grads = Array.from({ length: 300 }, (_, i) => Math.sin(i) * 10 ** (i % 5) * 1e-3);
  const expected = reference(0, grads, 0.01, weightDecay);
  grads.forEach((gradient, i) => {
    optimizer.apply({ [name]: tensor1d([gradient]) }, { all: scalar(0.01) });
    expect(Math.abs(theta.dataSync()[0] - expected[i])).toBeLessThan(2e-6);
  });
});

test('the first step is as long as the learning rate, to single precision', () => {
  const theta = variable(tensor1d([0, 0]), true, 'first');
  adam([{ name: 'all', variables: [theta] }]).apply({ first: tensor1d([123, -0.1]) }, { all: scalar(1) });
  const [positive, negative] = theta.dataSync();
  expect(Math.abs(positive + 1)).toBeLessThan(5e-7);
  expect(Math.abs(negative - 1)).toBeLessThan(5e-7);
});

test('bias correction fades out, also after hundreds of thousands of steps', () => {
  const theta = variable(tensor1d([0]), true, 'late');
  const optimizer = adam([{ name: 'all', variables: [theta] }]);
  const [mean, square, steps] = optimizer.state;
  steps.assign(scalar(400_000));
  mean.assign(tensor1d([0.5]));
  square.assign(tensor1d([0.25]));
  optimizer.apply({ late: tensor1d([0.5]) }, { all: scalar(1) });
  expect(theta.dataSync()[0]).toBeCloseTo(-1, 6);
});

test('says what it remembers, steps last, and goes on from there', () => {
  const run = (name: string, grads: number[], state?: number[]) => {
    const theta = variable(tensor1d([state?.[3] ?? 1]), true, name);
    const optimizer = adam([{ name: 'all', variables: [theta] }]);
    if (state) {
      optimizer.state.slice(0, 2).forEach((slot, i) => slot.assign(tensor1d([state[i]])));
      optimizer.state[2].assign(scalar(state[2]));
    }
    for (const gradient of grads) optimizer.apply({ [name]: tensor1d([gradient]) }, { all: scalar(0.1) });
    return {
      names: optimizer.state.map((slot) => slot.name),
      state: [...optimizer.state, theta].map((slot) => slot.dataSync()[0]),
    };
  };
  const whole = run('whole', [1, -2, 3]);
  expect(whole.names).toEqual(['whole/mean', 'whole/square', 'whole/steps']);
  expect(run('rest', [3], run('half', [1, -2]).state).state).toEqual(whole.state);
});

test('each variable of a group takes its own steps, whatever its shape', () => {
  const [vector, matrix] = [variable(tensor1d([0, 0])), variable(tensor2d([[0, 0, 0]]))];
  const optimizer = adam([{ name: 'all', variables: [vector, matrix] }]);
  const [first, second] = [
    [1, -2],
    [0.5, 3, -1],
  ];
  const rates = { all: scalar(0.01) };
  const grads = { [vector.name]: tensor1d(first), [matrix.name]: tensor2d([second]) };
  const before = memory().numTensors;
  for (let step = 0; step < 3; step++) optimizer.apply(grads, rates);
  expect(memory().numTensors).toBe(before);
  for (const [parameter, given] of [
    [vector, first],
    [matrix, second],
  ] as const)
    given.forEach((gradient, i) =>
      expect(parameter.dataSync()[i]).toBeCloseTo(reference(0, [gradient, gradient, gradient], 0.01, 0)[2], 6),
    );
  expect(optimizer.state.map(({ shape }) => shape)).toEqual([[2], [2], [1, 3], [1, 3], []]);
});

test('refuses to optimise nothing', () => {
  expect(() => adam([{ name: 'empty', variables: [] }])).toThrow('there is no variable');
});
