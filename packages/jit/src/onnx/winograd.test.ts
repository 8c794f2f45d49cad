import { beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, engine, mul, ready, relu, variable } from '@tensorflow/tfjs-core';
import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import { jit } from '../jit.ts';
import { trace } from '../trace.ts';
import { lowerGraph } from './lower-graph.ts';
import { noise } from './run-lowered.test.kit.ts';
import type { Shape4D } from './run-lowered.test.kit.ts';

beforeEach(ready);

interface Case {
  image: Shape4D;
  outChannels?: number;
  /** Zeros above, below, before and behind. */
  pad?: [number, number, number, number];
  dilation?: number;
}

const cases: Record<string, Case> = {
  'zeros around it': { image: [1, 20, 24, 128] },
  'several images, nothing around them': { image: [2, 18, 22, 128], pad: [0, 0, 0, 0] },
  'sizes that tiles do not divide': { image: [2, 15, 31, 128] },
  'uneven zeros': { image: [1, 19, 24, 128], pad: [2, 0, 0, 2] },
  dilated: { image: [1, 16, 32, 136], pad: [2, 2, 2, 2], dilation: 2, outChannels: 128 },
};

const network = ({ image, outChannels = 136, pad = [1, 1, 1, 1], dilation = 1 }: Case) => {
  const filter = variable(noise([3, 3, image[3], outChannels], 2)) as Variable & Tensor4D;
  const row = variable(noise([1, 1, 1, outChannels], 3));
  const [top, bottom, left, right] = pad;
  const attrs = {
    ...{ strides: 1, dataFormat: 'NHWC', dilations: dilation },
    pad: [[0, 0], [top, bottom], [left, right], [0, 0]], // prettier-ignore
  };
  const convolve = (x: Tensor4D) => engine().runKernel('Conv2D', { x, filter }, attrs) as Tensor4D;
  return { filter, row, convolve, predict: (x: Tensor4D) => relu(add<Tensor4D>(mul(convolve(x), row), row)) };
};

const lowered = (image: Shape4D, predict: (x: Tensor4D) => Tensor4D) => {
  const graph = trace([{ shape: image, dtype: 'float32' }], ([x]) => [predict(x as Tensor4D)]);
  const program = lowerGraph(graph, { block: 8, inPlace: false });
  return onnxProto.onnx.ModelProto.decode(program.model).graph!.node!.map(({ name }) => name!);
};

describe("Winograd's convolution is a convolution", () => {
  test.each(Object.entries(cases))('%s', async (_name, of) => {
    const { predict } = network(of);
    expect(lowered(of.image, predict).filter((name) => /^Conv2D\/(MatMul|Conv_)/.test(name)).length).toBe(3);
    const infer = jit(predict);
    const x = noise(of.image, 1);
    const [actual, expected] = [await infer(x), predict(x)].map((y) => y.dataSync<'float32'>());
    const largest = expected.reduce((a, b) => Math.max(a, b), 0);
    const worst = expected.reduce((a, value, i) => Math.max(a, Math.abs(actual[i] - value)), 0);
    expect(actual.length).toBe(expected.length);
    expect(worst).toBeLessThan(4e-6 * largest);
    await infer.dispose();
  });
});

test('a filter that changes with every call is not transformed', () => {
  const { filter, predict } = network(cases['zeros around it']);
  const names = lowered([1, 20, 24, 128], (x) => {
    const y = predict(x);
    filter.assign(mul(filter, 0.5));
    return y;
  });
  expect(names.some((name) => name.startsWith('Conv2D/MatMul'))).toBe(false);
});

test('where most of a tile would lie outside of the image, nothing changes', () => {
  const { predict } = network({ image: [1, 16, 24, 128], dilation: 6, pad: [6, 6, 6, 6] });
  expect(lowered([1, 16, 24, 128], predict).some((name) => name.startsWith('Conv2D/MatMul'))).toBe(false);
});
