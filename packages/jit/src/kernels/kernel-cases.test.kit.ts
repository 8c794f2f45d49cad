import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import type { Engine } from '../targets.ts';

const noise = (size: number, seed: number) =>
  Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 2 - 1;
  });
let seed = 0;
const make = (...shape: number[]) =>
  tf.tensor(
    noise(
      shape.reduce((a, b) => a * b, 1),
      ++seed,
    ),
    shape,
  );
const positive = (...shape: number[]) => tf.add(tf.abs(make(...shape)), 0.1);
const ints = (limit: number, ...shape: number[]) => tf.cast(tf.floor(tf.mul(tf.abs(make(...shape)), limit)), 'int32');

type Case = [name: string, fn: (...inputs: any[]) => tf.Tensor | tf.Tensor[], inputs: tf.Tensor[]]; // eslint-disable-line @typescript-eslint/no-explicit-any

const unary: Case[] = (
  [
    'abs',
    'acosh',
    'asin',
    'asinh',
    'atan',
    'atanh',
    'acos',
    'ceil',
    'cos',
    'cosh',
    'elu',
    'erf',
    'exp',
    'expm1',
    'floor',
    'leakyRelu',
    'log',
    'log1p',
    'neg',
    'reciprocal',
    'relu',
    'relu6',
    'round',
    'rsqrt',
    'selu',
    'sigmoid',
    'sign',
    'sin',
    'sinh',
    'softplus',
    'sqrt',
    'square',
    'step',
    'tan',
    'tanh',
    'logSoftmax',
    'softmax',
  ] as const
).map((name) => [
  name,
  (x: tf.Tensor) => tf[name](x),
  [
    name === 'acosh'
      ? tf.add(positive(3, 5), 1)
      : ['log', 'log1p', 'rsqrt', 'sqrt'].includes(name)
        ? positive(3, 5)
        : tf.mul(make(3, 5), 0.9),
  ],
]);

const binary: Case[] = (
  ['add', 'atan2', 'div', 'floorDiv', 'maximum', 'minimum', 'mod', 'mul', 'squaredDifference', 'sub'] as const
).flatMap((name): Case[] => [
  [name, (a, b) => tf[name](a, b), [make(4, 3), positive(4, 3)]],
  [
    `${name}, broadcast to images`,
    (a, b, c) => tf[name](tf[name](tf.relu(tf.conv2d(a, c, 1, 'same')), b), 0.5),
    [make(2, 4, 4, 3), positive(5), make(3, 3, 3, 5)],
  ],
  [
    `${name}, broadcast where the last axis is 1`,
    (a, b, c) => [tf[name](a, 0.5), tf[name](a, b), tf[name](tf.relu(tf.conv2d(a, c, 1, 'same')), b)],
    [make(2, 4, 1, 1), positive(2, 1, 1, 1), make(1, 1, 1, 1)],
  ],
  [
    `${name}, broadcast over rows of three`,
    (a, b) => [tf[name](a, b), tf[name](tf.reshape(a, [2, 7, 2, 3]), tf.reshape(b, [2, 1, 1, 3]))],
    [make(2, 14, 3), positive(2, 1, 3)],
  ],
]);

const comparisons: Case[] = (['equal', 'greater', 'greaterEqual', 'less', 'lessEqual', 'notEqual'] as const).map(
  (name) => [name, (a, b) => tf[name](a, b), [ints(3, 4, 4), ints(3, 4, 4)]],
);

const image = () => make(2, 8, 6, 3);
const conv = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 1, 'same');

const others: Case[] = [
  ['clipByValue', (x) => tf.clipByValue(x, -0.3, 0.4), [make(3, 5)]],
  ['pow', (a, b) => tf.pow(a, b), [positive(3, 4), make(3, 4)]],
  ['prelu', (x, alpha) => tf.prelu(x, alpha), [make(3, 4), make(4)]],
  [
    'logical operations',
    (a, b) => [
      tf.logicalAnd(tf.greater(a, 0), tf.less(b, 0)),
      tf.logicalOr(tf.greater(a, 0), tf.less(b, 0)),
      tf.logicalNot(tf.greater(a, 0)),
    ],
    [make(9), make(9)],
  ],
  ['where', (a, b) => tf.where(tf.greater(a, b), a, tf.mul(b, 2)), [make(3, 4), make(3, 4)]],
  [
    'where on images',
    (a, b, f) => tf.where(tf.greater(conv(a, f), 0), conv(a, f), conv(b, f)),
    [image(), image(), make(3, 3, 3, 4)],
  ],
  [
    'casts',
    (x) => [tf.cast(tf.mul(x, 5), 'int32'), tf.cast(x, 'bool'), tf.cast(tf.greater(x, 0), 'float32')],
    [make(7)],
  ],
  ['clone and addN', (a, b) => tf.addN([tf.clone(a), b, a]), [make(3), make(3)]],
  [
    'int arithmetic',
    (a, b) => [tf.add(a, b), tf.mul(a, b), tf.floorDiv(a, tf.add(b, 1)), tf.mod(a, tf.add(b, 1)), tf.maximum(a, b)],
    [ints(9, 6), ints(4, 6)],
  ],
  ...([[0], [1, 2], [0, 1, 2], [3], [2], [0, 3], [-1, -2]] as number[][]).flatMap((axis): Case[] => [
    [
      `sums over ${axis} of an image`,
      (x, f) => [
        tf.sum(conv(x, f), axis),
        tf.mean(conv(x, f), axis, true),
        tf.max(conv(x, f), axis),
        tf.min(conv(x, f), axis, true),
      ],
      [image(), make(3, 3, 3, 4)],
    ],
  ]),
  [
    'reductions of a matrix',
    (x) => [tf.sum(x), tf.prod(x, 1), tf.mean(x, 0), tf.logSumExp(x, 1), tf.norm(x)],
    [make(4, 5)],
  ],
  ['all and any', (x) => [tf.all(tf.greater(x, -0.5), 1), tf.any(tf.greater(x, 0.5), 0)], [make(4, 5)]],
  ['argMax and argMin', (x, f) => [tf.argMax(conv(x, f), -1), tf.argMin(conv(x, f), 1)], [image(), make(3, 3, 3, 4)]],
  [
    'sums of a few long rows',
    (x) => [tf.sum(x, 0), tf.sum(x, [0, 1], true), tf.sum(tf.reshape(x, [1, 2, 2100]), [0, 1])],
    [make(2, 3, 700)],
  ],
  ['logSoftmax of an image', (x, f) => tf.logSoftmax(conv(x, f)), [image(), make(3, 3, 3, 4)]],
  ['softmax of an image', (x, f) => tf.softmax(conv(x, f)), [image(), make(3, 3, 3, 4)]],
  ['cumsum', (x) => [tf.cumsum(x, 1), tf.cumsum(x, 0, true, true)], [make(3, 4)]],
  [
    'moments',
    (x) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return [mean, variance];
    },
    [image()],
  ],
  [
    'batchNorm',
    (x, m, v, o, s) => tf.batchNorm(x, m, v, o, s, 1e-3),
    [image(), make(3), positive(3), make(3), make(3)],
  ],
  [
    'reshape, expandDims, squeeze',
    (x, f) => [
      tf.reshape(conv(x, f), [16, -1]),
      tf.expandDims(conv(x, f), 1),
      tf.squeeze(tf.slice(conv(x, f), [0, 0, 0, 1], [2, 8, 6, 1])),
    ],
    [image(), make(3, 3, 3, 4)],
  ],
  [
    'transpose',
    (x, f) => [
      tf.transpose(conv(x, f), [0, 3, 1, 2]),
      tf.transpose(conv(x, f), [2, 1, 0, 3]),
      tf.transpose(x, [3, 0, 2, 1]),
    ],
    [image(), make(3, 3, 3, 4)],
  ],
  [
    'slice and strided slice',
    (x, f) => [
      tf.slice(conv(x, f), [0, 1, 2, 1], [1, 3, -1, 2]),
      tf.stridedSlice(x, [0, 7, 1, 0], [2, 0, 6, 3], [1, -2, 2, 1]),
      tf.stridedSlice(x, [1, 0, 0, 0], [2, 8, 6, 3], [1, 3, 1, 1]),
    ],
    [image(), make(3, 3, 3, 4)],
  ],
  [
    'concat, split, stack, unstack',
    (x, f) => [
      tf.concat([x, conv(x, f)], 3),
      ...tf.split(conv(x, f), [1, 3], 3),
      tf.stack([x, x], 1),
      ...tf.unstack(x, 2),
    ],
    [image(), make(3, 3, 3, 4)],
  ],
  [
    'pad',
    (x, f, v) => [
      tf.pad(
        conv(x, f),
        [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ],
        3,
      ),
      tf.pad(v, [[1, 2]]),
    ],
    [image(), make(3, 3, 3, 4), make(3)],
  ],
  [
    'mirrorPad',
    (x, f) => [
      tf.mirrorPad(
        conv(x, f),
        [
          [0, 0],
          [1, 1],
          [2, 1],
          [0, 0],
        ],
        'reflect',
      ),
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 2],
          [2, 0],
          [0, 0],
        ],
        'symmetric',
      ),
    ],
    [image(), make(3, 3, 3, 4)],
  ],
  [
    'tile and broadcastTo',
    (x, f) => [
      tf.tile(conv(x, f), [1, 2, 1, 3]),
      tf.broadcastTo(tf.slice(x, [0, 0, 0, 0], [2, 1, 6, 1]), [2, 4, 6, 5]),
    ],
    [image(), make(3, 3, 3, 4)],
  ],
  ['reverse', (x, f, v) => [tf.reverse(conv(x, f), [1, 3]), tf.reverse(v, 0)], [image(), make(3, 3, 3, 4), make(5)]],
  [
    'fill, zeros, ones, range',
    (x) => [
      tf.add(x, tf.fill([3], 2)),
      tf.mul(x, tf.onesLike(x)),
      tf.zerosLike(x),
      tf.mul(x, tf.range(0, 3)),
      tf.linspace(0, 1, 3),
    ],
    [make(3)],
  ],
  ['matMul', (a, b) => [tf.matMul(a, b), tf.matMul(b, a, true, true)], [make(3, 4), make(4, 5)]],
  [
    'batched matMul',
    (a, b, c) => [tf.matMul(a, b), tf.matMul(a, c, false, true)],
    [make(2, 3, 4), make(2, 4, 5), make(2, 5, 4)],
  ],
  ['gather', (x, i) => [tf.gather(x, i), tf.gather(x, i, 1)], [make(4, 5), ints(4, 6)]],
  [
    'gatherND and scatterND',
    (x, i) => [tf.gatherND(x, i), tf.scatterND(i, tf.gatherND(x, i), [4, 5])],
    [
      make(4, 5),
      tf.tensor2d(
        [
          [0, 1],
          [3, 4],
          [0, 1],
        ],
        [3, 2],
        'int32',
      ),
    ],
  ],
  ['unsortedSegmentSum', (x, i) => tf.unsortedSegmentSum(x, i, 4), [make(6, 3), ints(4, 6)]],
  ['oneHot', (i) => [tf.oneHot(i, 3), tf.oneHot(i, 3, 2, -1)], [ints(5, 7)]],
  ...(
    [
      [1, 'same', 1],
      [2, 'same', 1],
      [2, 'valid', 1],
      [1, 2, 1],
      [2, 1, 1],
      [1, 'same', 2],
      [1, 'valid', 3],
    ] as [number, number | 'same' | 'valid', number][]
  ).map(([strides, pad, dilation]): Case => [
    `conv2d, stride ${strides}, pad ${pad}, dilation ${dilation}`,
    (x, f) => tf.conv2d(x, f, strides, pad, 'NHWC', dilation, typeof pad === 'number' ? 'floor' : undefined),
    [make(2, 9, 8, 3), make(3, 3, 3, 4)],
  ]),
  ['depthwiseConv2d', (x, f) => tf.depthwiseConv2d(x, f, 2, 'same'), [image(), make(3, 3, 3, 2)]],
  [
    'conv2d, stride 2, with columns that no window sees',
    (x, f) => tf.conv2d(x, f, 2, 'same'),
    [make(1, 10, 12, 8), make(3, 1, 8, 16)],
  ],
  ['conv2d, stride 2, few outputs', (x, f) => tf.conv2d(x, f, 2, 'same'), [make(1, 12, 12, 16), make(3, 3, 16, 3)]],
  [
    'separableConv2d',
    (x, f, g) => tf.separableConv2d(x, f, g, 1, 'same'),
    [image(), make(3, 3, 3, 2), make(1, 1, 6, 4)],
  ],
  ['conv3d', (x, f) => tf.conv3d(x, f, 2, 'same'), [make(1, 4, 5, 4, 2), make(2, 3, 2, 2, 3)]],
  ['pools of volumes', (x) => [tf.maxPool3d(x, 2, 2, 'same'), tf.avgPool3d(x, 2, 1, 'valid')], [make(1, 4, 5, 4, 2)]],
  [
    'fused convolution',
    (x, filter, bias) => tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' }),
    [image(), make(3, 3, 3, 4), make(4)],
  ],
  ['maxPool', (x) => [tf.maxPool(x, 3, 2, 1, 'floor'), tf.maxPool(x, 2, 2, 'same')], [make(2, 9, 8, 3)]],
  [
    'avgPool',
    (x) => [tf.avgPool(x, 3, 1, 'valid'), tf.avgPool(x, 2, 2, 'valid'), tf.avgPool(x, 3, 2, 'same')],
    [make(2, 9, 8, 3)],
  ],
  [
    'resizeBilinear',
    (x) => [
      tf.image.resizeBilinear(x, [16, 9], true),
      tf.image.resizeBilinear(x, [16, 9], false, true),
      tf.image.resizeBilinear(x, [4, 3], false, true),
      tf.image.resizeBilinear(x, [16, 9]),
    ],
    [image()],
  ],
  [
    'resizeNearestNeighbor',
    (x) => [tf.image.resizeNearestNeighbor(x, [16, 12]), tf.image.resizeNearestNeighbor(x, [5, 4])],
    [image()],
  ],
];

async function expectEqual(fn: Case[1], inputs: tf.Tensor[], engine: Engine, tolerance = 1e-5) {
  const list = (result: tf.Tensor | tf.Tensor[]) => (Array.isArray(result) ? result : [result]);
  const eager = list(fn(...inputs));
  const compiled = await jit((all: tf.Tensor[]) => list(fn(...all)), { engine })(inputs);
  compiled.forEach((result, i) => {
    expect([result.dtype, result.shape]).toEqual([eager[i].dtype, eager[i].shape]);
    const expected = eager[i].dataSync();
    const actual = result.dataSync();
    expected.forEach((value, k) =>
      expect(Math.abs(actual[k] - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value))),
    );
  });
}

const differentiable = [...unary, ...binary, ...others].filter(
  ([name]) =>
    !/imum, broadcast|squaredDifference, broadcast|^where|ceil|floor|round|sign|mod|where on|casts|logical|int arith|all and|argM|oneHot|unsorted|cumsum|reverse|slice and strided|mirrorPad|scatterND|atanh|tile|prod|reductions|resizeBilinear|resizeNearest|fill|dilation [23]|fused|sums over|avgPool/.test(
      name,
    ),
);

export interface EngineLimits {
  /** Relative, by case, where it is not 1e-5. */
  tolerances?: Record<string, number>;
  /** Cases whose gradients the engine has not. */
  withoutGradients?: readonly string[];
}

/**
 * Registers the tests that every kernel, and its gradient, gives on `engine` what it gives eagerly.
 */
export function testKernels(engine: Engine, { tolerances = {}, withoutGradients = [] }: EngineLimits = {}): void {
  describe('compiled equals eager', () => {
    test.each([...unary, ...binary, ...comparisons, ...others])('%s', async (name, fn, inputs) =>
      expectEqual(fn, inputs, engine, tolerances[name]),
    );
  });

  describe('compiled gradients equal eager ones', () => {
    test.each(differentiable.filter(([name]) => !withoutGradients.includes(name)))('%s', async (_name, fn, inputs) => {
      const total = (...all: tf.Tensor[]) => {
        const result = fn(...all);
        const parts = (Array.isArray(result) ? result : [result]).map((part, i) =>
          tf.sum(tf.mul(part, tf.cos(tf.reshape(tf.range(i, i + part.size), part.shape)))),
        );
        return tf.addN(parts.map((part) => tf.cast(part, 'float32'))) as tf.Scalar;
      };
      const float = inputs.map((input) => input.dtype === 'float32');
      const variables = inputs.filter((_, i) => float[i]);
      const gradient = (...some: tf.Tensor[]) => {
        const queue = [...some];
        const place = (all: tf.Tensor[]) =>
          tf.grads((...moving: tf.Tensor[]) => {
            let k = 0;
            return total(...inputs.map((input, i) => (float[i] ? moving[k++] : input)));
          })(all);
        return place(queue);
      };
      await expectEqual(gradient, variables, engine);
    });
  });
}
