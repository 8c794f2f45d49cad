import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { legacyPermutation } from './legacy-permutation.ts';

test.each([
  [2975, 42, [2403, 2865, 2159, 507, 2462, 1235, 685, 2436]],
  [2975, 43, [938, 884, 2730, 1559, 1385, 1704, 1340, 267]],
  [2975, 44, [1436, 922, 1710, 223, 1058, 558, 1079, 2324]],
  [2975, 7, [664, 2130, 1766, 1228, 2443, 224, 964, 2623]],
  [2975, 25, [1844, 1794, 2625, 868, 1779, 328, 2239, 406]],
  [367, 42, [193, 33, 15, 311, 57, 183]],
  [367, 43, [59, 302, 180, 297, 221, 321]],
  [18000, 42, [2574, 7496, 9210, 5456]],
])('of %i with seed %i begins as numpy says', (count, seed, first) => {
  expect(legacyPermutation(count, seed).slice(0, first.length)).toEqual(first);
});

test.each([
  [7, 163875, 563943],
  [25, 144348, 551091],
  [42, 144041, 537201],
])('the random subsets of 100 and 372 Cityscapes images of seed %i', (seed, of100, of372) => {
  const sum = (count: number) =>
    legacyPermutation(2975, seed)
      .slice(0, count)
      .reduce((a, b) => a + b);
  expect([sum(100), sum(372)]).toEqual([of100, of372]);
});

test('holds every number once', () =>
  fc.assert(
    fc.property(fc.nat(300), fc.nat(2 ** 32 - 1), (count, seed) => {
      expect(legacyPermutation(count, seed).sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
    }),
  ));
