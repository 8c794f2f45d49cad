import { expect, test } from '@jest/globals';
import type { Config } from '../config/schema.ts';
import { defineDataset } from '../parts/dataset.ts';
import { bindPart, createRegistries } from '../parts/registries.ts';
import { checkData } from './check-data.ts';

const opened: string[] = [];
const registries = createRegistries([
  defineDataset({
    name: 'three',
    open: ({ root, split }) => {
      opened.push(`${root}/${split}`);
      const load = () => Promise.reject(new Error('not loaded here'));
      return { name: 'three', classes: [], ids: ['a', 'b', 'c'], load };
    },
  }),
]);

const bound = bindPart(registries, 'dataset', { name: 'three' });
if (!bound.success) throw new Error('the dataset is not accepted');
const dataset = bound.part;

const data = (root: string | null) => ({
  dataset,
  root,
  split: 'train',
  valSplit: 'val',
  height: 64,
  width: 64,
});
const config = (labels: number, root: string | null) =>
  ({ data: data(root), depth: { data: data('/video') }, selection: { labels } }) as Partial<Config> as Config;

test('every folder that the config names is opened, but not the scenes that are still to be rendered', async () => {
  await checkData(config(3, '/pictures'));
  expect(opened.splice(0)).toEqual(['/pictures/train', '/pictures/val', '/video/train', '/video/val']);
  await checkData(config(9, null));
  expect(opened.splice(0)).toEqual(['/video/train', '/video/val']);
});

test('more labels than frames are an error that names the key and the folder', async () => {
  await expect(checkData(config(4, '/pictures'))).rejects.toThrow(
    'selection.labels: 4 frames are to be labelled, but /pictures has 3 in "train"',
  );
});
