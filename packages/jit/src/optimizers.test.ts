import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, matMul, mean, ready, square, sub, tensor2d, train, variable } from '@tensorflow/tfjs-core';
import type { Optimizer, Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Engine } from './targets.ts';
import { jit } from './jit.ts';

beforeAll(ready);

const x = () =>
  tensor2d([
    [1, 2, 0.5],
    [-1, 0.3, 2],
    [0.7, -0.2, -1],
  ]);
const y = () => tensor2d([[1], [-2], [0.5]]);

/** A problem of its own for each engine, with the same numbers. */
function problem(make: () => Optimizer, engine: Engine) {
  const weights = variable(tensor2d([[0.3], [-0.4], [0.2]])) as Variable & Tensor2D;
  const bias = variable(tensor2d([[0.1]])) as Variable & Tensor2D;
  const optimizer = make();
  const step = jit(
    (batch: { x: Tensor2D; y: Tensor2D }) =>
      optimizer.minimize(() => mean(square(sub(add(matMul(batch.x, weights), bias), batch.y))) as Scalar, true, [
        weights,
        bias,
      ])!,
    { engine },
  );
  const run = async () => (await step({ x: x(), y: y() })).dataSync()[0];
  return { optimizer, run, values: () => [...weights.dataSync(), ...bias.dataSync()] };
}

function expectEqual(actual: readonly number[], expected: readonly number[]) {
  actual.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(2e-6 * (1 + Math.abs(expected[i]))));
}

const optimizers: Record<string, () => Optimizer> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.05, 0.9),
  nesterov: () => train.momentum(0.05, 0.9, true),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(0.5),
  adam: () => train.adam(0.1),
  adamax: () => train.adamax(0.1, 0.9, 0.999, 1e-7, 0.01),
  rmsprop: () => train.rmsprop(0.05, 0.9, 0.5),
  'centered rmsprop': () => train.rmsprop(0.01, 0.9, 0.5, 1e-3, true),
};

describe("TensorFlow.js's optimisers make the steps that they make eagerly", () => {
  test.each(Object.entries(optimizers))('%s', async (_name, make) => {
    const [eager, compiled] = [problem(make, 'eager'), problem(make, 'onnx')];
    const losses = [];
    for (let i = 0; i < 5; i++) {
      const [expected, actual] = [await eager.run(), await compiled.run()];
      losses.push(expected);
      expectEqual([actual], [expected]);
      expectEqual(compiled.values(), eager.values());
    }
    expect(losses[4]).not.toBeCloseTo(losses[0], 3);
    expect(compiled.optimizer.iterations).toBe(5);
    expect(eager.optimizer.iterations).toBe(5);
  });
});

test('their weights can be saved and loaded', async () => {
  const [eager, compiled] = [problem(optimizers.adam, 'eager'), problem(optimizers.adam, 'onnx')];
  for (const { run } of [eager, compiled]) for (let i = 0; i < 3; i++) await run();
  const [expected, actual] = [await eager.optimizer.getWeights(), await compiled.optimizer.getWeights()];
  expect(actual.length).toBe(5);
  expect(actual[0].tensor.dataSync()[0]).toBe(3);
  actual.forEach(({ tensor }, i) => expectEqual([...tensor.dataSync()], [...expected[i].tensor.dataSync()]));
  await compiled.optimizer.setWeights(actual);
  expectEqual([await compiled.run()], [await eager.run()]);
  expectEqual([await compiled.run()], [await eager.run()]);
  expectEqual(compiled.values(), eager.values());
});

test('a learning rate changed between calls counts', async () => {
  const [eager, compiled] = [problem(optimizers.sgd, 'eager'), problem(optimizers.sgd, 'onnx')];
  for (const { run, optimizer } of [eager, compiled]) {
    await run();
    (optimizer as ReturnType<typeof train.sgd>).setLearningRate(0.01);
    await run();
  }
  expectEqual(compiled.values(), eager.values());

  const [eagerAdam, compiledAdam] = [problem(optimizers.adam, 'eager'), problem(optimizers.adam, 'onnx')];
  for (const { run, optimizer } of [eagerAdam, compiledAdam]) {
    await run();
    await run();
    Object.assign(optimizer, { learningRate: 0.5 });
    await run();
  }
  expectEqual(compiledAdam.values(), eagerAdam.values());
});
