import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { cast, greater, memory, ones, sub, tensor3d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { mixComplementaryPairs } from './mix-complementary-pairs.ts';
import { mixPairs } from './mix-pairs.ts';
import { noise } from './random.test.kit.ts';

const [HEIGHT, WIDTH] = [3, 4];
const SIZE = HEIGHT * WIDTH;
const images = (batch: number, channels: number, seed = 1) =>
  tensor4d(noise(batch * SIZE * channels, seed), [batch, HEIGHT, WIDTH, channels]);
const maskOf = (batch: number, seed: number) => cast(greater(images(batch, 1, seed), 0.5), 'float32') as Tensor4D;

test('every pixel is an exact copy of its own or of the next image', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 1000 }),
      (batch, channels, seed) => {
        const [x, mask] = [images(batch, channels, seed), maskOf(batch, seed + 1)];
        const [before, keeps, after] = [x.dataSync(), mask.dataSync(), mixPairs(x, mask).dataSync()];
        after.forEach((value, i) => {
          const pixel = Math.floor(i / channels);
          const image = Math.floor(pixel / SIZE);
          const source = keeps[pixel] === 1 ? image : (image + 1) % batch;
          expect(value).toBe(before[source * SIZE * channels + (i % (SIZE * channels))]);
        });
      },
    ),
    { numRuns: 20, seed: 1 },
  );
});

test('labels go the same way as images and stay integers', () => {
  const ids = Int32Array.from(noise(2 * SIZE, 5), (value) => (value < 0.2 ? 255 : Math.floor(value * 19)));
  const mask = maskOf(2, 6);
  const asImage = mixPairs(tensor4d(Float32Array.from(ids), [2, HEIGHT, WIDTH, 1]), mask);
  const labels = mixPairs(tensor3d(ids, [2, HEIGHT, WIDTH], 'int32'), mask);
  expect(labels.dtype).toBe('int32');
  expect(labels.shape).toEqual([2, HEIGHT, WIDTH]);
  expect(Array.from(labels.dataSync())).toEqual(Array.from(asImage.dataSync()));
});

test('a mask of ones changes nothing', () => {
  const x = images(2, 3);
  expect(Array.from(mixPairs(x, ones([2, HEIGHT, WIDTH, 1])).dataSync())).toEqual(Array.from(x.dataSync()));
});

test('complementary pairs lose no pixel', () => {
  const [x, mask] = [images(4, 3), maskOf(2, 7)];
  const mixed = mixComplementaryPairs(x, mask);
  const pairs = mixComplementaryPairs(x, sub(1, mask));
  const [a, b] = [mixed.dataSync(), pairs.dataSync()];
  const half = a.length / 2;
  for (let i = 0; i < half; i++) {
    expect(a[i]).toBe(b[half + i]);
    expect(a[half + i]).toBe(b[i]);
  }
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
  expect(sum(a)).toBeCloseTo(sum(x.dataSync()), 3);
  expect(() => mixComplementaryPairs(x, maskOf(4, 7))).toThrow('4 items need 2 masks, not 4');
});

test('leaves no tensors behind', () => {
  const [x, mask] = [images(2, 3), maskOf(2, 8)];
  const before = memory().numTensors;
  mixPairs(x, mask).dispose();
  expect(memory().numTensors).toBe(before);
});
