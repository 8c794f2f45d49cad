import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DataError } from './data-error.ts';
import { fitCamera } from './fit-camera.ts';

const file = 'a_camera.json';
// Of Cityscapes' aachen_000000_000019.
const cityscapesCamera = { fx: 2262.52, fy: 2265.3017905988554, u0: 1096.98, v0: 513.137 };

test.each([
  [2048, 1024],
  [1800, 900],
  [1536, 768],
  [1365, 683],
  [1024, 512],
  [683, 341],
  [512, 256],
  [256, 128],
])("Cityscapes' images at %i x %i: the camera becomes smaller as they do", (width, height) => {
  const camera = fitCamera(cityscapesCamera, { file, stored: { width, height } });
  expect(camera.fx).toBeCloseTo((2262.52 * width) / 2048, 9);
  expect(camera.fy).toBeCloseTo((2265.3017905988554 * height) / 1024, 9);
  expect(camera.u0).toBeCloseTo((1096.98 * width) / 2048, 9);
  expect(camera.v0).toBeCloseTo((513.137 * height) / 1024, 9);
});

test('a camera of the stored size stays as it is, to the bit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 1600 }),
      fc.integer({ min: 2, max: 1600 }),
      fc.double({ min: -0.08, max: 0.08, noNaN: true }),
      fc.double({ min: -0.08, max: 0.08, noNaN: true }),
      (width, height, right, down) => {
        const camera = { fx: 500, fy: 510, u0: (width - 1) / 2 + right * width, v0: (height - 1) / 2 + down * height };
        expect(fitCamera(camera, { file, stored: { width, height } })).toBe(camera);
      },
    ),
  );
  // What real driving video in this layout has, and small pictures, where half a pixel is much.
  const highway = { fx: 347, fy: 345.6, u0: 199.76, v0: 110.04 };
  expect(fitCamera(highway, { file, stored: { width: 384, height: 192 } })).toBe(highway);
  const small = { fx: 10, fy: 12, u0: 1, v0: 1 };
  expect(fitCamera(small, { file, stored: { width: 2, height: 2 } })).toBe(small);
});

test.each([
  ['another aspect', cityscapesCamera, 1024, 600],
  ['a size that nobody knows', { ...cityscapesCamera, u0: 640, v0: 360 }, 640, 320],
  ['a centre far to the side', { ...cityscapesCamera, u0: 100, v0: 250 }, 512, 512],
])('%s: an error that names the file and the ways out', (_, camera, width, height) => {
  const fit = () => fitCamera(camera, { file, stored: { width, height } });
  expect(fit).toThrow(DataError);
  expect(fit).toThrow(
    /^Camera file a_camera\.json: .* image, so that .*"cameraSize" \(\[width, height\].*"intrinsics"/,
  );
  const given = fitCamera(camera, { file, stored: { width, height }, cameraSize: [2048, 1024] });
  expect(given.fx).toBeCloseTo((camera.fx * width) / 2048, 9);
});

test('a centre outside the size given', () => {
  expect(() =>
    fitCamera(cityscapesCamera, { file, stored: { width: 512, height: 256 }, cameraSize: [1024, 512] }),
  ).toThrow('its centre (1096.98, 513.137) lies outside the 1024x512 that "cameraSize" says');
});
