import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  fill,
  grad,
  mul,
  sub,
  tensor,
  tensor1d,
  tensor3d,
  tensor4d,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { resizeBilinear } from '@segsde/ops';
import { crossEntropy, type CrossEntropyOptions } from './cross-entropy.ts';
import { expectGradients, noise } from '@segsde/ops/expect-gradients.test.kit';

const CLASSES = 4;
const labelIds = [0, 3, 255, 1, 2, 255, 0, 0, 1, 3, 2, 2];
const labels = tensor3d(labelIds, [2, 2, 3], 'int32');
const logits = mul(sub(tensor4d(noise(12 * CLASSES), [2, 2, 3, CLASSES]), 0.5), 6) as Tensor4D;

const value = (z: Tensor4D, y: Tensor3D, options?: CrossEntropyOptions) => crossEntropy(z, y, options).dataSync()[0];
const pixelLosses = (z: Tensor4D) =>
  labelIds.map((label, i) => {
    const row = Array.from(z.dataSync().slice(i * CLASSES, (i + 1) * CLASSES));
    return label < CLASSES ? Math.log(row.reduce((total, x) => total + Math.exp(x), 0)) - row[label] : 0;
  });
const total = (values: number[]) => values.reduce((a, b) => a + b, 0);

test('is the mean over the pixels that are not ignored', () => {
  expect(value(logits, labels)).toBeCloseTo(total(pixelLosses(logits)) / 10, 5);
  expect(value(logits, labels, { ignoreIndex: 0 })).toBeCloseTo(
    total(pixelLosses(logits).filter((_, i) => labelIds[i] !== 0)) / 7,
    5,
  );
});

test('labels outside of the classes are not learnt, whatever they are', () => {
  const odd = tensor3d(
    labelIds.map((label) => (label === 255 ? -1 : label)),
    [2, 2, 3],
    'int32',
  );
  expect(value(logits, odd, { ignoreIndex: 250 })).toBeCloseTo(value(logits, labels), 6);
});

test('is 0 with zero gradient when nothing is valid', () => {
  const none = fill([2, 2, 3], 255, 'int32') as Tensor3D;
  for (const options of [{}, { weights: fill([2, 2, 3], 1) }, { classWeights: tensor1d([1, 2, 3, 4]) }]) {
    expect(value(logits, none, options)).toBe(0);
    grad((z) => crossEntropy(z as Tensor4D, none, options))(logits)
      .dataSync()
      .forEach((derivative) => expect(derivative).toBeCloseTo(0, 12));
  }
});

test('with pixel weights it is the mean over all pixels', () => {
  const weights = noise(12, 3);
  const expected = total(pixelLosses(logits).map((loss, i) => loss * weights[i])) / 12;
  expect(value(logits, labels, { weights: tensor(weights, [2, 2, 3]) })).toBeCloseTo(expected, 5);
  expect(value(logits, labels, { weights: tensor(0.5) })).toBeCloseTo(total(pixelLosses(logits)) / 24, 5);
});

test('with class weights it is the weighted mean', () => {
  const weights = [1, 0.5, 2, 3];
  const weightOf = labelIds.map((label) => weights[label] ?? 0);
  const expected = total(pixelLosses(logits).map((loss, i) => loss * weightOf[i])) / total(weightOf);
  expect(value(logits, labels, { classWeights: tensor1d(weights) })).toBeCloseTo(expected, 5);
});

test('logits of another size are resized to the labels, corner to corner, even if only one side differs', () => {
  const tall = tensor3d(Array(24).fill(1), [2, 4, 3], 'int32');
  const resized = resizeBilinear(logits, [4, 3], { alignCorners: true });
  expect(value(logits, tall)).toBeCloseTo(value(resized, tall), 6);
});

test('huge logits stay finite', () => {
  const huge = mul(logits, 1000) as Tensor4D;
  expect(value(huge, labels)).toBeCloseTo(total(pixelLossesOfHuge(huge)) / 10, 1);
  grad((z) => crossEntropy(z as Tensor4D, labels))(huge)
    .dataSync()
    .forEach((derivative) => expect(Math.abs(derivative)).toBeLessThan(0.1001));

  function pixelLossesOfHuge(z: Tensor4D): number[] {
    return labelIds.map((label, i) => {
      const row = Array.from(z.dataSync().slice(i * CLASSES, (i + 1) * CLASSES));
      return label < CLASSES ? Math.max(...row) - row[label] : 0;
    });
  }
});

describe('its gradient is what finite differences give', () => {
  test.each<[string, CrossEntropyOptions]>([
    ['alone', {}],
    ['with pixel weights', { weights: tensor(noise(12, 3), [2, 2, 3]) }],
    ['with class weights', { classWeights: tensor1d([1, 0.5, 2, 3]) }],
  ])('%s', (_, options) =>
    expectGradients((z) => crossEntropy(z, labels, options), [logits], { step: 1e-2, tolerance: 0.01 }),
  );

  test('through resizing', () => {
    const large = tensor3d(
      Array.from(noise(2 * 5 * 4, 4), (x) => Math.floor(x * CLASSES)),
      [2, 5, 4],
      'int32',
    );
    expectGradients((z) => crossEntropy(z, large), [logits], { step: 1e-2, tolerance: 0.01 });
  });
});
