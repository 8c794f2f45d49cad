import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `forward` as one step of the tape, with a gradient of its own. TensorFlow.js calls `backward` whenever one of `inputs` needs a gradient and then wants
 * all of them, so what is expensive and seldom needed goes into a step of its own.
 *
 * @param inputs the tensors that have a gradient
 * @param saved what is handed to `backward`; other tensors may be gone by then
 */
export function withGradient<T extends Tensor, S extends Tensor[]>(
  inputs: Tensor[],
  saved: [...S],
  forward: () => T,
  backward: (dy: T, saved: S) => Tensor | Tensor[],
): T {
  return customGrad<T>((...args) => {
    const save = args[inputs.length] as GradSaveFunc;
    save(saved);
    return { value: forward(), gradFunc: (dy, kept) => backward(dy, kept as S) };
  })(...inputs);
}
