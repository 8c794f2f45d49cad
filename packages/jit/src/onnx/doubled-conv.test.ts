import { beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, concat, conv2d, elu, image, mirrorPad, mul, ready, relu, variable } from '@tensorflow/tfjs-core';
import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import type { Graph } from '../graph.ts';
import { jit } from '../jit.ts';
import { trace } from '../trace.ts';
import { blockSize } from './block-size.ts';
import { lowerGraph } from './lower-graph.ts';
import { noise, runLowered } from './run-lowered.test.kit.ts';
import type { Shape4D } from './run-lowered.test.kit.ts';

beforeEach(ready);

/** A small image and a larger one. */
const IMAGES: Shape4D[] = [
  [2, 12, 20, 16],
  [2, 24, 40, 16],
];

/** A filter that brings both into blocks, two filters to test with, and a row of numbers. */
const FIXED: Shape4D[] = [
  [3, 3, 16, 16],
  [3, 3, 16, 32],
  [3, 3, 32, 32],
  [1, 1, 1, 32],
];

const doubled = (x: Tensor4D) => image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]);

function mirrored(x: Tensor4D): Tensor4D {
  const one: [number, number] = [1, 1];
  return mirrorPad(x, [[0, 0], one, one, [0, 0]], 'reflect');
}

const valid = (x: Tensor4D, filter: Tensor4D) => conv2d(x, filter, 1, 'valid');

type Operands = [small: Tensor4D, large: Tensor4D, first: Tensor4D, onOne: Tensor4D, onTwo: Tensor4D, row: Tensor4D];

/** How many convolutions of 2 x 2 pixels it takes, and what is computed. */
const cases: Record<string, [number, (...operands: Operands) => Tensor4D[]]> = {
  'a doubled image': [
    4,
    (small, _large, first, onOne) => [valid(mirrored(doubled(conv2d(small, first, 1, 'same'))), onOne)],
  ],
  'with a bias and a ReLU': [
    4,
    (small, _large, first, onOne, _onTwo, row) => [
      relu(add<Tensor4D>(valid(mirrored(doubled(conv2d(small, first, 1, 'same'))), onOne), row)),
    ],
  ],
  'with another image added': [
    4,
    (small, large, first, onOne) => [
      add(valid(mirrored(doubled(conv2d(small, first, 1, 'same'))), onOne), conv2d(large, onOne, 1, 'same')),
    ],
  ],
  'joined with a skip connection': [
    4,
    (small, large, first, _onOne, onTwo, row) => {
      const joined = concat([doubled(elu(conv2d(small, first, 1, 'same'))), conv2d(large, first, 1, 'same')], 3);
      return [relu(add<Tensor4D>(valid(mirrored(joined), onTwo), row))];
    },
  ],
  'joined, and added to another image': [
    4,
    (small, large, first, onOne, onTwo) => {
      const joined = concat([doubled(conv2d(small, first, 1, 'same')), conv2d(large, first, 1, 'same')], 3);
      return [add(valid(mirrored(joined), onTwo), conv2d(large, onOne, 1, 'same')), joined];
    },
  ],
  'joined the other way round': [
    0,
    (small, large, first, _onOne, onTwo) => {
      const joined = concat([conv2d(large, first, 1, 'same'), doubled(conv2d(small, first, 1, 'same'))], 3);
      return [valid(mirrored(joined), onTwo)];
    },
  ],
  'with corners that keep their places': [
    0,
    (small, _large, first, onOne) => {
      const larger = image.resizeNearestNeighbor(conv2d(small, first, 1, 'same'), [24, 40], true);
      return [valid(mirrored(larger), onOne)];
    },
  ],
  'three times the size': [
    0,
    (small, _large, first, onOne) => [
      valid(mirrored(image.resizeNearestNeighbor(conv2d(small, first, 1, 'same'), [36, 60])), onOne),
    ],
  ],
  'zeros around it': [
    0,
    (small, _large, first, onOne) => [conv2d(doubled(conv2d(small, first, 1, 'same')), onOne, 1, 'same')],
  ],
};

/** How many convolutions of 2 x 2 pixels a graph is lowered to. */
function smallConvolutions(graph: Graph, block: number): number {
  const { graph: model } = onnxProto.onnx.ModelProto.decode(lowerGraph(graph, { block, inPlace: false }).model);
  const kernelShapes = model!.node!.map(({ attribute }) => attribute?.find(({ name }) => name === 'kernel_shape'));
  return kernelShapes.filter((shape) => shape?.ints?.join() === '2,2').length;
}

describe('a convolution of a doubled image equals the plain one', () => {
  test.each(Object.entries(cases))('%s', async (_name, [expectedCount, fn]) => {
    const block = (await blockSize()) || 8;
    const fixed = FIXED.map((shape, i) => noise(shape, i + 3));
    const graph = trace(
      IMAGES.map((shape) => ({ shape, dtype: 'float32' as const })),
      (images) => fn(...([...images, ...fixed] as Operands)),
    );
    expect(smallConvolutions(graph, block)).toBe(expectedCount);
    const [plain, fast] = [await runLowered(graph, 0, IMAGES), await runLowered(graph, block, IMAGES)];
    plain.forEach((expected, i) => {
      const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const worst = expected.reduce((a, value, k) => Math.max(a, Math.abs(fast[i][k] - value)), 0);
      expect(fast[i].length).toBe(expected.length);
      expect(largest).toBeGreaterThan(1);
      expect(worst).toBeLessThan(2e-6 * largest);
    });
  });
});

test('a filter that changes with every call stays whole', () => {
  const onOne = variable(noise(FIXED[1], 1)) as Variable & Tensor4D;
  const graph = trace([{ shape: IMAGES[1], dtype: 'float32' }], ([x]) => {
    const y = valid(mirrored(doubled(conv2d(x as Tensor4D, noise(FIXED[0], 2), 1, 'same'))), onOne);
    onOne.assign(mul(onOne, 0.5));
    return [y];
  });
  expect(smallConvolutions(graph, 8)).toBe(0);
});

test('a fixed filter takes in the factors that follow it', async () => {
  const [first, onOne] = [0, 1].map((i) => variable(noise(FIXED[i], i)) as Variable & Tensor4D);
  const row = variable(noise(FIXED[3], 5));
  const predict = (small: Tensor4D) => mul(valid(mirrored(doubled(conv2d(small, first, 1, 'same'))), onOne), row);
  const infer = jit(predict);
  const small = noise(IMAGES[0], 7);
  const [actual, expected] = [await infer(small), predict(small)].map((y) => y.dataSync<'float32'>());
  const worst = expected.reduce((a, value, i) => Math.max(a, Math.abs(actual[i] - value)), 0);
  expect(worst).toBeLessThan(1e-4);
  await infer.dispose();
});
