import { clone, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from '@segsde/ops';

/** The same tensor as a constant: no gradient flows through it. */
export function stopGradient<T extends Tensor>(x: T): T {
  return withGradient(
    [],
    [],
    () => clone(x),
    () => [],
  );
}
