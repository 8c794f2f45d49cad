import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { conv2d, engine, grads, maxPool, mul, ready, relu } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { trace } from '../trace.ts';
import { blockSize } from './block-size.ts';
import { noise, runLowered } from './run-lowered.test.kit.ts';
import type { Shape4D } from './run-lowered.test.kit.ts';

interface Case {
  image: Shape4D;
  filter: Shape4D;
  strides?: number;
  padding?: number;
  dilation?: number;
}

const cases: Record<string, Case> = {
  'many pixels': { image: [2, 16, 32, 32], filter: [3, 3, 32, 48], padding: 1 },
  'many pixels, few outputs': { image: [3, 16, 24, 64], filter: [3, 3, 64, 16], padding: 1 },
  'one image': { image: [1, 24, 40, 16], filter: [3, 3, 16, 16], padding: 1 },
  'a stem': { image: [2, 32, 40, 3], filter: [7, 7, 3, 16], padding: 3, strides: 2 },
  'a stem without stride': { image: [2, 16, 24, 3], filter: [5, 5, 3, 32], padding: 2 },
  'stride 2': { image: [2, 17, 24, 16], filter: [3, 3, 16, 32], padding: 1, strides: 2 },
  'one by one': { image: [2, 16, 16, 32], filter: [1, 1, 32, 16] },
  'one by one, stride 2': { image: [2, 16, 16, 32], filter: [1, 1, 32, 16], strides: 2 },
  dilated: { image: [2, 20, 24, 16], filter: [3, 3, 16, 16], padding: 4, dilation: 4 },
  'dilated so far that only the middle is seen': {
    image: [2, 16, 16, 32],
    filter: [3, 3, 32, 16],
    padding: 18,
    dilation: 18,
  },
  'dilated so far that one row is seen': { image: [2, 8, 40, 16], filter: [3, 3, 16, 24], padding: 12, dilation: 12 },
  'dilated so far that a side is not seen': { image: [2, 12, 5, 16], filter: [3, 4, 16, 16], padding: 6, dilation: 4 },
  'a few outputs more than a block': { image: [2, 20, 24, 16], filter: [3, 3, 16, 19], padding: 1 },
  'no padding': { image: [2, 18, 22, 16], filter: [3, 3, 16, 16] },
  'one output': { image: [2, 18, 24, 16], filter: [3, 3, 16, 1] },
  'one output, padded': { image: [2, 18, 24, 32], filter: [3, 3, 32, 1], padding: 1 },
  'few pixels, many weights': { image: [2, 4, 6, 96], filter: [3, 3, 96, 96], padding: 1 },
  'few pixels, dilated': { image: [2, 4, 6, 96], filter: [3, 3, 96, 96], padding: 2, dilation: 2 },
  'channels that no block divides': { image: [2, 12, 16, 20], filter: [3, 3, 20, 13], padding: 1 },
};

/**
 * The convolution and both its gradients, with other operations around them that like other
 * layouts.
 */
function everything({ image, filter, strides = 1, padding = 0, dilation = 1 }: Case) {
  const pad = [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ];
  const attrs = { strides, pad, dilations: dilation, dataFormat: 'NHWC' };
  return trace(
    [
      { shape: image, dtype: 'float32' },
      { shape: filter, dtype: 'float32' },
    ],
    ([x, w]) => {
      const y = engine().runKernel('Conv2D', { x, filter: w }, attrs) as Tensor4D;
      const dy = mul(relu(y), 0.5);
      return [
        y,
        maxPool(relu(y), 2, 2, 'same'),
        engine().runKernel('Conv2DBackpropInputV2', { dy, filter: w }, { ...attrs, inputShape: image }) as Tensor,
        engine().runKernel('Conv2DBackpropFilterV2', { x, dy }, { ...attrs, filterShape: filter }) as Tensor,
      ];
    },
  );
}

const runCase = (of: Case, block: number) => runLowered(everything(of), block, [of.image, of.filter]);

describe('the fast lowering of convolutions equals the plain one', () => {
  test.each(Object.entries(cases))('%s', async (_name, of) => {
    await ready();
    const block = await blockSize();
    const [plain, fast] = [await runCase(of, 0), await runCase(of, block || 16)];
    plain.forEach((expected, i) => {
      const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const worst = expected.reduce((a, value, k) => Math.max(a, Math.abs(fast[i][k] - value)), 0);
      expect(largest).toBeGreaterThan(0);
      expect(worst).toBeLessThan(2e-6 * largest + 1e-5);
    });
  });
});

describe('where pixels are few, convolution and gradients are those of TensorFlow.js', () => {
  test.each<[string, Case]>([
    ['two images', { image: [2, 4, 6, 96], filter: [3, 3, 96, 96], padding: 1 }],
    ['one image', { image: [1, 3, 5, 96], filter: [3, 3, 96, 80], padding: 1 }],
    ['no padding', { image: [3, 5, 8, 80], filter: [3, 3, 80, 96] }],
    ['one output', { image: [2, 8, 10, 16], filter: [3, 3, 16, 1], padding: 1 }],
    ['stride 2', { image: [2, 4, 8, 32], filter: [3, 3, 32, 96], padding: 1, strides: 2 }],
    ['larger images', { image: [2, 8, 10, 96], filter: [3, 3, 96, 96], padding: 1 }],
  ])('%s', async (_name, of) => {
    await ready();
    const [x, filter] = [noise(of.image, 1), noise(of.filter, 2)];
    const pad = of.padding ?? 0;
    const convolved = (image: Tensor, weights: Tensor) =>
      conv2d(image as Tensor4D, weights as Tensor4D, of.strides ?? 1, pad);
    const y = convolved(x, filter);
    const gradients = grads(convolved)([x, filter], mul(relu(y), 0.5));
    const [actualY, , ...actualGradients] = await runCase(of, await blockSize());
    [y, ...gradients].forEach((expected, k) => {
      const actual = [actualY, ...actualGradients][k];
      const worst = expected.dataSync<'float32'>().reduce((a, value, i) => Math.max(a, Math.abs(actual[i] - value)), 0);
      expect(worst).toBeLessThan(1e-3);
    });
  });
});
