import { expect, test } from '@jest/globals';
import { withShare } from './with-share.ts';

const frames = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const of = new Set([2, 5]);

test('the favoured frames get their share, each about as often as the other', () => {
  const list = withShare(frames, { of, share: 0.6 });
  const count = (frame: number) => list.filter((item) => item === frame).length;
  expect(count(2) + count(5)).toBe(12);
  expect(Math.abs(count(2) - count(5))).toBeLessThanOrEqual(1);
  for (const frame of frames) if (!of.has(frame)) expect(count(frame)).toBe(1);
});

test('nothing is taken away', () => {
  expect(withShare(frames, { of, share: null })).toEqual(frames);
  expect(withShare(frames, { of, share: 0.1 })).toEqual(frames);
  expect(withShare(frames, { of: new Set(), share: 0.5 })).toEqual(frames);
});
