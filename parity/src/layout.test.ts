import { expect, test } from '@jest/globals';
import { hwioToOihw, nchwToNhwc, nhwcToNchw, oihwToHwio } from './layout.ts';

const data = Float32Array.from({ length: 120 }, (_, i) => i);

test('NCHW becomes NHWC and back', () => {
  const nchw = { data, shape: [2, 3, 4, 5] };
  const nhwc = nchwToNhwc(nchw);
  expect(nhwc.shape).toEqual([2, 4, 5, 3]);
  // n = 1, h = 2, w = 3, c = 1
  expect(nhwc.data[((1 * 4 + 2) * 5 + 3) * 3 + 1]).toBe(data[((1 * 3 + 1) * 4 + 2) * 5 + 3]);
  expect(nhwcToNchw(nhwc)).toEqual(nchw);
});

test('OIHW becomes HWIO and back', () => {
  const oihw = { data, shape: [2, 3, 4, 5] };
  const hwio = oihwToHwio(oihw);
  expect(hwio.shape).toEqual([4, 5, 3, 2]);
  // o = 1, i = 2, h = 3, w = 4
  expect(hwio.data[((3 * 5 + 4) * 3 + 2) * 2 + 1]).toBe(data[119]);
  expect(hwioToOihw(hwio)).toEqual(oihw);
});
