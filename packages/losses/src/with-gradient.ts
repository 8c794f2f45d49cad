import { clone, customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Gives `value`, computed from `inputs`, a gradient written by hand in place of what TensorFlow.js would record.
 *
 * @param saved tensors that the gradient needs; whatever else it uses may be disposed before it runs
 * @param gradient from the gradient of the value and `saved` to one gradient per input
 */
export function withGradient<T extends Tensor>(
  inputs: Tensor[],
  value: T,
  saved: Tensor[],
  gradient: (dy: T, saved: Tensor[]) => Tensor[],
): T {
  return customGrad<T>((...args) => {
    const save = args[inputs.length] as GradSaveFunc;
    save(saved);
    return { value: clone(value), gradFunc: gradient };
  })(...inputs);
}
