import { beforeEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, conv2d, mean, mul, ready, relu, reshape, rsqrt, scalar, sub, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import { jit } from '../jit.ts';
import { trace } from '../trace.ts';
import { blockSize } from './block-size.ts';
import { lowerGraph } from './lower-graph.ts';
import { noise } from './run-lowered.test.kit.ts';

beforeEach(ready);

const BATCH = [2, 16, 16, 8] as const;

function network() {
  const made = (initial: Tensor) => variable(initial);
  const filter = made(noise([3, 3, 8, 16], 1)) as Variable & Tensor4D;
  const [average, variance, gamma, beta] = [2, 3, 4, 5].map((seed) =>
    made(reshape(add(noise([1, 1, 1, 16], seed), 2), [16])),
  );
  const predict = (x: Tensor4D): Tensor4D => {
    const scale = mul(gamma, rsqrt(variance));
    const y = add(mul(conv2d(x, filter, 1, 'same'), scale), sub(beta, mul(average, scale)));
    return relu(y as Tensor4D);
  };
  return { filter, average, variance, gamma, beta, predict };
}

const worst = (a: Tensor, b: Tensor) => {
  const expected = b.dataSync<'float32'>();
  return a.dataSync<'float32'>().reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
};

test('what has been computed of variables once is computed again when one of them changes, wherever that happens', async () => {
  const { filter, gamma, predict } = network();
  const x = noise([...BATCH], 6);
  const infer = jit(predict);
  const train = jit(({ by }: { by: Tensor }) => {
    filter.assign(mul(filter, by));
    return [];
  });
  const changes: (() => unknown)[] = [
    () => undefined,
    () => undefined,
    () => filter.assign(mul(filter, -0.5)),
    () => train({ by: scalar(1.5) }),
    () => train({ by: scalar(-2) }),
    () => gamma.assign(mul(gamma, 3)),
  ];
  let before: Tensor | undefined;
  for (const [i, change] of changes.entries()) {
    await change();
    const [actual, expected] = [await infer(x), predict(x)];
    expect(worst(actual, expected)).toBeLessThan(1e-4);
    if (before && i > 1) expect(worst(actual, before)).toBeGreaterThan(1e-2);
    before = actual;
  }
  await infer.dispose();
  expect(worst(await infer(x), before!)).toBeLessThan(1e-6);
});

test('a prediction is one convolution; filters and factors are made elsewhere', async () => {
  const { predict } = network();
  const graph = trace([{ shape: [...BATCH], dtype: 'float32' }], ([x]) => [predict(x as Tensor4D)]);
  const program = lowerGraph(graph, { block: (await blockSize()) || 8, inPlace: false });
  const operators = (model: Uint8Array) =>
    onnxProto.onnx.ModelProto.decode(model)
      .graph!.node!.filter(({ name }) => !name!.startsWith('shapes/'))
      .map(({ opType }) => opType);
  expect(program.fixed?.results.length).toBe(2);
  expect(operators(program.fixed!.model)).toEqual(expect.arrayContaining(['ReorderInput', 'Sqrt', 'Mul']));
  const rest = operators(program.model);
  expect(rest.filter((name) => !['Transpose', 'ReorderInput', 'ReorderOutput', 'Reshape'].includes(name!))).toEqual([
    'Conv',
  ]);
});

test('what a function assigns is not fixed', () => {
  const { filter, predict } = network();
  const graph = trace([{ shape: [...BATCH], dtype: 'float32' }], ([x]) => {
    const y = predict(x as Tensor4D);
    filter.assign(mul(filter, mean(y)));
    return [y];
  });
  const { fixed, states } = lowerGraph(graph, { block: 8, inPlace: false });
  const assigned = states.filter(({ output }) => output !== undefined).map(({ input }) => input);
  expect(assigned.length).toBe(1);
  expect(fixed!.inputs).not.toContain(assigned[0]);
});
