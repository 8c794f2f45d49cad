import { abs, clipByValue, mul, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from '@segsde/ops';

/** |x| of any shape, whose gradient at 0 is 0, as PyTorch's; TensorFlow.js's own gives −1 there. */
export function absolute<T extends Tensor>(x: T): T {
  return withGradient(
    [x],
    [x],
    () => abs(x),
    (dy, [x]) => mul(dy, clipByValue(mul(x, 1e30), -1, 1)),
  );
}
