import { beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { engine, ready } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { jit } from '../../jit.ts';
import { noise } from '../../onnx/run-lowered.test.kit.ts';
import type { Shape4D } from '../../onnx/run-lowered.test.kit.ts';

beforeEach(ready);

/** TensorFlow's result and ONNX Runtime's, which its own tests compare with eager ones. */
async function expectSame(kernel: string, inputs: Record<string, Tensor>, attrs: object) {
  const [actual, expected] = await Promise.all(
    (['tensorflow', 'onnx'] as const).map(async (name) => {
      const run = (all: Record<string, Tensor>) => engine().runKernel(kernel, all, attrs as never) as Tensor;
      const compiled = jit(run, { engine: name });
      const result = await compiled(inputs);
      await compiled.dispose();
      return result;
    }),
  );
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual, expected].map((result) => result.dataSync<'float32'>());
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0.5);
  expect(a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0)).toBeLessThan(1e-5 * largest);
}

const around = (top: number, bottom: number, left: number, right: number) => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

describe('a convolution of one image', () => {
  test.each<[string, Shape4D, Shape4D, object]>([
    ['without padding', [1, 12, 9, 6], [3, 3, 6, 7], { strides: 1, pad: 'valid' }],
    ['with padding', [1, 12, 9, 6], [3, 3, 6, 7], { strides: 1, pad: 'same' }],
    ['with other padding', [1, 11, 9, 6], [3, 3, 6, 7], { strides: 1, pad: around(2, 1, 0, 3) }],
    ['with a stride', [1, 16, 18, 6], [3, 3, 6, 7], { strides: 2, pad: 'same' }],
    ['with a stride that leaves rows out', [1, 17, 18, 6], [2, 2, 6, 7], { strides: [4, 3], pad: 'valid' }],
    ['dilated', [1, 12, 18, 6], [3, 3, 6, 7], { strides: 1, pad: 'same', dilations: [2, 3] }],
    ['of one pixel', [1, 12, 18, 6], [1, 1, 6, 7], { strides: 1, pad: 'valid' }],
    ['with an odd number of rows', [1, 11, 9, 6], [3, 3, 6, 7], { strides: 1, pad: 'same' }],
  ])('%s', async (_name, image, filter, attrs) => {
    const inputs = { x: noise(image, 1), filter: noise(filter, 2) };
    await expectSame('Conv2D', inputs, { dataFormat: 'NHWC', dilations: 1, ...attrs });
  });
});

describe("a filter's gradient on small images", () => {
  test.each<[string, Shape4D, Shape4D, Shape4D, object]>([
    ['very small', [2, 4, 6, 33], [3, 3, 33, 40], [2, 4, 6, 40], { pad: 'same' }],
    ['small', [2, 14, 16, 33], [3, 3, 33, 40], [2, 12, 14, 40], { pad: 'valid' }],
    ['with padding', [2, 14, 16, 33], [3, 2, 33, 40], [2, 15, 17, 40], { pad: around(2, 1, 0, 2) }],
    ['dilated', [2, 14, 16, 33], [3, 3, 33, 40], [2, 14, 16, 40], { pad: 'same', dilations: 4 }],
    ['dilated very far', [2, 14, 16, 33], [3, 3, 33, 40], [2, 14, 16, 40], { pad: 'same', dilations: [15, 9] }],
  ])('%s', async (_name, image, filterShape, gradient, attrs) => {
    const inputs = { x: noise(image, 1), dy: noise(gradient, 2) };
    const all = { strides: 1, dataFormat: 'NHWC', dilations: 1, filterShape, ...attrs };
    await expectSame('Conv2DBackpropFilterV2', inputs, all);
  });
});

describe('the gradient of means without stride', () => {
  test.each<[string, number | number[], Shape4D, object]>([
    ['plain', 3, [2, 9, 10, 5], { pad: 'valid' }],
    ['padded', 3, [2, 11, 12, 5], { pad: 'same' }],
    ['unevenly padded', [2, 3], [2, 11, 13, 5], { pad: around(1, 0, 1, 2) }],
  ])('%s', async (_name, filterSize, gradient, attrs) => {
    const inputs = { dy: noise(gradient, 1), input: noise([2, 11, 12, 5], 2) };
    await expectSame('AvgPoolGrad', inputs, { filterSize, strides: 1, ...attrs });
  });
});
