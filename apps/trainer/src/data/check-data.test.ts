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
      const ids = ['a', 'b', 'c'];
      return {
        ...{ name: 'three', classes: [{ name: 'road', color: [0, 0, 0] }], ids },
        load: async (which, { width, height }) => ({
          id: typeof which === 'number' ? ids[which] : which,
          image: { width, height, data: new Uint8Array(width * height * 3) },
          label: { width, height, data: new Uint8Array(width * height) },
        }),
      };
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
const config = (labels: number, root: string | null, over: object = {}) =>
  ({
    ...{ seed: 1, data: data(root), depth: { data: data('/video'), neighbours: [-1, 1] }, selection: { labels } },
    train: { variants: [{ name: 'baseline', unlabelled: null }] },
    ...over,
  }) as unknown as Config;

const lines: string[] = [];
const tools = {
  log: (line: string) => void lines.push(line),
  progress: () => ({ update: () => undefined, done: () => undefined }),
  signal: new AbortController().signal,
};
const check = (config: Config, segmentation = true) => checkData(config, { segmentation }, tools);

test('every folder that the config names is opened, but not the scenes that are still to be rendered', async () => {
  await check(config(3, '/pictures'), false);
  expect(opened.splice(0)).toEqual(['/pictures/train', '/pictures/val', '/video/train', '/video/val']);
  await check(config(9, null));
  expect(opened.splice(0)).toEqual(['/video/train', '/video/val']);
});

test('more labels than frames are an error that names the key and the folder', async () => {
  await expect(check(config(4, '/pictures'))).rejects.toThrow(
    'selection.labels: 4 frames are to be learnt from, but /pictures has only 3 frames in "train"',
  );
});

test('frames that are learnt from and scored are told', async () => {
  lines.length = 0;
  await check(config(2, '/pictures'));
  expect(lines).toEqual([expect.stringMatching(/3 of the 3 frames of "val" are among those of "train"/)]);
});

test('a frame that has nobody to mix with is an error', async () => {
  const unlabelled = { mixing: { name: 'classmix' }, frames: 'unlabelled' };
  const mixing = { train: { variants: [{ name: 'mixed', unlabelled }] } };
  await expect(check(config(2, '/pictures', mixing))).rejects.toThrow(
    /^train\.variants\[0\]\.unlabelled: there is one frame to mix in "train", and "classmix" needs two/,
  );
});
