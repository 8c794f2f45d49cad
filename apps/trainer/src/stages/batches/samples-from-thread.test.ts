import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DataError } from '@segsde/data-loaders';
import { writeCityscapes } from '@segsde/scenes';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtIn } from '../../registry/built-in/built-in.ts';
import { createRegistries } from '../../registry/registries.ts';
import type { DataPlace } from '../data/data-place.ts';
import { openPlace } from '../data/open-place.ts';
import { datasetSamples, type SampleChoice } from './dataset-samples.ts';
import { samplesFromThread } from './samples-from-thread.ts';

let place: DataPlace;
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'segsde-thread-'));
  await writeCityscapes(root, { scenes: { train: 3, val: 1 }, height: 64, width: 64 });
  place = { dataset: { name: 'cityscapes' }, root, split: 'train' };
});
afterAll(() => rm(place.root, { recursive: true }));

const choice: SampleChoice = {
  ...{ indices: [0, 1, 2], labelled: [1], batchSize: 2, seed: 5, flip: 0.5, crop: [32, 48] },
  load: { height: 64, width: 64 },
};

test('the samples are those that come without a thread, labels where they are wanted, from any iteration on', async () => {
  const expected = datasetSamples(await openPlace(createRegistries(builtIn), place), choice);
  const samples = samplesFromThread({ place, choice, modules: [] }, { ahead: 3 });
  const labelled: boolean[] = [];
  for (const iteration of [0, 1, 2, 3, 9, 10]) {
    const seen = await samples.at(iteration);
    expect(seen).toEqual(await expected(iteration));
    labelled.push(...seen.isLabelled);
  }
  expect(new Set(labelled)).toEqual(new Set([true, false]));
  await samples.close();
});

test('a broken file is an error that names it, and the thread goes on', async () => {
  const root = await mkdtemp(join(tmpdir(), 'segsde-thread-'));
  await writeCityscapes(root, { scenes: { train: 2, val: 1 }, height: 64, width: 64 });
  const images = await readdir(join(root, 'leftImg8bit/train'), { recursive: true });
  const [broken] = images.filter((name) => name.endsWith('.png')).sort();
  await writeFile(join(root, 'leftImg8bit/train', broken), 'no picture');
  const few = { ...choice, indices: [0, 1], labelled: [], batchSize: 1 };
  const samples = samplesFromThread({ place: { ...place, root }, choice: few, modules: [] }, { ahead: 1 });
  const answers = await Promise.allSettled([samples.at(0), samples.at(1)]);
  const [failed] = answers.filter((answer) => answer.status === 'rejected');
  expect(failed.reason).toBeInstanceOf(DataError);
  expect((failed.reason as Error).message).toContain(broken);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await samples.close();
  await rm(root, { recursive: true });
});

test('a thread that cannot begin, or has been closed, says so', async () => {
  const nowhere = { ...place, root: join(place.root, 'nowhere') };
  const failing = samplesFromThread({ place: nowhere, choice, modules: [] }, { ahead: 0 });
  await expect(failing.at(0)).rejects.toThrow(DataError);
  await failing.close();
  await expect(failing.at(1)).rejects.toThrow('the thread that loads samples ended');
});
