import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decode } from 'fast-png';
import { cityNames, sceneClasses, unseenCity, writeCityscapes } from './index.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'scenes-'));
});
afterEach(() => rm(root, { recursive: true }));

const options = { scenes: { train: 3, val: 9 }, seed: 4, width: 64, height: 32, framesPerSnippet: 3 };

const list = async (folder: string) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
};

const digest = async (folder: string) => {
  const hash = createHash('sha256');
  for (const file of await list(folder)) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest('hex');
};

test('writes the layout of Cityscapes', async () => {
  const seen: string[] = [];
  await writeCityscapes(root, { ...options, onProgress: ({ done, total, id }) => seen.push(`${done}/${total} ${id}`) });
  const files = await list(root);
  expect(seen).toHaveLength(12);
  expect(seen[0]).toBe('1/12 avenue_000000_000019');
  const ofFirst = files.filter((file) => file.includes('train') && file.includes('avenue_000000_'));
  expect(ofFirst).toEqual([
    'camera/train/avenue/avenue_000000_000019_camera.json',
    'depth/train/avenue/avenue_000000_000019_depth.png',
    'gtFine/train/avenue/avenue_000000_000019_gtFine_labelIds.png',
    'leftImg8bit/train/avenue/avenue_000000_000019_leftImg8bit.png',
    'leftImg8bit_sequence/train/avenue/avenue_000000_000018_leftImg8bit.png',
    'leftImg8bit_sequence/train/avenue/avenue_000000_000019_leftImg8bit.png',
    'leftImg8bit_sequence/train/avenue/avenue_000000_000020_leftImg8bit.png',
    'pose/train/avenue/avenue_000000_000019_pose.json',
  ]);
  expect(files).toHaveLength(12 * 8 + 2);

  const trainCities = await readdir(join(root, 'leftImg8bit/train'));
  expect(trainCities).not.toContain(unseenCity);
  expect((await readdir(join(root, 'leftImg8bit/val'))).sort()).toEqual([...cityNames].sort());

  const read = async (index: number) => decode(await readFile(join(root, ofFirst[index])));
  expect(await read(3)).toMatchObject({ width: 64, height: 32, channels: 3, depth: 8 });
  const label = await read(2);
  expect(label).toMatchObject({ width: 64, height: 32, channels: 1, depth: 8 });
  const labelIds = new Set<number>(sceneClasses.map(({ labelId }) => labelId));
  expect([...new Set(label.data)].filter((id) => !labelIds.has(id))).toEqual([]);
  const depth = await read(1);
  expect(depth).toMatchObject({ width: 64, height: 32, channels: 1, depth: 16 });
  for (let pixel = 0; pixel < 64 * 32; pixel++) expect(depth.data[pixel] === 0).toBe(label.data[pixel] === 23);
  const { intrinsic } = JSON.parse(await readFile(join(root, ofFirst[0]), 'utf8'));
  expect(intrinsic).toEqual({ fx: 73.6, fy: 73.6, u0: 31.5, v0: 15.5 });
  const { cameraToWorld } = JSON.parse(await readFile(join(root, ofFirst[7]), 'utf8'));
  expect(Object.keys(cameraToWorld)).toEqual(['000018', '000019', '000020']);
});

test('goes on where it was stopped, to the same bytes', async () => {
  const whole = join(root, 'whole');
  const stopped = join(root, 'stopped');
  await writeCityscapes(whole, options);

  const abort = new AbortController();
  const onProgress = ({ done }: { done: number }) => done === 4 && abort.abort();
  await expect(writeCityscapes(stopped, { ...options, onProgress, signal: abort.signal })).rejects.toThrow(/abort/i);
  const early = join(stopped, 'leftImg8bit/train/avenue/avenue_000000_000019_leftImg8bit.png');
  const { mtimeMs } = await stat(early);
  await rm(join(stopped, 'camera/train/gardens/gardens_000000_000019_camera.json'));
  await writeCityscapes(stopped, options);
  expect((await stat(early)).mtimeMs).toBe(mtimeMs);
  expect(await digest(stopped)).toBe(await digest(whole));
});

test('a folder of other scenes is left alone', async () => {
  await writeCityscapes(root, { ...options, scenes: { train: 1, val: 0 } });
  const before = await digest(root);
  await expect(writeCityscapes(root, { ...options, seed: 5 })).rejects.toThrow(/scenes\.json.*other options/);
  expect(await digest(root)).toBe(before);
});

test('a disk that refuses a file is reported, and nothing half written gets the final name', async () => {
  await writeFile(join(root, 'leftImg8bit'), 'in the way');
  await expect(writeCityscapes(root, options)).rejects.toThrow(/leftImg8bit/);
});
