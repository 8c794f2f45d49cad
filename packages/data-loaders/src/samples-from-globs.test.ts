import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ClassInfo } from './dataset.ts';
import { temporaryFolder, writeImage, writeLabel } from './files.test.helper.ts';
import { samplesFromGlobs } from './samples-from-globs.ts';

const size = { width: 4, height: 2 };
const classes: ClassInfo[] = [
  { name: 'ground', color: [0, 0, 0] },
  { name: 'rest', color: [255, 255, 255] },
];

const ownData = () => {
  const root = temporaryFolder();
  for (const name of ['north/2', 'north/1', 'south/1']) writeImage(join(root, 'pictures', `${name}_rgb.png`), 4, 2);
  for (const name of ['north/1', 'south/1'])
    writeLabel(join(root, 'masks', `${name}.png`), 4, [0, 1, 255, 0, 0, 0, 0, 0]);
  return root;
};

test('labels find their images by what the wildcards stand for', async () => {
  const dataset = samplesFromGlobs({
    root: ownData(),
    images: 'pictures/*/*_rgb.{png,jpg}',
    labels: 'masks/*/*.png',
    classes,
  });
  expect(dataset.ids).toEqual(['pictures/north/1_rgb', 'pictures/north/2_rgb', 'pictures/south/1_rgb']);
  const { label } = await dataset.load(0, { ...size, label: true });
  expect([...label!.data.subarray(0, 3)]).toEqual([0, 1, 255]);
  expect((await dataset.load(1, size)).image.data).toHaveLength(24);
  await expect(dataset.load(1, { ...size, label: true })).rejects.toThrow(/2_rgb\.png: the image has no label/);
});

test('a class outside the list is an error', async () => {
  const dataset = samplesFromGlobs({
    root: ownData(),
    images: 'pictures/**/*_rgb.png',
    labels: 'masks/**/*.png',
    classes: classes.slice(0, 1),
  });
  await expect(dataset.load(0, { ...size, label: true })).rejects.toThrow(/class id 1 .*Classes go from 0 to 0/);
});

test('patterns that match nothing, or two files alike, are errors', () => {
  const root = ownData();
  expect(() => samplesFromGlobs({ root, images: '*.png', classes })).toThrow('no .png or .jpg file matches');
  expect(() => samplesFromGlobs({ root, images: 'pictures/*/*.png', labels: '*.png', classes })).toThrow(
    'no .png file matches',
  );
  expect(() => samplesFromGlobs({ root, images: 'pictures/{north,south}/*.png', classes })).toThrow(
    'cannot be told apart',
  );
  expect(() => samplesFromGlobs({ root: join(root, 'no'), images: '*', classes })).toThrow('no such folder');
  expect(() => samplesFromGlobs({ root, images: 'pictures/*/@(1|2)_rgb.png', classes })).toThrow(
    'use no other wildcards',
  );
});
