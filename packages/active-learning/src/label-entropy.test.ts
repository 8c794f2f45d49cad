import { expect, test } from '@jest/globals';
import { labelEntropy, pixelEntropy } from './label-entropy.ts';
import { stretchToUnitRange } from './stretch-to-unit-range.ts';

test('1 when all classes are alike, 0 when one is sure', () => {
  expect(pixelEntropy([3, 3, 3, 3], 4)[0]).toBeCloseTo(1, 6);
  expect(pixelEntropy([1000, 0, 0, -1000], 4)[0]).toBeCloseTo(0, 6);
});

test('half-half among four classes is half', () => {
  const probabilities = [0.5, 0.5, 0, 0];
  expect(pixelEntropy(probabilities.map(Math.log), 4)[0]).toBeCloseTo(0.5, 6);
});

test('an image has the mean of its pixels', () => expect(labelEntropy([0, 0, 1000, 0], 2)).toBeCloseTo(0.5, 6));

test('logits that do not divide into classes are refused', () => {
  expect(() => pixelEntropy([1, 2, 3], 2)).toThrow('3 logits');
});

test('stretching reaches 0 and 1, and leaves a constant at 0', () => {
  expect([...stretchToUnitRange([2, 4, 3])]).toEqual([0, 1, 0.5]);
  expect([...stretchToUnitRange([2, 2])]).toEqual([0, 0]);
});
