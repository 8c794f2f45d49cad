import { beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  add,
  cast,
  conv2d,
  greater,
  memory,
  mul,
  ready,
  reshape,
  scalar,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tensor4d,
  unique,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { jit } from './jit.ts';

beforeEach(ready);

describe('variables', () => {
  test('their newest value is seen outside, and what is assigned outside is seen inside', async () => {
    const count = variable(scalar(1));
    const increment = jit(({ by }: { by: Scalar }) => {
      count.assign(add(count, by));
      return { now: count.clone() };
    });
    await increment({ by: scalar(2) });
    expect(count.dataSync()[0]).toBe(3);
    expect((await count.data())[0]).toBe(3);
    expect(add(count, 1).dataSync()[0]).toBe(4);
    count.assign(scalar(10));
    const { now } = await increment({ by: scalar(2) });
    expect([now.dataSync()[0], count.dataSync()[0]]).toEqual([12, 12]);
  });

  test('several functions share them', async () => {
    const weight = variable(tensor4d([1, 2, 3, 4], [1, 1, 2, 2])) as Variable & Tensor4D;
    const train = jit(() => {
      weight.assign(mul(weight, 2));
      return [];
    });
    const predict = jit(({ x }: { x: Tensor4D }) => conv2d(x, weight, 1, 'same'));
    const x = tensor4d([1, 10], [1, 1, 1, 2]);
    expect(Array.from((await predict({ x })).dataSync())).toEqual([31, 42]);
    await train([]);
    expect(Array.from((await predict({ x })).dataSync())).toEqual([62, 84]);
    expect(Array.from(weight.dataSync())).toEqual([2, 4, 6, 8]);
  });

  test('two that shared a buffer part when one of them changes', async () => {
    const student = variable(tensor1d([1, 2]));
    const teacher = variable(tensor1d([0, 0]));
    teacher.assign(student);
    const step = jit(({ rate }: { rate: Scalar }) => {
      student.assign(sub(student, rate) as Tensor1D);
      return { distance: sum(sub(teacher, student)) };
    });
    await step({ rate: scalar(1) });
    const { distance } = await step({ rate: scalar(1) });
    expect(distance.dataSync()[0]).toBe(4);
    expect(Array.from(teacher.dataSync())).toEqual([1, 2]);
    expect(Array.from(student.dataSync())).toEqual([-1, 0]);
  });

  test('a value read earlier does not change later', async () => {
    const weight = variable(tensor1d([1, 2, 3]));
    const double = jit(() => {
      weight.assign(mul(weight, 2));
      return [];
    });
    await double([]);
    const first = weight.dataSync();
    const copy = weight.clone();
    await double([]);
    await double([]);
    expect(Array.from(first)).toEqual([2, 4, 6]);
    expect(Array.from(copy.dataSync())).toEqual([2, 4, 6]);
  });

  test('nothing else changes them: tracing leaves values alone', async () => {
    const weight = variable(tensor1d([1, 2]));
    const failing = jit(() => {
      weight.assign(mul(weight, 2));
      weight.dataSync();
      return [];
    });
    await expect(failing([])).rejects.toThrow(/value is read inside a traced function/);
    expect(Array.from(weight.dataSync())).toEqual([1, 2]);
  });
});

test('tf.layers models train as they do eagerly', async () => {
  const losses: number[][] = [];
  for (const engine of ['eager', 'onnx'] as const) {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({
          inputShape: [3],
          units: 8,
          activation: 'tanh',
          kernelInitializer: tfl.initializers.glorotUniform({ seed: 1 }),
        }),
        tfl.layers.dense({ units: 1, kernelInitializer: tfl.initializers.glorotUniform({ seed: 2 }) }),
      ],
    });
    const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
    const step = jit(
      ({ x, y }: { x: Tensor2D; y: Tensor2D }) => {
        const loss = () => sum(square(sub(model.apply(x, { training: true }) as Tensor, y))) as Scalar;
        const { value, grads } = variableGrads(loss, variables);
        for (const weight of variables) weight.assign(sub(weight, mul(grads[weight.name], 0.05)));
        return { loss: value };
      },
      { engine },
    );
    const x = tensor2d([
      [0, 1, 2],
      [1, 0, -1],
      [0.5, 0.5, 0],
    ]);
    const y = tensor2d([[1], [-1], [0]]);
    const curve = [];
    for (let i = 0; i < 10; i++) curve.push((await step({ x, y })).loss.dataSync()[0]);
    losses.push(curve);
  }
  expect(losses[0][9]).toBeLessThan(losses[0][0] / 2);
  losses[1].forEach((loss, i) => expect(loss).toBeCloseTo(losses[0][i], 4));
});

test('each form of input gets a compiled form of its own', async () => {
  let traced = 0;
  const total = jit((items: Tensor[]) => {
    traced++;
    return items.reduce((a, b) => add(a, sum(b)), scalar(0) as Tensor);
  });
  const ask = async (...items: Tensor[]) => (await total(items)).dataSync()[0];
  expect(await ask(tensor1d([1, 2]))).toBe(3);
  expect(await ask(tensor1d([1, 2, 3]))).toBe(6);
  expect(await ask(tensor1d([1, 2]), tensor1d([5, 5]))).toBe(13);
  expect(await ask(tensor1d([3, 4]))).toBe(7);
  expect(traced).toBe(3);
});

test('a captured tensor is frozen, an input is not', async () => {
  const offset = tensor1d([10, 20]);
  const shift = jit(({ x }: { x: Tensor1D }) => add(x, offset));
  expect(Array.from((await shift({ x: tensor1d([1, 2]) })).dataSync())).toEqual([11, 22]);
  expect(Array.from((await shift({ x: tensor1d([3, 4]) })).dataSync())).toEqual([13, 24]);
  expect(Array.from(offset.dataSync())).toEqual([10, 20]);
});

test('a mask cast to numbers outside keeps its values inside', async () => {
  const mask = cast(greater(tensor1d([1, -1]), 0), 'float32');
  const both = jit(({ x }: { x: Tensor }) => add(mul(x, 2), mask));
  expect(Array.from((await both({ x: mask })).dataSync())).toEqual([3, 0]);
});

test('captured tensors that share a buffer keep their own shapes', async () => {
  const row = tensor2d([[1, 2, 3]]);
  const column = reshape(row, [3, 1]);
  const outer = jit(() => mul(row, column));
  expect(Array.from((await outer([])).dataSync())).toEqual([1, 2, 3, 2, 4, 6, 3, 6, 9]);
});

test('calls made at once run one after another', async () => {
  const total = variable(scalar(0));
  const accumulate = jit(({ x }: { x: Scalar }) => {
    total.assign(add(mul(total, 2), x));
    return { total: total.clone() };
  });
  const results = await Promise.all([1, 2, 3].map((value) => accumulate({ x: scalar(value) })));
  expect(results.map(({ total }) => total.dataSync()[0])).toEqual([1, 4, 11]);
});

test('a series is as many calls, one after the other', async () => {
  for (const engine of ['onnx', 'eager'] as const) {
    const total = variable(scalar(0));
    const accumulate = jit(
      ({ by }: { by: Scalar }) => {
        total.assign(add(total, by));
        return { total: total.clone() };
      },
      { engine },
    );
    const results = await accumulate.series([1, 2, 3].map((by) => ({ by: scalar(by) })));
    expect(results.map(({ total }) => total.dataSync()[0])).toEqual([1, 3, 6]);
    expect(await accumulate.series([])).toEqual([]);
  }
  const doubled = jit(({ x }: { x: Tensor1D }) => mul(x, 2), { name: 'doubled' });
  await expect(doubled.series([{ x: tensor1d([1]) }, { x: tensor1d([1, 2]) }])).rejects.toThrow(
    /^jit: input 1 of a series of doubled has other shapes than the first/,
  );
});

test('no tensor is left behind', async () => {
  const weight = variable(tensor1d([1, 2]));
  const step = jit(({ x }: { x: Tensor1D }) => {
    weight.assign(add(weight, x));
    return { sum: sum(weight) };
  });
  const once = async () => {
    const x = tensor1d([1, 1]);
    (await step({ x })).sum.dispose();
    x.dispose();
  };
  await once();
  const { numTensors, numBytes } = memory();
  for (let i = 0; i < 20; i++) await once();
  expect([memory().numTensors, memory().numBytes]).toEqual([numTensors, numBytes]);
  expect(Array.from(weight.dataSync())).toEqual([22, 23]);
});

describe('what cannot be compiled is said', () => {
  test('a kernel without compiled form is named, with the way out', async () => {
    await expect(
      jit(({ x }: { x: Tensor1D }) => unique(x).values, { name: 'best' })({ x: tensor1d([1, 2]) }),
    ).rejects.toThrow(/best uses the kernel Unique, which has no compiled form.*engine: 'eager'/);
  });

  test('reading a value shows the line that does it', async () => {
    const branch = jit(({ x }: { x: Tensor1D }) => (x.dataSync()[0] > 0 ? x : mul(x, 2)));
    const error = await branch({ x: tensor1d([1]) }).catch((caught: Error) => caught);
    expect(String((error as Error).message)).toMatch(/value is read inside a traced function/);
    expect((error as Error).stack).toMatch(/semantics\.test/);
  });

  test('numbers must be wrapped', async () => {
    await expect(jit((input: unknown) => input)({ rate: 0.1 })).rejects.toThrow(
      /the input\.rate is a number.*tf\.scalar/,
    );
  });

  test('a function still works after a failure', async () => {
    await expect(jit(({ x }: { x: Tensor1D }) => unique(x).values)({ x: tensor1d([1]) })).rejects.toThrow();
    expect(Array.from((await jit(({ x }: { x: Tensor1D }) => add(x, 1))({ x: tensor1d([1]) })).dataSync())).toEqual([
      2,
    ]);
  });
});
