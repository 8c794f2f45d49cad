import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  add,
  engine,
  fill,
  matMul,
  mean,
  mul,
  randomNormal,
  randomUniform,
  ready,
  scalar,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  train,
  variable,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { jit } from './jit.ts';

beforeAll(ready);

const numbers = (tensor: Tensor) => Array.from(tensor.dataSync());

test('a variable is made once, and lasts', async () => {
  let entered = 0;
  let total: Variable | undefined;
  const accumulate = jit(({ x }: { x: Tensor1D }) => {
    entered++;
    total ??= variable(fill([2], 10));
    total.assign(add(total, x));
    return total.clone();
  });
  const results = [];
  for (let i = 0; i < 4; i++) results.push(numbers(await accumulate({ x: tensor1d([1, 2]) })));
  expect(results).toEqual([
    [11, 12],
    [12, 14],
    [13, 16],
    [14, 18],
  ]);
  expect(numbers(total!)).toEqual([14, 18]);
  // Once for the call that makes it, once for all others.
  expect(entered).toBe(2);
});

test('what only the first call does is not done again', async () => {
  let state: Variable | undefined;
  const step = jit(({ x }: { x: Scalar }) => {
    if (!state) {
      state = variable(scalar(100));
      state.assign(add(state, 1));
    }
    state.assign(add(state, x));
    return state.clone();
  });
  for (const expected of [103, 105, 107]) expect(numbers(await step({ x: scalar(2) }))).toEqual([expected]);
});

test('an initial value may depend on inputs and on other variables, also on assigned ones', async () => {
  const weight = variable(tensor1d([1, 2]));
  let average: Variable | undefined;
  let scale: Variable | undefined;
  const step = jit(({ x }: { x: Tensor1D }) => {
    weight.assign(mul(weight, 2));
    average ??= variable(zerosLike(weight));
    scale ??= variable(add(mean(x), weight));
    average.assign(add(average, weight));
    return mul(average, scale);
  });
  expect(numbers(await step({ x: tensor1d([10, 20]) }))).toEqual([34, 76]);
  expect(numbers(scale!)).toEqual([17, 19]);
  expect(numbers(weight)).toEqual([2, 4]);
  expect(numbers(await step({ x: tensor1d([0, 0]) }))).toEqual([6 * 17, 12 * 19]);
});

test('other functions and other forms of input share it', async () => {
  let weight: Variable | undefined;
  const scaled = (x: Tensor) => mul(x, (weight ??= variable(scalar(3))));
  const train = jit(({ x }: { x: Tensor1D }) => {
    const result = scaled(x);
    weight!.assign(add(weight!, 1));
    return result;
  });
  const predict = jit(({ x }: { x: Tensor1D }) => scaled(x));
  expect(numbers(await train({ x: tensor1d([1, 2]) }))).toEqual([3, 6]);
  expect(numbers(await predict({ x: tensor1d([1]) }))).toEqual([4]);
  expect(numbers(await train({ x: tensor1d([1, 1, 1]) }))).toEqual([4, 4, 4]);
  expect(numbers(await predict({ x: tensor1d([1]) }))).toEqual([5]);
});

test('it may be made where gradients are taken, of which it then is a part', async () => {
  const curves: number[][] = [];
  for (const engineName of ['eager', 'onnx'] as const) {
    let weight: Variable | undefined;
    const offset = variable(scalar(0));
    const step = jit(
      ({ x, y }: { x: Tensor2D; y: Tensor2D }) => {
        const { value, grads } = variableGrads(() => {
          weight ??= variable(mul(randomNormal([2, 1], 0, 1, 'float32', 7), 0.1), true, `made in ${engineName}`);
          return mean(square(sub(add(matMul(x, weight as Tensor2D), offset), y))) as Scalar;
        });
        for (const [name, grad] of Object.entries(grads)) {
          if (name !== offset.name && name !== weight!.name) continue;
          const trained = engine().registeredVariables[name];
          trained.assign(sub(trained, mul(grad, 0.1)));
        }
        return value;
      },
      { engine: engineName },
    );
    const curve = [];
    for (let i = 0; i < 4; i++)
      curve.push(
        numbers(
          await step({
            x: tensor2d([
              [1, 2],
              [3, -1],
            ]),
            y: tensor2d([[1], [2]]),
          }),
        )[0],
      );
    curves.push([...curve, ...numbers(weight!)]);
    offset.dispose();
    weight!.dispose();
  }
  curves[1].forEach((value, i) => expect(value).toBeCloseTo(curves[0][i], 5));
  expect(curves[0][3]).toBeLessThan(curves[0][2]);
});

test('a failed call leaves a whole variable behind', async () => {
  let weight: Variable | undefined;
  let fail = true;
  const step = jit(({ x }: { x: Tensor1D }) => {
    weight ??= variable(mul(fill([2], 2), 3));
    if (fail) throw new Error('not yet');
    return mul(weight, x);
  });
  await expect(step({ x: tensor1d([1, 2]) })).rejects.toThrow('not yet');
  expect(numbers(weight!)).toEqual([6, 6]);
  fail = false;
  expect(numbers(await step({ x: tensor1d([1, 2]) }))).toEqual([6, 12]);
});

describe('random initial values', () => {
  test('are drawn once', async () => {
    let weight: Variable | undefined;
    const step = jit(({ x }: { x: Tensor1D }) => {
      weight ??= variable(mul(randomUniform([2], 1, 2), 10));
      return mul(weight, x);
    });
    const first = numbers(await step({ x: tensor1d([1, 1]) }));
    expect(numbers(weight!)).toEqual(first);
    expect(numbers(await step({ x: tensor1d([1, 1]) }))).toEqual(first);
    first.forEach((value) => expect(value).toBeGreaterThanOrEqual(10));
  });

  test('come out of a seed as they do eagerly', async () => {
    const made: Tensor[] = [];
    for (const engineName of ['eager', 'onnx'] as const) {
      let weight: Variable | undefined;
      const step = jit(
        () => {
          weight ??= variable(randomNormal([3], 0, 1, 'float32', 5));
          return mul(weight, 2);
        },
        { engine: engineName },
      );
      made.push(await step([]));
    }
    expect(numbers(made[1])).toEqual(numbers(made[0]));
  });
});

test('a tf.layers model is built in the first call', async () => {
  const curves: number[][] = [];
  for (const engineName of ['eager', 'onnx'] as const) {
    const dense = (units: number, seed: number) =>
      tfl.layers.dense({ units, activation: 'tanh', kernelInitializer: tfl.initializers.glorotUniform({ seed }) });
    const hidden = dense(6, 1);
    const last = dense(1, 2);
    const optimizer = train.adam(0.05);
    const loss = ({ x, y }: { x: Tensor2D; y: Tensor2D }) =>
      sum(square(sub(last.apply(hidden.apply(x)) as Tensor, y))) as Scalar;
    const batch = {
      x: tensor2d([
        [0, 1, 2],
        [1, 0, -1],
        [0.5, 0.5, 0],
      ]),
      y: tensor2d([[0.5], [-0.5], [0]]),
    };
    const evaluate = jit(loss, { engine: engineName });
    const step = jit(
      (inputs: typeof batch) => {
        const variables = [...hidden.trainableWeights, ...last.trainableWeights].map((w) => w.read() as Variable);
        return optimizer.minimize(() => loss(inputs), true, variables)!;
      },
      { engine: engineName },
    );
    const curve = numbers(await evaluate(batch));
    for (let i = 0; i < 5; i++) curve.push(...numbers(await step(batch)));
    curve.push(...numbers(await evaluate(batch)));
    curves.push(curve);
  }
  expect(curves[0][6]).toBeLessThan(curves[0][0] / 2);
  expect(curves[0].length).toBe(7);
  curves[1].forEach((loss, i) => expect(loss).toBeCloseTo(curves[0][i], 5));
});
