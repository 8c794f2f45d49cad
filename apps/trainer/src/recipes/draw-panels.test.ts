import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import type { Sample } from '@segsde/data-loaders';
import { mixedByDepth } from './draw-panels.ts';

/** Of one colour; near on its left half. */
function sample(id: string, value: number, near: 'left' | 'right'): Sample {
  const [width, height] = [4, 2];
  const isNear = (pixel: number) => pixel % width < width / 2 === (near === 'left');
  return {
    id,
    image: { width, height, data: new Uint8Array(width * height * 3).fill(value) },
    disparity: {
      width,
      height,
      data: Float32Array.from({ length: width * height }, (_, i) => (isNear(i) ? 0.9 : 0.1)),
    },
  };
}

test('the mixture of a panel shows the nearer of two images in its own colours', async () => {
  const [first, second] = await mixedByDepth([sample('a', 200, 'left'), sample('b', 50, 'right')]);
  const rows = (left: number, right: number) => Array.from({ length: 24 }, (_, i) => (i % 12 < 6 ? left : right));
  expect([...first.data]).toEqual(rows(200, 50));
  expect([...second.data]).toEqual(rows(200, 50));
});
