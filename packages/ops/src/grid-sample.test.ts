import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grads, ones, sum, tensor3d, tensor4d, type Tensor3D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';
import { gridSample } from './grid-sample.ts';

const positions = (values: number[]) => tensor3d(values, [1, 1, values.length]);

/** Positions that are not where the derivative jumps: at whole numbers. */
const between = (count: number, from: number, to: number, seed: number) =>
  signedNoise(count, seed).map((value) => {
    const position = from + ((value + 1) / 2) * (to - from);
    const fraction = position - Math.floor(position);
    return Math.floor(position) + 0.1 + 0.8 * fraction;
  });

test('between pixels it mixes, outside it repeats the edge', () => {
  const image = tensor4d([0, 1, 2, 10, 11, 12], [1, 2, 3, 1]);
  const sampled = gridSample(image, positions([0, 1.5, 2, -3, 7, 0.25]), positions([0, 0, 1, 0.5, 9, 0.5]));
  const expected = [0, 1.5, 12, 5, 12, 5.25];
  sampled.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
});

test('sampling every pixel at its own position gives the image back, whatever the batch', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      (n, h, w) => {
        const image = tensor4d(signedNoise(n * h * w * 2), [n, h, w, 2]);
        const grid = (at: (pixel: number) => number) =>
          tensor3d(
            Float32Array.from({ length: n * h * w }, (_, i) => at(i)),
            [n, h, w],
          );
        const same = gridSample(
          image,
          grid((i) => i % w),
          grid((i) => Math.floor(i / w) % h),
        );
        expect(Array.from(same.dataSync())).toEqual(Array.from(image.dataSync()));
      },
    ),
    { numRuns: 20 },
  );
});

test('its gradients to image and positions are what finite differences give', () => {
  const [n, h, w] = [2, 4, 5];
  const [x, y] = [between(2 * 6, -2, w + 1, 3), between(2 * 6, -2, h + 1, 4)].map((values) =>
    tensor3d(values, [n, 2, 3]),
  );
  expectGradients((image, x, y) => gridSample(image, x, y), [tensor4d(signedNoise(n * h * w * 3), [n, h, w, 3]), x, y]);
});

test('on the border and outside, positions have no gradient; inside, pixels have the slope towards the next', () => {
  const image = tensor4d([0, 1, 3, 7], [1, 1, 4, 1]);
  const [dx] = grads((x) => sum(gridSample(image, x as Tensor3D, positions([0, 0, 0, 0, 0]))))([
    positions([-1, 0, 1, 3, 4]),
  ]);
  expect(Array.from(dx.dataSync())).toEqual([0, 0, 2, 0, 0]);
});

test('a position that is not a number gives a value that is not a number, and only there', () => {
  const sampled = gridSample(ones([1, 2, 2, 1]), positions([NaN, 1]), positions([0, 0]));
  expect(Array.from(sampled.dataSync())).toEqual([NaN, 1]);
});

test('says which shapes do not fit', () => {
  expect(() => gridSample(ones([2, 3, 3, 1]), ones([1, 3, 3]), ones([1, 3, 3]))).toThrow(
    'the batch of the image [2,3,3,1]',
  );
});
