import { afterEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  conv2d,
  disposeVariables,
  gather,
  mean,
  mul,
  relu,
  scalar,
  square,
  sub,
  sum,
  tensor1d,
  tensor4d,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import { trace } from '../trace.ts';
import { lowerGraph } from './lower-graph.ts';

afterEach(disposeVariables);

const values = (tensor: Tensor) => Array.from(tensor.dataSync());
const wave = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1));
const weights = (channels: number) => variable(tensor4d(wave(9 * channels * channels), [3, 3, channels, channels]));

/** Three convolutions; gradients pass the last two, whose weights must not change before. */
function momentumStep() {
  const filters = [weights(4), weights(4), weights(4)];
  const speeds = filters.map((filter) => variable(mul(filter, 0), false));
  const step = ({ x, rate }: { x: Tensor4D; rate: Scalar }) => {
    const { value, grads } = variableGrads(
      () =>
        mean(
          filters.reduce<Tensor>(
            (y, filter) => relu(conv2d(y as Tensor4D, filter as Variable & Tensor4D, 1, 'same')),
            x,
          ),
        ) as Scalar,
      filters,
    );
    filters.forEach((filter, i) => {
      const speed = add(mul(speeds[i], 0.9), grads[filter.name]);
      speeds[i].assign(speed);
      filter.assign(sub(filter, mul(speed, rate)));
    });
    return { loss: value };
  };
  return { step, variables: [...filters, ...speeds] };
}

test('weights and optimiser state of a training step are overwritten, and come out as when computed apart', async () => {
  const x = tensor4d(wave(2 * 6 * 6 * 4), [2, 6, 6, 4]);
  const { step, variables } = momentumStep();
  const graph = trace([x, scalar(0)], ([image, rate]) => [step({ x: image as Tensor4D, rate: rate as Scalar }).loss]);
  expect(lowerGraph(graph, { block: 0, inPlace: true }).states.map(({ overwrites }) => overwrites)).toEqual(
    variables.map(() => true),
  );
  expect(lowerGraph(graph, { block: 0, inPlace: false }).states.some(({ overwrites }) => overwrites)).toBe(false);

  const before = variables.map(values);
  const run = async (engine: 'onnx' | 'eager') => {
    variables.forEach((each, i) => each.assign(tensor4d(before[i], [3, 3, 4, 4])));
    const compiled = jit(step, { engine });
    for (let i = 0; i < 4; i++) await compiled({ x, rate: scalar(0.05) });
    return variables.map(values);
  };
  const [onnx, eager] = [await run('onnx'), await run('eager')];
  onnx.flat().forEach((value, i) => expect(value).toBeCloseTo(eager.flat()[i], 5));
});

test('two variables change places', async () => {
  const [a, b] = [variable(tensor1d([1, 2])), variable(tensor1d([3, 4]))];
  const swap = jit(() => {
    const old = a.clone();
    a.assign(b);
    b.assign(old);
    return {};
  });
  await swap([]);
  expect([values(a), values(b)]).toEqual([
    [3, 4],
    [1, 2],
  ]);
});

test('each takes the old value of the other', async () => {
  const [a, b] = [variable(tensor1d([1, 2])), variable(tensor1d([3, 5]))];
  const mix = jit(({ rate }: { rate: Scalar }) => {
    const [oldA, oldB] = [mul(a, 1), mul(b, 1)];
    a.assign(add(oldA, mul(oldB, rate)));
    b.assign(sub(b, mul(oldA, rate)));
    return { sum: sum(add(a, b)) };
  });
  const { sum: total } = await mix({ rate: scalar(10) });
  expect([values(a), values(b)]).toEqual([
    [31, 52],
    [-7, -15],
  ]);
  expect(values(total)).toEqual([61]);
});

test('a result keeps the value from before', async () => {
  const a = variable(tensor1d([1, 2]));
  const step = jit(({ rate }: { rate: Scalar }) => {
    const before = mul(a, 2);
    a.assign(sub(a, mul(square(a), rate)));
    return { before, after: a.clone() };
  });
  const { before, after } = await step({ rate: scalar(1) });
  expect([values(before), values(after), values(a)]).toEqual([
    [2, 4],
    [0, -2],
    [0, -2],
  ]);
});

test('a variable that was assigned another keeps its value when the other is trained on', async () => {
  const [trained, kept] = [variable(tensor1d([1, 1])), variable(tensor1d([0, 0]))];
  const step = jit(({ x }: { x: Tensor1D }) => {
    trained.assign(add(trained, x));
    return { mean: mean(trained) };
  });
  const x = tensor1d([1, 2]);
  await step({ x });
  kept.assign(trained);
  await step({ x });
  expect([values(kept), values(trained)]).toEqual([
    [2, 3],
    [3, 5],
  ]);
});

test('a run that fails changes nothing', async () => {
  const a = variable(tensor1d([1, 2]));
  const step = jit(({ at, rate }: { at: Tensor1D; rate: Scalar }) => {
    a.assign(sub(a, mul(a, rate)));
    return { picked: gather(tensor1d([5, 6, 7]), at) };
  });
  await step({ at: tensor1d([2], 'int32'), rate: scalar(0) });
  await expect(step({ at: tensor1d([100], 'int32'), rate: scalar(0.5) })).rejects.toThrow(/indices/);
  expect(values(a)).toEqual([1, 2]);
});
