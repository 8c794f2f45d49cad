import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeFeatures } from './normalize-features.ts';
import { averagePoolFeatures, maxPoolFeatures } from './pool-features.ts';

test('cells cover the map, overlapping where its size does not divide', () => {
  const map = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const shape = { height: 3, width: 3, channels: 1, rows: 2 };
  const columns = [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ];
  const cells = [0, 1].flatMap((top) =>
    columns.map(([left, right]) => [top, top + 1].flatMap((y) => map.slice(y * 3 + left, y * 3 + right))),
  );
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  expect([...averagePoolFeatures(map, shape)]).toEqual(cells.map(mean));
  expect([...maxPoolFeatures(map, shape)]).toEqual(cells.map((cell) => Math.max(...cell)));
});

test('channels stay apart', () => {
  const map = [1, -1, 3, -3];
  expect([...averagePoolFeatures(map, { height: 1, width: 2, channels: 2, rows: 1 })]).toEqual(map);
  expect(() => averagePoolFeatures(map, { height: 2, width: 2, channels: 2 })).toThrow('has 4 values, not 2 x 2 x 2');
});

test('each channel gets mean 0 and deviation 1; one that never changes becomes 0', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 30 }), (values) => {
      fc.pre(new Set(values).size > 1);
      const normal = normalizeFeatures(Float32Array.from(values.flatMap((value) => [value, 0.7])), 2);
      const channel = [...normal].filter((_, at) => at % 2 === 0);
      expect([...normal].every((value, at) => at % 2 === 0 || Math.abs(value) < 1e-6)).toBe(true);
      const mean = channel.reduce((a, b) => a + b) / channel.length;
      const variance = channel.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (channel.length - 1);
      expect(mean).toBeCloseTo(0, 5);
      expect(variance).toBeCloseTo(1, 5);
    }),
  ));
