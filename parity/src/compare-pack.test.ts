import { expect, test } from '@jest/globals';
import { comparePack, type PackReference } from './compare-pack.ts';

const rule = { rule: 'pack', F: 5, rtol: 1e-3 } as const;
const tensors = [Array.from({ length: 50 }, (_, i) => i + 1), [3, 4], [7]];
const names = ['long', 'short', 'single'];

function packOf(values: number[][]): PackReference {
  const samples = values.flatMap((row) =>
    Array.from({ length: 8 }, (_, k) => row[row.length < 8 ? k % row.length : Math.floor((k * (row.length - 1)) / 7)]),
  );
  const zeros = values.map(() => 0);
  return {
    norms: values.map((row) => Math.hypot(...row)),
    samples,
    present: values.map(() => 1),
    err_l2: zeros,
    err_max: zeros,
  };
}
const passes = (actual: (number[] | null)[], reference = packOf(tensors)) =>
  comparePack(actual, reference, rule, names).ratio <= 1;
const changed = (row: number, element: number, by: number) =>
  tensors.map((values, p) => values.map((value, i) => (p === row && i === element ? value + by : value)));

test('equal tensors pass', () => {
  expect(passes(tensors)).toBe(true);
});

test('a sampled element counts by itself, the others through the norm', () => {
  expect(passes(changed(0, 49, 0.04))).toBe(true);
  expect(passes(changed(0, 49, 0.2))).toBe(false);
  expect(passes(changed(0, 1, 0.05))).toBe(true);
  expect(passes(changed(0, 1, 60))).toBe(false);
  expect(passes(changed(1, 1, 0.1))).toBe(false);
});

test('the measured error widens the tolerance by F', () => {
  const reference = { ...packOf(tensors), err_l2: [0.1, 0, 0], err_max: [0.1, 0, 0] };
  expect(passes(changed(0, 49, 0.4), reference)).toBe(true);
  expect(passes(changed(0, 49, 0.9), reference)).toBe(false);
});

test('what the reference has must be there, and nothing else', () => {
  expect(passes([tensors[0], null, tensors[2]])).toBe(false);
  const reference = { ...packOf(tensors), present: [1, 0, 1] };
  expect(passes([tensors[0], null, tensors[2]], reference)).toBe(true);
  expect(passes(tensors, reference)).toBe(false);
});

test('NaN fails', () => {
  expect(passes([tensors[0], [NaN, 4], tensors[2]])).toBe(false);
});
