import { expect, test } from '@jest/globals';
import { outOfMemory } from './out-of-memory.ts';

test.each([
  'BFCArena::AllocateRawInternal Available memory of 1024 is smaller than requested bytes of 4096',
  'CUDA failure 2: out of memory ; GPU=0',
  'OOM when allocating tensor with shape[8,512,64,64] and type float on /device:GPU:0',
  'Failed to allocate memory for requested buffer of size 67108864',
  'std::bad_alloc',
])('half the batch is advised where an engine says: %s', (message) => {
  expect(outOfMemory(new Error(message), { 'train.batchSize': 8, 'train.unlabelledBatchSize': 5 })).toBe(
    'there is not enough memory for train.batchSize 8, train.unlabelledBatchSize 5. ' +
      'Half as many images take about half of it: --set train.batchSize=4 --set train.unlabelledBatchSize=2',
  );
});

test('a single image cannot be halved', () => {
  expect(outOfMemory(new Error('out of memory'), { 'depth.batchSize': 1 })).toMatch(/one image already: take smaller/);
});

test('other errors stay what they are', () => {
  expect(outOfMemory(new Error('shapes do not match'), { 'depth.batchSize': 4 })).toBeUndefined();
});
