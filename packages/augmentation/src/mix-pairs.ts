import { add, cast, mul, reshape, sub, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { nextInBatch } from './next-in-batch.ts';

/**
 * Mixes each item with the next in the batch, the last with the first: `M · x_i + (1 − M) · x_{i+1}`. With a mask of 0 and 1 every value
 * is copied exactly.
 *
 * @param x images or probabilities `[batch, height, width, channels]`, or labels `[batch, height, width]` (int32 stays int32)
 * @param mask `[batch, height, width, 1]`: 1 keeps the own pixel
 */
export function mixPairs<T extends Tensor>(x: T, mask: Tensor4D): T {
  return tidy(() => {
    const { own, other } = shares(x, mask);
    return add(mul(x, own), mul(nextInBatch(x), other));
  });
}

/** The mask and its complement, in rank and type of `x`. */
export function shares(x: Tensor, mask: Tensor4D): { own: Tensor; other: Tensor } {
  const shape = [...mask.shape.slice(0, 3), ...(x.rank === 4 ? [1] : [])];
  const like = (share: Tensor) => cast(reshape(share, shape), x.dtype);
  return { own: like(mask), other: like(sub(1, reshape(mask, mask.shape.slice(0, 3)))) };
}
