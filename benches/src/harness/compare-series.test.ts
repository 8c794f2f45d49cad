import { expect, test } from '@jest/globals';
import { compareSeries } from './compare-series.ts';

test('tells the greatest relative difference of each number', () => {
  const { largest, differences } = compareSeries({ loss: [1, 2.001], norm: [10] }, { loss: [1, 2], norm: [10] }, 1e-3);
  expect(largest.loss).toBeCloseTo(5e-4, 6);
  expect(largest.norm).toBe(0);
  expect(differences).toEqual([]);
});

test('a number beyond the tolerance is named with its step', () => {
  const { differences } = compareSeries({ loss: [1, 2.01] }, { loss: [1, 2] }, 1e-3);
  expect(differences).toEqual(["loss of step 2 is 2.01, the peer's is 2"]);
});

test.each([
  ['missing', {}],
  ['too few', { loss: [1] }],
  ['not a number', { loss: [1, NaN] }],
])('a number that is %s differs', (_, ours) => {
  expect(compareSeries(ours as Record<string, number[]>, { loss: [1, 2] }, 1e-3).differences.length).toBeGreaterThan(0);
});
