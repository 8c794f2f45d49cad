import { minimum, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from '@segsde/ops';

/**
 * `minimum(stopGradient(cap), x)` with fewer kernels in its gradient, which passes where x is below
 * the cap. The cap is broadcast to x.
 */
export function capped<T extends Tensor>(x: T, cap: Tensor): T {
  return withGradient(
    [x],
    [x, cap],
    () => minimum(x, cap) as T,
    (dy, [x, cap]) => mul(dy, step(sub(cap, x))),
  );
}
