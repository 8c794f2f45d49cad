import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DataError } from '@segsde/data-loaders';
import { writeCityscapes } from '@segsde/scenes';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtIn } from '../parts/built-in/built-in.ts';
import { bindPart, createRegistries } from '../parts/registries.ts';
import { type DatasetRef, openDataset } from './dataset.ts';
import { batchesOf, type SampleChoice } from './loader.ts';
import { workerLoader } from './worker.ts';

let ref: DatasetRef;
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'segsde-thread-'));
  await writeCityscapes(root, { scenes: { train: 3, val: 1 }, height: 64, width: 64 });
  const bound = bindPart(createRegistries(builtIn), 'dataset', { name: 'cityscapes' });
  if (!bound.success) throw new Error('cityscapes is not accepted');
  ref = { dataset: bound.part, root, split: 'train', neighbours: [] };
});
afterAll(() => rm(ref.root, { recursive: true }));

const choice: SampleChoice = {
  ...{ indices: [0, 1, 2], labelled: [1], batchSize: 2, seed: 5, flip: 0.5, crop: [32, 48] },
  load: { height: 64, width: 64 },
};

test('the samples are those that come without a thread, labels where they are wanted, from any iteration on', async () => {
  const expected = batchesOf(await openDataset(ref), choice);
  const samples = workerLoader({ ref, choice, modules: [] }, { ahead: 3 });
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
  const samples = workerLoader({ ref: { ...ref, root }, choice: few, modules: [] }, { ahead: 1 });
  const answers = await Promise.allSettled([samples.at(0), samples.at(1)]);
  const [failed] = answers.filter((answer) => answer.status === 'rejected');
  expect(failed.reason).toBeInstanceOf(DataError);
  expect((failed.reason as Error).message).toContain(broken);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await samples.close();
  await rm(root, { recursive: true });
});

test('a thread that cannot begin, or has been closed, says so', async () => {
  const nowhere = { ...ref, root: join(ref.root, 'nowhere') };
  const failing = workerLoader({ ref: nowhere, choice, modules: [] }, { ahead: 0 });
  await expect(failing.at(0)).rejects.toThrow(DataError);
  await failing.close();
  await expect(failing.at(1)).rejects.toThrow('the thread that loads samples ended');
});
