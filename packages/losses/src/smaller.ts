import { minimum, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from '@segsde/ops';

/**
 * `minimum(a, b)` of two tensors of the same shape with fewer kernels in its gradient, which goes
 * to the smaller one, at a tie to the first.
 */
export function smaller<T extends Tensor>(a: T, b: T): T {
  return withGradient(
    [a, b],
    [a, b],
    () => minimum(a, b) as T,
    (dy, [a, b]) => {
      const toB = mul(dy, step(sub(a, b)));
      return [sub(dy, toB), toB];
    },
  );
}
