import { expect, test } from '@jest/globals';
import { KERNELS } from '../../kernels/index.ts';
import { TENSORFLOW_KERNELS } from './index.ts';

test('every kernel that is recorded has a TensorFlow form', () => {
  expect(Object.keys(KERNELS).filter((name) => !Object.hasOwn(TENSORFLOW_KERNELS, name))).toEqual([]);
});
