import { expect, test } from '@jest/globals';
import { type DisparityErrorType, disparityErrorMap, disparityUncertainty } from './disparity-error.ts';

const flat = (pixels: number, value: number) => new Float64Array(pixels).fill(value);
const one = (type?: DisparityErrorType) =>
  disparityErrorMap(flat(4, 0.5), flat(4, 0.25), { width: 2, height: 2, type })[0];

test.each([
  ['abs', 0.25],
  ['abs_log', Math.log(1.5) - Math.log(1.25)],
  ['sq', 0.0625],
  ['abs_rel', 0.25 / 0.35],
  ['sq_rel', 0.0625 / 0.35],
  ['abs_inv', 2],
  ['abs_inv_log', Math.log(2)],
] as const)('%s of 0.5 against 0.25', (type, error) => expect(one(type)).toBeCloseTo(error, 6));

test('abs_log is the default', () => expect(one()).toBe(one('abs_log')));

test('depth is kept between 0.1 and 80, so that disparity 0 is no infinite error', () => {
  const map = disparityErrorMap(flat(4, 0), flat(4, 0.5), { width: 2, height: 2, type: 'abs_inv' });
  expect(map[0]).toBe(78);
});

test('nothing counts within 3 pixels of a far teacher, nor the own car at the bottom', () => {
  const [width, height] = [12, 20];
  const teacher = flat(width * height, 0.5);
  teacher[5 * width + 4] = 0.069;
  const map = disparityErrorMap(flat(width * height, 0.6), teacher, { width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const masked = (Math.abs(y - 5) <= 3 && Math.abs(x - 4) <= 3) || y >= 17;
      expect(map[y * width + x] === 0).toBe(masked);
    }
  }
});

test('masked pixels count in the mean', () => {
  const [student, teacher] = [flat(100, 0.6), flat(100, 0.5)];
  const options = { width: 5, height: 20, type: 'abs' } as const;
  expect(disparityUncertainty(student, teacher, options)).toBeCloseTo((0.1 * 17) / 20, 6);
});

test('maps of another size are refused', () => {
  expect(() => disparityErrorMap(flat(3, 1), flat(4, 1), { width: 2, height: 2 })).toThrow('3 and 4 pixels, not 2 x 2');
});
