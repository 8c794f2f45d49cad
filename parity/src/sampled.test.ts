import { expect, test } from '@jest/globals';
import { sampled } from './sampled.ts';

test('takes 64 elements from the first to the last, and mean, deviation and norm of all', () => {
  const { samples, stats } = sampled(Array.from({ length: 127 }, (_, i) => i));
  expect(samples).toEqual(Array.from({ length: 64 }, (_, k) => 2 * k));
  expect(stats[0]).toBe(63);
  expect(stats[1]).toBeCloseTo(Math.sqrt((127 ** 2 - 1) / 12));
  expect(stats[2]).toBeCloseTo(Math.sqrt((126 * 127 * 253) / 6));
});
