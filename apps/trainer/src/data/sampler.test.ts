import { expect, test } from '@jest/globals';
import type { Sample } from '@segsde/data-loaders';
import { sampler } from './sampler.ts';

const sample = (index: number): Sample => ({
  id: String(index),
  image: { width: 8, height: 8, data: Uint8Array.from({ length: 192 }, (_, i) => (i * 7 + index) % 256) },
});
const stream = (seed = 1) =>
  sampler([3, 5, 8, 9, 11], {
    ...{ batchSize: 2, seed, flip: 0.5, crop: [4, 4] },
    load: (index) => Promise.resolve(sample(index)),
  });

test('a stream that begins in the middle gives what one from the start gives there', async () => {
  const whole = stream();
  for (let iteration = 0; iteration < 7; iteration++) await whole(iteration);
  expect(await stream()(7)).toEqual(await whole(7));
});

test('each sample comes once before any comes again', async () => {
  const samples = stream();
  const ids: string[] = [];
  for (let iteration = 0; iteration < 5; iteration++) ids.push(...(await samples(iteration)).map(({ id }) => id));
  expect(ids.slice(0, 5).sort()).toEqual(['11', '3', '5', '8', '9']);
  expect(ids.slice(5).sort()).toEqual(['11', '3', '5', '8', '9']);
});

test('another seed is another order', async () => {
  expect(await stream(1)(0)).not.toEqual(await stream(2)(0));
});

test('samples are cropped', async () => {
  const [{ image }] = await stream()(0);
  expect([image.height, image.width, image.data.length]).toEqual([4, 4, 48]);
});
