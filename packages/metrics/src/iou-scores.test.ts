import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accumulate } from './accumulate.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { iouScores } from './iou-scores.ts';

const scoresOf = (classes: number, truth: number[], prediction: number[]) => {
  const matrix = confusionMatrix(classes);
  accumulate(matrix, truth, prediction);
  return iouScores(matrix);
};

test('intersection over union, by hand', () => {
  // class 0: 2 right of 3 there, 3 predicted; class 1: 1 right of 2 there, 2 predicted; class 2:
  // predicted only; class 3: nowhere.
  const { perClass, mean, accuracy, meanAccuracy, frequencyWeighted } = scoresOf(
    4,
    [0, 0, 0, 1, 1, 255],
    [0, 0, 1, 1, 0, 2],
  );
  expect(perClass).toEqual([2 / 4, 1 / 3, NaN, NaN]);
  expect(mean).toBeCloseTo((1 / 2 + 1 / 3) / 2);
  expect(accuracy).toBeCloseTo(3 / 5);
  expect(meanAccuracy).toBeCloseTo((2 / 3 + 1 / 2) / 2);
  expect(frequencyWeighted).toBeCloseTo((3 * (1 / 2) + 2 * (1 / 3)) / 5);
});

test('a class that is predicted but not there counts as 0 in the mean IoU, not in the mean accuracy', () => {
  const { perClass, mean, meanAccuracy } = scoresOf(3, [0, 0], [0, 2]);
  expect(perClass).toEqual([0.5, NaN, 0]);
  expect(mean).toBe(0.25);
  expect(meanAccuracy).toBe(0.5);
});

test('nothing counted gives no number', () => {
  const { mean, accuracy } = scoresOf(2, [255], [0]);
  expect([mean, accuracy]).toEqual([NaN, NaN]);
});

const pixels = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4 })), { minLength: 1 });

test('batch by batch or all at once is the same', () => {
  fc.assert(
    fc.property(pixels, fc.nat(), (pairs, at) => {
      const [truth, prediction] = [pairs.map(([t]) => t), pairs.map(([, p]) => p)];
      const inTwo = confusionMatrix(5);
      const cut = at % pairs.length;
      accumulate(inTwo, truth.slice(0, cut), prediction.slice(0, cut));
      accumulate(inTwo, truth.slice(cut), prediction.slice(cut));
      expect(iouScores(inTwo)).toEqual(scoresOf(5, truth, prediction));
    }),
    { seed: 1 },
  );
});

test('scores lie between 0 and 1, and only a perfect prediction reaches 1', () => {
  fc.assert(
    fc.property(pixels, (pairs) => {
      const counted = pairs.filter(([truth]) => truth < 5);
      fc.pre(counted.length > 0);
      const { mean, accuracy } = scoresOf(
        5,
        pairs.map(([t]) => t),
        pairs.map(([, p]) => p),
      );
      const perfect = counted.every(([truth, prediction]) => truth === prediction);
      for (const score of [mean, accuracy]) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score === 1).toBe(perfect);
      }
    }),
    { seed: 2 },
  );
});

test('what does not fit is told and counts nothing', () => {
  const matrix = confusionMatrix(2);
  expect(() => accumulate(matrix, [0, 1], [0])).toThrow('2 true labels but 1 predictions');
  expect(() => accumulate(matrix, [0, 1], [0, 255])).toThrow(
    'pixel 1 is predicted as 255, but there are only classes 0 to 1',
  );
  expect(Array.from(matrix.counts)).toEqual([0, 0, 0, 0]);
});
