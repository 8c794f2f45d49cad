import { afterAll, beforeAll, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { ones, type Rank, tensor3d } from '@tensorflow/tfjs-core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { loadModules } from './load-modules.ts';
import { defineMixing } from './mixing.ts';
import { bindPart, createRegistries, type Kind, type Part, type Registries, register } from './registries.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-modules-'));
});
afterAll(() => rm(folder, { recursive: true }));

function part<K extends Kind>(
  registries: Registries,
  kind: K,
  choice: { name: string; [option: string]: unknown },
): Part<K> {
  const bound = bindPart(registries, kind, choice);
  if (!bound.success) throw new Error('unknown' in bound ? bound.unknown : JSON.stringify(bound.issues));
  return bound.part;
}

async function load(text: string, registries = createRegistries([])) {
  const path = join(folder, `module-${Math.random().toString(36).slice(2)}.ts`);
  await writeFile(path, text);
  await loadModules(registries, [path], () => 'mine.yaml:1:1  modules');
  return registries;
}

const leftHalf = `
import { defineMixing, defineDataset, type Random } from '@segsde/trainer';
import { concat, ones, zeros, type Tensor4D } from '@tensorflow/tfjs-core';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { z } from 'zod';

export default defineMixing({
  name: 'left-half',
  options: z.strictObject({ keep: z.number().default(0.5) }),
  draw: (random: Random, { batch }) => ({ flip: Array.from({ length: batch }, () => uniformInt(random, 0, 1)) }),
  mask({ labels }, { keep }): Tensor4D {
    const [batch, height, width] = labels.shape;
    const left = Math.round(width * keep);
    return concat<Tensor4D>([ones([batch, height, left, 1]), zeros([batch, height, width - left, 1])], 2);
  },
});

export const folders = defineDataset({
  name: 'folders',
  open: ({ root, split }) => ({ name: root + split, classes: [], ids: [], load: async () => { throw new Error('empty'); } }),
});
`;

test('definitions that a TypeScript module exports, by default or by name, are found under their names', async () => {
  const registries = await load(leftHalf);
  const dataset = await part(registries, 'dataset', { name: 'folders' }).open({
    root: '/a/',
    split: 'b',
    neighbours: [],
  });
  expect(dataset.name).toBe('/a/b');
  expect([...registries['mixing rule'].keys()]).toEqual(['left-half']);
});

test("a module's tensors are the command's own, its options have defaults, its draws are seeded", async () => {
  const registries = await load(leftHalf);
  const rule = part(registries, 'mixing rule', { name: 'left-half' });
  const size = { batch: 4, height: 1, width: 4, classes: 2 };
  const draw = () => rule.draw(xoroshiro128plus(3), size);
  expect(draw()).toEqual(draw());
  const inputs = { disparity: ones<Rank.R4>([1, 1, 4, 1]), labels: tensor3d([[[0, 0, 1, 1]]]), draws: {} };
  const quarter = part(registries, 'mixing rule', { name: 'left-half', keep: 0.25 });
  expect(quarter.mask(inputs).arraySync()).toEqual([[[[1], [0], [0], [0]]]]);
});

test('a name that is taken is an error that names it', async () => {
  const registries = await load(leftHalf);
  await expect(load(leftHalf, registries)).rejects.toThrow(
    /mine\.yaml:1:1 {2}modules: .*there is a mixing rule "left-half" already/,
  );
});

test('an unknown name is an error with the nearest known one', async () => {
  const registries = await load(leftHalf);
  expect(() => part(registries, 'mixing rule', { name: 'left-hafl' })).toThrow(
    'unknown mixing rule "left-hafl". Did you mean "left-half"?',
  );
});

test('a module that is missing, does not parse, or defines nothing is an error in one line', async () => {
  const missing = loadModules(createRegistries([]), [join(folder, 'none.ts')], () => 'mine.yaml:1:1  modules');
  await expect(missing).rejects.toThrow(/none\.ts: no such file/);
  await expect(load('export default {')).rejects.toThrow(/cannot be loaded/);
  await expect(load('export const nothing = 1;')).rejects.toThrow(/exports nothing that a define function made/);
});

test('a rule without draws draws nothing', () => {
  const registries = createRegistries([]);
  register(registries, defineMixing({ name: 'all', mask: ({ disparity }) => disparity }));
  const size = { batch: 1, height: 1, width: 1, classes: 2 };
  expect(part(registries, 'mixing rule', { name: 'all' }).draw(xoroshiro128plus(1), size)).toEqual({});
});
