import { concat, slice, type Tensor } from '@tensorflow/tfjs-core';

/** Every item's partner: item i + 1 at position i, the first at the last. */
export function nextInBatch<T extends Tensor>(x: T): T {
  return concat([slice(x, 1), slice(x, 0, 1)]) as T;
}
