import { expect, test } from '@jest/globals';
import { OutOfMemory, typedError } from './engine-errors.ts';

test.each([
  'BFCArena::AllocateRawInternal Available memory of 1024 is smaller than requested bytes of 4096',
  'CUDA failure 2: out of memory ; GPU=0',
  'OOM when allocating tensor with shape[8,512,64,64] and type float on /device:GPU:0',
  'Failed to allocate memory for requested buffer of size 67108864',
  'std::bad_alloc',
])('what a library says of short memory becomes a typed error: %s', (message) => {
  const cause = new Error(message);
  const error = typedError(cause, 'onnx-cuda');
  expect(error).toBeInstanceOf(OutOfMemory);
  expect(error).toMatchObject({ name: 'OutOfMemory', engine: 'onnx-cuda', cause });
  expect((error as Error).message).toContain(message);
});

test('it is typed once, and other errors stay what they are', () => {
  const typed = typedError(new Error('std::bad_alloc'), 'onnx');
  expect(typedError(typed, 'onnx')).toBe(typed);
  for (const other of [new Error('shapes do not match'), undefined, 'text'])
    expect(typedError(other, 'onnx')).toBe(other);
});
