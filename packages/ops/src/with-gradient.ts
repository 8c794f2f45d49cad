import { customGrad, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `forward` as one step of the tape, with a gradient of its own. TensorFlow.js calls `backward` whenever one of `inputs` needs a gradient and then wants
 * all of them, so what is expensive and seldom needed goes into a step of its own.
 *
 * @param forward its `saved` tensors are handed to `backward`; nothing else that it made survives until then
 */
export function withGradient<T extends Tensor>(
  inputs: Tensor[],
  forward: () => { value: T; saved: Tensor[] },
  backward: (dy: T, saved: Tensor[]) => Tensor | Tensor[],
): T {
  return customGrad<T>((...args) => {
    const save = args[inputs.length] as GradSaveFunc;
    const { value, saved } = forward();
    save(saved);
    return { value, gradFunc: backward };
  })(...inputs);
}
