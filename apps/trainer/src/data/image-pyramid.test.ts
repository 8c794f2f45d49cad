import { expect, test } from '@jest/globals';
import { imagePyramid } from './image-pyramid.ts';

test('each level is half the size of the one before, its pixels the means of 2x2', () => {
  const image = {
    width: 4,
    height: 2,
    data: Uint8Array.from({ length: 24 }, (_, i) => (i % 3) * 10 + (i < 12 ? 0 : 4)),
  };
  const [first, second, ...rest] = imagePyramid(image, 2);
  expect(first).toBe(image);
  expect(second).toEqual({ width: 2, height: 1, data: Uint8Array.of(2, 12, 22, 2, 12, 22) });
  expect(rest).toEqual([]);
});
