import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grad, tensor1d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { crossEntropy } from './cross-entropy.ts';
import { expectGradients, noise } from '@segsde/ops/expect-gradients.test.kit';
import { pseudoLabelLoss } from './pseudo-label-loss.ts';
import { pseudoLabels } from './pseudo-labels.ts';

// Two images of two pixels: sure, unsure; unknown, sure.
const probabilities = tensor4d([0.01, 0.98, 0.01, 0.5, 0.2, 0.3, 0, 0, 0, 0.99, 0.01, 0], [2, 1, 2, 3]);
const logits = tensor4d(noise(12), [2, 1, 2, 3]);

test('labels are the most probable class, ignored where nothing is known', () => {
  const { labels, confidence, weight } = pseudoLabels(probabilities);
  expect(labels.dtype).toBe('int32');
  expect(Array.from(labels.dataSync())).toEqual([1, 0, 255, 0]);
  confidence.dataSync().forEach((value, i) => expect(value).toBeCloseTo([0.98, 0.5, 0, 0.99][i], 6));
  expect(weight.dataSync()[0]).toBe(0.5);
  expect(Array.from(pseudoLabels(probabilities, { ignoreIndex: 250 }).labels.dataSync())).toEqual([1, 0, 250, 0]);
});

test('by batch, every known pixel counts with the share of sure pixels', () => {
  const { labels } = pseudoLabels(probabilities);
  const known = crossEntropy(logits, labels).dataSync()[0];
  expect(pseudoLabelLoss(logits, probabilities).dataSync()[0]).toBeCloseTo((0.5 * known * 3) / 4, 6);
});

test('by pixel, only sure pixels count', () => {
  const unsureToo = grad((z) => pseudoLabelLoss(z as Tensor4D, probabilities))(logits).dataSync();
  const sureOnly = grad((z) => pseudoLabelLoss(z as Tensor4D, probabilities, { confidence: 'pixel' }))(
    logits,
  ).dataSync();
  const moves = (gradient: ArrayLike<number>) => [0, 1, 2, 3].map((pixel) => gradient[3 * pixel] !== 0);
  expect(moves(unsureToo)).toEqual([true, true, false, true]);
  expect(moves(sureOnly)).toEqual([true, false, false, true]);
});

test('nothing is learnt from a teacher that is never sure', () => {
  expect(pseudoLabelLoss(logits, probabilities, { threshold: 0.999 }).dataSync()[0]).toBe(0);
});

test.each(['batch', 'pixel'] as const)('by %s, class weights weight each pixel by its pseudo label', (confidence) => {
  const { labels } = pseudoLabels(probabilities);
  const weights = [3, 0.5, 7];
  // Pixels 0 and 3 are sure; pixel 2 is unknown, costs nothing, and still is one of four.
  const cost = (pixel: number) => {
    const row = Array.from(logits.dataSync().slice(3 * pixel, 3 * pixel + 3));
    const label = labels.dataSync()[pixel];
    return weights[label] * (Math.log(row.reduce((total, z) => total + Math.exp(z), 0)) - row[label]);
  };
  const expected = confidence === 'batch' ? 0.5 * (cost(0) + cost(1) + cost(3)) : cost(0) + cost(3);
  const loss = (classWeights?: number[]) =>
    pseudoLabelLoss(logits, probabilities, {
      confidence,
      classWeights: classWeights && tensor1d(classWeights),
    }).dataSync()[0];
  expect(loss(weights)).toBeCloseTo(expected / 4, 5);
  expect(loss(weights.map((weight) => 2 * weight))).toBeCloseTo((2 * expected) / 4, 5);
  expect(loss([1, 1, 1])).toBeCloseTo(loss(), 6);
});

test('its gradient is what finite differences give', () => {
  for (const confidence of ['batch', 'pixel'] as const)
    for (const classWeights of [undefined, tensor1d([3, 0.5, 7])])
      expectGradients((z) => pseudoLabelLoss(z, probabilities, { confidence, classWeights }), [logits], {
        step: 1e-2,
        tolerance: 0.01,
      });
});
