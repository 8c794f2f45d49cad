import { add, mul, rsqrt, sub, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Batch normalisation with given statistics, as PyTorch does it in `eval` mode:
 *
 *   gamma · (x − mean) / √(variance + epsilon) + beta
 *
 * @param x `[batch, height, width, channels]`
 * @param statistics `mean`, `variance`, `gamma` and `beta`, each `[channels]`; `epsilon`, by
 *   default PyTorch's 1e-5
 * @returns `[batch, height, width, channels]`
 */
export function batchNorm(
  x: Tensor4D,
  {
    mean,
    variance,
    gamma,
    beta,
    epsilon = 1e-5,
  }: { mean: Tensor1D; variance: Tensor1D; gamma: Tensor1D; beta: Tensor1D; epsilon?: number },
): Tensor4D {
  const scale = mul(gamma, rsqrt(add(variance, epsilon)));
  return add(mul(x, scale), sub(beta, mul(mean, scale)));
}
