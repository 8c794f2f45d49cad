import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  concat,
  conv2d,
  elu,
  engine,
  grads,
  image,
  mean,
  mirrorPad,
  mul,
  neg,
  ready,
  relu,
  reshape,
  rsqrt,
  split,
  square,
  sub,
  sum,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import { trace } from '../trace.ts';
import { blockSize } from './block-size.ts';
import { lowerGraph } from './lower-graph.ts';
import { runLowered } from './run-lowered.test.kit.ts';
import type { Shape4D } from './run-lowered.test.kit.ts';

const IMAGE: Shape4D = [2, 20, 24, 16];
const SHAPES: Shape4D[] = [IMAGE, [3, 3, 16, 16], [1, 1, 16, 16], [1, 1, 1, 16], [1, 1, 1, 16]];

/** x, two filters and two rows of numbers, one for each channel. */
type Function = (...operands: [Tensor4D, Tensor4D, Tensor4D, Tensor4D, Tensor4D]) => Tensor[];

const graphOf = (fn: Function) =>
  trace(
    SHAPES.map((shape) => ({ shape, dtype: 'float32' as const })),
    (symbols) => fn(...(symbols as Parameters<Function>)),
  );

const flat = (row: Tensor) => reshape(row, [16]);
const conv = (x: Tensor4D, filter: Tensor4D) => conv2d(x, filter, 1, 'same');

function normalized(x: Tensor4D, gamma: Tensor, beta: Tensor): Tensor4D {
  const centred = sub(x, mean(x, [0, 1, 2]));
  const variance = mean(square(centred), [0, 1, 2]);
  return add<Tensor4D>(mul(mul(centred, rsqrt(add(variance, 1e-5))), gamma), beta);
}

const gradientsOf = (fn: (...operands: Tensor[]) => Tensor, operands: Tensor[]): Tensor[] =>
  grads((...values: Tensor[]) => sum(square(fn(...values))) as Scalar)(operands);

const cases: Record<string, Function> = {
  'a bias and a ReLU': (x, w, _v, a) => [relu(add(conv(x, w), flat(a)))],
  'a row subtracted, and from it': (x, w, _v, a) => [sub(conv(x, w), a), sub(a, conv(x, w))],
  'a row added twice': (x, w, _v, a, b) => [add(b, add(conv(x, w), flat(a)))],
  'rows of factors': (x, w, _v, a, b) => [mul(mul(conv(x, w), a), b), mul(flat(a), conv(x, w))],
  'two convolutions added': (x, w, v) => [relu(add(conv(x, w), conv(x, v)))],
  'a convolution added to itself': (x, w) => {
    const y = conv(x, w);
    return [add(y, y)];
  },
  'a result that is needed before and after': (x, w, _v, a) => {
    const y = conv(x, w);
    const shifted = add(y, a);
    return [y, shifted, relu(shifted), add(shifted, y)];
  },
  'three summands': (x, w, v, a) => [add(add(conv(x, w), conv(x, v)), mul(conv(x, v), a))],
  'a ReLU of a ReLU with a bias': (x, w, _v, a) => [relu(add(relu(conv(x, w)), a))],
  'a number for each pixel is not one for each channel': (x, w) => [
    add(
      conv(x, w),
      tensor4d(
        Array.from({ length: 24 }, (_, i) => i),
        [1, 1, 24, 1],
      ),
    ),
  ],
  'sums, means and products': (x, w, v) => {
    const [y, z] = [conv(x, w), conv(x, v)];
    return [
      ...[sum(y, [0, 1, 2]), mean(y, [1, 2]), mean(y, [1, 2], true), mean(y, [0, 1, 2], true), sum(y, [1, 2])],
      ...[sum(mul(y, z), [0, 1, 2]), mean(square(y), [1, 2]), mean(mul(y, z), [0, 1, 2]), sum(y, [3]), sum(y)],
    ];
  },
  'a product that is needed itself': (x, w, v) => {
    const product = mul(conv(x, w), conv(x, v));
    return [product, sum(product, [0, 1, 2])];
  },
  'batch normalisation, and around a shortcut': (x, w, v, a, b) => {
    const y = conv(x, w);
    return [relu(add(normalized(y, flat(a), flat(b)), conv(x, v)))];
  },
  'its gradients': (x, w, v, a, b) =>
    gradientsOf(
      (x, w, v, a, b) =>
        conv(
          relu(
            add(normalized(conv(x as Tensor4D, w as Tensor4D), flat(a), flat(b)), conv(x as Tensor4D, v as Tensor4D)),
          ) as Tensor4D,
          v as Tensor4D,
        ),
      [x, w, v, a, b],
    ),
  'mirrored edges, upsampling, cutting and joining, with gradients': (x, w, v, a) =>
    gradientsOf(
      (x, w, v) => {
        const y = elu(add<Tensor4D>(conv(x as Tensor4D, w as Tensor4D), a));
        const [first, second] = split(y, 2, 3);
        const larger = image.resizeNearestNeighbor(concat([second, first], 3) as Tensor4D, [40, 48]);
        const padded = mirrorPad(
          larger,
          [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ],
          'reflect',
        );
        return conv2d(padded as Tensor4D, v as Tensor4D, 1, 'valid');
      },
      [x, w, v],
    ),
  'uneven mirrored edges': (x, w) => [
    mirrorPad(
      neg(conv(x, w)),
      [
        [0, 0],
        [2, 1],
        [0, 3],
        [0, 0],
      ],
      'reflect',
    ),
  ],
  'gradients of mirrored edges': (x, w, v) => {
    const back = (dy: Tensor, paddings: number[][]) =>
      engine().runKernel('MirrorPadGrad', { dy }, { paddings, mode: 'reflect' }) as Tensor;
    const sides = [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ];
    const uneven = [
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ];
    const wide = sides.map((pair) => pair.map((amount) => 3 * amount));
    return [sides, uneven, wide].map((paddings, i) => back(conv(x, i === 0 ? w : v), paddings));
  },
  'bilinear upsampling': (x, w, v) => [
    conv(image.resizeBilinear(relu(conv(x, w)), [40, 72], false, true), v),
    image.resizeBilinear(conv(x, w), [60, 24]),
    image.resizeBilinear(conv(x, w), [39, 47], true),
  ],
};

describe('arithmetic in blocks equals arithmetic elsewhere', () => {
  test.each(Object.entries(cases))('%s', async (_name, fn) => {
    await ready();
    const block = (await blockSize()) || 16;
    const graph = graphOf(fn);
    const [plain, fast] = [await runLowered(graph, 0, SHAPES), await runLowered(graph, block, SHAPES)];
    plain.forEach((expected, i) => {
      const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const worst = expected.reduce((a, value, k) => Math.max(a, Math.abs(fast[i][k] - value)), 0);
      expect(fast[i].length).toBe(expected.length);
      expect(largest).toBeGreaterThan(0);
      expect(worst).toBeLessThan(1e-5 * largest + 1e-6);
    });
  });
});

test('a convolution takes in a bias, a shortcut and a ReLU, and the sum of a product stores no product', async () => {
  await ready();
  const graph = graphOf((x, w, v, a) => {
    const y = relu(add(add(conv(x, w), a), conv(x, v)));
    return [y, mean(square(conv(x, w)), [0, 1, 2])];
  });
  const { graph: model } = onnxProto.onnx.ModelProto.decode(lowerGraph(graph, { block: 8, inPlace: false }).model);
  const operators = model!.node!.filter(({ name }) => !name!.startsWith('shapes/')).map(({ opType }) => opType);
  expect(operators).not.toContain('Relu');
  expect(operators.filter((name) => name === 'Add' || name === 'Sum')).toEqual([]);
  // Of `Mul` only the division by the number of pixels is left.
  expect(operators.filter((name) => name === 'Mul').length).toBe(1);
});

test('what TensorFlow.js saves for a ReLU is its result, and reshapes that change nothing are gone', () => {
  const { nodes } = graphOf((x, w, _v, a) =>
    gradientsOf((x, w) => relu(add(conv(x as Tensor4D, w as Tensor4D), a)), [x, w]),
  );
  const made = new Map(nodes.flatMap(({ outputs, kernel }) => outputs.map(({ id }) => [id, kernel])));
  const steps = nodes.filter(({ kernel }) => kernel === 'Step');
  expect(steps.map(({ inputs: { x } }) => made.get(x.id))).toEqual(['Relu']);
  const idle = nodes.filter(
    ({ kernel, inputs, outputs: [y] }) => kernel === 'Reshape' && `${inputs.x.shape}` === `${y.shape}`,
  );
  expect(idle).toEqual([]);
});
