import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cropSample } from './crop-sample.ts';
import { drawCrop } from './draw-crop.ts';
import { flipSample } from './flip-sample.ts';
import { noise, seeded } from './random.test.kit.ts';
import { scaleIntrinsics } from './scale-intrinsics.ts';

const [WIDTH, HEIGHT] = [7, 5];
const bytes = (channels: number, seed: number) => ({
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from(noise(WIDTH * HEIGHT * channels, seed), (value) => value * 256),
});
const sample = () => ({
  id: 'aachen_000000_000019',
  image: bytes(3, 1),
  label: bytes(1, 2),
  neighbours: [bytes(3, 3), bytes(3, 4)],
  disparity: { width: WIDTH, height: HEIGHT, data: noise(WIDTH * HEIGHT, 5) },
  intrinsics: { fx: 10, fy: 11, u0: 2.5, v0: 1.75 },
});
type Raster = { width: number; height: number; data: ArrayLike<number> };
const pixel = ({ width, height, data }: Raster, x: number, y: number) => {
  const channels = data.length / (width * height);
  return Array.from({ length: channels }, (_, c) => data[(y * width + x) * channels + c]);
};
const rasters = ({ image, label, neighbours, disparity }: ReturnType<typeof sample>): Raster[] => [
  image,
  label,
  ...neighbours,
  disparity,
];

test('flipping mirrors everything, and a camera ray with it', () => {
  const [before, after] = [sample(), flipSample(sample())];
  rasters(before).forEach((raster, i) => {
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) expect(pixel(rasters(after)[i], WIDTH - 1 - x, y)).toEqual(pixel(raster, x, y));
  });
  const column = ({ intrinsics: { fx, u0 } }: ReturnType<typeof sample>, slope: number) => fx * slope + u0;
  expect(column(after, -0.2)).toBeCloseTo(WIDTH - 1 - column(before, 0.2));
  expect(after.intrinsics.v0).toBe(1.75);
  expect(after.id).toBe(before.id);
});

test('flipping twice changes nothing, and never the sample itself', () => {
  const original = sample();
  expect(flipSample(flipSample(original))).toEqual(sample());
  expect(original).toEqual(sample());
});

test('a crop shows the same pixels, and a camera ray meets the same one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: WIDTH }),
      fc.integer({ min: 1, max: HEIGHT }),
      fc.nat({ max: 1000 }),
      (width, height, seed) => {
        const crop = drawCrop(seeded(seed), sample().image, { width, height });
        const cropped = cropSample(sample(), crop);
        rasters(sample()).forEach((raster, i) => {
          const part = rasters(cropped)[i];
          expect([part.width, part.height]).toEqual([width, height]);
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              expect(pixel(part, x, y)).toEqual(pixel(raster, x + crop.left, y + crop.top));
        });
        const { fx, u0, v0 } = cropped.intrinsics;
        expect([fx, u0 + crop.left, v0 + crop.top]).toEqual([10, 2.5, 1.75]);
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});

test('what a sample does not have is not added', () => {
  const bare = { image: bytes(3, 1) };
  expect(Object.keys(flipSample(bare))).toEqual(['image']);
  expect(Object.keys(cropSample(bare, { left: 0, top: 0, width: 2, height: 2 }))).toEqual(['image']);
});

test('crops reach every position', () => {
  const uniform = seeded(2);
  const lefts = new Set(
    Array.from({ length: 100 }, () => drawCrop(uniform, sample().image, { width: 4, height: 5 }).left),
  );
  expect([...lefts].sort()).toEqual([0, 1, 2, 3]);
});

test('crops that do not fit and parts of other sizes are told', () => {
  expect(() => cropSample(sample(), { left: 5, top: 0, width: 4, height: 2 })).toThrow(
    '4x2 at (5, 0) does not lie inside of the 7x5',
  );
  expect(() => drawCrop(Math.random, sample().image, { width: 8, height: 2 })).toThrow(
    '8x2 crop does not fit into a 7x5',
  );
  const label = { width: 2, height: 2, data: new Uint8Array(4) };
  expect(() => cropSample({ ...sample(), label }, { left: 0, top: 0, width: 1, height: 1 })).toThrow(
    'the label is 2x2, the image 7x5',
  );
});

test('intrinsics follow the size of the image, each axis by itself', () => {
  const cityscapes = { fx: 2262.52, fy: 2265.3, u0: 1096.98, v0: 513.137 };
  const small = scaleIntrinsics(cityscapes, { width: 2048, height: 1024 }, { width: 1024, height: 256 });
  expect(small.fx).toBeCloseTo(1131.26);
  expect(small.fy).toBeCloseTo(566.325);
  expect(small.u0).toBeCloseTo(548.49);
  expect(small.v0).toBeCloseTo(128.28425);
});
