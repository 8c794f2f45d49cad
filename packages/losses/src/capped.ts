import { minimum, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/** `min(x, cap)` for a constant cap (broadcast to x): the gradient of x passes where x is below it. */
export function capped<T extends Tensor>(x: T, cap: Tensor): T {
  return withGradient([x], minimum(x, cap) as T, [x, cap], (dy, [x, cap]) => [mul(dy, step(sub(cap, x)))]);
}
