import { expect, test } from '@jest/globals';
import { colorMap } from './color-map.ts';
import { disparityPicture, labelPicture, panel } from './panel.ts';

test('near is yellow, far is dark blue, and values outside of 0..1 are clamped', () => {
  expect(colorMap(0)).toEqual([13, 8, 135]);
  expect(colorMap(1)).toEqual([240, 249, 33]);
  expect(colorMap(7)).toEqual(colorMap(1));
  expect(colorMap(0.5)).toEqual([204, 71, 120]);
});

test('a disparity picture uses the whole range of colours; a constant map is dark', () => {
  const { data } = disparityPicture({ width: 2, height: 1, data: [0.4, 0.6] });
  expect([...data]).toEqual([...colorMap(0), ...colorMap(1)]);
  expect([...disparityPicture({ width: 1, height: 1, data: [0.4] }).data]).toEqual(colorMap(0));
});

test('ignored pixels of a label are black', () => {
  const label = { width: 2, height: 1, data: Uint8Array.of(1, 255) };
  const classes = [{ color: [1, 2, 3] as const }, { color: [4, 5, 6] as const }];
  expect([...labelPicture(label, classes).data]).toEqual([4, 5, 6, 0, 0, 0]);
});

test('pictures are laid out in rows with white between them', () => {
  const pixel = (value: number) => ({ width: 1, height: 1, data: new Uint8Array(3).fill(value) });
  const { width, height, data } = panel([[pixel(1), pixel(2)], [pixel(3)]], { gap: 1 });
  expect([width, height]).toEqual([3, 3]);
  const grey = Array.from({ length: 9 }, (_, i) => data[i * 3]);
  expect(grey).toEqual([1, 255, 2, 255, 255, 255, 3, 255, 255]);
});
