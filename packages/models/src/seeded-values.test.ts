import { expect, test } from '@jest/globals';
import { seededValues } from './seeded-values.ts';

const moments = (values: Float32Array) => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const moment = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length;
  return { mean, deviation: Math.sqrt(moment(2)), kurtosis: moment(4) / moment(2) ** 2 };
};

test('normal values have the deviation asked for and the tails of a normal distribution', () => {
  const { mean, deviation, kurtosis } = moments(
    seededValues(200_001, { seed: 1, key: 'a', initialization: { normal: 0.5 } }),
  );
  expect(mean).toBeCloseTo(0, 2);
  expect(deviation).toBeCloseTo(0.5, 2);
  expect(kurtosis).toBeCloseTo(3, 1);
});

test('uniform values fill ±limit evenly', () => {
  const values = seededValues(100_000, { seed: 1, key: 'a', initialization: { uniform: 2 } });
  const { mean, deviation } = moments(values);
  expect(mean).toBeCloseTo(0, 1);
  expect(deviation).toBeCloseTo(2 / Math.sqrt(3), 1);
  expect(values.every((x) => Math.abs(x) <= 2)).toBe(true);
});

test('values depend on seed and key, and on nothing else', () => {
  const draw = (seed: number, key: string, count = 8) => [
    ...seededValues(count, { seed, key, initialization: { normal: 1 } }),
  ];
  expect(draw(1, 'a')).toEqual(draw(1, 'a'));
  expect(draw(1, 'a', 1000).slice(0, 8)).toEqual(draw(1, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1 + 2 ** 32, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
});
