import { expect, test } from '@jest/globals';
import { classWeights } from './class-weights.ts';

const counts = [9, 3, 0];

test('without balance all classes weigh the same', () => {
  expect(classWeights(counts, { balance: 0 })).toEqual([1, 1, 1]);
});

test('in full balance every class counts the same in all', () => {
  const [common, rare] = classWeights(counts, { balance: 1 });
  expect(common * 9).toBeCloseTo(rare * 3, 10);
});

test('half balance weighs by the root of the share, and pixels weigh 1 on average', () => {
  const [common, rare, absent] = classWeights(counts, { balance: 0.5 });
  expect(rare / common).toBeCloseTo(Math.sqrt(3), 10);
  expect((common * 9 + rare * 3) / 12).toBeCloseTo(1, 10);
  expect(absent).toBe(1);
});
