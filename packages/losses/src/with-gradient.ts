import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

interface Differentiable<T extends Tensor> {
  value: T;
  /** Tensors that the gradient needs; what it uses without being listed here may be disposed before it runs. */
  saved: Tensor[];
  /** From the gradient of the value and `saved` to one gradient per input. */
  gradient: (dy: T, saved: Tensor[]) => Tensor[];
}

/** Evaluates `compute` with a gradient written by hand in place of what TensorFlow.js would record. */
export function withGradient<T extends Tensor>(inputs: Tensor[], compute: () => Differentiable<T>): T {
  const run = customGrad<T>((...args) => {
    const save = args[inputs.length] as GradSaveFunc;
    const { value, saved, gradient } = compute();
    save(saved);
    return { value, gradFunc: (dy: T, savedTensors: Tensor[]) => gradient(dy, savedTensors) };
  });
  return run(...inputs);
}
