import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor1d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { depthHistogramRange } from './depth-histogram-range.ts';
import { depthMask } from './depth-mask.ts';
import { depthMixMask } from './depth-mix-mask.ts';
import { drawThresholds } from './draw-thresholds.ts';
import { noise, seeded } from './random.test.kit.ts';

const [HEIGHT, WIDTH] = [3, 4];
const SIZE = HEIGHT * WIDTH;
const disparity = (batch: number, seed = 1) => tensor4d(noise(batch * SIZE, seed), [batch, HEIGHT, WIDTH, 1]);
const values = (mask: Tensor4D) => Array.from(mask.dataSync());

test('nearer pixels stay, farther ones go, the margin keeps both', () => {
  const pair = tensor4d([0.5, 0.5, 0.5, 0.45, 0.52, 0.55], [2, 1, 3, 1]);
  expect(values(depthMixMask(pair))).toEqual([1, 1, 0, 0, 1, 1]);
  expect(values(depthMixMask(pair, { margin: 0 }))).toEqual([1, 0, 0, 0, 1, 1]);
  expect(values(depthMixMask(pair, { margin: -0.04 }))).toEqual([1, 0, 0, 0, 0, 1]);
});

test('without a margin one of the two stays at every pixel, whatever the batch', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const mask = values(depthMixMask(disparity(2, seed), { margin: 0 }));
      for (let i = 0; i < SIZE; i++) expect(mask[i] + mask[SIZE + i]).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 20, seed: 1 },
  );
});

test('each image is compared with the next, the last with the first', () => {
  const steps = tensor4d([0.2, 0.6, 0.4], [3, 1, 1, 1]);
  expect(values(depthMixMask(steps))).toEqual([0, 1, 1]);
});

test('an image alone keeps everything', () => {
  expect(Math.min(...values(depthMixMask(disparity(1))))).toBe(1);
});

test('the background can be held back, by one threshold or one per image', () => {
  const near = disparity(2);
  const both = depthMixMask(near, { foregroundThreshold: 0.5 });
  const own = near.dataSync();
  values(depthMixMask(near)).forEach((stays, i) => expect(both.dataSync()[i]).toBe(own[i] >= 0.5 ? stays : 0));
  const perImage = values(depthMixMask(near, { foregroundThreshold: tensor1d([0, 2]) }));
  expect(perImage.slice(0, SIZE)).toEqual(values(depthMixMask(near)).slice(0, SIZE));
  expect(Math.max(...perImage.slice(SIZE))).toBe(0);
});

test('a margin per image', () => {
  const same = tensor4d([0.5, 0.5], [2, 1, 1, 1]);
  expect(values(depthMixMask(same, { margin: tensor1d([0.1, -0.1]) }))).toEqual([1, 0]);
});

test('a depth mask is the part from the threshold on', () => {
  const near = tensor4d([0.1, 0.25, 0.3, 0.9], [2, 1, 2, 1]);
  expect(values(depthMask(near, 0.25))).toEqual([0, 1, 1, 1]);
  expect(values(depthMask(near, tensor1d([0.05, 0.5])))).toEqual([1, 1, 0, 1]);
});

test('thresholds are drawn from their range', () => {
  const draws = drawThresholds(seeded(1), { batch: 500 });
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0.1);
  expect(Math.max(...draws)).toBeLessThan(0.4);
  expect(Math.max(...draws) - Math.min(...draws)).toBeGreaterThan(0.28);
  expect(Array.from(drawThresholds(() => 0.5, { batch: 2, range: [1, 3] }))).toEqual([2, 2]);
});

test('the histogram range lies between the far part and the dense near part', () => {
  const map = Float32Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0.1 : i < 900 ? 0.5 : 0.9) + 0.01 * Math.sin(i));
  const [lower, upper] = depthHistogramRange(map);
  expect(lower).toBeGreaterThan(0.08);
  expect(lower).toBeLessThan(0.12);
  expect(upper).toBeGreaterThan(0.85);
  expect(upper).toBeLessThanOrEqual(0.92);
});

test('the histogram range of any map lies within it, and a constant map is its own', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 50 }), (map) => {
      const [lower, upper] = depthHistogramRange(map);
      expect(lower).toBeGreaterThanOrEqual(Math.min(...map) - 1e-9);
      expect(upper).toBeLessThanOrEqual(Math.max(...map) + 1e-9);
      expect(lower).toBeLessThanOrEqual(upper);
    }),
    { seed: 3 },
  );
  const [lower, upper] = depthHistogramRange([0.3, 0.3]);
  expect(lower).toBeCloseTo(0.3);
  expect(upper).toBeCloseTo(0.3);
});

test('leaves no tensors behind', () => {
  const near = disparity(2);
  const before = memory().numTensors;
  depthMixMask(near, { foregroundThreshold: 0.2 }).dispose();
  expect(memory().numTensors).toBe(before);
});
