import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { cityscapes } from './cityscapes.ts';
import { DataError } from './data-error.ts';
import type { Dataset } from './dataset.ts';
import { temporaryFolder, write, writeGrey16, writeImage, writeLabel } from './files.test.helper.ts';
import { throwFindings } from './finding.ts';
import { samplesFromGlobs } from './samples-from-globs.ts';
import { verifySamples, type VerifyOptions } from './verify-samples.ts';

const size = { width: 8, height: 4 };
const names = ['a', 'b', 'c', 'd'];

const stills = () => {
  const root = temporaryFolder();
  for (const name of names) {
    writeImage(join(root, 'images', `${name}.png`), 8, 4);
    writeLabel(join(root, 'masks', `${name}.png`), 8, Array<number>(32).fill(1));
  }
  return root;
};
const open = (root: string) =>
  samplesFromGlobs({
    root,
    images: 'images/*.png',
    labels: 'masks/*.png',
    classes: [
      { name: 'ground', color: [0, 0, 0] },
      { name: 'rest', color: [9, 9, 9] },
    ],
  });

const video = () => {
  const root = temporaryFolder();
  for (const city of ['aachen', 'bonn']) {
    const base = `train/${city}/${city}_000000_0000`;
    for (const number of ['18', '19', '20']) {
      writeImage(join(root, 'leftImg8bit_sequence', `${base}${number}_leftImg8bit.png`), 8, 4);
    }
    writeImage(join(root, 'leftImg8bit', `${base}19_leftImg8bit.png`), 8, 4);
    write(
      join(root, 'camera', `${base}19_camera.json`),
      JSON.stringify({ intrinsic: { fx: 10, fy: 12, u0: 4, v0: 2 } }),
    );
    writeGrey16(join(root, 'depth', `${base}19_depth.png`), 8, Array<number>(32).fill(100));
    writeLabel(join(root, 'disparity', `${base}19.png`), 8, Array<number>(32).fill(1));
  }
  return root;
};

test('nothing is found where all is well, and every sample is counted', async () => {
  const counts: number[] = [];
  const onProgress = (done: number) => void counts.push(done);
  expect(await verifySamples(open(stills()), { indices: [0, 1, 2, 3], ...size, label: true, onProgress })).toEqual([]);
  expect(counts).toEqual([1, 2, 3, 4]);
  const root = video();
  const wanted = { ...size, neighbours: [-1, 1], depth: true, disparity: join(root, 'disparity') };
  expect(await verifySamples(cityscapes({ root, split: 'train' }), { indices: [0, 1], ...wanted })).toEqual([]);
});

const cut = (file: string) => write(file, readFileSync(file).subarray(0, -20));

const stillCases: [string, (root: string) => void, string, RegExp][] = [
  ['no mask', (root) => rmSync(join(root, 'masks/c.png')), 'images/c', /images\/c\.png: the image has no label/],
  [
    'a mask of a number that is no class',
    (root) => writeLabel(join(root, 'masks/c.png'), 8, Array<number>(32).fill(7)),
    'masks/c.png',
    /masks\/c\.png: class id 7 /,
  ],
  [
    'a mask of another size',
    (root) => writeLabel(join(root, 'masks/c.png'), 4, Array<number>(8).fill(0)),
    'masks/c.png',
    /masks\/c\.png: the label is 4x2, its image 8x4/,
  ],
  ['a mask cut off', (root) => cut(join(root, 'masks/c.png')), 'masks/c.png', /masks\/c\.png: file ends after/],
  ['an image cut off', (root) => cut(join(root, 'images/c.png')), 'images/c.png', /images\/c\.png: file ends after/],
  ['an empty image', (root) => write(join(root, 'images/c.png'), ''), 'images/c.png', /the file is empty/],
  ['no image', (root) => write(join(root, 'images/c.png'), '<html>'), 'images/c.png', /not a PNG or JPEG file/],
];

test.each(stillCases)('%s: one line that names the file', async (_, spoil, file, message) => {
  const root = stills();
  const dataset = (spoil(root), open(root));
  const findings = await verifySamples(dataset, {
    indices: names.map((name) => `images/${name}`),
    ...size,
    label: true,
  });
  expect(findings).toHaveLength(1);
  expect(findings[0].file.endsWith(file)).toBe(true);
  expect(findings[0].message).toMatch(message);
  expect(findings[0].message).not.toContain('\n');
  const others = await verifySamples(dataset, { indices: [0, 1, 3], ...size, label: true });
  expect(others).toEqual([]);
});

const bonn = (kind: string, rest: string) => `${kind}/train/bonn/bonn_000000_0000${rest}`;
const videoCases: [string, (root: string) => void, RegExp][] = [
  [
    'a missing neighbour',
    (root) => rmSync(join(root, bonn('leftImg8bit_sequence', '20_leftImg8bit.png'))),
    /20_leftImg8bit\.png: no such file\. It is the frame \+1 of/,
  ],
  [
    'a neighbour cut off',
    (root) => cut(join(root, bonn('leftImg8bit_sequence', '20_leftImg8bit.png'))),
    /20_leftImg8bit\.png: file ends/,
  ],
  [
    'a neighbour of another size',
    (root) => writeImage(join(root, bonn('leftImg8bit_sequence', '18_leftImg8bit.png')), 4, 4),
    /18_leftImg8bit\.png: the neighbour is 4x4/,
  ],
  ['no camera', (root) => rmSync(join(root, bonn('camera', '19_camera.json'))), /19_camera\.json: no such file/],
  ['a broken camera', (root) => write(join(root, bonn('camera', '19_camera.json')), '{'), /no valid JSON/],
  [
    'a camera of another picture',
    (root) =>
      write(
        join(root, bonn('camera', '19_camera.json')),
        JSON.stringify({ intrinsic: { fx: 1, fy: 1, u0: 640, v0: 360 } }),
      ),
    /its centre \(640, 360\) is not near/,
  ],
  ['no true depth', (root) => rmSync(join(root, bonn('depth', '19_depth.png'))), /no true depth for the image/],
  ['no disparity', (root) => rmSync(join(root, bonn('disparity', '19.png'))), /has no disparity\. Export/],
];

test.each(videoCases)('%s: one line that names the file', async (_, spoil, message) => {
  const root = video();
  spoil(root);
  const wanted = { ...size, neighbours: [-1, 1], depth: true, disparity: join(root, 'disparity') };
  const findings = await verifySamples(cityscapes({ root, split: 'train' }), { indices: [0, 1], ...wanted });
  expect(findings.map((finding) => finding.message)).toEqual([expect.stringMatching(message)]);
  expect(await verifySamples(cityscapes({ root, split: 'train' }), { indices: [0], ...wanted })).toEqual([]);
});

test('a file of several samples is named once', async () => {
  const root = video();
  cut(join(root, bonn('leftImg8bit_sequence', '19_leftImg8bit.png')));
  const dataset = cityscapes({ root, split: 'train', frames: 'video', neighbours: [] });
  const findings = await verifySamples(dataset, { indices: [3, 4], ...size, neighbours: [1] });
  expect(findings.filter(({ message }) => message.includes('file ends'))).toHaveLength(1);
});

test('it stops when asked to', async () => {
  const controller = new AbortController();
  const options: VerifyOptions = { indices: [0, 1, 2, 3], ...size, signal: controller.signal };
  controller.abort(new Error('enough'));
  await expect(verifySamples(open(stills()), options)).rejects.toThrow('enough');
});

test('a data set that does not name its files is tried: some samples, or all where labels are wanted', async () => {
  const loaded: (string | number)[] = [];
  const own: Dataset = {
    name: 'own',
    classes: [],
    ids: Array.from({ length: 100 }, (_, at) => `s${at}`),
    load: (which) => {
      loaded.push(which);
      return which === 99 || which === 50
        ? Promise.reject(new DataError(`s${which}.bin: broken`))
        : Promise.resolve({ id: `s${which}`, image: { ...size, data: new Uint8Array(96) } });
    },
  };
  const indices = [...own.ids.keys()];
  const findings = await verifySamples(own, { indices, ...size });
  expect(loaded).toHaveLength(8);
  expect(findings).toEqual([{ file: 's99', message: 's99.bin: broken' }]);
  loaded.length = 0;
  expect(await verifySamples(own, { indices, ...size, label: true })).toHaveLength(2);
  expect(loaded).toHaveLength(100);
  const crash = { ...own, load: () => Promise.reject(new TypeError('a mistake in the code')) };
  await expect(verifySamples(crash, { indices, ...size })).rejects.toThrow(TypeError);
});

test('findings as one error: the first, and how many others', () => {
  const finding = (file: string) => ({ file, message: `${file}: broken.` });
  expect(() => throwFindings([])).not.toThrow();
  expect(() => throwFindings([finding('a.png')])).toThrow(new DataError('a.png: broken.'));
  expect(() => throwFindings(['a', 'b', 'c'].map(finding))).toThrow(
    /^a: broken\. \(2 more files are not right either\)$/,
  );
});
