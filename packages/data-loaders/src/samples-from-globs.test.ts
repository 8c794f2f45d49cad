import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DataError } from './data-error.ts';
import type { ClassInfo } from './dataset.ts';
import { temporaryFolder, write, writeImage, writeLabel } from './files.test.helper.ts';
import { labelledSamples } from './labelled-samples.ts';
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
  await expect(dataset.load(1, { ...size, label: true })).rejects.toThrow(
    /2_rgb\.png: the image has no label, no file of "masks\/\*\/\*\.png" has "north\/2" in the place of its wildcards\./,
  );
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

test('patterns that match nothing, or two files alike, are errors that say what was searched and found', () => {
  const root = ownData();
  const open = (images: string, labels?: string) => () => samplesFromGlobs({ root, images, labels, classes });
  expect(open('*.png')).toThrow(/^images "\*\.png": no \.png or \.jpg file matches .*\. \S+ holds masks, pictures\./);
  expect(open('pictures/*/*.png', '*.png')).toThrow(/^labels "\*\.png": no \.png file matches/);
  expect(open('pictures/*/*_rgb.png', 'maks/*/*.png')).toThrow(
    /^labels "maks\/\*\/\*\.png": .*maks: no such folder\. .*Did you mean "masks"\?/,
  );
  expect(open('pictures/{north,south}/*.png')).toThrow('cannot be told apart');
  expect(() => samplesFromGlobs({ root: join(root, 'no'), images: '*', classes })).toThrow('no such folder');
  expect(open('pictures/*/@(1|2)_rgb.png')).toThrow('wildcards are *, **, ?, [...] and {...}');
  expect(open('masks/north/1.png/*.png')).toThrow(/masks\/north\/1\.png: no such folder/);
  expect(open('pictures/north')).toThrow(/pictures\/north is a folder: write pictures\/north\/\*\.png\./);
  write(join(root, 'notes/a.txt'), '');
  expect(open('notes/*')).toThrow('What matches is of other kinds: a.txt.');
  expect(open('pictures/*/*.png', 'masks/*/*.png')).toThrow(
    /none of its 2 files belongs to an image of .*"north\/1_rgb" in .*, but for "north\/1" in/,
  );
});

test('brackets in folder names, upper-case endings, accents in either form of Unicode', () => {
  const [composed, decomposed] = ['stra\u00dfe \u00fc', 'stra\u00dfe u\u0308'];
  for (const [folder, pattern] of [
    ['frames (1)', 'frames (1)'],
    ['frames [1]', 'frames [1]'],
    ['a+b !@ {x}', 'a+b !@ {x}'],
    [decomposed, composed],
    [composed, decomposed],
  ]) {
    const root = temporaryFolder();
    for (const name of ['1.PNG', 'b (2).png', 'a\u0308.png']) writeImage(join(root, folder, 'images', name), 4, 2);
    for (const name of ['1.png', 'b (2).PNG', '\u00e4.png']) {
      writeLabel(join(root, folder, 'masks', name), 4, [0, 1, 0, 0, 0, 0, 0, 0]);
    }
    for (const start of ['', './', `${root}/`, `../${basename(root)}/./`]) {
      const dataset = samplesFromGlobs({
        root,
        images: `${start}${pattern}/images/*.png`,
        labels: `${start}${pattern}/masks/*.png`,
        classes,
      });
      expect(dataset.ids).toEqual(
        ['1', '\u00e4', 'b (2)'].map((name) => `${folder}/images/${name}`.normalize()).sort(),
      );
      expect(labelledSamples(dataset)).toEqual([0, 1, 2]);
    }
    expect(samplesFromGlobs({ root, images: `*/images/*.{JPG,PNG}`, classes }).ids).toHaveLength(3);
    const deep = samplesFromGlobs({ root, images: '**/images/*.png', labels: '**/masks/*.png', classes });
    expect(labelledSamples(deep)).toEqual([0, 1, 2]);
  }
});

test('accents in the middle of a pattern', () => {
  const root = temporaryFolder();
  writeImage(join(root, 'a/stra\u00dfe u\u0308/1.png'), 4, 2);
  writeImage(join(root, 'a/strasse ue/1.png'), 4, 2);
  expect(samplesFromGlobs({ root, images: '*/stra\u00dfe \u00fc/*.png', classes }).ids).toHaveLength(1);
});

test('images outside the root have ids that lead out of no folder', () => {
  const root = temporaryFolder();
  writeImage(join(root, 'frames/1.png'), 4, 2);
  for (const images of ['../frames/*.png', `${root}/frames/*.png`]) {
    write(join(root, 'elsewhere/x'), '');
    const { ids } = samplesFromGlobs({ root: join(root, 'elsewhere'), images, classes });
    expect(ids).toEqual([join(root, 'frames/1').slice(1)]);
  }
});

test('the numbers of masks can be said; 255 is a class then', async () => {
  const root = temporaryFolder();
  writeImage(join(root, 'images/1.png'), 4, 2);
  writeLabel(join(root, 'masks/1.png'), 4, [0, 255, 0, 0, 7, 0, 0, 255]);
  const open = (values: (number | undefined)[]) =>
    samplesFromGlobs({
      root,
      images: 'images/*.png',
      labels: 'masks/*.png',
      classes: values.map((value, at) => ({ ...classes[at], value })),
    });
  const dataset = open([undefined, 255]);
  expect(dataset.classes).toEqual(classes);
  await expect(dataset.load(0, { ...size, label: true })).rejects.toThrow(
    /class id 7 at column 0, row 1 .*Here 0 is "ground", 255 is "rest"\. /,
  );
  writeLabel(join(root, 'masks/1.png'), 4, [0, 255, 0, 0, 0, 0, 0, 255]);
  expect([...(await dataset.load(0, { ...size, label: true })).label!.data]).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
  expect(() => open([1, undefined])).toThrow('"ground" and "rest" both have the value 1');
  expect(() => open([256, 1])).toThrow('whole number from 0 to 255, not 256');
});

test('which samples have a label, where the files are, what labels hold', async () => {
  const root = ownData();
  const dataset = samplesFromGlobs({ root, images: 'pictures/*/*_rgb.png', labels: 'masks/*/*.png', classes });
  expect(labelledSamples(dataset)).toEqual([0, 2]);
  expect(dataset.hasLabel!('pictures/north/2_rgb')).toBe(false);
  expect(dataset.files!(0)).toEqual({ image: join(root, 'pictures/north/1_rgb.png') });
  expect(dataset.files!(0, { label: true, disparity: '/d' })).toEqual({
    image: join(root, 'pictures/north/1_rgb.png'),
    label: join(root, 'masks/north/1.png'),
    disparity: '/d/pictures/north/1_rgb.png',
  });
  expect(() => dataset.files!(1, { label: true })).toThrow('2_rgb.png: the image has no label');
  const { pixels, meaning } = await dataset.labelValues!(0);
  expect([pixels[0], pixels[1], pixels[255]]).toEqual([6, 1, 1]);
  expect([meaning[0], meaning[1], meaning[2], meaning[255]]).toEqual([0, 1, -1, 255]);
});

test('whatever is written as a pattern, it finds images or is refused in one line', () => {
  const root = ownData();
  const word = fc.constantFrom(
    ...'*?[]{}()!+@|\\/.,-^$~ a1\u00fc',
    '**/',
    'pictures/',
    '*/',
    '_rgb',
    '.png',
    '[!0-9]',
    '{a,b}',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      const images = words.join('').replace(/^\//, '').replaceAll('../', '');
      try {
        expect(samplesFromGlobs({ root, images, classes }).ids.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as DataError).message).not.toContain('\n');
      }
    }),
    { numRuns: 400 },
  );
});

test('masks of a lossy format are not taken for class numbers', () => {
  const root = ownData();
  write(join(root, 'masks/1.jpg'), '');
  expect(() => samplesFromGlobs({ root, images: 'pictures/*/*.png', labels: 'masks/*.jpg', classes })).toThrow(
    'labels "masks/*.jpg": no .png file matches',
  );
});
