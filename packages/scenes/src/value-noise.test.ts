import { expect, test } from '@jest/globals';
import { filteredNoise2, filteredNoise3 } from './value-noise.ts';

test('a pattern much finer than the pixel leaves nothing that could alias', () => {
  for (let i = 0; i < 50; i++) {
    expect(filteredNoise2(i * 1.37, i * 0.91, 20, 1, 0.1, 4)).toBe(0);
    expect(filteredNoise3(i * 1.37, i * 0.91, i, 20, 0.1, 4)).toBe(0);
  }
});

test('neighbouring pixels of any size see nearly the same', () => {
  for (const footprint of [0.01, 0.1, 0.3, 1, 3]) {
    let largest = 0;
    for (let i = 0; i < 200; i++) {
      const here = filteredNoise2(i * footprint, 3.3, footprint, footprint, 0.07, 6);
      const beside = filteredNoise2((i + 1) * footprint, 3.3, footprint, footprint, 0.07, 6);
      largest = Math.max(largest, Math.abs(here - beside));
    }
    expect(largest).toBeLessThan(1.6);
  }
});

test('the pattern fades in smoothly as the pixel shrinks', () => {
  let last = 0;
  for (let footprint = 1; footprint > 0.01; footprint *= 0.98) {
    const value = filteredNoise2(12.3, 4.5, footprint, footprint, 0.1, 3);
    expect(Math.abs(value - last)).toBeLessThan(0.15);
    last = value;
  }
});
