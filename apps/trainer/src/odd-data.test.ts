import { afterAll, beforeAll, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { loadConfig } from './config/load-config.ts';
import { checkData } from './data/check-data.ts';
import { datasetRef, labellable, openDataset } from './data/dataset.ts';

// Data as people have them. What is wrong with them is told before anything is trained.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-odd-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SIDE = 64;

/**
 * Six frames to learn from and two to score on, with a square of `values[1]` on `values[0]`; the
 * first `labelled` have masks.
 */
async function pictures(name: string, { values = [0, 1], labelled = 6 } = {}): Promise<string> {
  const root = join(folder, name);
  for (const [split, count] of [['train', 6] as const, ['val', 2] as const]) {
    for (const kind of ['images', 'masks']) await mkdir(join(root, kind, split), { recursive: true });
    for (let i = 0; i < count; i++) {
      const isRoad = (at: number) => at % SIDE > 20 && at % SIDE < 40 + i && at > SIDE * 20;
      const mask = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => values[isRoad(at) ? 1 : 0]);
      const image = Uint8Array.from(
        { length: SIDE * SIDE * 3 },
        (_, at) => ((at * 7) % 80) + (isRoad(Math.floor(at / 3)) ? 120 : 0),
      );
      const size = { width: SIDE, height: SIDE, depth: 8 as const };
      await writeFile(join(root, `images/${split}/${i}.png`), encode({ ...size, data: image, channels: 3 }));
      if (split === 'train' && i >= labelled) continue;
      await writeFile(join(root, `masks/${split}/${i}.png`), encode({ ...size, data: mask, channels: 1 }));
    }
  }
  return root;
}

async function configOf(root: string, { labels = 3, below = '', road = '', over = '' } = {}) {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.yaml`);
  const yaml = `
data:
  dataset:
    name: globs
    images: '${below}images/{split}/*.png'
    labels: '${below}masks/{split}/*.png'
    classes: [{ name: background, color: [0, 0, 0] }, { name: road, color: [128, 64, 128]${road} }]
  root: '${root}'
  height: 64
  width: 64
selection: { labels: ${labels} }
train: { iterations: 5, variants: [{ name: baseline }] }
${over}`;
  await writeFile(file, yaml);
  return loadConfig(file);
}

async function check(config: Awaited<ReturnType<typeof configOf>>): Promise<string[]> {
  const lines: string[] = [];
  const progress = () => ({ update: () => undefined, done: () => undefined });
  const tools = { log: (line: string) => void lines.push(line), progress, signal: new AbortController().signal };
  await checkData(config, { segmentation: true }, tools);
  return lines;
}

test('a foreground saved as 255 is told, and how to say what 255 is', async () => {
  const root = await pictures('foreground', { values: [0, 255] });
  await expect(check(await configOf(root))).rejects.toThrow(
    'class "road" has no pixel in any label; masks hold 0 and 255, and 255 is "ignore": give it "value: 255"',
  );
  expect(await check(await configOf(root, { road: ', value: 255' }))).toEqual([]);
});

test('frames without a label are the unlabelled ones, and those with one are drawn from', async () => {
  const root = await pictures('few', { labelled: 3 });
  const config = await configOf(root);
  expect(await check(config)).toEqual([]);
  const dataset = await openDataset(datasetRef(config.data, { split: 'train', scenes: undefined }));
  expect(dataset.ids).toHaveLength(6);
  expect(labellable(dataset, { root, split: 'train', labels: 3 })).toEqual([0, 1, 2]);
  await expect(check(await configOf(root, { labels: 4 }))).rejects.toThrow(
    /selection\.labels: 4 frames .* has only 3 of its 6 frames with a label in "train"/,
  );
});

test.each([
  ['is missing', (file: string) => rm(file), /images\/val\/1\.png: the image has no label/],
  [
    'holds what is no class',
    (file: string) =>
      writeFile(
        file,
        encode({ width: SIDE, height: SIDE, depth: 8, channels: 1, data: new Uint8Array(SIDE * SIDE).fill(7) }),
      ),
    /masks\/val\/1\.png: class id 7/,
  ],
  [
    'has another size than its image',
    (file: string) => writeFile(file, encode({ width: 2, height: 2, depth: 8, channels: 1, data: new Uint8Array(4) })),
    /masks\/val\/1\.png: .*2x2/,
  ],
])('a label to score on that %s is named', async (name, spoil, message) => {
  const root = await pictures(name.replaceAll(' ', '-'));
  await spoil(join(root, 'masks/val/1.png'));
  await expect(check(await configOf(root))).rejects.toThrow(message);
});

test('a picture that was cut off is named, wherever it was cut', async () => {
  const root = await pictures('cut');
  const file = join(root, 'images/val/1.png');
  const whole = await readFile(file);
  for (const length of [0, 7, 30, whole.length >> 1, whole.length - 1]) {
    await writeFile(file, whole.subarray(0, length));
    await expect(check(await configOf(root))).rejects.toThrow(/images\/val\/1\.png/);
  }
});

test('a folder with brackets is found', async () => {
  await pictures('frames (1)');
  expect(await check(await configOf(folder, { below: 'frames (1)/' }))).toEqual([]);
});

test('labels of nothing but "ignore" are told', async () => {
  const root = await pictures('nothing');
  const file = join(root, 'masks/val/1.png');
  const data = new Uint8Array(SIDE * SIDE).fill(255);
  await writeFile(file, encode({ width: SIDE, height: SIDE, depth: 8, channels: 1, data }));
  expect(await check(await configOf(root))).toEqual([
    expect.stringMatching(/note: .*val\/1\.png: the label holds no pixel/),
  ]);
});
