import { expect, test } from '@jest/globals';
import { soften } from './soften.ts';

test('a point of light spreads over its neighbours and keeps its sum', () => {
  const [width, height] = [5, 4];
  const light = new Float32Array(width * height * 3);
  light[(1 * width + 2) * 3 + 1] = 16;
  soften(light, { width, height });
  const green = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => light[(y * width + x) * 3 + 1]),
  );
  expect(green).toEqual([
    [0, 1, 2, 1, 0],
    [0, 2, 4, 2, 0],
    [0, 1, 2, 1, 0],
    [0, 0, 0, 0, 0],
  ]);
  expect(light.filter((_, i) => i % 3 !== 1).every((value) => value === 0)).toBe(true);
});

test('an even picture stays as it is, edges included', () => {
  const light = new Float32Array(6 * 3 * 3).fill(100);
  soften(light, { width: 6, height: 3 });
  expect(light.every((value) => value === 100)).toBe(true);
});
