import { reshape, unstack, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The entries along the first axis. TensorFlow.js's `unstack` alone cannot differentiate a single
 * entry.
 */
export function unstacked<T extends Tensor>(x: Tensor): T[] {
  return (x.shape[0] === 1 ? [reshape(x, x.shape.slice(1))] : unstack(x)) as T[];
}
