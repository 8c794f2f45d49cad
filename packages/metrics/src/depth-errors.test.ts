import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { depthErrors } from './depth-errors.ts';

test('the errors, by hand', () => {
  const { absRel, sqRel, rmse, rmseLog, a1, a2, a3 } = depthErrors([2, 4, 10, 30], [2, 5, 5, 10], {
    medianScaling: false,
  });
  expect(absRel).toBeCloseTo((0 + 0.2 + 1 + 2) / 4);
  expect(sqRel).toBeCloseTo((0 + 1 / 5 + 25 / 5 + 400 / 10) / 4);
  expect(rmse).toBeCloseTo(Math.sqrt((0 + 1 + 25 + 400) / 4));
  expect(rmseLog).toBeCloseTo(Math.sqrt((Math.log(4 / 5) ** 2 + Math.log(2) ** 2 + Math.log(3) ** 2) / 4));
  // 5 / 4 is exactly 1.25, which is not below it.
  expect([a1, a2, a3]).toEqual([1 / 4, 2 / 4, 2 / 4]);
});

test('what is unknown, too near or too far does not count', () => {
  const known = depthErrors([3, 4], [2, 5]);
  expect(depthErrors([3, 1, 9, 4, 7, 5], [2, 0, 80, 5, NaN, 0.0001])).toEqual(known);
  expect(depthErrors([1], [0]).absRel).toBeNaN();
});

const depths = fc.array(
  fc.tuple(fc.double({ min: 1, max: 8, noNaN: true }), fc.double({ min: 1, max: 8, noNaN: true })),
  {
    minLength: 1,
  },
);

test('with median scaling the unit of the prediction does not matter', () => {
  fc.assert(
    fc.property(depths, fc.double({ min: 0.01, max: 100, noNaN: true }), (pairs, unit) => {
      const [prediction, truth] = [pairs.map(([p]) => p), pairs.map(([, t]) => t)];
      const scaled = depthErrors(
        prediction.map((depth) => depth * unit),
        truth,
      );
      expect(scaled.absRel).toBeCloseTo(depthErrors(prediction, truth).absRel, 9);
      expect(
        depthErrors(
          truth.map((depth) => depth * unit),
          truth,
        ).rmse,
      ).toBeCloseTo(0, 9);
    }),
    { seed: 1 },
  );
});

test('predictions are clamped to the range that counts', () => {
  expect(depthErrors([1000], [10], { medianScaling: false, maxDepth: 20 }).absRel).toBe(1);
});

test('different lengths are told', () => {
  expect(() => depthErrors([1, 2], [1])).toThrow('2 predicted but 1 true depths');
});
