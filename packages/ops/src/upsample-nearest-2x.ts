import { avgPool, image, mul, type Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/**
 * Twice the height and width, each pixel repeated four times.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, 2 · height, 2 · width, channels]`
 */
export function upsampleNearest2x(x: Tensor4D): Tensor4D {
  const [, h, w] = x.shape;
  return withGradient(
    [x],
    [],
    () => image.resizeNearestNeighbor(x, [2 * h, 2 * w]),
    (dy) => mul(avgPool(dy, 2, 2, 'valid'), 4),
  );
}
