import { clone, div, maximum, mul, sqrt, square, sum, type Tensor2D } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/**
 * Smaller than the square root of the smallest number that a square can have, so that nothing else
 * is changed by it.
 */
const TINY = 1e-20;

/**
 * The Euclidean length of each row, `[rows, 1]`, whose gradient at length 0 is 0, as in PyTorch,
 * and not NaN.
 */
export function lengthOfRows(x: Tensor2D): Tensor2D {
  const length = sqrt(sum<Tensor2D>(square(x), 1, true));
  return withGradient(
    [x],
    [x, length],
    () => clone(length),
    (dy, [x, length]) => mul(x, div(dy, maximum(length, TINY))),
  );
}
