import { slice, sub, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The next pixel minus this one, along the height (`axis` 1) or the width (`axis` 2), which becomes
 * one shorter.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, height − 1, width, channels]` or `[batch, height, width − 1, channels]`
 */
export function forwardDifference(x: Tensor4D, axis: 1 | 2): Tensor4D {
  const size = x.shape.map((length, i) => (i === axis ? length - 1 : length));
  const from = (position: number) =>
    slice(
      x,
      [0, 1, 2, 3].map((i) => (i === axis ? position : 0)),
      size,
    );
  return sub(from(1), from(0));
}
