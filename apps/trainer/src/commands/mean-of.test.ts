import { expect, test } from '@jest/globals';
import { meanOf } from './mean-of.ts';

test('numbers of reports are averaged, names kept, missing values left out', () => {
  const reports = [
    { results: { a: { mIoU: 0.5, perClass: { road: 0.9, train: null } } }, engines: { step: 'onnx' } },
    { results: { a: { mIoU: 0.7, perClass: { road: 0.7, train: 0.2 } } }, engines: { step: 'onnx' } },
  ];
  const mean = { results: { a: { mIoU: 0.6, perClass: { road: 0.8, train: 0.2 } } }, engines: { step: 'onnx' } };
  expect(meanOf(reports)).toEqual(mean);
  expect(
    meanOf([
      [1, 2],
      [3, 4],
    ]),
  ).toEqual([2, 3]);
});
