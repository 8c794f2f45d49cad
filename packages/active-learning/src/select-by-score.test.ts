import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { selectByScore } from './select-by-score.ts';

test('the highest scores, best first, the earlier of equals first', () => {
  expect(selectByScore([[1, 5, 5, 9]], { choose: 3 })).toEqual([3, 1, 2]);
});

test('no image that is excluded, and every other at least as good as those left', () =>
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 3, maxLength: 20 }), (scores) => {
      const chosen = selectByScore([scores], { choose: 2, exclude: [1] });
      expect(chosen).not.toContain(1);
      const left = scores.filter((_, index) => index !== 1 && !chosen.includes(index));
      expect(Math.min(...chosen.map((index) => scores[index]))).toBeGreaterThanOrEqual(Math.max(-Infinity, ...left));
    }),
  ));

test('several criteria get equal shares and pass over what is chosen', () => {
  const criteria = [
    [9, 8, 0, 0],
    [9, 0, 8, 7],
  ];
  expect(selectByScore(criteria, { choose: 4 })).toEqual([0, 1, 2, 3]);
  expect(selectByScore(criteria, { choose: 2 })).toEqual([0, 2]);
  expect(() => selectByScore(criteria, { choose: 3 })).toThrow('cannot be split equally among 2 criteria');
});

test('too few images, or NaN, are errors', () => {
  expect(() => selectByScore([[1, 2]], { choose: 2, exclude: [0] })).toThrow(
    '2 images were asked for, but criterion 1 has only 1 left',
  );
  expect(() => selectByScore([[1, NaN]], { choose: 1 })).toThrow('The score of image 1 is NaN');
});
