import { afterEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  argMax,
  cast,
  conv2d,
  disposeVariables,
  div,
  mean,
  mul,
  relu,
  scalar,
  square,
  sub,
  tensor4d,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { byteTensor } from '../byte-tensor.ts';
import { trace } from '../trace.ts';
import { lowerGraph } from './lower-graph.ts';
import { onnxFunction } from './run-program.ts';

afterEach(disposeVariables);

const wave = (count: number, pace = 1) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * (i + 1)));
const values = (tensors: readonly Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);

/**
 * Momentum on a convolution whose input goes through another one that stays as it is, and a number
 * that is assigned but never read.
 */
function training() {
  const weights = (pace: number) => variable(tensor4d(wave(9 * 16, pace), [3, 3, 4, 4]));
  const [fixed, filter] = [weights(0.7), weights(1.3)] as (Variable & Tensor4D)[];
  const speed = variable(mul(filter, 0), false);
  const newest = variable(scalar(0), false);
  const step = (image: Tensor, rate: Tensor, brightness: Tensor) => {
    const lit = mul(image, div(cast(brightness, 'float32'), 255)) as Tensor4D;
    const loss = () => mean(square(conv2d(relu(conv2d(lit, fixed, 1, 'same')), filter, 1, 'same'))) as Scalar;
    const { value, grads } = variableGrads(loss, [filter]);
    speed.assign(add(mul(speed, 0.9), grads[filter.name]));
    filter.assign(sub(filter, mul(speed, rate)));
    newest.assign(value);
    return [value, argMax(filter, 3)];
  };
  return { step, variables: [fixed, filter, speed, newest] };
}

const inputs = (round: number) => [
  tensor4d(wave(2 * 25 * 4, 1 + round), [2, 5, 5, 4]),
  scalar(0.01 * (round + 1)),
  byteTensor(Uint8Array.of(round, 255 - round), [2, 1, 1, 1]),
];
const series = [0, 1, 2, 3].map(inputs);

test('rounds in one call leave what as many calls leave, and give the results of each', async () => {
  const { step, variables } = training();
  const beginning = variables.map((each) => each.clone());
  const graph = () => trace(series[0], ([image, rate, brightness]) => step(image, rate, brightness));
  const apart = await onnxFunction(graph());
  const expected: number[][][] = [];
  for (const each of series) expected.push(values(await apart.run(each)));
  const after = values(variables);
  await apart.release();

  variables.forEach((each, i) => each.assign(beginning[i] as typeof each));
  const together = await onnxFunction(graph(), 'cpu', { block: 0, inPlace: false, inRounds: true });
  const results = [...(await together.runSeries!(series.slice(0, 3))), await together.run(series[3])].map(values);
  await together.release();
  expect(results).toEqual(expected.map((round) => round.map(closely)));
  expect(values(variables)).toEqual(after.map(closely));
});

const closely = (numbers: number[]) => numbers.map((number) => expect.closeTo(number, 5));

test('a function that assigns nothing does not run in rounds', () => {
  const filter = variable(tensor4d(wave(36), [3, 3, 4, 1])) as Variable & Tensor4D;
  const graph = trace([series[0][0]], ([image]) => [conv2d(image as Tensor4D, filter, 1, 'same')]);
  expect(lowerGraph(graph, { block: 0, inPlace: false, inRounds: true }).rounds).toBeUndefined();
});
