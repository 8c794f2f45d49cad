import { expect, test } from '@jest/globals';
import { memoryResult } from './memory-result.ts';
import { timeResult } from './time-result.ts';

const ours = { name: 'segsde', seconds: 0.9, peakMb: 500.4 };
const fast = { name: 'fast', seconds: 1, peakMb: 800 };
const small = { name: 'small', seconds: 2, peakMb: 400 };
const bench = { bench: 'some-step', engine: 'onnx' };

test('time is compared with the fastest peer, memory with the one that needs least', () => {
  expect(timeResult([ours, small, fast], bench)).toEqual({
    ...bench,
    ...{ ours: 900, peer: 1000, unit: 'ms', ratio: 0.9, peer_name: 'fast', ours_rss_mb: 500, peer_rss_mb: 800 },
  });
  expect(memoryResult([ours, small, fast], bench)).toEqual({
    ...bench,
    ...{ ours: 500, peer: 400, unit: 'MB', ratio: 1.25, peer_name: 'small', ours_rss_mb: 500, peer_rss_mb: 400 },
  });
});

test('without a peer there is no ratio', () => {
  const nobody = { peer: null, ratio: null, peer_name: null, peer_rss_mb: null };
  expect(timeResult([ours], bench)).toMatchObject(nobody);
  expect(memoryResult([ours], bench)).toMatchObject(nobody);
});

test('a peer that cannot tell its memory is named', () => {
  expect(() => memoryResult([ours, { ...fast, peakMb: null }], bench)).toThrow(/fast cannot tell/);
});
