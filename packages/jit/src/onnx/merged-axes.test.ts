import { expect, test } from '@jest/globals';
import { mergedAxes } from './merged-axes.ts';

test('axes of one element go, and neighbours that stretch alike become one', () => {
  expect(mergedAxes([[256, 128, 1, 1], []])).toEqual([[32768], [1]]);
  expect(
    mergedAxes([
      [4, 5, 6, 1],
      [6, 1],
    ]),
  ).toEqual([
    [20, 6],
    [1, 6],
  ]);
  expect(
    mergedAxes([
      [2, 3, 4, 5],
      [2, 1, 1, 5],
      [1, 3, 4, 1],
    ]),
  ).toEqual([
    [2, 12, 5],
    [2, 1, 5],
    [1, 12, 1],
  ]);
});

test('single elements have no axes', () => {
  expect(mergedAxes([[1, 1], []])).toEqual([[], []]);
});
