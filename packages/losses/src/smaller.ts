import { minimum, mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/** Element-wise minimum of two tensors of the same shape. The gradient goes to the smaller one, at a tie to the first. */
export function smaller<T extends Tensor>(a: T, b: T): T {
  return withGradient([a, b], minimum(a, b) as T, [a, b], (dy, [a, b]) => {
    const toB = mul(dy, step(sub(a, b)));
    return [sub(dy, toB), toB];
  });
}
