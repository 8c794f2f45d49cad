import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  addN,
  conv2d,
  conv3d,
  depthwiseConv2d,
  grad,
  memory,
  mul,
  ones,
  pad,
  reshape,
  split,
  stridedSlice,
  sum,
  tensor1d,
  tensor4d,
  transpose,
  variable,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D, Tensor5D, Variable } from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import { testKernels } from '../kernels/kernel-cases.test.kit.ts';
import { testTarget } from '../target.test.kit.ts';

const engine = 'onnx-webgpu';
/** Cards have no transposed convolutions of volumes. */
const VOLUMES = ['conv3d', 'pools of volumes'];

testTarget(engine);
testKernels(engine, {
  // WGSL allows for 4096 units in the last place.
  tolerances: { asin: 4096 * 2 ** -23, acos: 4096 * 2 ** -23 },
  withoutGradients: VOLUMES,
});

const noise = (size: number, shape: [number, number, number, number]) =>
  tensor4d(
    Array.from({ length: size }, (_, i) => Math.sin(i * 2.3)),
    shape,
  );

/** Where ONNX Runtime's own operators for cards go wrong. */
const pitfalls: Record<string, (x: Tensor4D) => Tensor> = {
  'a filter as large as the image, padded behind it': (x) => conv2d(x, transpose(x, [1, 2, 3, 0]), 1, 'same'),
  'the same for each channel': (x) => depthwiseConv2d(x, transpose(x, [1, 2, 3, 0]), 1, 'same'),
  'channels of which there are 6': (x) =>
    conv2d(reshape(x, [1, 2, 2, 6]) as Tensor4D, noise(3 * 3 * 6 * 8, [3, 3, 6, 8]), 1, 'same'),
  'gradients of the same': (x) =>
    grad((image) => conv2d(image as Tensor4D, noise(3 * 3 * 8 * 6, [3, 3, 8, 6]), 1, 'same'))(
      pad(reshape(x, [1, 2, 4, 3]), [[0, 0], [0, 0], [0, 0], [0, 5]]), // prettier-ignore
    ),
  'a slice that goes backwards': (x) => stridedSlice(x, [0, 1, 1, 2], [1, -3, 0, 0], [1, -1, -1, -2]),
  'more pieces than a kernel sees tensors': (x) => addN(split(reshape(x, [24, 1]), 24).map((part, i) => mul(part, i))),
};

test.each(Object.entries(pitfalls))('%s', async (_name, fn) => {
  const x = tensor4d(
    Array.from({ length: 24 }, (_, i) => Math.sin(i * 1.7)),
    [1, 2, 4, 3],
  );
  const expected = fn(x);
  const actual = await jit(fn, { engine })(x);
  expect(actual.shape).toEqual(expected.shape);
  const values = actual.dataSync();
  expected.dataSync().forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
});

test('what cards cannot do is refused before anything runs', async () => {
  const gradient = jit(
    (x: Tensor) => grad((volume) => conv3d(volume as Tensor5D, ones([2, 2, 2, 1, 1]), 1, 'same'))(x),
    {
      engine,
    },
  );
  await expect(gradient(ones([1, 4, 4, 4, 1]))).rejects.toThrow('Conv3DBackpropInputV2 has no form for graphics cards');
});

test('calls leave no tensor behind', async () => {
  const weight = variable(tensor1d([1, 2])) as Variable & Tensor1D;
  const step = jit(
    ({ x }: { x: Tensor1D }) => {
      weight.assign(add(weight, x));
      return { sum: sum(weight) };
    },
    { engine },
  );
  const watch = jit(({ x }: { x: Tensor1D }) => mul(weight, x), { engine });
  const once = async (i: number) => {
    const x = tensor1d([1, 1]);
    (await step({ x })).sum.dispose();
    if (i % 10 === 0) (await watch({ x })).dispose();
    if (i % 50 === 0) weight.dataSync();
    x.dispose();
  };
  await once(0);
  const { numTensors, numBytes } = memory();
  for (let i = 1; i <= 200; i++) await once(i);
  expect([memory().numTensors, memory().numBytes]).toEqual([numTensors, numBytes]);
  expect(Array.from(weight.dataSync())).toEqual([202, 203]);
});
