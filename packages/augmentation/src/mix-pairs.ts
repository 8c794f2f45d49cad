import { add, mul, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { nextInBatch } from './next-in-batch.ts';
import { shares } from './shares.ts';

/**
 * Mixes each item with the next in the batch, the last with the first:
 * `M · x_i + (1 − M) · x_{i+1}`. With a mask of 0 and 1 every value is copied exactly.
 *
 * @param x images or probabilities `[batch, height, width, channels]`, or labels
 *   `[batch, height, width]` (int32 stays int32)
 * @param mask `[batch, height, width, 1]`: 1 keeps the own pixel
 */
export function mixPairs<T extends Tensor>(x: T, mask: Tensor4D): T {
  return tidy(() => {
    const { own, other } = shares(x, mask);
    return add(mul(x, own), mul(nextInBatch(x), other));
  });
}
