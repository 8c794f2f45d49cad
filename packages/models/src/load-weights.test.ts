import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { copyWeights } from './copy-weights.ts';
import { depthDecoder } from './depth-decoder.ts';
import { jointSegmentationDecoder } from './joint-segmentation-decoder.ts';
import { loadStateDict } from './load-state-dict.ts';
import { loadWeights } from './load-weights.ts';
import { filterFromPytorch, filterToPytorch } from './pytorch-layout.ts';
import { readSafetensors } from './read-safetensors.ts';
import { resnetEncoder } from './resnet-encoder.ts';
import { saveWeights } from './save-weights.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { toStateDict, type HasStateDict } from './to-state-dict.ts';

let path: string;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weights-'));
  path = join(folder, 'encoder.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const encoder = (seed: number, width = 2) => resnetEncoder({ depth: 18, width, seed });
const values = ({ stateDict }: HasStateDict) =>
  [...stateDict].map(([key, variable]) => [key, [...variable.dataSync()]]);

test('filters are transposed to PyTorch and back', () => {
  const filter = { shape: [1, 2, 3, 2], data: Float32Array.from({ length: 12 }, (_, i) => i) };
  const turned = filterToPytorch(filter);
  expect(turned.shape).toEqual([2, 3, 1, 2]);
  // [out, in, height, width]: the filter's element [0, 1, 2, 1] is 11, its [0, 1, 0, 0] is 6.
  expect(turned.data[11]).toBe(11);
  expect(turned.data[1]).toBe(6);
  expect(filterFromPytorch(turned)).toEqual(filter);
});

test('saved weights are read back into a network of another seed', async () => {
  const [a, b] = [encoder(1), encoder(2)];
  await saveWeights(a, path, { stage: 'depth' });
  const stored = await readSafetensors(path);
  expect(stored.metadata).toEqual({ stage: 'depth' });
  expect(stored.tensors.get('encoder.conv1.weight')!.shape).toEqual([2, 3, 7, 7]);
  expect(await loadWeights(b, path)).toEqual({ missing: [], unexpected: [] });
  expect(values(b)).toEqual(values(a));
});

test('num_batches_tracked of a PyTorch file is ignored', async () => {
  const [a, b] = [encoder(1), encoder(2)];
  const tensors = await toStateDict(a);
  tensors.set('encoder.bn1.num_batches_tracked', { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) });
  loadStateDict(b, tensors);
  expect(values(b)).toEqual(values(a));
});

test('what does not fit is listed, and the network stays as it was', async () => {
  const [a, wider] = [encoder(1), encoder(2, 3)];
  const before = values(a);
  const tensors = await toStateDict(a);
  for (const key of ['weight', 'bias', 'running_mean', 'running_var']) tensors.delete(`encoder.bn1.${key}`);
  tensors.set('fc.weight', { dtype: 'F32', shape: [1], data: Float32Array.of(1) });
  expect(() => loadStateDict(a, tensors, { source: 'mine.safetensors' })).toThrow(
    'mine.safetensors: the weights do not fit the network: 4 missing (encoder.bn1.weight, encoder.bn1.bias, ' +
      'encoder.bn1.running_mean, …); 1 unexpected (fc.weight).',
  );
  await saveWeights(wider, path);
  await expect(loadWeights(a, path, { strict: false })).rejects.toThrow(
    /encoder\.safetensors: .* of another shape \(encoder\.conv1\.weight is \[3, 3, 7, 7\], not \[2, 3, 7, 7\], .*…\)/,
  );
  expect(values(a)).toEqual(before);
});

test('not strict: unknown keys are left out, missing ones keep their values', async () => {
  const [a, b] = [encoder(1), encoder(2)];
  const kept = [...b.stateDict.get('encoder.conv1.weight')!.dataSync()];
  const tensors = await toStateDict(a);
  tensors.delete('encoder.conv1.weight');
  tensors.set('fc.weight', { dtype: 'F32', shape: [1], data: Float32Array.of(1) });
  expect(loadStateDict(b, tensors, { strict: false })).toEqual({
    missing: ['encoder.conv1.weight'],
    unexpected: ['fc.weight'],
  });
  expect([...b.stateDict.get('encoder.conv1.weight')!.dataSync()]).toEqual(kept);
});

test('one file holds several networks, told apart by prefix', async () => {
  const [a, b, c] = [encoder(1), encoder(2), encoder(3)];
  const both = new Map<string, StoredTensor>([
    ...(await toStateDict(a, { prefix: 'models.encoder.' })),
    ...(await toStateDict(b, { prefix: 'ema.encoder.' })),
  ]);
  loadStateDict(c, both, { prefix: 'ema.encoder.' });
  expect(values(c)).toEqual(values(b));
});

test('a segmentation decoder starts from depth weights', async () => {
  const options = { encoderChannels: [2, 2, 2, 2, 2], channels: [2, 2, 2, 2, 2] };
  const depth = depthDecoder({ ...options, seed: 1 });
  const joint = () => jointSegmentationDecoder({ ...options, classes: 3, seed: 2 });
  const [loaded, copied, untouched] = [joint(), joint(), joint()];
  await saveWeights(depth, path);
  await loadWeights(loaded, path, { into: 'unet_dec.' });
  copyWeights(depth, copied, { into: 'unet_dec.' });
  expect(values(copied)).toEqual(values(loaded));
  for (const [key, variable] of depth.stateDict) {
    expect([...loaded.stateDict.get(`unet_dec.${key}`)!.dataSync()]).toEqual([...variable.dataSync()]);
  }
  const head = 'project.seg9.0.weight';
  expect([...loaded.stateDict.get(head)!.dataSync()]).toEqual([...untouched.stateDict.get(head)!.dataSync()]);
});

test('copies are independent, and networks must be alike', () => {
  const [student, teacher] = [encoder(1), encoder(2)];
  copyWeights(student, teacher);
  expect(values(teacher)).toEqual(values(student));
  const before = values(teacher);
  copyWeights(encoder(3), student);
  expect(values(teacher)).toEqual(before);
  expect(() => copyWeights(encoder(1, 3), teacher)).toThrow('of another shape');
});
