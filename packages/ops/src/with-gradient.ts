import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Computes a value as one step of TensorFlow.js's tape, with a gradient written by hand:
 *
 *     // |x| with gradient 0 at 0
 *     withGradient([x], [x], () => abs(x), (dy, [x]) => mul(dy, sign(x)))
 *
 * TensorFlow.js calls `backward` whenever one of `inputs` needs a gradient and then wants all of
 * them, so what is expensive and seldom needed goes into a step of its own.
 *
 * @param inputs the tensors that have a gradient; none makes the value a constant
 * @param saved what is handed to `backward`; other tensors may be disposed of by then
 * @param forward gives the value; it may return or use tensors that were computed before
 * @param backward from the gradient of the value, of its shape, and `saved` to the gradient of each
 *   input, of the input's shape
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
