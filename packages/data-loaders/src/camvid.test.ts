import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { camvid } from './camvid.ts';
import { temporaryFolder, write, writeImage, writeLabel } from './files.test.helper.ts';
import { labelledSamples } from './labelled-samples.ts';

const size = { width: 4, height: 2 };

const smallVideo = () => {
  const root = temporaryFolder();
  for (const name of ['b', 'a', 'c']) {
    writeImage(join(root, 'train', `${name}.png`), 4, 2);
    writeLabel(join(root, 'trainannot', `${name}.png`), 4, [0, 1, 10, 11, 255, 3, 3, 3]);
  }
  return root;
};

test('11 classes; 11 and 255 are ignored', async () => {
  const dataset = camvid({ root: smallVideo(), split: 'train' });
  expect(dataset.classes).toHaveLength(11);
  expect(dataset.ids).toEqual(['train/a', 'train/b', 'train/c']);
  const { label } = await dataset.load('train/b', { ...size, label: true });
  expect([...label!.data]).toEqual([0, 1, 10, 255, 255, 3, 3, 3]);
});

test('the list decides which images belong, whatever folders it names', () => {
  const root = smallVideo();
  write(
    join(root, 'train.txt'),
    '/SegNet/CamVid/train/c.png /SegNet/CamVid/trainannot/c.png\n/SegNet/CamVid/train/a.png x\n\n',
  );
  expect(camvid({ root, split: 'train' }).ids).toEqual(['train/a', 'train/c']);
});

test('a listed image that is not there is named', () => {
  const root = smallVideo();
  write(join(root, 'train.txt'), '/x/train/a.png y\n/x/train/z.png y\n');
  expect(() => camvid({ root, split: 'train' })).toThrow(
    /train\.txt: 1 of its 2 images are not in .*train, the first is z\.png/,
  );
  write(join(root, 'train.txt'), '\n');
  expect(() => camvid({ root, split: 'train' })).toThrow(/train\.txt: the list is empty/);
});

test('a class outside the map, a missing split, neighbours, true depth', async () => {
  const root = smallVideo();
  writeLabel(join(root, 'trainannot/a.png'), 4, [0, 12, 0, 0, 0, 0, 0, 0]);
  const dataset = camvid({ root, split: 'train' });
  await expect(dataset.load(0, { ...size, label: true })).rejects.toThrow(/a\.png: class id 12 at column 1, row 0/);
  await expect(dataset.load(0, { ...size, neighbours: [1] })).rejects.toThrow('no video neighbours');
  await expect(dataset.load(0, { ...size, depth: true })).rejects.toThrow('no true depth');
  expect(() => camvid({ root, split: 'test' })).toThrow(/test: no such folder/);
});

test('blanks, accents and upper-case endings', async () => {
  const root = temporaryFolder();
  for (const name of ['a b.PNG', 'u\u0308.png']) writeImage(join(root, 'train', name), 4, 2);
  for (const name of ['a b.png', '\u00fc.PNG']) writeLabel(join(root, 'trainannot', name), 4, Array<number>(8).fill(3));
  write(join(root, 'train.txt'), '/S/train/a b.PNG /S/trainannot/a b.png\r\nC:\\S\\train\\\u00fc.png x\n');
  const dataset = camvid({ root, split: 'train' });
  expect(dataset.ids).toEqual(['train/a b', 'train/\u00fc']);
  expect(labelledSamples(dataset)).toEqual([0, 1]);
  expect((await dataset.load(1, { ...size, label: true })).label!.data[0]).toBe(3);
});

test('images without a label, and two images of one name', () => {
  const root = smallVideo();
  rmSync(join(root, 'trainannot/b.png'));
  expect(labelledSamples(camvid({ root, split: 'train' }))).toEqual([0, 2]);
  rmSync(join(root, 'trainannot'), { recursive: true });
  expect(labelledSamples(camvid({ root, split: 'train' }))).toEqual([]);
  writeImage(join(root, 'train', 'a.JPG'), 4, 2);
  expect(() => camvid({ root, split: 'train' })).toThrow(/has the same name but for the ending/);
});
