import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { createProgress, showDuration } from './progress.ts';

test('without a terminal the end of a loop is one plain line with its fields', () => {
  const output = new PassThrough();
  const progress = createProgress(output, 'depth', 20);
  for (let position = 1; position <= 20; position++) progress.update(position, { loss: 0.123456, frames: position });
  progress.done();
  progress.done();
  expect(output.read().toString()).toMatch(/^ {2}depth 20\/20 {2}[\d.]+\/s {2}loss 0\.123 {2}frames 20\n$/);
});

test('what has a unit shows it', () => {
  const output = new PassThrough();
  const progress = createProgress(output, 'tensorflow_cpu', 274, { unit: 'MB' });
  progress.update(120);
  progress.done();
  expect(output.read().toString()).toMatch(/^ {2}tensorflow_cpu 120\/274 MB {2}[\d.]+ MB\/s {2}\w+ left\n$/);
});

test('a loop that goes on reckons its rate from where it began', async () => {
  const output = new PassThrough();
  const progress = createProgress(output, 'depth', 1000, { start: 990 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  progress.update(995);
  progress.done();
  const [, rate] = /995\/1000 {2}([\d.]+)\/s {2}\w+ left/.exec(output.read().toString())!;
  expect(Number(rate)).toBeLessThan(51);
});

test('durations are short', () => {
  expect([5, 65, 3700, Infinity].map(showDuration)).toEqual(['5s', '1m05s', '1h01m', '?']);
});
