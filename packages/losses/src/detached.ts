import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

/** The same tensor as a constant: no gradient flows through it. */
export function detached<T extends Tensor>(x: T): T {
  return withGradient([], x, [], () => []);
}
