import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigOptions, loadConfig } from './load-config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

const minimal = `
data: { root: pictures, height: 64, width: 128 }
selection: { labels: 4 }
train:
  iterations: 10
  variants:
    - name: baseline
`;

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

const load = async (text: string, options?: ConfigOptions) => loadConfig(await write('mine.yaml', text), options);

/** As the resolved config is written. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const complaint = async (text: string, options?: ConfigOptions) => {
  const error = await load(text, options).catch((thrown: unknown) => thrown);
  expect(error).toHaveProperty('name', 'UserError');
  return (error as Error).message.replaceAll(folder, '');
};

test('what is left out gets its default, the options of parts included', async () => {
  const config = await load(minimal);
  expect(config.engine).toBe('auto');
  expect(plain(config.train.optimizer)).toEqual({ name: 'sgd', momentum: 0.9, weightDecay: 5e-4 });
  expect(plain(config.model.encoder)).toMatchObject({ name: 'resnet', depth: 18 });
  expect(config.data.dataset.name).toBe('cityscapes');
});

test('numbers of 16 bits want engine tensorflow', async () => {
  expect((await load(minimal)).precision).toBe('float32');
  expect(await complaint(`${minimal}precision: bfloat16`)).toBe(
    '/mine.yaml:8:1  precision: "bfloat16" needs engine: tensorflow, but engine is "auto"',
  );
});

test('a part may be named alone, with options, or given options only', async () => {
  const part = async (text: string) => plain((await load(`${minimal}  schedule: ${text}`)).train.schedule);
  expect(await part('cosine')).toEqual({ name: 'cosine', minFactor: 0, warmup: null });
  expect(await part('{ name: polynomial, power: 2 }')).toMatchObject({ name: 'polynomial', power: 2 });
  expect(plain((await load(`${minimal}  optimizer: { momentum: 0.5 }`)).train.optimizer)).toMatchObject({
    name: 'sgd',
    momentum: 0.5,
  });
});

test('a resolved config read again gives the same config', async () => {
  const config = await load(minimal);
  expect(plain(await load(JSON.stringify(config)))).toEqual(plain(config));
});

test('paths are relative to the file that names them', async () => {
  await write('base/base.yaml', minimal);
  const path = await write('top.yaml', 'extends: base/base.yaml\nseed: 7');
  const config = await loadConfig(path);
  expect(config.data.root).toBe(join(folder, 'base/pictures'));
  expect(config.seed).toBe(7);
});

test('extending merges groups, replaces lists, and replaces a part of another name with its options', async () => {
  await write(
    'base.yaml',
    `${minimal}  optimizer: { name: sgd, momentum: 0.5 }\n  schedule: { name: step, stepSize: 5 }`,
  );
  const config = await load(
    'extends: base.yaml\ntrain: { optimizer: { weightDecay: 0 }, schedule: { name: cosine }, variants: [{ name: other }] }',
  );
  expect(plain(config.train.optimizer)).toEqual({ name: 'sgd', momentum: 0.5, weightDecay: 0 });
  expect(config.train.schedule.name).toBe('cosine');
  expect(config.train.variants.map(({ name }) => name)).toEqual(['other']);
  expect(config.train.iterations).toBe(10);
});

test('files that extend each other are an error that shows the circle', async () => {
  await write('a.yaml', 'extends: b.yaml');
  await write('b.yaml', 'seed: 1\nextends: a.yaml');
  await expect(loadConfig(join(folder, 'a.yaml'))).rejects.toThrow(
    /b\.yaml:2:1 {2}extends: goes round in a circle: .*a\.yaml -> .*b\.yaml -> .*a\.yaml/,
  );
});

test('a missing file is named, and so is the place that asks for it', async () => {
  await expect(loadConfig(join(folder, 'none.yaml'))).rejects.toThrow(/none\.yaml: no such file/);
  expect(await complaint('\nextends: none.yaml')).toBe('/mine.yaml:2:1  extends: /none.yaml: no such file');
});

test('an unknown key is reported with file, line, column and the nearest known key', async () => {
  expect(await complaint(`${minimal}  iteratoins: 5`)).toBe(
    '/mine.yaml:8:3  train.iteratoins: unknown key. Did you mean "iterations"?',
  );
});

test('an unknown option of a part, and one inside a list, are reported alike', async () => {
  expect(await complaint(`${minimal}  optimizer:\n    momentun: 1`)).toBe(
    '/mine.yaml:9:5  train.optimizer.momentun: unknown key. Did you mean "momentum"?',
  );
  expect(await complaint(`${minimal}      initial: depth`)).toBe(
    '/mine.yaml:8:7  train.variants[0].initial: unknown key. Did you mean "init"?',
  );
});

test('the file that holds the fault is named, not the one that extends it', async () => {
  await write('faulty.yaml', `${minimal}sede: 1`);
  expect(await complaint('extends: faulty.yaml')).toBe('/faulty.yaml:8:1  sede: unknown key. Did you mean "seed"?');
});

test('an unknown part is reported with the nearest known one', async () => {
  expect(await complaint(`${minimal}  schedule: cosin`)).toMatch(
    /8:3 {2}train\.schedule: unknown schedule "cosin"\. Did you mean "cosine"\?$/,
  );
  expect(await complaint(`${minimal}  loss: monodepth`)).toMatch(/unknown segmentation loss "monodepth"/);
});

test('values of the wrong kind say what is needed', async () => {
  expect(await complaint(minimal.replace('10', 'ten'))).toBe('/mine.yaml:5:3  train.iterations: must be a number');
  expect(await complaint(`${minimal}engine: cuda`)).toBe(
    '/mine.yaml:8:1  engine: must be one of auto, onnx, onnx-webgpu, onnx-cuda, tensorflow, eager',
  );
  expect(await complaint(`${minimal}seed: -1`)).toBe('/mine.yaml:8:1  seed: must be >=0');
});

test('a missing key points at the group it belongs to', async () => {
  expect(await complaint(minimal.replace('labels: 4', ''))).toMatch(/mine\.yaml:3:1 {2}selection\.labels: is missing/);
});

test('what is not YAML is reported with its position', async () => {
  expect(await complaint('seed: 1\nseed: 2')).toMatch(/mine\.yaml:2:1 {2}not YAML: Map keys must be unique/);
  expect(await complaint('just text')).toMatch(/must hold keys and values/);
});

test('--set changes keys, list elements and the options of a part that the file only names', async () => {
  const config = await load(`${minimal}  schedule: step`, {
    set: ['train.iterations=20', 'train.variants[0].init=random', 'train.schedule.stepSize=3', 'scenes.train=5'],
  });
  expect(plain(config.train)).toMatchObject({ iterations: 20, schedule: { name: 'step', stepSize: 3 } });
  expect(config.scenes).toMatchObject({ train: 5, val: 20 });
});

test('--set with an unknown path or no value is an error that repeats it', async () => {
  expect(await complaint(minimal, { set: ['train.iteration=5'] })).toBe(
    '--set train.iteration=5  train.iteration: unknown key. Did you mean "iterations"?',
  );
  expect(await complaint(minimal, { set: ['train.iterations'] })).toMatch(/must look like train\.iterations=500/);
  expect(await complaint(minimal, { set: ['train.variants[3].name=x'] })).toMatch(
    /there is no element 3; the list has 1/,
  );
});

test('data folders can come from the command line', async () => {
  const config = await load(minimal.replace('root: pictures, ', ''), { data: '/somewhere' });
  expect(config.data.root).toBe('/somewhere');
  expect(await complaint(minimal.replace('root: pictures, ', ''))).toMatch(/2:1 {2}data\.root: is missing.*--data/);
});

test('keys that contradict each other are reported', async () => {
  expect(await complaint(`${minimal}      init: depth`)).toMatch(
    /variants\[0\]\.init: "depth" needs depth, and "depth" is null/,
  );
  expect(await complaint(minimal.replace('64', '65'))).toMatch(
    /data\.height: is 65; sizes must be multiples of 32 from 64 on/,
  );
  expect(await complaint(`${minimal}  crop: [96, 96]`)).toMatch(
    /train\.crop: is larger than the images, which are 64x128/,
  );
  expect(await complaint(minimal.replace('labels: 4', 'labels: 4, rounds: [4]'))).toMatch(/rounds: must increase/);
  expect(await complaint(`${minimal}model: { encoder: { dilation: [false, true, true] } }`)).toMatch(
    /8:21 {2}model\.encoder\.dilation: a resnet of depth 18 cannot be dilated/,
  );
  expect(
    await complaint(`${minimal}      unlabelled: { mixing: cutmix, frames: unlabelled, labelledShare: 0.5 }`),
  ).toMatch(/unlabelled\.labelledShare: needs labelled frames among the mixed ones/);
  expect(await complaint(`${minimal}      unlabelled: {}`)).toMatch(/unlabelled\.mixing: "depthmix" needs depth/);
});

const withDepth = `${minimal.replace('root: pictures, ', '')}scenes: { train: 8 }\ndepth: { iterations: 5 }\n`;

test.each([
  [
    'uncertainty that nothing has been learnt for',
    'selection.method=uncertainty',
    /rounds: is empty, but "uncertainty"/,
  ],
  ['diversity weighed by such', 'selection.method=diversity+uncertainty', /rounds: is empty/],
  ['scales without the image', 'depth.scales=[1, 2]', /depth\.scales: must include 0/],
  ['a scale twice', 'depth.scales=[0, 0]', /depth\.scales: must not repeat/],
  [
    'neighbours that are not rendered',
    'depth.neighbours=[-3, 3]',
    /depth\.neighbours: has -3, but a snippet of 5 frames/,
  ],
  ['more labels than scenes', 'selection.labels=9', /selection\.labels: is 9, but only 8 scenes/],
  [
    'mixing that never begins',
    'train.variants[0].unlabelled={ startIteration: 10 }',
    /startIteration: is 10, so nothing/,
  ],
])('%s is found before anything is done', async (_, set, message) => {
  expect(await complaint(withDepth, { set: [set] })).toMatch(message);
});

test('a frame cannot be mixed with itself', async () => {
  const mixing = (name: string) => [`train.variants[0].unlabelled={ mixing: ${name} }`, 'train.unlabelledBatchSize=1'];
  expect(await complaint(withDepth, { set: mixing('classmix') })).toMatch(
    /train\.unlabelledBatchSize: is 1, but "classmix" mixes a frame with the next/,
  );
  expect((await load(withDepth, { set: mixing('none') })).train.unlabelledBatchSize).toBe(1);
});

test('entropy is chosen by without depth, what comes from the depth network is not', async () => {
  const rounds = 'selection.rounds=[2]';
  expect((await load(minimal, { set: [rounds, 'selection.method=entropy'] })).depth).toBeNull();
  expect(await complaint(minimal, { set: [rounds, 'selection.method=uncertainty'] })).toMatch(
    /"uncertainty" needs depth/,
  );
});

test('a run is not refused for an engine that is not installed here: others may read its config', async () => {
  process.env.XDG_DATA_HOME = join(folder, 'home');
  expect((await load(`${minimal}engine: tensorflow`)).engine).toBe('tensorflow');
});

test('with several faults the first is told and the others counted', async () => {
  expect(await complaint(`${minimal}engine: cuda\nsede: 1`)).toMatch(
    /sede: unknown key\. Did you mean "seed"\? \(and 1 more\)$/,
  );
});
