import { grads, keep, type Scalar, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `fn` once and differentiates its scalar.
 *
 * @returns what `fn` gave, and the scalar's gradient with respect to each of `inputs`
 */
export function withGradients<T extends Record<string, Tensor>>(
  inputs: Tensor[],
  fn: (...inputs: Tensor[]) => { scalar: Scalar } & T,
): { outputs: { scalar: Scalar } & T; gradients: Tensor[] } {
  let outputs: ({ scalar: Scalar } & T) | undefined;
  const gradients = grads((...xs: Tensor[]) => {
    outputs = fn(...xs);
    for (const tensor of Object.values(outputs)) keep(tensor);
    return outputs.scalar;
  })(inputs);
  return { outputs: outputs!, gradients };
}
