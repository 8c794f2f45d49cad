import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeSafetensors, readSafetensors } from './read-safetensors.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { encodeSafetensors, writeSafetensors } from './write-safetensors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterEach(() => rm(folder, { recursive: true }));

const tensors = new Map<string, StoredTensor>([
  ['weight', { dtype: 'F32', shape: [2, 1, 3], data: Float32Array.of(1, -2, 3.5, 0, NaN, Infinity) }],
  ['bytes', { dtype: 'U8', shape: [3], data: Uint8Array.of(0, 128, 255) }],
  ['labels', { dtype: 'I32', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) }],
  ['scalar', { dtype: 'F32', shape: [], data: Float32Array.of(7) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
]);
const file = () => Buffer.concat(encodeSafetensors(tensors, { epoch: '3' }));
const withHeader = (header: string, body = 0) => {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([head, Buffer.from(header), Buffer.alloc(body)]);
};

test('what is written is read back', async () => {
  const path = join(folder, 'a.safetensors');
  await writeSafetensors(path, tensors, { epoch: '3' });
  expect(await readSafetensors(path)).toEqual({ tensors, metadata: { epoch: '3' } });
  expect(await readdir(folder)).toEqual(['a.safetensors']);
});

test('any tensors survive the round trip', () => {
  const stored = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc
      .float32Array({ minLength: length, maxLength: length })
      .map((data) => ({ dtype: 'F32' as const, shape, data }));
  });
  const names = fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__');
  fc.assert(
    fc.property(fc.array(fc.tuple(names, stored)), (list) => {
      const original = new Map<string, StoredTensor>(list);
      expect(decodeSafetensors(Buffer.concat(encodeSafetensors(original)), 'memory').tensors).toEqual(original);
    }),
    { numRuns: 50 },
  );
});

test('the header is padded to 8 bytes and ends with the tensors in the order given', () => {
  const bytes = file();
  const length = Number(bytes.readBigUInt64LE());
  expect(length % 8).toBe(0);
  expect(Object.keys(JSON.parse(bytes.toString('utf8', 8, 8 + length)))).toEqual(['__metadata__', ...tensors.keys()]);
});

test('a file cut anywhere is refused, naming it and its length', async () => {
  const whole = file();
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeSafetensors(whole.subarray(0, length), 'cut.safetensors')).toThrow(
      /^cut\.safetensors: file ends after \d/,
    );
  }
  const path = join(folder, 'cut.safetensors');
  await writeFile(path, whole.subarray(0, whole.length - 4));
  await expect(readSafetensors(path)).rejects.toThrow(
    `${path}: file ends after ${whole.length - 4} of ${whole.length} bytes`,
  );
});

test.each([
  ['not JSON', withHeader('{"a":'), /header is not JSON/],
  ['a list', withHeader('[1]'), /header is not a JSON object/],
  ['an entry without shape', withHeader('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), /tensor a lacks/],
  ['a negative offset', withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', 4), /tensor a lacks/],
  [
    'bytes that do not match the shape',
    withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
    /tensor a of shape \[2\] takes 8 bytes, but 4/,
  ],
  ['a dtype of half precision', withHeader('{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}', 4), /dtype F16/],
  ['bytes at the end', withHeader('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', 5), /3 bytes follow/],
  ['a picture', Buffer.from('\x89PNG\r\n\x1a\n0123456789'), /its header alone takes/],
])('a damaged file is refused with the reason: %s', (_, bytes, reason) => {
  expect(() => decodeSafetensors(bytes, 'bad.safetensors')).toThrow(reason);
  expect(() => decodeSafetensors(bytes, 'bad.safetensors')).toThrow(/^bad\.safetensors: /);
});

test('when writing fails, the earlier file stays and nothing else is left', async () => {
  const path = join(folder, 'a.safetensors');
  await writeSafetensors(path, tensors);
  const before = await readFile(path);
  await expect(writeSafetensors(path, tensors, { epoch: 3n as never })).rejects.toThrow(path);
  expect((await readFile(path)).equals(before)).toBe(true);
  expect(await readdir(folder)).toEqual(['a.safetensors']);
  await expect(writeSafetensors(join(folder, 'missing', 'b.safetensors'), tensors)).rejects.toThrow(
    'could not be written',
  );
});
