import { expect, test } from '@jest/globals';
import type { StoredTensor } from '@segsde/models';
import { nudged } from './nudged.ts';

test('one element of the named tensors becomes a little larger, and the given ones stay as they were', () => {
  const tensor = (): StoredTensor => ({ dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) });
  const tensors = new Map([
    ['a', tensor()],
    ['b', tensor()],
  ]);
  const changed = nudged(tensors, ['b'], 1);
  expect(changed.get('a')).toEqual(tensor());
  const [first, second, third] = changed.get('b')!.data;
  expect([first, third]).toEqual([1, 3]);
  expect(second).toBeGreaterThan(2);
  expect(second).toBeCloseTo(2, 4);
  expect(tensors.get('b')).toEqual(tensor());
});
