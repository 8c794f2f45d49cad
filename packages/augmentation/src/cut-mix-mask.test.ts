import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { cutMixMask } from './cut-mix-mask.ts';
import { drawCutMixBoxes } from './draw-cut-mix-boxes.ts';
import { seeded } from './random.test.kit.ts';

test('the box is cut out, its right and bottom edge stay', () => {
  const mask = cutMixMask(tensor2d([1, 0, 3, 2], [1, 4]), { height: 3, width: 4 });
  expect(mask.shape).toEqual([1, 3, 4, 1]);
  expect(Array.from(mask.dataSync())).toEqual([1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1]);
});

test('drawn boxes lie in the image and cover about half of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 40 }),
      fc.integer({ min: 8, max: 40 }),
      fc.nat({ max: 1000 }),
      (height, width, seed) => {
        const boxes = drawCutMixBoxes(seeded(seed), { batch: 3, height, width });
        for (let i = 0; i < 3; i++) {
          const [left, top, right, bottom] = boxes.subarray(4 * i, 4 * i + 4);
          expect(left).toBeGreaterThanOrEqual(0);
          expect(top).toBeGreaterThanOrEqual(0);
          expect(right).toBeLessThanOrEqual(width);
          expect(bottom).toBeLessThanOrEqual(height);
          expect(right - left).toBeGreaterThanOrEqual(width / 2);
          expect(Math.abs((right - left) * (bottom - top) - (height * width) / 2)).toBeLessThanOrEqual(width / 2);
        }
        const kept = cutMixMask(tensor2d(boxes, [3, 4]), { height, width }).dataSync();
        expect(kept.length).toBe(3 * height * width);
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});
