import { add, div, minimum, mul, tidy, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { globalNorm } from './global-norm.ts';

/**
 * The gradients, all made shorter by the same factor if their norm is above `maxNorm`, as PyTorch's
 * `clip_grad_norm_` does it:
 *
 *   g · min(1, maxNorm / (‖g‖ + 1e-6))
 *
 * @param grads by variable name, each of the variable's shape
 * @returns the same names and shapes
 */
export const clipByGlobalNorm = (grads: NamedTensorMap, maxNorm: number): NamedTensorMap =>
  tidy(() => {
    const factor = minimum(1, div(maxNorm, add(globalNorm(grads), 1e-6)));
    return Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, mul(gradient, factor)]));
  });
