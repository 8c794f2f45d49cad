import { addN, sqrt, square, sum, tidy, type NamedTensorMap, type Scalar } from '@tensorflow/tfjs-core';

/**
 * The Euclidean norm of all gradients together, √(Σ g²).
 *
 * @param grads by variable name, of any shapes; at least one
 */
export const globalNorm = (grads: NamedTensorMap): Scalar =>
  tidy(() => sqrt<Scalar>(addN(Object.values(grads).map((gradient) => sum<Scalar>(square(gradient))))));
