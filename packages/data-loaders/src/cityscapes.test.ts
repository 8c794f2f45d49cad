import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { cityscapes } from './cityscapes.ts';
import { DataError } from './data-error.ts';
import { temporaryFolder, write, writeGrey16, writeImage, writeLabel } from './files.test.helper.ts';
import { labelledSamples } from './labelled-samples.ts';

const size = { width: 8, height: 4 };
const camera = (intrinsic: object) => JSON.stringify({ intrinsic });
const frame = (number: number) => String(number).padStart(6, '0');

/** Two snippets of ulm, frames 18 to 20 in the sequence folder, 19 annotated. */
const smallCity = () => {
  const root = temporaryFolder();
  for (const snippet of ['000001', '000000']) {
    const base = `train/ulm/ulm_${snippet}_`;
    for (const number of [18, 19, 20]) {
      writeImage(join(root, 'leftImg8bit_sequence', `${base}${frame(number)}_leftImg8bit.png`), 8, 4, () => [
        number,
        0,
        0,
      ]);
    }
    writeImage(join(root, 'leftImg8bit', `${base}000019_leftImg8bit.png`), 8, 4, () => [19, 0, 0]);
    writeLabel(join(root, 'gtFine', `${base}000019_gtFine_labelIds.png`), 8, Array<number>(32).fill(7));
    write(join(root, 'camera', `${base}000019_camera.json`), camera({ fx: 10, fy: 12, u0: 4, v0: 2 }));
  }
  return root;
};
const firstLabel = 'gtFine/train/ulm/ulm_000000_000019_gtFine_labelIds.png';
const firstCamera = 'camera/train/ulm/ulm_000000_000019_camera.json';
const firstImage = 'leftImg8bit/train/ulm/ulm_000000_000019_leftImg8bit.png';

test('samples are listed by path and loaded by id or position', async () => {
  const dataset = cityscapes({ root: smallCity(), split: 'train' });
  expect(dataset.ids).toEqual(['train/ulm/ulm_000000_000019', 'train/ulm/ulm_000001_000019']);
  expect(dataset.classes).toHaveLength(19);
  const byPosition = await dataset.load(1, size);
  expect(byPosition).toEqual(await dataset.load('train/ulm/ulm_000001_000019', size));
  expect(byPosition.image).toMatchObject(size);
  expect([...byPosition.image.data.subarray(0, 3)]).toEqual([19, 0, 0]);
});

test('the ids of label files become trainIds; void ids and 255 are ignored', async () => {
  const root = smallCity();
  const ids = [7, 8, 11, 23, 24, 33, 0, 4, 14, 29, 255, 26];
  writeLabel(join(root, firstLabel), 8, [...ids, ...Array<number>(20).fill(1)]);
  const { label } = await cityscapes({ root, split: 'train' }).load(0, { ...size, label: true });
  expect([...label!.data.subarray(0, 12)]).toEqual([0, 1, 2, 10, 11, 18, 255, 255, 255, 255, 255, 13]);
});

test('labelTrainIds files do as well', async () => {
  const root = smallCity();
  rmSync(join(root, firstLabel));
  writeLabel(join(root, firstLabel.replace('labelIds', 'labelTrainIds')), 8, [
    0,
    18,
    255,
    ...Array<number>(29).fill(13),
  ]);
  const { label } = await cityscapes({ root, split: 'train' }).load(0, { ...size, label: true });
  expect([...label!.data.subarray(0, 4)]).toEqual([0, 18, 255, 13]);
});

test('classes can be chosen, and get trainIds in the order given', async () => {
  const root = smallCity();
  writeLabel(join(root, firstLabel), 8, [7, 26, 23, ...Array<number>(29).fill(7)]);
  const dataset = cityscapes({ root, split: 'train', classes: ['car', 'road'] });
  expect(dataset.classes.map(({ name }) => name)).toEqual(['car', 'road']);
  const { label } = await dataset.load(0, { ...size, label: true });
  expect([...label!.data.subarray(0, 3)]).toEqual([1, 0, 255]);
  expect(() => cityscapes({ root, split: 'train', classes: ['raod'] })).toThrow('Did you mean "road"?');
  expect(() => cityscapes({ root, split: 'train', classes: ['car', 'car'] })).toThrow('named twice');
});

test('neighbours come in the order asked for, with the camera scaled to the loaded size', async () => {
  const sample = await cityscapes({ root: smallCity(), split: 'train' }).load(0, {
    width: 4,
    height: 4,
    neighbours: [1, -1],
  });
  expect(sample.neighbours!.map(({ data }) => data[0])).toEqual([20, 18]);
  expect(sample.intrinsics).toEqual({ fx: 5, fy: 12, u0: 2, v0: 2 });
});

test('the camera of another frame of the snippet serves, and given intrinsics come first', async () => {
  const root = smallCity();
  const video = cityscapes({ root, split: 'train', frames: 'video', neighbours: [-1] });
  expect(video.ids.map((id) => id.slice(-6))).toEqual(['000019', '000020', '000019', '000020']);
  const { intrinsics } = await video.load(1, { ...size, neighbours: [-1] });
  expect(intrinsics).toEqual({ fx: 10, fy: 12, u0: 4, v0: 2 });

  rmSync(join(root, 'camera'), { recursive: true });
  const given = { fx: 7, fy: 7, u0: 3, v0: 1 };
  const sample = await cityscapes({ root, split: 'train', intrinsics: given }).load(0, { ...size, neighbours: [1] });
  expect(sample.intrinsics).toEqual(given);
});

test('video lists the frames that have both neighbours', () => {
  const video = cityscapes({ root: smallCity(), split: 'train', frames: 'video' });
  expect(video.ids).toEqual(['train/ulm/ulm_000000_000019', 'train/ulm/ulm_000001_000019']);
  expect(() => cityscapes({ root: smallCity(), split: 'train', frames: 'video', neighbours: [-2, 2] })).toThrow(
    'none of its 6 frames has the neighbours -2, 2',
  );
});

test('an unlabelled sample needs neither label nor camera', async () => {
  const root = smallCity();
  rmSync(join(root, 'gtFine'), { recursive: true });
  rmSync(join(root, 'camera'), { recursive: true });
  const dataset = cityscapes({ root, split: 'train' });
  expect(await dataset.load(0, size)).not.toHaveProperty('label');
  await expect(dataset.load(0, { ...size, label: true })).rejects.toThrow(
    /ulm_000000_000019_gtFine_labelIds\.png: no such file/,
  );
});

test('true depth is in metres', async () => {
  const root = smallCity();
  const depth = Array.from({ length: 32 }, (_, at) => at * 100);
  writeGrey16(join(root, 'depth/train/ulm/ulm_000000_000019_depth.png'), 8, depth);
  const dataset = cityscapes({ root, split: 'train' });
  const sample = await dataset.load(0, { ...size, depth: true });
  expect(sample.depth!.data[31]).toBeCloseTo(31, 5);
  await expect(dataset.load(1, { ...size, depth: true })).rejects.toThrow('no true depth');
});

test('JPEG images and files of other kinds in the folder', async () => {
  const root = smallCity();
  const jpeg = await sharp({ create: { ...size, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer();
  write(join(root, 'leftImg8bit/train/bonn/bonn_000000_000019_leftImg8bit.jpg'), jpeg);
  write(join(root, 'leftImg8bit/train/bonn/Thumbs.db'), 'x');
  const dataset = cityscapes({ root, split: 'train' });
  expect(dataset.ids).toHaveLength(3);
  const { image } = await dataset.load('train/bonn/bonn_000000_000019', size);
  expect(image.data.every((value) => value > 250)).toBe(true);
});

test('a label that is larger by a whole factor is read with nearest neighbour', async () => {
  const root = smallCity();
  const large = Array.from({ length: 16 * 8 }, (_, at) => (at % 16 < 8 ? 7 : 26));
  writeLabel(join(root, firstLabel), 16, large);
  const { label } = await cityscapes({ root, split: 'train' }).load(0, { width: 4, height: 2, label: true });
  expect([...label!.data]).toEqual([0, 0, 13, 13, 0, 0, 13, 13]);
});

const broken: [string, (root: string) => void, object, RegExp][] = [
  [
    'label of another size',
    (root) => writeLabel(join(root, firstLabel), 4, Array<number>(8).fill(7)),
    { label: true },
    /labelIds\.png: the label is 4x2, its image 8x4\. Bring one to the size of the other/,
  ],
  [
    'label with an id that Cityscapes does not define',
    (root) => writeLabel(join(root, firstLabel), 8, [...Array<number>(9).fill(7), 77, ...Array<number>(22).fill(7)]),
    { label: true },
    /labelIds\.png: class id 77 at column 1, row 1 is outside the map\. .*0 to 33.*"ignore"/,
  ],
  [
    'label that is a coloured picture',
    (root) => writeImage(join(root, firstLabel), 8, 4),
    { label: true },
    /labelIds\.png: the PNG has 3 channels/,
  ],
  [
    'truncated image',
    (root) => write(join(root, firstImage), readFileSync(join(root, firstImage)).subarray(0, 50)),
    {},
    /ulm_000000_000019_leftImg8bit\.png: file ends after 50 of at least \d+ bytes\. Fetch it again/,
  ],
  ['empty image', (root) => write(join(root, firstImage), ''), {}, /leftImg8bit\.png: the file is empty/],
  [
    'text that calls itself PNG',
    (root) => write(join(root, firstImage), 'version https://'),
    {},
    /not a PNG or JPEG file/,
  ],
  [
    'camera without fx',
    (root) => write(join(root, firstCamera), camera({ fy: 1, u0: 1, v0: 1 })),
    { neighbours: [1] },
    /^Camera file .*_camera\.json: field intrinsic\.fx is missing; depth training needs it\. Add it or give the option "intrinsics"\.$/,
  ],
  [
    'camera whose fx is text',
    (root) => write(join(root, firstCamera), camera({ fx: '10', fy: 1, u0: 1, v0: 1 })),
    { neighbours: [1] },
    /intrinsic\.fx must be a positive number of pixels, not "10"/,
  ],
  [
    'camera that is no JSON',
    (root) => write(join(root, firstCamera), '{'),
    { neighbours: [1] },
    /Camera file .*: no valid JSON/,
  ],
  [
    'camera of a larger picture',
    (root) => write(join(root, firstCamera), camera({ fx: 900, fy: 900, u0: 640, v0: 360 })),
    { neighbours: [1] },
    /Camera file .*_camera\.json: its centre \(640, 360\) is not near that of the 8x4 image.*"cameraSize".*"intrinsics"/,
  ],
  [
    'missing camera',
    (root) => rmSync(join(root, 'camera'), { recursive: true }),
    { neighbours: [1] },
    /ulm_000000_000019_camera\.json: no such file\. Depth training needs it/,
  ],
  [
    'missing neighbour',
    () => undefined,
    { neighbours: [2] },
    /ulm_000000_000021_leftImg8bit\.png: no such file\. It is the frame \+2 of train\/ulm\/ulm_000000_000019/,
  ],
  [
    'neighbour of another size',
    (root) => writeImage(join(root, 'leftImg8bit_sequence/train/ulm/ulm_000000_000020_leftImg8bit.png'), 4, 4),
    { neighbours: [1] },
    /000020_leftImg8bit\.png: the neighbour is 4x4, its frame .*000019_leftImg8bit\.png 8x4\./,
  ],
  [
    'image without disparity',
    () => undefined,
    { disparity: '/nowhere' },
    /train\/ulm\/ulm_000000_000019\.png: no such file\. The image .* has no disparity\. Export/,
  ],
];

test.each(broken)('%s: one line that names the file', async (_, spoil, options, message) => {
  const root = smallCity();
  spoil(root);
  const loading = cityscapes({ root, split: 'train' }).load(0, { ...size, ...options });
  await expect(loading).rejects.toBeInstanceOf(DataError);
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toThrow(/^[^\n]*$/);
});

test('undefined ids can be ignored on request', async () => {
  const root = smallCity();
  writeLabel(join(root, firstLabel), 8, [77, ...Array<number>(31).fill(7)]);
  const { label } = await cityscapes({ root, split: 'train', unknownIds: 'ignore' }).load(0, { ...size, label: true });
  expect([...label!.data.subarray(0, 2)]).toEqual([255, 0]);
});

test('a missing or empty folder says which', () => {
  const root = smallCity();
  expect(() => cityscapes({ root, split: 'trian' })).toThrow(
    /leftImg8bit\/trian: no such folder\. .*Did you mean "train"\?/,
  );
  expect(() => cityscapes({ root: join(root, 'nothing'), split: 'train' })).toThrow(/nothing: no such folder/);
  write(join(root, 'leftImg8bit/val/ulm/readme.txt'), '');
  expect(() => cityscapes({ root, split: 'val' })).toThrow(
    /leftImg8bit\/val: it holds no \*_leftImg8bit\.png or \.jpg/,
  );
});

test('an unknown sample is refused', async () => {
  const dataset = cityscapes({ root: smallCity(), split: 'train' });
  await expect(dataset.load(2, size)).rejects.toThrow('2 samples, numbered from 0: there is no sample 2');
  await expect(dataset.load('train/ulm/ulm_000000_000018', size)).rejects.toThrow(
    'Did you mean "train/ulm/ulm_000000_000019"?',
  );
});

test('camera files of 2048 x 1024 serve images that were made smaller', async () => {
  const root = smallCity();
  write(join(root, firstCamera), camera({ fx: 2262, fy: 2265, u0: 1096, v0: 513 }));
  const { intrinsics } = await cityscapes({ root, split: 'train' }).load(0, { ...size, neighbours: [1] });
  expect(intrinsics).toEqual({ fx: 2262 / 256, fy: 2265 / 256, u0: 1096 / 256, v0: 513 / 256 });
  const options = { root, split: 'train', cameraSize: [4096, 1028] as [number, number] };
  expect(await cityscapes(options).intrinsics!(0)).toEqual({
    fx: 2262 / 512,
    fy: 2265 / 257,
    u0: 1096 / 512,
    v0: 513 / 257,
  });
});

test('which samples have a label, where the files are, what labels hold', async () => {
  const root = smallCity();
  rmSync(join(root, firstLabel));
  const dataset = cityscapes({ root, split: 'train' });
  expect(labelledSamples(dataset)).toEqual([1]);
  expect(labelledSamples(cityscapes({ root, split: 'train', frames: 'video', neighbours: [-1] }))).toEqual([2]);
  expect(dataset.files!(0, { label: true, neighbours: [1], disparity: '/d' })).toEqual({
    image: join(root, firstImage),
    label: join(root, firstLabel),
    neighbours: [join(root, firstImage.replace('leftImg8bit/', 'leftImg8bit_sequence/').replace('19_l', '20_l'))],
    camera: join(root, firstCamera),
    disparity: '/d/train/ulm/ulm_000000_000019.png',
  });
  expect((await dataset.labelValues!(1)).pixels[7]).toBe(32);
  await expect(dataset.labelValues!(0)).rejects.toThrow(/labelIds\.png: no such file/);
});

test('offsets that the frames of a video were not listed for are said to be so', () => {
  const dataset = cityscapes({ root: smallCity(), split: 'train', frames: 'video' });
  expect(() => dataset.files!(0, { neighbours: [2] })).toThrow(
    /000021_leftImg8bit\.png: no such file\. It is the frame \+2 .* give the option "neighbours" the same offsets\./,
  );
});

test('upper-case endings, and accents in either form of Unicode', async () => {
  const root = temporaryFolder();
  const [composed, decomposed] = ['z\u00fcrich', 'zu\u0308rich'];
  const name = (city: string, number: number) => `train/${city}/${city}_000000_${frame(number)}`;
  writeImage(join(root, 'leftImg8bit', `${name(decomposed, 1)}_leftImg8bit.PNG`), 8, 4);
  for (const number of [0, 2]) {
    writeImage(join(root, 'leftImg8bit_sequence', `${name(composed, number)}_leftImg8bit.PNG`), 8, 4);
  }
  writeLabel(join(root, 'gtFine', `${name(composed, 1)}_gtFine_labelIds.png`), 8, Array<number>(32).fill(7));
  write(join(root, 'camera', `${name(composed, 0)}_camera.json`), camera({ fx: 10, fy: 12, u0: 4, v0: 2 }));
  const dataset = cityscapes({ root, split: 'train' });
  expect(dataset.ids).toEqual([name(composed, 1)]);
  expect(dataset.hasLabel!(name(decomposed, 1))).toBe(true);
  const sample = await dataset.load(name(decomposed, 1), { ...size, label: true, neighbours: [-1, 1] });
  expect(sample.label!.data[0]).toBe(0);
  expect(sample.intrinsics!.fx).toBe(10);
});
