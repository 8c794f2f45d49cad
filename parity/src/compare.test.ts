import { expect, test } from '@jest/globals';
import { compareValues } from './compare.ts';
import type { Rule } from './manifest.ts';

type ElementRule = Exclude<Rule, { rule: 'pack' }>;

const passes = (actual: number[], reference: number[], rule: ElementRule) =>
  compareValues(actual, reference, rule).ratio <= 1;

test('exact allows no difference', () => {
  expect(passes([1, 2, 3], [1, 2, 3], { rule: 'exact' })).toBe(true);
  expect(passes([1, 2, 4], [1, 2, 3], { rule: 'exact' })).toBe(false);
});

test('mismatch_frac allows its share of differences', () => {
  const reference = Array.from({ length: 100 }, (_, i) => i);
  const wrong = (count: number) => reference.map((value) => (value < count ? -1 : value));
  expect(passes(wrong(2), reference, { rule: 'mismatch_frac', max: 0.02 })).toBe(true);
  expect(passes(wrong(3), reference, { rule: 'mismatch_frac', max: 0.02 })).toBe(false);
});

test('close holds every element to atol', () => {
  const rule: ElementRule = { rule: 'close', atol: 0.01, rel_l2: 1 };
  expect(passes([1.009, 2], [1, 2], rule)).toBe(true);
  expect(passes([1.011, 2], [1, 2], rule)).toBe(false);
  expect(compareValues([1.005, 2], [1, 2], rule).ratio).toBeCloseTo(0.5);
});

test('close holds the whole to rel_l2, unless the reference is 0', () => {
  const rule: ElementRule = { rule: 'close', atol: 1, rel_l2: 0.01 };
  expect(passes([10.05, 0], [10, 0], rule)).toBe(true);
  expect(passes([10.2, 0], [10, 0], rule)).toBe(false);
  expect(passes([0.5, 0], [0, 0], rule)).toBe(true);
});

test('close forgives atol to the share of outliers only', () => {
  const reference = new Array<number>(100).fill(1);
  const off = (count: number) => reference.map((value, i) => (i < count ? value + 0.5 : value));
  const rule: ElementRule = { rule: 'close', atol: 1e-3, rel_l2: 1, outlier_frac: 0.02 };
  expect(passes(off(2), reference, rule)).toBe(true);
  expect(passes(off(3), reference, rule)).toBe(false);
  expect(passes(off(2), reference, { ...rule, rel_l2: 0.01 })).toBe(false);
});

test('a tolerance of 0 means equal', () => {
  expect(passes([0, 0], [0, 0], { rule: 'close', atol: 0, rel_l2: 1e-6 })).toBe(true);
  expect(passes([1e-20, 0], [0, 0], { rule: 'close', atol: 0, rel_l2: 1e-6 })).toBe(false);
});

test('NaN must meet NaN', () => {
  const rule: ElementRule = { rule: 'close', atol: 1, rel_l2: 1 };
  expect(passes([NaN, 1], [NaN, 1], rule)).toBe(true);
  expect(passes([NaN, 1], [0, 1], rule)).toBe(false);
  expect(passes([0, 1], [NaN, 1], rule)).toBe(false);
  expect(passes([NaN], [NaN], { rule: 'nan' })).toBe(true);
  expect(passes([0], [NaN], { rule: 'nan' })).toBe(false);
});

test('another number of values fails', () => {
  expect(passes([1], [1, 2], { rule: 'exact' })).toBe(false);
  expect(passes([1, 2, 3], [1, 2], { rule: 'close', atol: 1, rel_l2: 1 })).toBe(false);
});
