import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { engine, maxPool, mul, ready, relu, sum, tensor, grad } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '../../jit.ts';
import { tensorflowFunction } from '../tensorflow-function.ts';

type Pair = [number, number];
type Padding = 'same' | 'valid' | [Pair, Pair, Pair, Pair];

let seed = 0;
const noise = (shape: readonly number[]) => {
  seed++;
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 2 - 1;
  });
  return tensor(data, [...shape]);
};

const run = (kernel: string, inputs: Record<string, Tensor>, attrs: object) =>
  engine().runKernel(kernel, inputs, attrs as never) as Tensor;

const compiled = (kernel: string, inputs: Record<string, Tensor>, attrs: object) =>
  jit((all: Record<string, Tensor>) => run(kernel, all, attrs), { engine: 'tensorflow' })(inputs);

/** A graph of this kernel only, made by hand. */
async function alone(kernel: string, inputs: Record<string, Tensor>, attrs: object, shape: number[]): Promise<Tensor> {
  const values = Object.values(inputs).map((input, id) => ({ id, shape: input.shape, dtype: input.dtype }));
  const output = { id: values.length, shape, dtype: 'float32' as const };
  const operands = Object.fromEntries(Object.keys(inputs).map((name, i) => [name, values[i]]));
  const nodes = [{ kernel, inputs: operands, attrs, outputs: [output] }];
  const program = await tensorflowFunction({ inputs: values, constants: [], states: [], nodes, outputs: [output] });
  const [result] = await program.run(Object.values(inputs));
  await program.release();
  return result;
}

const largestDifference = (a: Tensor, b: Tensor) => {
  const expected = b.dataSync();
  return a.dataSync<'float32'>().reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
};

const dot = (a: Tensor, b: Tensor) => {
  const other = b.dataSync();
  return a.dataSync<'float32'>().reduce((total, value, i) => total + value * other[i], 0);
};

/** What a gradient of a linear function must do: bring the same product forwards and backwards. */
async function expectAdjoint(
  forward: () => Promise<[y: Tensor, x: Tensor]>,
  backward: (dy: Tensor) => Promise<Tensor>,
) {
  for (let draw = 0; draw < 3; draw++) {
    const [y, x] = await forward();
    const dy = noise(y.shape);
    const dx = await backward(dy);
    expect(dx.shape).toEqual(x.shape);
    const expected = dot(dy, y);
    expect(Math.abs(expected)).toBeGreaterThan(1e-3);
    expect(Math.abs(dot(dx, x) - expected)).toBeLessThan(2e-4 * Math.max(1, Math.abs(expected)));
  }
}

const around = (top: number, bottom: number, left: number, right: number): Padding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

const SIZE = [2, 11, 10, 5];

const conv: [name: string, window: Pair, strides: number | Pair, pad: Padding, dilations: number | Pair][] = [
  ['plain', [3, 3], 1, 'valid', 1],
  ['same', [3, 3], 2, 'same', 1],
  ['an even window', [4, 2], 1, 'same', 1],
  ['padding of one pixel', [3, 3], 1, around(1, 1, 1, 1), 1],
  ['padding and stride', [3, 3], 2, around(1, 1, 1, 1), 1],
  ['a stem', [7, 7], 2, around(3, 3, 3, 3), 1],
  ['uneven padding', [3, 2], 1, around(0, 2, 1, 0), 1],
  ['more padding than the window needs', [1, 1], 1, around(1, 1, 2, 2), 1],
  ['dilation', [3, 3], 1, 'same', 2],
  ['dilation without padding', [3, 3], 1, 'valid', 3],
  ['dilation with padding', [3, 3], 1, around(4, 4, 4, 4), 4],
  ['dilation with uneven padding', [3, 3], 1, around(1, 0, 2, 3), 2],
  ['dilation along one axis', [3, 3], 1, around(1, 1, 3, 3), [1, 3]],
];

describe('convolutions equal eager ones, and their gradients are their reverse', () => {
  test.each([...conv, ['unequal strides', [3, 3], [2, 1], 'same', 1] as (typeof conv)[number]])(
    '%s',
    async (_name, window, strides, pad, dilations) => {
      await ready();
      const attrs = { strides, pad, dilations, dataFormat: 'NHWC' };
      const filterShape = [...window, SIZE[3], 4];
      let [x, filter] = [noise(SIZE), noise(filterShape)];
      const y = await compiled('Conv2D', { x, filter }, attrs);
      expect(largestDifference(y, run('Conv2D', { x, filter }, attrs))).toBeLessThan(1e-5);
      await expectAdjoint(
        async () => [await compiled('Conv2D', { x: (x = noise(SIZE)), filter }, attrs), x],
        (dy) => compiled('Conv2DBackpropInputV2', { dy, filter }, { ...attrs, inputShape: SIZE }),
      );
      await expectAdjoint(
        async () => [await compiled('Conv2D', { x, filter: (filter = noise(filterShape)) }, attrs), filter],
        (dy) => compiled('Conv2DBackpropFilterV2', { x, dy }, { ...attrs, filterShape }),
      );
    },
  );
});

describe('depthwise convolutions equal eager ones, and their gradients are their reverse', () => {
  test.each(conv)('%s', async (_name, window, strides, pad, dilations) => {
    await ready();
    const attrs = { strides, pad, dilations };
    const filterShape = [...window, SIZE[3], 2];
    let [x, filter] = [noise(SIZE), noise(filterShape)];
    const y = await compiled('DepthwiseConv2dNative', { x, filter }, attrs);
    expect(largestDifference(y, run('DepthwiseConv2dNative', { x, filter }, attrs))).toBeLessThan(1e-5);
    await expectAdjoint(
      async () => [await compiled('DepthwiseConv2dNative', { x: (x = noise(SIZE)), filter }, attrs), x],
      (dy) => compiled('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: SIZE }),
    );
    await expectAdjoint(
      async () => [
        await compiled('DepthwiseConv2dNative', { x, filter: (filter = noise(filterShape)) }, attrs),
        filter,
      ],
      (dy) => alone('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape }, filterShape),
    );
  });
});

const pools: [name: string, filterSize: number | Pair, strides: number | Pair, pad: Padding, rounding?: 'ceil'][] = [
  ['plain', 2, 2, 'valid'],
  ['same', 3, 2, 'same'],
  ['overlapping, padded', 3, 2, around(1, 1, 1, 1)],
  ['stride 1, padded', 3, 1, around(1, 1, 1, 1)],
  ['unequal', [2, 3], [1, 2], around(1, 0, 1, 2)],
  ['rounded up', 3, 2, around(0, 0, 0, 0), 'ceil'],
];

describe('pooling', () => {
  test.each(pools)('means, %s: equal to eager ones, with a gradient that is their reverse', async (...options) => {
    await ready();
    const [, filterSize, strides, pad, dimRoundingMode] = options;
    const attrs = { filterSize, strides, pad, dimRoundingMode };
    let x = noise(SIZE);
    const y = await compiled('AvgPool', { x }, attrs);
    expect(largestDifference(y, run('AvgPool', { x }, attrs))).toBeLessThan(1e-5);
    await expectAdjoint(
      async () => [await compiled('AvgPool', { x: (x = noise(SIZE)) }, attrs), x],
      (dy) => compiled('AvgPoolGrad', { dy, input: x }, attrs),
    );
  });

  test('maxima, rounded up: the gradient to each window is at its maximum', async () => {
    await ready();
    const attrs = { filterSize: 3, strides: 2, pad: 'valid' };
    let input = noise(SIZE);
    let output = input;
    await expectAdjoint(
      async () => {
        input = noise(SIZE);
        output = await compiled(
          'MaxPool',
          { x: input },
          { ...attrs, pad: around(0, 0, 0, 0), dimRoundingMode: 'ceil' },
        );
        return [output, input];
      },
      (dy) => compiled('MaxPoolGrad', { dy, input, output }, attrs),
    );
  });

  test.each(pools.slice(0, -1))('maxima, %s: equal to eager ones, and so is the gradient', async (...options) => {
    await ready();
    const [, filterSize, strides, pad, rounding] = options;
    const pooled = (x: Tensor) => maxPool(x as Tensor4D, filterSize, strides, pad as 'same', rounding);
    const weighed = (x: Tensor) => sum(mul(pooled(x), dy));
    // After relu many windows have several maxima.
    for (const x of [noise(SIZE), relu(noise(SIZE))]) {
      const attrs = { filterSize, strides, pad, dimRoundingMode: rounding };
      const y = run('MaxPool', { x }, attrs);
      expect(largestDifference(await compiled('MaxPool', { x }, attrs), y)).toBe(0);
      dy = noise(y.shape);
      const gradient = await jit(
        (all: { x: Tensor; dy: Tensor }) => grad((image) => sum(mul(pooled(image), all.dy)))(all.x),
        {
          engine: 'tensorflow',
        },
      )({ x, dy });
      expect(largestDifference(gradient, grad(weighed)(x))).toBeLessThan(1e-5);
    }
  });
  let dy: Tensor;
});

describe('gradients of resizing are its reverse', () => {
  test.each([
    ['aligned corners', [17, 20], true, false],
    ['half-pixel centres', [16, 21], false, true],
    ['half-pixel centres, smaller', [5, 4], false, true],
    ['neither', [16, 21], false, false],
  ] as const)('bilinear, %s', async (_name, size, alignCorners, halfPixelCenters) => {
    await ready();
    const attrs = { alignCorners, halfPixelCenters, size: [...size] };
    let images = noise(SIZE);
    await expectAdjoint(
      async () => [await compiled('ResizeBilinear', { images: (images = noise(SIZE)) }, attrs), images],
      (dy) => compiled('ResizeBilinearGrad', { dy, images }, attrs),
    );
  });

  test.each([
    ['larger', [22, 30], false],
    ['smaller', [5, 4], false],
    ['aligned corners', [16, 21], true],
  ] as const)('nearest, %s', async (_name, size, alignCorners) => {
    await ready();
    const attrs = { alignCorners, halfPixelCenters: false, size: [...size] };
    let images = noise(SIZE);
    await expectAdjoint(
      async () => [await compiled('ResizeNearestNeighbor', { images: (images = noise(SIZE)) }, attrs), images],
      (dy) => compiled('ResizeNearestNeighborGrad', { dy, images }, attrs),
    );
  });
});

test.each(['reflect', 'symmetric'])('the gradient of mirroring, %s, is its reverse', async (mode) => {
  await ready();
  const attrs = { paddings: [[0, 0], [1, 2], [3, 0], [0, 1]], mode }; // prettier-ignore
  let x = noise(SIZE);
  await expectAdjoint(
    async () => [await compiled('MirrorPad', { x: (x = noise(SIZE)) }, attrs), x],
    (dy) => compiled('MirrorPadGrad', { dy }, attrs),
  );
});
