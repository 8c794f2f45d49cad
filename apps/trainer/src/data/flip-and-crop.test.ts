import { expect, test } from '@jest/globals';
import { cropSample, drawCrop, flipSample } from '@segsde/augmentation';
import type { Sample } from '@segsde/data-loaders';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { flipAndCrop } from './flip-and-crop.ts';
import { randomAt } from './draws.ts';

const [width, height] = [9, 6];
const sample: Sample = {
  id: 'frame',
  image: { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => i) },
  label: { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => i) },
  disparity: { width, height, data: Float32Array.from({ length: width * height }, (_, i) => i / 54) },
  intrinsics: { fx: 7, fy: 8, u0: 4.25, v0: 2.5 },
};

test('first mirrored, then cropped, whatever is drawn', () => {
  let mirrored = 0;
  for (let draw = 0; draw < 40; draw++) {
    const random = randomAt(1, 'frames', draw);
    const isMirrored = uniformFloat64(random) < 0.5;
    if (isMirrored) mirrored++;
    const place = drawCrop(() => uniformFloat64(random), sample.image, { width: 5, height: 4 });
    const expected = cropSample(isMirrored ? flipSample(sample) : sample, place);
    const seen = flipAndCrop(sample, { flip: 0.5, crop: [4, 5] }, randomAt(1, 'frames', draw));
    expect(seen).toEqual({
      ...expected,
      intrinsics: { ...expected.intrinsics, u0: expect.closeTo(expected.intrinsics!.u0, 9) },
    });
  }
  expect(mirrored).toBeGreaterThan(10);
  expect(mirrored).toBeLessThan(30);
});

test('without a crop the whole image, mirrored or not', () => {
  expect(flipAndCrop(sample, { flip: 0, crop: null }, randomAt(1, 'frames', 0))).toEqual(sample);
  expect(flipAndCrop(sample, { flip: 1, crop: null }, randomAt(1, 'frames', 0))).toEqual(flipSample(sample));
});
