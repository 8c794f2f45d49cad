import { expect, test } from '@jest/globals';
import { resample } from './resample.ts';

const frames = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const of = new Set([2, 5]);

test('the favoured frames get their share, each about as often as the other', () => {
  const list = resample(frames, { of, share: 0.6 });
  const count = (frame: number) => list.filter((item) => item === frame).length;
  expect(count(2) + count(5)).toBe(12);
  expect(Math.abs(count(2) - count(5))).toBeLessThanOrEqual(1);
  for (const frame of frames) if (!of.has(frame)) expect(count(frame)).toBe(1);
});

test('a share below the present one is reached by repeating the others, and 0 leaves the favoured out', () => {
  const list = resample(frames, { of, share: 0.1 });
  expect(list.filter((frame) => of.has(frame))).toHaveLength(2);
  expect(list).toHaveLength(20);
  expect(resample(frames, { of, share: 0 })).toEqual(frames.filter((frame) => !of.has(frame)));
});

test('without a share, or with one kind only, the list stays as it is', () => {
  expect(resample(frames, { of, share: null })).toEqual(frames);
  expect(resample(frames, { of: new Set(), share: 0.5 })).toEqual(frames);
  expect(resample(frames, { of: new Set(frames), share: 0.5 })).toEqual(frames);
});
