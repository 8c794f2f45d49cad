import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkLabels } from './check-labels.ts';
import { temporaryFolder, writeImage, writeLabel } from './files.test.helper.ts';
import { type GlobClass, samplesFromGlobs } from './samples-from-globs.ts';

const size = { width: 4, height: 2 };
const classes: GlobClass[] = [
  { name: 'background', color: [0, 0, 0] },
  { name: 'road', color: [128, 64, 128] },
  { name: 'car', color: [0, 0, 142] },
];

/** Masks of 4 x 2 pixels, in each of which the numbers repeat. */
const withMasks = (masks: number[][], { count = 2, value }: { count?: number; value?: number } = {}) => {
  const root = temporaryFolder();
  masks.forEach((numbers, at) => {
    writeImage(join(root, 'images', `${at}.png`), 4, 2);
    writeLabel(
      join(root, 'masks', `${at}.png`),
      4,
      Array.from({ length: 8 }, (_, pixel) => numbers[pixel % numbers.length]),
    );
  });
  const chosen = classes.slice(0, count).map((known, at) => (at === 1 ? { ...known, value } : known));
  const dataset = samplesFromGlobs({ root, images: 'images/*.png', labels: 'masks/*.png', classes: chosen });
  return { dataset, check: () => checkLabels(dataset, { indices: [...masks.keys()], ...size }) };
};

test('pixels of each class, over all labels', async () => {
  const { pixels, ignored, values, findings, remarks } = await withMasks([[0, 1], [0, 255], [1]]).check();
  expect(pixels).toEqual([8, 12]);
  expect(ignored).toBe(4);
  expect(values).toEqual([0, 1, 255]);
  expect(findings).toEqual([]);
  expect(remarks).toEqual([]);
});

test('a foreground saved as 255 is named, with the way out, and the way out works', async () => {
  const masks = [[0, 255], [0]];
  const { findings } = await withMasks(masks).check();
  expect(findings.map(({ message }) => message)).toEqual([
    'class "road" has no pixel in any label; masks hold 0 and 255, and 255 is "ignore": give it "value: 255"',
  ]);
  const { pixels, ignored, findings: none } = await withMasks(masks, { value: 255 }).check();
  expect(pixels).toEqual([12, 4]);
  expect(ignored).toBe(0);
  expect(none).toEqual([]);
});

test('several classes that do not occur', async () => {
  const { findings } = await withMasks([[0, 255]], { count: 3 }).check();
  expect(findings[0].message).toBe(
    'classes "road" and "car" have no pixel in any label; masks hold 0 and 255, and 255 is "ignore": ' +
      'give the class that it stands for "value: 255"',
  );
});

test('a rare class may be missing from a few labels', async () => {
  const { findings, remarks } = await withMasks([[0, 1]], { count: 3 }).check();
  expect(findings).toEqual([]);
  expect(remarks).toEqual(['class "car" has no pixel in any label']);
});

test('labels that are nothing but 255', async () => {
  const some = await withMasks([[0, 1], [255]]).check();
  expect(some.findings).toEqual([]);
  expect(some.remarks).toEqual([expect.stringMatching(/masks\/1\.png: the label holds no pixel of any class/)]);
  const all = await withMasks([[255], [255]]).check();
  expect(all.findings).toHaveLength(1);
  expect(all.findings[0].message).toContain('classes "background" and "road" have no pixel in any label');
});

test('numbers that are no class: each file is named, the others are counted', async () => {
  const { pixels, findings } = await withMasks([[0, 7], [0, 1], [9]]).check();
  expect(findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/masks\/0\.png: class id 7 at column 1, row 0 is outside the map/),
    expect.stringMatching(/masks\/2\.png: class id 9 at column 0, row 0/),
  ]);
  expect(pixels).toEqual([4, 4]);
});

test('a data set that only loads', async () => {
  const { dataset } = withMasks([[0, 255]]);
  const { load, name, ids, classes: known } = dataset;
  const { pixels, ignored, findings } = await checkLabels(
    { load, name, ids, classes: known },
    { indices: [0], ...size },
  );
  expect([...pixels, ignored]).toEqual([4, 0, 4]);
  expect(findings[0].message).toBe('class "road" has no pixel in any label');
});
