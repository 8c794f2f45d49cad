import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { jit } from '@segsde/jit';
import { add, grads, mul, stack, sum, tensor, tensor3d, tidy, tile } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { signedNoise } from './expect-gradients.test.kit.ts';
import {
  averagePool3x3,
  backproject,
  batchNorm,
  batchNormTraining,
  conv2d,
  disparityToDepth,
  forwardDifference,
  gridSample,
  maxPool3x3Stride2,
  poseMatrix,
  projectPixels,
  reflectPad,
  resizeBilinear,
  upsampleNearest2x,
} from './index.ts';

type Inputs = [Tensor, ...Tensor[]];

const filled = (shape: number[], seed: number, from = -1, to = 1) => {
  const values = signedNoise(
    shape.reduce((a, b) => a * b),
    seed,
  );
  return tensor(
    values.map((value) => from + ((value + 1) / 2) * (to - from)),
    shape,
  );
};

const image = filled([2, 9, 12, 4], 1);
const channels = (seed: number, from: number, to: number) => filled([4], seed, from, to);
const intrinsics = tile(
  tensor3d([
    [
      [20, 0, 6],
      [0, 21, 4.5],
      [0, 0, 1],
    ],
  ]),
  [2, 1, 1],
);
const inverseIntrinsics = tile(
  tensor3d([
    [
      [1 / 20, 0, -6 / 20],
      [0, 1 / 21, -4.5 / 21],
      [0, 0, 1],
    ],
  ]),
  [2, 1, 1],
);
const motion: [Tensor, Tensor] = [filled([2, 3], 2, -0.1, 0.1), filled([2, 3], 3, -0.2, 0.2)];

const convolutions = [
  { kernel: 3, strides: 1, padding: 1, dilation: 1 },
  { kernel: 3, strides: 2, padding: 1, dilation: 1 },
  { kernel: 1, strides: 2, padding: 0, dilation: 1 },
  { kernel: 7, strides: 2, padding: 3, dilation: 1 },
  { kernel: 3, strides: 1, padding: 4, dilation: 4 },
].map(({ kernel, ...settings }): [string, (...inputs: Tensor[]) => Tensor, Inputs] => [
  `conv2d ${kernel}x${kernel} ${JSON.stringify(settings)}`,
  (x, filter) => conv2d(x as Tensor4D, filter as Tensor4D, settings),
  [image, filled([kernel, kernel, 4, 5], 4)],
]);

const cases: [string, (...inputs: Tensor[]) => Tensor, Inputs][] = [
  ...convolutions,
  ['reflectPad', (x) => reflectPad(x as Tensor4D, 2), [image]],
  ['resizeBilinear up', (x) => resizeBilinear(x as Tensor4D, [20, 17]), [image]],
  ['resizeBilinear down', (x) => resizeBilinear(x as Tensor4D, [5, 6]), [image]],
  ['resizeBilinear, aligned corners', (x) => resizeBilinear(x as Tensor4D, [20, 7], { alignCorners: true }), [image]],
  ['upsampleNearest2x', (x) => upsampleNearest2x(x as Tensor4D), [image]],
  ['averagePool3x3', (x) => averagePool3x3(x as Tensor4D), [image]],
  ['maxPool3x3Stride2', (x) => maxPool3x3Stride2(x as Tensor4D), [image]],
  [
    'batchNorm',
    (x, mean, variance, gamma, beta) =>
      batchNorm(x as Tensor4D, {
        mean: mean as Tensor1D,
        variance: variance as Tensor1D,
        gamma: gamma as Tensor1D,
        beta: beta as Tensor1D,
      }),
    [image, channels(5, -1, 1), channels(6, 0.5, 2), channels(7, -1, 1), channels(8, -1, 1)],
  ],
  [
    'batchNormTraining',
    (x, gamma, beta) => {
      const { output, mean, variance } = batchNormTraining(x as Tensor4D, gamma as Tensor1D, beta as Tensor1D);
      return add(output, add(mean, variance));
    },
    [image, channels(7, -1, 1), channels(8, -1, 1)],
  ],
  [
    'gridSample',
    (x, columns, rows) => gridSample(x as Tensor4D, columns as Tensor3D, rows as Tensor3D),
    [image, filled([2, 5, 7], 5, -2, 13), filled([2, 5, 7], 6, -2, 10)],
  ],
  ['forwardDifference', (x) => forwardDifference(forwardDifference(x as Tensor4D, 1), 2), [image]],
  ['disparityToDepth', (x) => disparityToDepth(x), [filled([2, 9, 12], 5, 0.01, 1)]],
  [
    'poseMatrix',
    (v, t) => stack([true, false].map((invert) => poseMatrix(v as Tensor2D, t as Tensor2D, { invert }))),
    motion,
  ],
  ['backproject', (depth) => backproject(depth as Tensor3D, inverseIntrinsics), [filled([2, 9, 12], 5, 2, 5)]],
  [
    'projectPixels',
    (depth, v, t) => {
      const pose = poseMatrix(v as Tensor2D, t as Tensor2D, { invert: true });
      const { x, y } = projectPixels(depth as Tensor3D, { intrinsics, inverseIntrinsics, pose });
      return stack([x, y]);
    },
    [filled([2, 9, 12], 5, 2, 5), ...motion],
  ],
];

/** ‖a − b‖ / ‖b‖ */
function distance(a: Tensor, b: Tensor) {
  const [actual, expected] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
  const norm = (at: (i: number) => number) => Math.hypot(...Array.from(expected, (_, i) => at(i)));
  return norm((i) => actual[i] - expected[i]) / norm((i) => expected[i]);
}

test.each(cases)('%s: compiled, value and gradients are the eager ones', async (_name, f, inputs) => {
  const weights = tidy(() => {
    const { shape } = f(...inputs);
    return filled(shape, 9);
  });
  const both = ({ inputs, weights }: { inputs: Tensor[]; weights: Tensor }) => ({
    value: f(...inputs),
    gradients: grads((...at) => sum(mul(f(...at), weights)))(inputs),
  });
  const compiled = jit(both, { engine: 'onnx' });
  const actual = await compiled({ inputs, weights });
  const expected = tidy(() => both({ inputs, weights }));
  expect(distance(actual.value, expected.value)).toBeLessThan(5e-6);
  actual.gradients.forEach((gradient, i) => {
    expect(gradient.shape).toEqual(inputs[i].shape);
    expect(distance(gradient, expected.gradients[i])).toBeLessThan(5e-6);
  });
  await compiled.dispose();
});
